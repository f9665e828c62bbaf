//! How soon who is turned away is told so. Somebody who asks again at once is answered after a moment: the
//! time of a flood of refusals would be taken from the claim files that are judged.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::service::limits::Limits;

/// The pace of refusals.
#[derive(Debug)]
pub struct Refusals {
    between: Duration,
    longest: Duration,
    /// When the next one is due that comes evenly.
    next: Mutex<Option<Instant>>,
}

impl Refusals {
    /// At the pace that `limits` say.
    pub fn by(limits: &Limits) -> Self {
        Refusals::new(limits.refusals_a_second, Duration::from_millis(limits.refusal_ms))
    }

    /// So many in a second are told at once, others up to `longest` later.
    fn new(a_second: u64, longest: Duration) -> Self {
        let between = Duration::from_secs(1) / u32::try_from(a_second.max(1)).unwrap_or(u32::MAX);
        Refusals { between, longest, next: Mutex::new(None) }
    }

    /// How long the one that is told at `now` waits.
    pub fn wait(&self, now: Instant) -> Duration {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let due = next.unwrap_or(now);
        // What was not used of the last second is not lost.
        let earliest = now.checked_sub(Duration::from_secs(1)).unwrap_or(now);
        let wait = due.saturating_duration_since(now).min(self.longest);
        *next = Some(due.max(earliest).min(now + self.longest) + self.between);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_told_at_once_and_a_flood_waits() {
        let refusals = Refusals::new(10, Duration::from_secs(2));
        let start = Instant::now() + Duration::from_secs(10);
        let waits: Vec<u64> = (0..40).map(|_| refusals.wait(start).as_millis() as u64).collect();
        assert_eq!(waits[0], 0);
        assert_eq!(waits[10], 1000);
        assert_eq!(waits[39], 2000, "nobody waits longer");
        assert!(waits.is_sorted());
        // Evenly: nobody waits.
        let later = start + Duration::from_secs(60);
        for at in 0..50 {
            assert_eq!(refusals.wait(later + Duration::from_millis(100) * at), Duration::ZERO, "{at}");
        }
        let burst = later + Duration::from_secs(60);
        assert!((0..10).all(|_| refusals.wait(burst).is_zero()), "ten of the second that nobody used");
    }
}
