//! How long things took, counted without a lock: one atomic for each bound.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The bounds, in microseconds, from the judging of one file on an idle machine to the longest wait.
pub(super) const BOUNDS_MICROS: [u64; 18] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000, 30_000_000,
];

/// What a part of them took at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum AtMost {
    /// This.
    Bound(Duration),
    /// More than any bound.
    Longer,
}

/// A histogram.
#[derive(Debug)]
pub(in crate::service) struct Histogram {
    /// How many took at most the bound, and more than the one before; the last, more than any.
    counts: [AtomicU64; BOUNDS_MICROS.len() + 1],
    sum_nanos: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram { counts: array::from_fn(|_| AtomicU64::new(0)), sum_nanos: AtomicU64::new(0) }
    }
}

impl Histogram {
    /// Something took so long.
    pub(in crate::service) fn took(&self, time: Duration) {
        let at = BOUNDS_MICROS.partition_point(|bound| Duration::from_micros(*bound) < time);
        self.counts[at].fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.sum_nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    /// How many took at most each bound, and how many in all.
    pub(super) fn up_to(&self) -> ([u64; BOUNDS_MICROS.len()], u64) {
        let counts: [u64; BOUNDS_MICROS.len() + 1] =
            array::from_fn(|at| self.counts[at].load(Ordering::Relaxed));
        let mut so_far = 0;
        let up_to = array::from_fn(|at| {
            so_far += counts[at];
            so_far
        });
        (up_to, so_far + counts[BOUNDS_MICROS.len()])
    }

    /// The first bound that so much of them (0 to 1) took at most; none while there are none.
    pub(in crate::service) fn at_most(&self, share: f64) -> Option<AtMost> {
        let (up_to, all) = self.up_to();
        let bound = up_to.iter().position(|count| *count as f64 >= share * all as f64);
        let bound =
            bound.map_or(AtMost::Longer, |at| AtMost::Bound(Duration::from_micros(BOUNDS_MICROS[at])));
        (all > 0).then_some(bound)
    }

    /// How long all of them took together.
    pub(super) fn sum_seconds(&self) -> f64 {
        Duration::from_nanos(self.sum_nanos.load(Ordering::Relaxed)).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_as_long_as_a_bound_is_within_it() {
        let histogram = Histogram::default();
        for micros in [50, 51, 30_000_000, 30_000_001] {
            histogram.took(Duration::from_micros(micros));
        }
        let (up_to, all) = histogram.up_to();
        assert_eq!((up_to[0], up_to[1], up_to[16], up_to[17], all), (1, 2, 2, 3, 4));
        assert!((histogram.sum_seconds() - 60.000_102).abs() < 1e-9);
        let at_most = |share| histogram.at_most(share);
        assert_eq!(at_most(0.25), Some(AtMost::Bound(Duration::from_micros(50))));
        assert_eq!(at_most(0.26), Some(AtMost::Bound(Duration::from_micros(100))));
        assert_eq!(
            (at_most(0.75), at_most(1.0)),
            (Some(AtMost::Bound(Duration::from_secs(30))), Some(AtMost::Longer))
        );
        assert_eq!(Histogram::default().at_most(0.5), None);
    }
}
