//! Room on a disk that was full: as soon as there is more, the channel is looked at again, and nobody is told
//! of a full disk that is none any more.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cause::Cause;
use crate::swap::outcome::Outcome;

/// So much more must be there: what others write and delete meanwhile is no reason to read a channel again.
const MORE_BYTES: u64 = 1 << 20;

/// How much room there was when the last look had not enough.
#[derive(Default)]
pub(super) struct Room(Mutex<Option<u64>>);

impl Room {
    fn free(&self) -> MutexGuard<'_, Option<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what a look came to; `free` tells how much room there is, where that can be known.
    pub(super) fn note(&self, outcome: &Outcome, free: impl FnOnce() -> Option<u64>) {
        let was_full = matches!(outcome, Outcome::Unavailable { cause: Cause::DiskFull, .. });
        *self.free() = was_full.then(free).flatten();
    }

    /// Whether the last look had not enough, and there is more now.
    pub(super) fn is_there_more(&self, free: impl FnOnce() -> Option<u64>) -> bool {
        let Some(before) = *self.free() else { return false };
        free().is_some_and(|free| free >= before.saturating_add(MORE_BYTES))
    }
}
