//! The workbench: one candidate at a time is built, cleared and activated, by whoever holds the bench.
//!
//! A candidate that waits for its instant lies on the bench. So nobody has one in hand without holding the
//! bench, and whoever holds it sees what runs as it stays until he is done, but for a fall back.
//!
//! **The order of locks**: the bench first, then what runs (`Runs`). The second lock is taken
//! inside its own methods only, and none of them asks for the bench, so the other order cannot be written.

use std::sync::{Mutex, MutexGuard, PoisonError};

use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::candidate::Candidate;

/// The bench.
#[derive(Default)]
pub(super) struct Workbench {
    waiting: Mutex<Option<Waiting>>,
}

/// The bench, held by the one who has this.
pub(super) struct AtBench<'a> {
    waiting: MutexGuard<'a, Option<Waiting>>,
}

/// A candidate that was cleared before its instant.
struct Waiting {
    candidate: Candidate,
    until: UnixSeconds,
}

impl Workbench {
    /// Waits until nobody else is at it.
    pub(super) fn hold(&self) -> AtBench<'_> {
        // A panic elsewhere leaves it whole: every change is one assignment.
        AtBench { waiting: self.waiting.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}

impl AtBench<'_> {
    /// Which release waits, and until when.
    pub(super) fn waiting(&self) -> Option<(ReleaseRef, UnixSeconds)> {
        self.waiting.as_ref().map(|waiting| (waiting.candidate.id, waiting.until))
    }

    /// Lays `candidate` aside until its instant, in the place of any other.
    pub(super) fn lay_aside(&mut self, candidate: Candidate, until: UnixSeconds) {
        *self.waiting = Some(Waiting { candidate, until });
    }

    /// The candidate whose instant has come, with its instant.
    pub(super) fn take_due(&mut self, now: UnixSeconds) -> Option<(Candidate, UnixSeconds)> {
        self.waiting.take_if(|waiting| waiting.until <= now).map(|waiting| (waiting.candidate, waiting.until))
    }

    /// Nothing waits any more: something newer judges.
    pub(super) fn clear_away(&mut self) {
        *self.waiting = None;
    }
}
