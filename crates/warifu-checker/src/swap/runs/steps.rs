//! The three steps of what runs: forward, back, and confirmed.
//!
//! Forward, the disk comes first: a restart must not know less than what has answered. Back, the pointer
//! comes first: the harm stops there.

use std::sync::Arc;

use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::acts::Acts;
use crate::candidate::Candidate;
use crate::cause::{Amiss, Cause};
use crate::log::Event;
use crate::said::Said;
use crate::state::{Installed, Lost, Phase, Record, Running};
use crate::swap::active::Active;
use crate::swap::clearing::Cleared;
use crate::swap::runs::pointer::{Beside, Runs, unused};
use crate::swap::workbench::AtBench;

/// There is nothing to fall back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NothingBefore;

/// A cleared candidate that does not judge after all. It is given back.
pub(in crate::swap) struct NotActivated {
    pub(in crate::swap) candidate: Box<Candidate>,
    pub(in crate::swap) amiss: Amiss,
}

/// What those may take on disk that a fall back does not return to by itself.
pub(super) const EARLIER_BYTES: u64 = 2 << 30;

impl Runs {
    /// Lets `cleared` judge. Nothing older waits at the bench afterwards, and a newer one that waits there
    /// stays on disk: at its instant it is read again, to be held against what runs then. That it judges is
    /// among `acts` before anybody can see it.
    pub(in crate::swap) fn go_forward(
        &self,
        bench: &mut AtBench<'_>,
        cleared: Cleared,
        acts: &Acts,
        now: UnixSeconds,
    ) -> Result<Phase, NotActivated> {
        let pen = self.pen();
        let beside = self.beside();
        let (old, falls) = (self.active(), beside.falls);
        let changed = || {
            let why = Said::new(
                "the running release changed while this one was being cleared; it is tried again",
                "検査中に稼働リリースが変わったため、次回やり直します",
            );
            Amiss::new(Cause::Later, why)
        };
        let not = |cleared: Cleared, amiss| {
            Err(NotActivated { candidate: Box::new(cleared.into_candidate()), amiss })
        };
        if old.as_ref().map(|old| old.id) != cleared.against() {
            return not(cleared, changed());
        }
        // Whoever froze may have done so while this one was being cleared.
        if let Some(frozen) = beside.record.frozen() {
            let why = frozen.said();
            return not(cleared, Amiss::new(Cause::Frozen, why));
        }
        let mut record = beside.record.clone();
        drop(beside);
        let previous = cleared.watched_against().map(Arc::clone);
        let watched_against = previous.as_ref().map(|previous| previous.installed());
        record.runs(Running::activated(cleared.installed(now), watched_against));
        record.refused = None;
        let waiting = bench.waiting().map(|(id, _)| id);
        let needed = |record: &Record| {
            let kept = record.running().kept().map(ReleaseRef::from);
            kept.chain(waiting).collect::<Vec<ReleaseRef>>()
        };
        let earlier: Vec<ReleaseRef> = record.earlier().iter().map(|earlier| earlier.id.into()).collect();
        let most = self.keeps.saturating_sub(usize::from(record.running().previous().is_some()));
        record.keeps_earlier(
            self.directory.releases().fitting(&needed(&record), &earlier, EARLIER_BYTES).min(most),
        );
        if let Err(error) = self.directory.write_record(&record) {
            return not(cleared, error.amiss());
        }
        let release = cleared.release();
        acts.swapped(release, now);
        let mut beside = self.beside();
        if beside.falls != falls {
            drop(beside);
            self.write(&pen);
            let amiss = changed();
            acts.not_swapped(release, &amiss.why, now);
            return not(cleared, amiss);
        }
        beside.record = record;
        beside.previous = previous;
        bench.clear_away(cleared.release());
        let active = Arc::new(cleared.activate(now));
        let phase = active.phase();
        self.exchange(&mut beside, Some(active));
        let unused = unused(&mut beside);
        let mut kept = needed(&beside.record);
        kept.extend(beside.record.earlier().iter().map(|earlier| ReleaseRef::from(earlier.id)));
        drop(beside);
        drop(unused);
        self.directory.releases().prune(&kept);
        Ok(phase)
    }

    /// Returns to the previous confirmed release and holds the one left; with `only_from`, only when that one
    /// is still active, and never to one that `may_judge` speaks against, which is asked before anything is
    /// locked. Gives the numbers left and fallen back to. Nothing of it is on disk yet: see
    /// [`Runs::write_down`].
    pub(in crate::swap) fn go_back(
        &self,
        why: Said,
        only_from: Option<&Arc<Active>>,
        may_judge: impl Fn(ReleaseRef) -> bool,
        now: UnixSeconds,
    ) -> Result<(u64, u64), NothingBefore> {
        loop {
            let asked = self.before().filter(|before| may_judge(before.id)).ok_or(NothingBefore)?;
            let mut beside = self.beside();
            let current = self.active().ok_or(NothingBefore)?;
            if only_from.is_some_and(|from| !Arc::ptr_eq(from, &current)) {
                return Err(NothingBefore);
            }
            // Another one stands before what runs meanwhile: that one is asked about.
            let Some(previous) = beside.previous.take_if(|it| Arc::ptr_eq(it, &asked)) else { continue };
            let back = previous.confirmed(now);
            beside.retired.push(previous);
            return Ok(self.leave(&mut beside, &current, back, why, now));
        }
    }

    /// Returns to `back`, which was confirmed here before what a fall back returns to by itself, and holds
    /// everything newer. None when it cannot be gone back to any more. On disk as [`Runs::go_back`].
    pub(in crate::swap) fn go_back_to(
        &self,
        back: Active,
        why: Said,
        now: UnixSeconds,
    ) -> Option<(u64, u64)> {
        let mut beside = self.beside();
        let current = self.active()?;
        let is_it = |installed: &Installed| ReleaseRef::from(installed.id) == back.id;
        beside.record.to_go_back_to().any(is_it).then_some(())?;
        Some(self.leave_with_previous(&mut beside, &current, back, why, now))
    }

    /// What would be gone back to by itself goes as well.
    pub(super) fn leave_with_previous(
        &self,
        beside: &mut Beside,
        current: &Active,
        back: Active,
        why: Said,
        now: UnixSeconds,
    ) -> (u64, u64) {
        let previous = beside.previous.take();
        beside.retired.extend(previous);
        self.leave(beside, current, back, why, now)
    }

    /// The pointer first. The disk follows; if it fails, that is told, and tried again.
    fn leave(
        &self,
        beside: &mut Beside,
        current: &Active,
        back: Active,
        why: Said,
        now: UnixSeconds,
    ) -> (u64, u64) {
        let (from, to) = (current.id.release, back.id.release);
        let back = Arc::new(back);
        self.exchange(beside, Some(Arc::clone(&back)));
        let passed_over: Vec<ReleaseRef> = beside
            .record
            .to_go_back_to()
            .map(|it| it.id.into())
            .filter(|id: &ReleaseRef| id.release > to)
            .collect();
        beside.record.runs(Running::Confirmed { release: back.installed(), previous: None });
        for id in passed_over.into_iter().rev().chain([current.id]) {
            beside.record.hold(id, why.clone(), now);
        }
        beside.falls += 1;
        (from, to)
    }

    /// What is held here and was withdrawn is held for that, also where nobody can be asked about it: on
    /// disk, where that is news. `withdrawn` waits for nothing.
    pub(in crate::swap) fn note_withdrawn(&self, withdrawn: impl Fn(ReleaseRef) -> Option<Said>) {
        let pen = self.pen();
        if self.beside().record.withdraws(withdrawn) {
            self.write(&pen);
        }
    }

    /// Holds `id`, which what uses releases besides this process did not take.
    pub(in crate::swap) fn hold(&self, id: ReleaseRef, why: Said, now: UnixSeconds) {
        let pen = self.pen();
        self.beside().record.hold(id, why, now);
        self.write(&pen);
    }

    /// `tried` does not judge after all, where it does: what was confirmed before it does, or nothing. Unlike
    /// one that is left, it is not held.
    pub(in crate::swap) fn take_back(&self, tried: ReleaseRef) {
        let pen = self.pen();
        let mut beside = self.beside();
        let Some(current) = self.active().filter(|active| active.id == tried) else { return };
        let back = current.compared_with().map(|before| Arc::new(before.confirmed(before.since)));
        let retired = beside.previous.take();
        beside.retired.extend(retired);
        beside.record.runs(match &back {
            Some(back) => Running::Confirmed { release: back.installed(), previous: None },
            None => Running::Nothing,
        });
        self.exchange(&mut beside, back);
        beside.falls += 1;
        drop(beside);
        self.write(&pen);
    }

    /// The program works for a while with what it was given last.
    pub(in crate::swap) fn settles(&self) -> Result<(), Said> {
        let change = |record: &mut Record| {
            record.settles();
            Ok(())
        };
        self.disk_first(change, |error| Said::of(&error), |_| ())
    }

    /// What uses releases besides this process is given `id` from now on, or nothing any more: on disk before
    /// it is told, so that a crash is put down to that.
    pub(in crate::swap) fn tries(&self, id: Option<ReleaseRef>) -> Result<(), Said> {
        let change = |record: &mut Record| {
            record.tries(id.map(Into::into));
            Ok(())
        };
        self.disk_first(change, |error| Said::of(&error), |_| ())
    }

    /// `before` is what may be gone back to, where nothing else is.
    pub(in crate::swap) fn stands_before(&self, before: Active) {
        self.beside().previous.get_or_insert_with(|| Arc::new(before));
    }

    /// Confirms `active`, when it is on probation and still the active one; whether it was.
    pub(in crate::swap) fn confirm(&self, active: &Arc<Active>) -> bool {
        let change = |record: &mut Record| {
            let is_current = self.active.load().as_ref().is_some_and(|current| Arc::ptr_eq(current, active));
            if !is_current || active.phase() == Phase::Confirmed {
                return Err(None);
            }
            record.confirms();
            Ok(())
        };
        let then = |beside: &mut Beside| {
            self.exchange(beside, Some(Arc::new(active.confirmed(active.since))));
        };
        match self.disk_first(change, |error| Some(Said::of(&error)), then) {
            Ok(()) => true,
            Err(why) => {
                why.iter().for_each(|why| self.log.event(Event::RecordNotWritten, why));
                false
            }
        }
    }

    /// The release that was lost judges again; what stood in for it is the one before it.
    pub(in crate::swap) fn regain(&self, candidate: Candidate) -> Result<(), Said> {
        let is_lost = |lost: &&Lost| ReleaseRef::from(lost.installed.id) == candidate.id;
        let Some(lost) = self.record().lost().filter(is_lost).cloned() else { return Ok(()) };
        let change = |record: &mut Record| {
            let previous = self.active().map(|active| active.installed());
            record.loses(None);
            record.runs(Running::Confirmed { release: lost.installed.clone(), previous });
            Ok(())
        };
        let candidate = candidate.signed_by(lost.installed.signed_by.clone());
        let active = Active::new(candidate, None, lost.installed.since);
        self.disk_first(
            change,
            |error| Said::of(&error),
            |beside| {
                beside.previous = self.active();
                self.exchange(beside, Some(Arc::new(active)));
            },
        )
    }
}
