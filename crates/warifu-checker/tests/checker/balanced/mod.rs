//! Twelve checkers behind HAProxy and nginx, by the configurations of docs/balancing as they stand there.
//! Files are counted by the checkers themselves; nothing here depends on how long something takes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::Signal;

use crate::balanced::balancer::{HAProxy, Nginx};
use crate::balanced::fleet::Fleet;
use crate::world::{check, claim_file, until};

mod balancer;
mod fleet;

/// Senders at once.
const SENDERS: usize = 6;

/// Files of a round in which nothing goes wrong: sixty for each checker.
const ROUND: usize = 720;

/// Sends so many files, and does something when a third of them is answered. Each is answered by findings:
/// none is lost, and no sender is told to come again.
fn send(address: SocketAddr, files: usize, amid: impl FnOnce()) {
    let (next, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= files {
                        return;
                    }
                    let institution = u32::try_from(at).unwrap() + 1;
                    let answer = check(address, &claim_file(institution, 4));
                    assert_eq!(
                        (answer.status, answer.release),
                        (200, Some(1)),
                        "file {at}: {:?}",
                        answer.lines
                    );
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        until("a third is answered", || answered.load(Ordering::Relaxed) * 3 >= files);
        amid();
    });
    assert_eq!(answered.into_inner(), files);
}

/// What each checker judged of a round through `address`.
fn shares(fleet: &Fleet, address: SocketAddr, files: usize, amid: impl FnOnce()) -> Vec<u64> {
    let before = fleet.judged();
    send(address, files, amid);
    fleet.judged().iter().zip(before).map(|(after, before)| after - before).collect()
}

fn is_even(fleet: &Fleet, address: SocketAddr) {
    let shares = shares(fleet, address, ROUND, || {});
    let even = ROUND / fleet.ready();
    let is_near = |share: &u64| share.abs_diff(even as u64) * 10 <= even as u64;
    assert!(shares.iter().all(is_near), "not within 10 % of {even}: {shares:?}");
}

/// One that stands still for two thirds of a round gets less, and what it has it answers later.
fn gives_a_slow_one_less(fleet: &Fleet, address: SocketAddr, slow: usize) {
    let before = fleet.judged();
    fleet.signal(slow, Signal::STOP);
    let others = |at: usize| fleet.judged_by(at) - before[at];
    send(address, ROUND / 4, || {
        let enough = (ROUND / 8) as u64;
        until("others judge", || {
            (0..fleet.ready()).filter(|at| *at != slow).map(others).sum::<u64>() > enough
        });
        fleet.signal(slow, Signal::CONT);
    });
    let (got, even) = (others(slow), (ROUND / 4 / fleet.ready()) as u64);
    assert!(got * 2 <= even, "{got} of {even}");
}

#[test]
fn twelve_checkers_share_what_comes_and_nothing_is_lost_with_one_of_them() {
    let directory = tempfile::tempdir().unwrap();
    let fleet = Fleet::start(directory.path());
    let Some(haproxy) = HAProxy::start(directory.path(), &fleet.addresses()) else { return };
    let Some(nginx) = Nginx::start(directory.path(), &fleet.addresses()) else { return };
    haproxy.until_all_but_are_up(&[Fleet::NEVER_READY]);
    let never_sent = haproxy.sent(Fleet::NEVER_READY);

    is_even(&fleet, haproxy.address);
    is_even(&fleet, nginx.address);
    gives_a_slow_one_less(&fleet, haproxy.address, 0);
    gives_a_slow_one_less(&fleet, nginx.address, 1);
    haproxy.until_all_but_are_up(&[Fleet::NEVER_READY]);

    // SIGTERM amid a round.
    for (address, drained) in [(haproxy.address, 2), (nginx.address, 3)] {
        send(address, ROUND / 4, || fleet.signal(drained, Signal::TERM));
        assert!(fleet.has_ended_well(drained));
    }
    // SIGKILL amid a round.
    for (address, killed) in [(haproxy.address, 4), (nginx.address, 5)] {
        send(address, ROUND / 4, || fleet.signal(killed, Signal::KILL));
    }
    let gone = [2, 3, 4, 5, Fleet::NEVER_READY];
    haproxy.until_all_but_are_up(&gone);
    let sent = gone.map(|at| haproxy.sent(at));
    send(haproxy.address, ROUND / 4, || {});
    send(nginx.address, ROUND / 4, || {});
    assert_eq!(gone.map(|at| haproxy.sent(at)), sent, "who is known to be gone is sent nothing");
    assert_eq!(haproxy.sent(Fleet::NEVER_READY), never_sent);
    assert_eq!(fleet.judged_by(Fleet::NEVER_READY), 0);
    nginx.every_file_ended_well(ROUND + ROUND);
}
