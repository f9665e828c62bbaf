//! Pauses between attempts: each longer than the one before, and never two askers in step.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::{Duration, Instant};

use super::Patience;

/// What a server may ask for at most with `Retry-After`: longer, and who waits is told instead.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// The attempts at one answer: how long they have brought nothing, and how long to wait for the next.
pub(super) struct Attempts<'a> {
    patience: &'a Patience,
    /// How long nothing may come.
    outlasts: Duration,
    silent_since: Instant,
    next: Duration,
}

impl<'a> Attempts<'a> {
    /// Of a place that has answered before (`met`), or never yet.
    pub(super) fn begin(patience: &'a Patience, met: bool) -> Self {
        let outlasts = if met { patience.outlasts } else { patience.first_answer };
        Attempts { patience, outlasts, silent_since: Instant::now(), next: patience.first_pause }
    }

    /// Something came that was worth coming: the place is there.
    pub(super) fn advanced(&mut self) {
        self.outlasts = self.patience.outlasts;
        self.silent_since = Instant::now();
        self.next = self.patience.first_pause;
    }

    /// Waits for the next attempt, at least as long as the server asks; false when it is time to give up.
    #[must_use]
    pub(super) fn wait(&mut self, asked: Option<Duration>) -> bool {
        let pause = self.pause(asked);
        if self.silent_since.elapsed() + pause > self.outlasts || asked.is_some_and(|it| it > LONGEST_ASKED) {
            return false;
        }
        sleep(pause);
        true
    }

    fn pause(&mut self, asked: Option<Duration>) -> Duration {
        // The keys of a `RandomState` are random: enough to part 215,060 askers.
        let chance = RandomState::new().build_hasher().finish() % 1024;
        let own = self.next.mul_f64(0.5 + chance as f64 / 1024.0);
        self.next = (self.next * 2).min(self.patience.longest_pause);
        own.max(asked.unwrap_or_default())
    }
}

#[expect(clippy::disallowed_methods, reason = "a drop has no level to wait for; the caller bounds the sum")]
fn sleep(pause: Duration) {
    std::thread::sleep(pause);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_are_never_shorter_than_asked() {
        let mut attempts = Attempts::begin(&Patience::ONCE, true);
        let pauses: Vec<_> = (0..12).map(|_| attempts.pause(None)).collect();
        for (index, pause) in pauses.iter().enumerate() {
            let middle = Duration::from_millis(200 << index.min(20)).min(Duration::from_secs(10));
            assert!(*pause >= middle / 2 && *pause <= middle * 3 / 2, "{index}: {pause:?}");
        }
        assert!(attempts.pause(Some(Duration::from_secs(40))) >= Duration::from_secs(40));
        attempts.advanced();
        assert!(attempts.pause(None) <= Duration::from_millis(300));
        assert!(!attempts.wait(Some(Duration::from_secs(3600))), "nobody waits an hour");
    }
}
