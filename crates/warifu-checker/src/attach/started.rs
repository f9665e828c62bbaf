//! What a command started, wherever it went: below it by parentage, and in sessions of its own by a mark in
//! the environment that whatever is started inherits. No cgroup is asked for, and no right.

use std::fs;
use std::hash::{BuildHasher as _, RandomState};

use rustix::process::{Pid, PidfdFlags, Signal, getpid, pidfd_open, pidfd_send_signal};

/// The variable with the mark. Who wants to outlive the command's time limit sets it to something else.
pub(super) const VARIABLE: &str = "WARIFU_RUN";

/// A process that forks as fast as it is killed is let be after so many looks.
const LOOKS: usize = 100;

/// The mark of one run: no two are the same, of whichever process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark(String);

impl Mark {
    pub(super) fn new() -> Mark {
        let random = || RandomState::new().hash_one(getpid());
        Mark(format!("{:016x}{:016x}", random(), random()))
    }

    pub(super) fn value(&self) -> &str {
        &self.0
    }

    fn is_in_environment_of(&self, process: &Process) -> bool {
        let Ok(environment) = fs::read(format!("/proc/{}/environ", process.pid.as_raw_nonzero())) else {
            return false;
        };
        let mark = format!("{VARIABLE}={}", self.0);
        environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    }
}

/// A process as it was seen: a number alone may be of another one soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Process {
    pid: Pid,
    parent: i32,
    /// In ticks since the machine started.
    since: u64,
}

impl Process {
    /// None where there is none of that number, or only what is left of it.
    fn of(pid: Pid) -> Option<Process> {
        let stat = fs::read(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        // The name comes before, in brackets, and may hold anything.
        let mut columns = stat.rsplit_once(") ")?.1.split(' ');
        let state = columns.next()?;
        let parent = columns.next()?.parse().ok()?;
        let since = columns.nth(17)?.parse().ok()?;
        (state != "Z" && state != "X").then_some(Process { pid, parent, since })
    }

    fn all() -> Vec<Process> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
        pids.filter_map(Process::of).collect()
    }

    /// Kills it, and no other one that has its number since.
    fn kill(self) {
        let Ok(it) = pidfd_open(self.pid, PidfdFlags::empty()) else { return };
        if Process::of(self.pid).is_some_and(|now| now.since == self.since) {
            // It may be gone, or somebody else's.
            let _ = pidfd_send_signal(it, Signal::KILL);
        }
    }
}

/// Kills `first`, what it started, and whatever has its `mark`.
pub(super) fn kill_all(first: Pid, mark: &Mark) {
    let mut killed: Vec<Process> = Vec::new();
    for _ in 0..LOOKS {
        let all = Process::all();
        let mut found: Vec<Process> = all
            .iter()
            .filter(|it| it.pid == first || mark.is_in_environment_of(it))
            .chain(killed.iter())
            .copied()
            .collect();
        let mut at = 0;
        while let Some(parent) = found.get(at).map(|it| it.pid.as_raw_nonzero().get()) {
            let children = all.iter().filter(|it| it.parent == parent);
            let new: Vec<Process> = children.filter(|it| !found.contains(it)).copied().collect();
            found.extend(new);
            at += 1;
        }
        // Who was sent that starts nothing any more, however long it takes to go.
        let is_known =
            |it: &Process| killed.iter().any(|known| known.pid == it.pid && known.since == it.since);
        let new: Vec<Process> = found.into_iter().filter(|it| it.pid != getpid() && !is_known(it)).collect();
        if new.is_empty() {
            return;
        }
        for process in new {
            process.kill();
            killed.push(process);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_parent_and_when_it_began() {
        let own = Process::of(getpid()).unwrap();
        assert_eq!(own.parent, rustix::process::getppid().unwrap().as_raw_nonzero().get());
        assert!(own.since > 0 && Process::all().contains(&own));
        assert_ne!(Mark::new(), Mark::new());
    }
}
