//! When who is turned away is told to come again: spread, so that nobody comes together with all others a
//! second time. After an outage of hours that is everybody.
//!
//! The more are turned away for each one that is judged, the longer the time over which they are spread; it
//! is looked at once a second, grows fast and shrinks slowly. About as many shall be turned away as are
//! judged: then the queue is never empty, and little time goes to refusals. Nobody is sent away for longer
//! than judging all who were turned away can take. It needs no knowledge of how many there are, nor that
//! each comes again to this checker: before it others may have been asked.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Nobody is told to come earlier.
const SOONEST_SECONDS: u64 = 5;

/// Over so many seconds they are spread at least…
const LEAST_SECONDS: f64 = 1.0;

/// …and at most, so that nobody waits much longer than everybody needs.
const MOST_SECONDS: f64 = 300.0;

/// How much longer it gets within a second, at most.
const GROWS: f64 = 2.0;

/// How much of it stays after a second in which hardly anybody is turned away.
const STAYS: f64 = 0.9;

/// Nobody is turned away for so long: that is no surge.
const CALM: Duration = Duration::from_secs(10);

/// So many refusals for each file that is judged are as it should be.
const REFUSALS_FOR_ONE_JUDGED: f64 = 1.0;

/// So fine are the steps in which times are given out: multiples of the golden ratio, modulo one, never come
/// close to each other.
const GOLDEN_RATIO: f64 = 0.618_033_988_749_895;

/// When to come again.
#[derive(Debug, Default)]
pub struct Again {
    now: Mutex<Spread>,
}

#[derive(Debug)]
struct Spread {
    /// Over so many seconds.
    over: f64,
    given: u64,
    /// The second that is looked at: when it began, what was judged by then, and who was turned away in it.
    second: Option<(Instant, u64)>,
    turned_away: u64,
    /// Who was turned away and has not been made up for by a file that was judged.
    behind: u64,
}

impl Default for Spread {
    fn default() -> Self {
        Spread { over: LEAST_SECONDS, given: 0, second: None, turned_away: 0, behind: 0 }
    }
}

impl Again {
    /// In how many seconds the one that is turned away at `now` is to come again, when so many files have
    /// been judged since the start.
    pub fn seconds(&self, now: Instant, judged: u64) -> u64 {
        let mut spread = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        spread.look(now, judged);
        spread.turned_away += 1;
        let part = (spread.given as f64 * GOLDEN_RATIO).fract();
        spread.given += 1;
        SOONEST_SECONDS + (part * spread.over) as u64
    }
}

impl Spread {
    /// Ends the second that is looked at, if it is over.
    fn look(&mut self, now: Instant, judged: u64) {
        let Some((began, before)) = self.second else {
            self.second = Some((now, judged));
            return;
        };
        let took = now.saturating_duration_since(began);
        if took < Duration::from_secs(1) {
            return;
        }
        let done = judged.saturating_sub(before);
        let for_one = self.turned_away as f64 / done.max(1) as f64;
        self.behind = (self.behind + self.turned_away).saturating_sub(done);
        // All of them can be judged within this time: nobody is to stay away for longer.
        let enough = self.behind as f64 / (done.max(1) as f64 / took.as_secs_f64());
        // Nobody came for a while: what was before that says nothing any more.
        let is_calm = took >= CALM;
        let factor = if is_calm { STAYS } else { (for_one / REFUSALS_FOR_ONE_JUDGED).clamp(STAYS, GROWS) };
        let factor = if factor < 1.0 { factor.powf(took.as_secs_f64()) } else { factor };
        self.over = (self.over * factor).min(enough).clamp(LEAST_SECONDS, MOST_SECONDS);
        self.second = Some((now, judged));
        self.turned_away = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `many` are told in one second in which so many are judged.
    fn told(again: &Again, second: Instant, many: u32, judged: &mut u64, judges: u64) -> Vec<u64> {
        let part = Duration::from_secs(1) / many;
        let told = (0..many).map(|at| again.seconds(second + part * at, *judged)).collect();
        *judged += judges;
        told
    }

    #[test]
    fn one_that_is_turned_away_comes_again_soon() {
        let (again, start) = (Again::default(), Instant::now());
        for minute in 0..10 {
            assert_eq!(again.seconds(start + Duration::from_secs(60) * minute, 0), SOONEST_SECONDS);
        }
    }

    #[test]
    fn a_surge_is_spread_and_afterwards_it_is_as_before() {
        let (again, start, mut judged) = (Again::default(), Instant::now(), 0);
        let mut last = Vec::new();
        for second in 0..20 {
            last = told(&again, start + Duration::from_secs(second), 1000, &mut judged, 10);
        }
        let longest = *last.iter().max().unwrap();
        assert!((300..=305).contains(&longest), "{longest}");
        // Evenly: in no tenth of the time more than a tenth comes, but for rounding.
        for tenth in 0..10_u64 {
            let in_it = last.iter().filter(|told| (**told - SOONEST_SECONDS) / 30 == tenth).count();
            assert!((90..=110).contains(&in_it), "{tenth}: {in_it}");
        }
        let later = start + Duration::from_secs(600);
        again.seconds(later, judged);
        assert!(again.seconds(later, judged) <= SOONEST_SECONDS + 1);
    }

    #[test]
    fn where_as_many_are_turned_away_as_are_judged_nothing_changes() {
        let (again, start, mut judged) = (Again::default(), Instant::now(), 0);
        for second in 0..6 {
            told(&again, start + Duration::from_secs(second), 300, &mut judged, 100);
        }
        let most = |told: Vec<u64>| told.into_iter().max().unwrap();
        let before = most(told(&again, start + Duration::from_secs(6), 100, &mut judged, 100));
        for second in 7..40 {
            let now = most(told(&again, start + Duration::from_secs(second), 100, &mut judged, 100));
            assert!(now.abs_diff(before) <= before / 2, "{before}, {now}");
        }
    }
}
