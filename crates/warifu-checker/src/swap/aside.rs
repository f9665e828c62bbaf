//! Work that no claim waits for, on a thread of its own which gives way to those that judge claims.

use std::panic::resume_unwind;
#[cfg(target_os = "linux")]
use std::sync::Once;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, scope};

use crate::log::Log;
#[cfg(target_os = "linux")]
use crate::{log::Event, said::Said};

/// How far it gives way, from 0 to 19: where both want the processor all the time, it has a tenth of it, so
/// that a release comes through under any load. A thread that wakes to judge a claim has it at once.
#[cfg(target_os = "linux")]
const GIVES_WAY: i32 = 10;

/// What refuses it refuses it to every thread of the process.
#[cfg(target_os = "linux")]
static TOLD: Once = Once::new();

/// Does `work` on such a thread, and waits for it. No lock that a claim may wait for may be held in it.
/// Threads that are begun in it give way too. Where there is no such thread to be had, it is done here.
pub(super) fn aside<T: Send>(log: Log, work: impl FnOnce() -> T + Send) -> T {
    let work = Mutex::new(Some(work));
    let take = || work.lock().unwrap_or_else(PoisonError::into_inner).take();
    let done = scope(|scope| {
        let thread = Builder::new().name("aside".to_owned());
        let thread = thread.spawn_scoped(scope, || {
            give_way(log);
            take().map(|work| work())
        });
        thread.ok().and_then(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    match (done, take()) {
        (Some(done), _) => done,
        (None, Some(work)) => work(),
        (None, None) => unreachable!("it was taken by the thread, which gave what came of it"),
    }
}

/// On Linux a thread has a priority of its own. Where it cannot be lowered, that is told once, and the work
/// is done all the same.
#[cfg(target_os = "linux")]
fn give_way(log: Log) {
    // A process that was started lower stays there.
    let own = rustix::process::getpriority_process(None).unwrap_or(0);
    if let Err(error) = rustix::process::setpriority_process(None, GIVES_WAY.max(own)) {
        let said = Said::about(
            "what prepares a release cannot give way to claims: setpriority is refused",
            "リリースの準備処理の優先度を下げられません（setpriority が許可されていません）",
            &error,
        );
        TOLD.call_once(|| log.event(Event::PriorityNotLowered, &said));
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way(_: Log) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn it_gives_way_and_who_waits_for_it_does_not() {
        let own = || rustix::process::getpriority_process(None).unwrap();
        let before = own();
        let also_there = || std::thread::spawn(own).join().unwrap();
        assert_eq!(
            aside(Log::default(), || (own(), also_there())),
            (GIVES_WAY.max(before), GIVES_WAY.max(before))
        );
        assert_eq!(own(), before);
    }

    #[test]
    fn what_comes_of_it_comes_back_and_so_does_a_panic() {
        let mut list = vec![1];
        aside(Log::default(), || list.push(2));
        assert_eq!(list, [1, 2]);
        let panic = std::panic::catch_unwind(|| aside(Log::default(), || panic!("on the way"))).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"on the way"));
    }
}
