//! Whether the process makes progress: files are judged while there are some, the channel is looked at, and
//! what falls due with time is done. A service manager that hears nothing of it for too long starts it anew.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use warifu_channels::Patience;

/// A judge that has not ended within this is stuck: the largest file takes seconds.
const JUDGING: Duration = Duration::from_secs(120);

/// Building a release, and the replay of the largest claim files, have ended within this.
const BETWEEN_ANSWERS: Duration = Duration::from_secs(600);

/// Whoever looks at channels comes round, or hears of one, within this. A whole look may take longer, for as
/// long as answers come.
pub(super) const LOOKING: Duration = Patience::POLLING.whole.saturating_add(BETWEEN_ANSWERS);

/// What was seen last.
#[derive(Debug)]
pub(super) struct Watchdog {
    looked: Mutex<Instant>,
    /// None before somebody does what falls due.
    ticked: Mutex<Option<Instant>>,
    judged: Mutex<(u64, Instant)>,
}

impl Watchdog {
    /// From `now` on.
    pub(super) fn from(now: Instant) -> Watchdog {
        Watchdog { looked: Mutex::new(now), ticked: Mutex::default(), judged: Mutex::new((0, now)) }
    }

    /// Whoever looks at the channel has come round, or was answered.
    pub(super) fn came_round(&self, now: Instant) {
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Whoever does what falls due with time has come round.
    pub(super) fn ticked(&self, now: Instant) {
        *self.ticked.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Whether there is progress, once `checked` files were judged and `judging` are being judged.
    pub(super) fn is_alive(&self, checked: u64, judging: usize, now: Instant) -> bool {
        let looked = *self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let ticked = *self.ticked.lock().unwrap_or_else(PoisonError::into_inner);
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        if judging == 0 || judged.0 != checked {
            *judged = (checked, now);
        }
        let is_within = |since, most| now.saturating_duration_since(since) < most;
        let due = ticked.is_none_or(|ticked| is_within(ticked, LOOKING));
        is_within(judged.1, JUDGING) && is_within(looked, LOOKING) && due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_judges_and_looks_is_alive_and_who_is_stuck_in_either_is_not() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let dog = Watchdog::from(start);
        let longest = Patience::POLLING.whole.as_secs();
        assert!(dog.is_alive(0, 0, at(longest + 599)), "one answer may take so long");
        assert!(!dog.is_alive(0, 0, at(longest + 600)), "nobody looked");
        let came = longest + 601;
        dog.came_round(at(came));
        assert!(dog.is_alive(0, 3, at(came + 1)));
        assert!(dog.is_alive(1, 3, at(came + 120)), "one was judged");
        assert!(dog.is_alive(1, 3, at(came + 239)));
        assert!(!dog.is_alive(1, 3, at(came + 240)), "three are judged, and none ends");
        assert!(dog.is_alive(2, 3, at(came + 241)), "it was slow, and goes on");
        dog.ticked(at(came + 241));
        let late = came + 241 + longest + 600;
        dog.came_round(at(late));
        assert!(!dog.is_alive(2, 0, at(late)), "nobody did what fell due");
        dog.ticked(at(late));
        assert!(dog.is_alive(2, 0, at(late)));
    }
}
