//! The workbench: one candidate at a time is built, cleared and activated, by whoever holds the bench.
//!
//! A candidate that waits for its instant, or to be tried again, lies on the bench. So nobody has one in hand
//! without holding the bench, and whoever holds it sees what runs as it stays until he is done, but for a
//! fall back.
//!
//! A channel that is slow keeps nobody from the bench: whoever looks has read it before he holds the bench.
//!
//! **The order of locks**: the right to look first, then the bench, then what runs (`Runs`). The last is
//! taken inside its own methods only, and none of them asks for the bench, so the other order cannot be
//! written. Who is at the bench already looks only where nobody else does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::candidate::Candidate;
use crate::cause::Amiss;
use crate::said::Said;

/// The bench.
#[derive(Default)]
pub(super) struct Workbench {
    waiting: Mutex<Option<Waiting>>,
    /// Whether another calendar is kept to than when the bench was held last.
    is_other_calendar: AtomicBool,
}

/// The bench, held by the one who has this.
pub(super) struct AtBench<'a> {
    waiting: MutexGuard<'a, Option<Waiting>>,
}

/// A candidate that was cleared before its instant, or could not be activated then.
struct Waiting {
    candidate: Candidate,
    until: Until,
}

/// When it is tried.
enum Until {
    /// At its instant.
    Instant(UnixSeconds),
    /// Then, when the calendar lets it be activated; what is going on until then.
    Opening(UnixSeconds, Said),
    /// Now: another calendar is kept to than the one that it waited for.
    OtherCalendar,
    /// Then, because this kept it from judging before.
    Again(UnixSeconds, Failed),
    /// When activation is not frozen any more.
    Thaw,
}

/// What kept a candidate from judging at its instant.
pub(super) struct Failed {
    why: Amiss,
    /// How often it was tried.
    times: u32,
}

/// A candidate whose instant has come.
pub(super) struct Due {
    pub(super) candidate: Candidate,
    /// What kept it from judging before.
    pub(super) failed: Option<Failed>,
}

/// Which release judges next, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    /// It.
    pub release: u64,
    /// From when.
    pub at: UnixSeconds,
    /// Why not at its instant: what goes on until then.
    pub why: Option<Said>,
}

/// What waits at the bench, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WaitsFor {
    /// Its instant.
    Instant(UnixSeconds),
    /// That the calendar lets it be activated: then, and what is going on until then.
    Opening(UnixSeconds, Said),
    /// For nothing but its turn: another calendar is kept to than the one that it waited for.
    Turn,
    /// That it can be activated: this kept it from that.
    Activation(Amiss),
    /// That activation is not frozen any more.
    Thaw,
}

/// A candidate that could not be activated is tried again after so many seconds. Each try replays up to 64
/// MiB of claim files, so each pause is twice as long as the one before.
const FIRST_PAUSE_SECONDS: i64 = 10;

/// The longest pause: so long a full disk that was mended keeps a release waiting, when nobody asks.
const LONGEST_PAUSE_SECONDS: i64 = 600;

/// The pause after so many tries.
fn pause_seconds(times: u32) -> i64 {
    let doubled = 2i64.checked_pow(times.saturating_sub(1)).unwrap_or(i64::MAX);
    FIRST_PAUSE_SECONDS.saturating_mul(doubled).min(LONGEST_PAUSE_SECONDS)
}

impl Workbench {
    /// Waits until nobody else is at it.
    pub(super) fn hold(&self) -> AtBench<'_> {
        // A panic elsewhere leaves it whole: every change is one assignment.
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_other_calendar.swap(false, Ordering::AcqRel)
            && let Some(Waiting { until: until @ Until::Opening(..), .. }) = &mut *waiting
        {
            *until = Until::OtherCalendar;
        }
        AtBench { waiting }
    }

    /// Another calendar is kept to: what waits for the one before is tried as soon as somebody holds the
    /// bench. Who says so does not wait for it.
    pub(super) fn keeps_to_other_calendar(&self) {
        self.is_other_calendar.store(true, Ordering::Release);
    }
}

impl AtBench<'_> {
    /// Which release waits, and for what.
    pub(super) fn waiting(&self) -> Option<(ReleaseRef, WaitsFor)> {
        let Waiting { candidate, until } = self.waiting.as_ref()?;
        let waits_for = match until {
            Until::Instant(until) => WaitsFor::Instant(*until),
            Until::Opening(until, why) => WaitsFor::Opening(*until, why.clone()),
            Until::OtherCalendar => WaitsFor::Turn,
            Until::Again(_, failed) => WaitsFor::Activation(failed.why.clone()),
            Until::Thaw => WaitsFor::Thaw,
        };
        Some((candidate.id, waits_for))
    }

    /// Which release judges next, where one waits for a time.
    pub(super) fn coming(&self) -> Option<Coming> {
        let (id, waits_for) = self.waiting()?;
        let (at, why) = match waits_for {
            WaitsFor::Instant(at) => (at, None),
            WaitsFor::Opening(at, why) => (at, Some(why)),
            WaitsFor::Turn | WaitsFor::Activation(_) | WaitsFor::Thaw => return None,
        };
        Some(Coming { release: id.release, at, why })
    }

    /// Lays `candidate` aside until its instant, in the place of any other.
    pub(super) fn lay_aside(&mut self, candidate: Candidate, until: UnixSeconds) {
        *self.waiting = Some(Waiting { candidate, until: Until::Instant(until) });
    }

    /// Lays `candidate` aside until the calendar lets it be activated.
    pub(super) fn lay_aside_closed(&mut self, candidate: Candidate, until: UnixSeconds, why: Said) {
        *self.waiting = Some(Waiting { candidate, until: Until::Opening(until, why) });
    }

    /// Lays `candidate` aside until activation is not frozen any more.
    pub(super) fn lay_aside_frozen(&mut self, candidate: Candidate) {
        *self.waiting = Some(Waiting { candidate, until: Until::Thaw });
    }

    /// The instant that both signed for the one that waits for it.
    pub(super) fn instant(&self) -> Option<UnixSeconds> {
        let Waiting { candidate, until } = self.waiting.as_ref()?;
        let is_for_it = matches!(until, Until::Instant(_) | Until::Opening(..) | Until::OtherCalendar);
        is_for_it.then_some(candidate.activate_at).flatten()
    }

    /// The candidate that is to be tried now; `is_frozen` when none is to be activated.
    pub(super) fn take_due(&mut self, now: UnixSeconds, is_frozen: bool) -> Option<Due> {
        let is_due = |waiting: &mut Waiting| match &waiting.until {
            Until::Instant(until) | Until::Opening(until, _) | Until::Again(until, _) => *until <= now,
            Until::OtherCalendar => true,
            Until::Thaw => !is_frozen,
        };
        let Waiting { candidate, until } = self.waiting.take_if(is_due)?;
        let failed = if let Until::Again(_, failed) = until { Some(failed) } else { None };
        Some(Due { candidate, failed })
    }

    /// Lays back a candidate that was due and could not be activated because of `why`; `before` is what kept
    /// it from that so far. Whether that is news.
    pub(super) fn lay_back(
        &mut self,
        candidate: Candidate,
        before: Option<Failed>,
        why: Amiss,
        now: UnixSeconds,
    ) -> bool {
        let is_news = before.as_ref().is_none_or(|before| before.why != why);
        let times = before.map_or(0, |before| before.times).saturating_add(1);
        let until = UnixSeconds::new(now.seconds().saturating_add(pause_seconds(times)));
        *self.waiting = Some(Waiting { candidate, until: Until::Again(until, Failed { why, times }) });
        is_news
    }

    /// Nothing older waits any more: `release` judges.
    pub(super) fn clear_away(&mut self, release: u64) {
        self.waiting.take_if(|waiting| waiting.candidate.id.release <= release);
    }
}
