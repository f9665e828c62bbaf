//! Pauses between attempts: each longer than the one before, and never two askers in step.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::{Duration, Instant};

use super::Patience;
use super::fault::Fault;
use crate::look::Look;

/// What a server may ask for at most with `Retry-After`: longer, and who waits is told instead.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// The attempts at one answer: how long they have taken, how long they have brought nothing, and how long to
/// wait for the next.
pub(super) struct Attempts<'a> {
    patience: &'a Patience,
    /// How long nothing may come.
    outlasts: Duration,
    /// How long nobody may listen.
    refused: Duration,
    began: Instant,
    silent_since: Instant,
    next: Duration,
}

impl<'a> Attempts<'a> {
    /// Of a place that has answered before (`met`), or never yet.
    pub(super) fn begin(patience: &'a Patience, met: bool) -> Self {
        let outlasts = if met { patience.outlasts } else { patience.first_answer };
        let now = Instant::now();
        let refused = if met { outlasts } else { outlasts.min(patience.refused) };
        Attempts { patience, outlasts, refused, began: now, silent_since: now, next: patience.first_pause }
    }

    /// How much longer the answer may take, however much comes.
    pub(super) fn left(&self) -> Duration {
        self.patience.whole.saturating_sub(self.began.elapsed())
    }

    /// Something came that was worth coming: the place is there.
    pub(super) fn advanced(&mut self) {
        (self.outlasts, self.refused) = (self.patience.outlasts, self.patience.outlasts);
        self.silent_since = Instant::now();
        self.next = self.patience.first_pause;
    }

    /// Waits for the next attempt after `fault`, at least as long as the server asks; with what is to be told
    /// when it is time to give up, or nobody waits any more. Before it waits, it `tells` why and how much
    /// longer that may go on.
    pub(super) fn wait(
        &mut self,
        fault: Fault,
        asked: Option<Duration>,
        look: &Look,
        tells: impl FnOnce(&Fault, Duration),
    ) -> Result<(), Fault> {
        let pause = self.pause(asked);
        if asked.is_some_and(|it| it > LONGEST_ASKED) {
            return Err(fault);
        }
        if pause > self.left() {
            return Err(Fault::Slow);
        }
        let is_refused = matches!(&fault, Fault::NoAnswer { why } if why.is_refused());
        let outlasts = if is_refused { self.refused } else { self.outlasts };
        if self.silent_since.elapsed() + pause > outlasts {
            return Err(fault);
        }
        tells(&fault, outlasts.saturating_sub(self.silent_since.elapsed()));
        if look.pause(pause) { Ok(()) } else { Err(fault) }
    }

    fn pause(&mut self, asked: Option<Duration>) -> Duration {
        // The keys of a `RandomState` are random: enough to part 215,060 askers.
        let chance = RandomState::new().build_hasher().finish() % 1024;
        let own = self.next.mul_f64(0.5 + chance as f64 / 1024.0);
        self.next = (self.next * 2).min(self.patience.longest_pause);
        own.max(asked.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::network::NoAnswer;

    fn untold(_: &Fault, _: Duration) {}

    fn busy() -> Fault {
        Fault::Status { status: 503 }
    }

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
        let refused = attempts.wait(busy(), Some(Duration::from_secs(3600)), &Look::default(), untold);
        assert!(matches!(refused, Err(Fault::Status { .. })), "nobody waits an hour");
    }

    #[test]
    fn what_has_taken_its_time_is_given_up_although_more_came() {
        let patience = Patience { whole: Duration::ZERO, ..Patience::ONCE };
        let mut attempts = Attempts::begin(&patience, true);
        attempts.advanced();
        assert!(matches!(attempts.wait(busy(), None, &Look::default(), untold), Err(Fault::Slow)));
    }

    /// Nobody listens: that is no slow line, and told soon, but not where the place has answered before or
    /// somebody said how long to wait.
    #[test]
    fn a_place_where_nobody_listens_is_given_up_sooner_than_one_that_is_silent() {
        let of = |kind: io::ErrorKind| Fault::NoAnswer { why: NoAnswer::System(kind.into()) };
        let told = |patience: &Patience, met, kind: io::ErrorKind| {
            let (mut attempts, mut within) = (Attempts::begin(patience, met), None);
            let look = Look::default();
            // Who does not wait any more is told all the same for how long it would have been.
            look.end();
            let _ = attempts.wait(of(kind), None, &look, |_, longest| within = Some(longest));
            within.unwrap()
        };
        let is = |within: Duration, seconds: u64| {
            let most = Duration::from_secs(seconds);
            within <= most && within > most / 2
        };
        let (refused, silent) = (io::ErrorKind::ConnectionRefused, io::ErrorKind::TimedOut);
        let unattended = &Patience::UNATTENDED;
        assert!(is(told(unattended, false, refused), 10));
        assert!(is(told(unattended, false, silent), 120));
        assert!(is(told(unattended, true, refused), 120));
        assert!(is(told(&Patience::POLLING, false, refused), 5));
        assert!(is(told(&Patience::POLLING, true, refused), 10));
        let mut attempts = Attempts::begin(unattended, false);
        let pauses = std::iter::from_fn(|| Some(attempts.pause(None)));
        let in_time = pauses.scan(Duration::ZERO, |sum, pause| {
            *sum += pause;
            Some(*sum)
        });
        assert!(
            in_time.take_while(|sum| *sum < Duration::from_secs(10)).count() >= 3,
            "three tries at least"
        );
    }
}
