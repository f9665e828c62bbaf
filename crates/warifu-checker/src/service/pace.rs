//! How many files were answered and turned away in the last minutes: counted without a lock, in slices that
//! begin anew by themselves.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::page::Slice;

/// A slice.
pub(super) const SLICE_SECONDS: u64 = 10;

/// Ten minutes and the slice that is not over.
const SLICES: usize = 61;

/// A number of files, and in which slice since the start it was counted.
const NUMBER_BITS: u32 = 32;

/// The last minutes.
#[derive(Debug)]
pub(super) struct Pace {
    started: Instant,
    answered: [AtomicU64; SLICES],
    turned_away: [AtomicU64; SLICES],
}

impl Pace {
    pub(super) fn from(started: Instant) -> Self {
        let none = || std::array::from_fn(|_| AtomicU64::new(0));
        Pace { started, answered: none(), turned_away: none() }
    }

    pub(super) fn answered(&self, now: Instant) {
        self.count(&self.answered, now);
    }

    pub(super) fn turned_away(&self, now: Instant) {
        self.count(&self.turned_away, now);
    }

    /// Which slice since the start `now` lies in; the first is 1, so that 0 is none.
    fn slice(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.started).as_secs() / SLICE_SECONDS + 1
    }

    fn count(&self, files: &[AtomicU64; SLICES], now: Instant) {
        let slice = self.slice(now);
        let counted =
            |was: u64| if was >> NUMBER_BITS == slice { was + 1 } else { (slice << NUMBER_BITS) + 1 };
        let _ = files[(slice % SLICES as u64) as usize].fetch_update(
            Ordering::Relaxed,
            Ordering::Relaxed,
            |was| Some(counted(was)),
        );
    }

    /// The last minutes, the oldest slice first; the last one is not over.
    pub(super) fn slices(&self, now: Instant) -> Vec<Slice> {
        let last = self.slice(now);
        let first = last.saturating_sub(SLICES as u64 - 1).max(1);
        let files = |files: &[AtomicU64; SLICES], slice: u64| {
            let counted = files[(slice % SLICES as u64) as usize].load(Ordering::Relaxed);
            if counted >> NUMBER_BITS == slice { counted & u64::from(u32::MAX) } else { 0 }
        };
        let slice = |slice| Slice {
            answered: files(&self.answered, slice),
            turned_away: files(&self.turned_away, slice),
        };
        (first..=last).map(slice).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_slice_holds_what_came_in_it_and_is_forgotten_after_ten_minutes() {
        let start = Instant::now();
        let pace = Pace::from(start);
        let at = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..3 {
            pace.answered(at(9));
        }
        pace.answered(at(10));
        pace.turned_away(at(25));
        let slices = pace.slices(at(31));
        let files =
            |slices: &[Slice]| slices.iter().map(|it| (it.answered, it.turned_away)).collect::<Vec<_>>();
        assert_eq!(files(&slices), [(3, 0), (1, 0), (0, 1), (0, 0)]);
        // After a round the same places count anew, also those that nobody counted in meanwhile.
        pace.answered(at(615));
        let later = pace.slices(at(619));
        assert_eq!((later.len(), files(&later)[60], files(&later)[0]), (SLICES, (1, 0), (1, 0)));
        assert_eq!(files(&pace.slices(at(10_000))).iter().max(), Some(&(0, 0)));
    }
}
