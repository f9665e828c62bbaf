//! The instant from which a release judges: a claim that came after it waits until that release does, so that
//! which release judges it does not depend on when this node looked at its clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use warifu_trust::UnixSeconds;

/// No instant is waited for.
const NONE: i64 = i64::MAX;

/// So long a claim waits. Activating what was made ready takes a second or two, with the look each second; a
/// disk that does not answer must not stop all claims.
const LONGEST: Duration = Duration::from_secs(10);

/// The instant of the release that is ready and waits, if both organisations signed one.
#[derive(Debug)]
pub(super) struct Instant {
    seconds: AtomicI64,
    /// Held while it changes.
    changes: Mutex<()>,
    changed: Condvar,
}

impl Default for Instant {
    fn default() -> Self {
        Instant { seconds: AtomicI64::new(NONE), changes: Mutex::default(), changed: Condvar::default() }
    }
}

impl Instant {
    /// From now on this one is waited for; whoever waited for another sees what became of that.
    pub(super) fn is(&self, instant: Option<UnixSeconds>) {
        let _changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        self.seconds.store(instant.map_or(NONE, UnixSeconds::seconds), Ordering::Release);
        self.changed.notify_all();
    }

    /// Waits, where a claim came at `received` at the instant or after it, until the release of that instant
    /// judges or will not. False when that was not settled in time, to the one who finds that out: nobody
    /// waits for it any more.
    pub(super) fn settle(&self, received: UnixSeconds) -> bool {
        // The path of nearly every claim: no lock.
        if received.seconds() < self.seconds.load(Ordering::Acquire) {
            return true;
        }
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = |(): &mut ()| received.seconds() >= self.seconds.load(Ordering::Acquire);
        let waited = self.changed.wait_timeout_while(changes, LONGEST, is_due);
        let (_changes, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            self.seconds.store(NONE, Ordering::Release);
            self.changed.notify_all();
        }
        !waited.timed_out()
    }
}
