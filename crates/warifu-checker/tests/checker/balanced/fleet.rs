//! Twelve checkers that judge by one release, and one that has none.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;

use rustix::process::{Pid, Signal, kill_process};

use crate::killed::{Running, published};
use crate::world::JudgesClaims as _;

/// The checkers, those that judge first.
pub(super) struct Fleet {
    checkers: Vec<Mutex<Running>>,
}

impl Fleet {
    /// How many judge.
    const READY: usize = 12;

    /// The one whose channel has no release.
    pub(super) const NEVER_READY: usize = Fleet::READY;

    /// Starts them in folders below `at`. They take each other's time only at the start.
    pub(super) fn start(at: &Path) -> Fleet {
        published(at);
        let own = |number: usize| {
            let own = at.join(format!("checker-{}", number + 1));
            std::fs::create_dir(&own).unwrap();
            std::fs::copy(at.join("root.json"), own.join("root.json")).unwrap();
            let channel = if number == Fleet::NEVER_READY { "nothing" } else { "channel" };
            std::os::unix::fs::symlink(at.join(channel), own.join("channel")).unwrap();
            Mutex::new(Running::telling(&own, &["--drain-notice", "4"], Stdio::null()))
        };
        let checkers = std::thread::scope(|scope| {
            let starting: Vec<_> =
                (0..=Fleet::READY).map(|number| scope.spawn(move || own(number))).collect();
            starting.into_iter().map(|one| one.join().unwrap()).collect()
        });
        Fleet { checkers }
    }

    pub(super) fn ready(&self) -> usize {
        Fleet::READY
    }

    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        self.checkers.iter().map(|checker| checker.lock().unwrap().address).collect()
    }

    /// How many files one of them judged.
    pub(super) fn judged_by(&self, at: usize) -> u64 {
        let client = self.checkers[at].lock().unwrap().client();
        client.status().unwrap().claims().requests.checked
    }

    /// How many each judged that can be ready.
    pub(super) fn judged(&self) -> Vec<u64> {
        (0..self.ready()).map(|at| self.judged_by(at)).collect()
    }

    pub(super) fn signal(&self, at: usize, signal: Signal) {
        kill_process(Pid::from_child(&self.checkers[at].lock().unwrap().child), signal).unwrap();
    }

    /// Whether it ended by itself, with everything answered.
    pub(super) fn has_ended_well(&self, at: usize) -> bool {
        self.checkers[at].lock().unwrap().child.wait().unwrap().success()
    }
}
