//! What runs: the one pointer, the record beside it on disk, and the three steps that change both: forward,
//! back, and confirmed.
//!
//! Forward, the disk comes first: a restart must not know less than what has answered. Back, the pointer
//! comes first: the harm stops there.
//!
//! Two locks hold that apart. Whoever writes the record holds the pen, one at a time, for as long as the disk
//! takes. What changes together with the pointer is locked for moments only, and never while a disk works; so
//! whoever goes back waits for none. He alone changes the record without the pen: who wrote another one
//! meanwhile sees that, and writes again what is true.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use serde::Serialize;
use warifu_claims::movement::Report;
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::candidate::Candidate;
use crate::cause::{Amiss, Cause};
use crate::log::{Event, Log};
use crate::page::report_file;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::state::{
    Decided, Decision, Frozen, Installed, Lost, Phase, Reason, Record, Refused, Running, StateDirectory,
    StateDirectoryError,
};
use crate::swap::active::Active;
use crate::swap::aside::aside;
use crate::swap::clearing::Cleared;
use crate::swap::outcome::{LastPoll, News, Outcome, same_news};
use crate::swap::workbench::AtBench;
use crate::trial::Replayed;

/// There is nothing to fall back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NothingBefore;

/// An operator's decision that was not taken; nothing changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDecided {
    /// That release is not on probation.
    NotOnProbation(u64),
    /// That release is not lost.
    NotLost(u64),
    /// That release is not held.
    NotHeld(u64),
    /// One organisation withdrew that release.
    Withdrawn {
        /// It.
        release: u64,
        /// Why it did.
        why: Said,
    },
    /// Activation is not frozen.
    NotFrozen,
    /// Nothing is damaged.
    NotDamaged,
    /// It could not be mended.
    NotMended(Said),
    /// The record could not be written.
    NotWritten(Said),
}

impl NotDecided {
    /// For people.
    pub fn said(&self) -> Said {
        match self {
            NotDecided::NotOnProbation(release) => Said::new(
                format!("release {release} is not on probation; the status says what is"),
                format!(
                    "リリース {release} は観察期間中ではありません。warifu-checker status で確認してください"
                ),
            ),
            NotDecided::NotLost(release) => Said::new(
                format!("release {release} is not lost; the status says what is"),
                format!("リリース {release} は失われていません。warifu-checker status で確認してください"),
            ),
            NotDecided::NotHeld(release) => Said::new(
                format!("release {release} is not held; the status says what is"),
                format!("リリース {release} は保留されていません。warifu-checker status で確認してください"),
            ),
            NotDecided::Withdrawn { release, why } => Said::new(
                format!("release {release} was withdrawn and never judges here again: {}", why.en),
                format!("リリース {release} は取り下げられたため、再び使用することはできません: {}", why.ja),
            )
            .then(&Cause::Withdrawn.next_step(Some(*release))),
            NotDecided::NotFrozen => Said::new("activation is not frozen", "切替は凍結されていません"),
            NotDecided::NotDamaged => {
                Said::new("nothing is damaged that could be mended", "修復が必要な破損はありません")
            }
            NotDecided::NotMended(why) | NotDecided::NotWritten(why) => why.clone(),
        }
    }
}

/// A cleared candidate that does not judge after all. It is given back.
pub(super) struct NotActivated {
    pub(super) candidate: Box<Candidate>,
    pub(super) amiss: Amiss,
}

/// The pointer and what goes with it.
pub(super) struct Runs {
    active: ArcSwapOption<Active>,
    directory: StateDirectory,
    log: Log,
    /// Held by whoever writes the record, before what follows.
    pen: Mutex<()>,
    /// Held inside the methods here only, and for no disk: see the workbench for the order.
    beside: Mutex<Beside>,
    /// How many confirmed releases before what runs are kept.
    keeps: usize,
}

/// The right to write the record.
type Pen<'a> = MutexGuard<'a, ()>;

/// How many confirmed releases before what runs are kept, when nothing else is said.
const KEEPS: usize = 3;

/// What those may take on disk that a fall back does not return to by itself.
const EARLIER_BYTES: u64 = 2 << 30;

/// What changes together with the pointer.
#[derive(Default)]
struct Beside {
    record: Record,
    /// The confirmed release before the active one, ready to be fallen back to.
    previous: Option<Arc<Active>>,
    last_poll: Option<LastPoll>,
    /// What was told last of a disk that does not keep the record.
    trouble: Option<Trouble>,
    /// The last replay with all its codes; the record has a brief one.
    replayed: Option<Replayed>,
    /// Released snapshots that requests may still use; freed here, never by a request.
    retired: Vec<Arc<Active>>,
    /// How often it went back: whoever sees this change while he writes wrote what is not true any more.
    falls: u64,
}

/// A disk that does not keep the record.
struct Trouble {
    why: Amiss,
    /// How often it was tried.
    times: u32,
    /// When it is tried again.
    until: UnixSeconds,
}

/// The longest pause before the record is written once more.
const LONGEST_PAUSE_SECONDS: i64 = 60;

impl Runs {
    /// `record` is what `directory` holds; `running` and `previous` are loaded from it.
    pub(super) fn resumed(
        directory: StateDirectory,
        record: Record,
        running: Option<Arc<Active>>,
        previous: Option<Arc<Active>>,
        log: Log,
    ) -> Runs {
        let beside = Mutex::new(Beside { record, previous, ..Beside::default() });
        let (active, pen) = (ArcSwapOption::new(running), Mutex::default());
        Runs { active, directory, log, pen, beside, keeps: KEEPS }
    }

    /// The same, which keeps so many confirmed releases before what runs; one at least.
    pub(super) fn keeping(self, keeps: usize) -> Runs {
        Runs { keeps: keeps.max(1), ..self }
    }

    fn pen(&self) -> Pen<'_> {
        self.pen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn beside(&self) -> MutexGuard<'_, Beside> {
        // A panic elsewhere leaves values whole here: every change below is one assignment.
        self.beside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The release that judges now.
    pub(super) fn active(&self) -> Option<Arc<Active>> {
        self.active.load_full()
    }

    /// The record: what is on disk, and what goes there with the next change, which is the last replay and
    /// whatever could not be written before.
    pub(super) fn record(&self) -> Record {
        self.beside().record.clone()
    }

    /// Whether an operator lets nothing be activated.
    pub(super) fn is_frozen(&self) -> bool {
        self.beside().record.frozen().is_some()
    }

    /// The last look at the channel.
    pub(super) fn last_poll(&self) -> Option<LastPoll> {
        self.beside().last_poll.clone()
    }

    /// The confirmed release before the active one.
    pub(super) fn before(&self) -> Option<Arc<Active>> {
        self.beside().previous.clone()
    }

    /// Writes the content of a release on its way in; the record does not name it yet. As long as the bench
    /// is held, nobody clears away what no record names.
    pub(super) fn keep(
        &self,
        _bench: &AtBench<'_>,
        content: &ReleaseContent,
    ) -> Result<(), StateDirectoryError> {
        self.directory.keep(content)
    }

    /// Writes the report of a replay.
    pub(super) fn report_replay(&self, report: &Replayed) {
        self.write_report("replay", report, &report_file(Some(report), None, &[]));
    }

    /// Notes the last replay: the record has it briefly with its next change.
    pub(super) fn note_replay(&self, report: Replayed) {
        let _pen = self.pen();
        let mut beside = self.beside();
        beside.record.replay = Some(report.clone().brief());
        beside.replayed = Some(report);
    }

    /// The last replay, with all its codes since this checker started.
    pub(super) fn replayed(&self) -> Option<Replayed> {
        let beside = self.beside();
        beside.replayed.clone().or_else(|| beside.record.replay.clone())
    }

    /// Writes what a probation that ended had seen.
    pub(super) fn note_watch(&self, report: &Report) {
        self.write_report("probation", report, &report_file(None, Some(report), &[]));
    }

    /// A report is for people: that it cannot be written is told, and stops nothing.
    fn write_report(&self, name: &str, report: &impl Serialize, page: &str) {
        let written = serde_json::to_vec_pretty(report).map_err(std::io::Error::from);
        let written = written.map_err(|error| Said::about("a report", "レポート", &error));
        let written = written.and_then(|json| {
            self.directory.write_report(name, &json, page.as_bytes()).map_err(|error| Said::of(&error))
        });
        if let Err(why) = written {
            self.log.event(Event::ReportNotWritten, &why);
        }
    }

    /// Reads the content of a release that is kept.
    pub(super) fn load(&self, id: ReleaseRef) -> Result<ReleaseContent, StateDirectoryError> {
        self.directory.load(id)
    }

    /// Notes a release that was refused.
    pub(super) fn note_refused(&self, refused: &Refused) {
        let pen = self.pen();
        self.beside().record.refused = Some(refused.clone());
        self.write(&pen);
    }

    /// Notes what came of a look at the channel, and what is amiss with whom; what of it is news.
    pub(super) fn note_poll(&self, at: UnixSeconds, outcome: &Outcome, troubles: Vec<Said>) -> News {
        let pen = self.pen();
        let mut beside = self.beside();
        let is_news = !beside.last_poll.as_ref().is_some_and(|last| same_news(&last.result, outcome));
        let before = beside.last_poll.take().map(|last| last.troubles).unwrap_or_default();
        let new_troubles = troubles.iter().filter(|it| !before.contains(it)).cloned().collect();
        beside.last_poll = Some(LastPoll { at, result: outcome.clone(), troubles });
        let before = beside.record.refused.clone();
        match outcome {
            Outcome::Refused(refused) if is_news => beside.record.refused = Some(refused.clone()),
            // What was refused is gone from the channel again.
            Outcome::Unchanged { .. } => beside.record.refused = None,
            _ => {}
        }
        let changed = beside.record.refused != before;
        drop(beside);
        if changed {
            self.write(&pen);
        }
        News { outcome: is_news, troubles: new_troubles }
    }

    /// Lets `cleared` judge. Nothing older waits at the bench afterwards, and a newer one that waits there
    /// stays on disk: at its instant it is read again, to be held against what runs then.
    pub(super) fn go_forward(
        &self,
        bench: &mut AtBench<'_>,
        cleared: Cleared,
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
        record.keeps_earlier(self.directory.fitting(&needed(&record), &earlier, EARLIER_BYTES).min(most));
        if let Err(error) = self.directory.write_record(&record) {
            return not(cleared, error.amiss());
        }
        let mut beside = self.beside();
        if beside.falls != falls {
            drop(beside);
            self.write(&pen);
            return not(cleared, changed());
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
        self.directory.prune(&kept);
        Ok(phase)
    }

    /// Returns to the previous confirmed release and holds the one left; with `only_from`, only when that one
    /// is still active, and never to one that `may_judge` speaks against, which is asked before anything is
    /// locked. Gives the numbers left and fallen back to. Nothing of it is on disk yet: see
    /// [`Runs::write_down`].
    pub(super) fn go_back(
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
    pub(super) fn go_back_to(&self, back: Active, why: Said, now: UnixSeconds) -> Option<(u64, u64)> {
        let mut beside = self.beside();
        let current = self.active()?;
        let is_it = |installed: &Installed| ReleaseRef::from(installed.id) == back.id;
        beside.record.to_go_back_to().any(is_it).then_some(())?;
        let previous = beside.previous.take();
        beside.retired.extend(previous);
        Some(self.leave(&mut beside, &current, back, why, now))
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

    /// Writes the record as it is now, for what was changed before the disk knew of it. What the disk does
    /// not take is told, and written again.
    pub(super) fn write_down(&self) {
        self.write(&self.pen());
    }

    /// Holds `id`, which what uses releases besides this process did not take.
    pub(super) fn hold(&self, id: ReleaseRef, why: Said, now: UnixSeconds) {
        let pen = self.pen();
        self.beside().record.hold(id, why, now);
        self.write(&pen);
    }

    /// What uses releases besides this process is given `id` from now on, or nothing any more: on disk before
    /// it is told, so that a crash is put down to that.
    pub(super) fn tries(&self, id: Option<ReleaseRef>) -> Result<(), Said> {
        let change = |record: &mut Record| {
            record.tries(id.map(Into::into));
            Ok(())
        };
        self.disk_first(change, |error| Said::of(&error), |_| ())
    }

    /// `before` is what may be gone back to, where nothing else is.
    pub(super) fn stands_before(&self, before: Active) {
        self.beside().previous.get_or_insert_with(|| Arc::new(before));
    }

    /// Confirms `active`, when it is on probation and still the active one; whether it was.
    pub(super) fn confirm(&self, active: &Arc<Active>) -> bool {
        let change = |record: &mut Record| {
            let is_current = self.active.load().as_ref().is_some_and(|current| Arc::ptr_eq(current, active));
            if !is_current || active.phase() == Phase::Confirmed {
                return Err(None);
            }
            record.runs(record.running().clone().confirmed());
            record.interrupted = None;
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
    pub(super) fn regain(&self, candidate: Candidate) -> Result<(), Said> {
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

    /// An operator does not wait for the lost `release` any more: what stands in for it is what others are
    /// compared with, and when nothing does, the next one is a first one.
    pub(super) fn give_up(
        &self,
        release: u64,
        reason: Reason,
        at: UnixSeconds,
    ) -> Result<Decision, NotDecided> {
        let decision = Decision { decided: Decided::GivenUp, release: Some(release), reason, at };
        let change = |record: &mut Record| {
            let is_lost = |lost: &Lost| lost.installed.id.release == release;
            record.lost().is_some_and(is_lost).then_some(()).ok_or(NotDecided::NotLost(release))?;
            record.loses(None);
            Ok(())
        };
        self.decide(decision, change, |_| ())
    }

    /// An operator confirms `release`, which is on probation, for his own reasons.
    pub(super) fn confirm_by_hand(
        &self,
        release: u64,
        reason: Reason,
        at: UnixSeconds,
    ) -> Result<(Decision, Arc<Active>), NotDecided> {
        let on_probation = || {
            let current = self.active().filter(|active| active.id.release == release);
            let current = current.filter(|active| active.phase() == Phase::Probation);
            current.ok_or(NotDecided::NotOnProbation(release))
        };
        let watched = on_probation()?;
        let decision = Decision { decided: Decided::Confirmed, release: Some(release), reason, at };
        let change = |record: &mut Record| {
            on_probation()?;
            record.runs(record.running().clone().confirmed());
            record.interrupted = None;
            Ok(())
        };
        let confirmed = Arc::new(watched.confirmed(watched.since));
        let then = |beside: &mut Beside| self.exchange(beside, Some(confirmed));
        Ok((self.decide(decision, change, then)?, watched))
    }

    /// An operator lets the held `release` be taken again.
    pub(super) fn unhold(
        &self,
        release: u64,
        reason: Reason,
        at: UnixSeconds,
    ) -> Result<Decision, NotDecided> {
        let decision = Decision { decided: Decided::Unheld, release: Some(release), reason, at };
        let change =
            |record: &mut Record| record.unhold(release).then_some(()).ok_or(NotDecided::NotHeld(release));
        self.decide(decision, change, |_| ())
    }

    /// An operator lets nothing be activated from now on. It holds here also when it cannot be written. Where
    /// somebody froze that before, his reason stays, and this one stands beside it.
    pub(super) fn freeze(
        &self,
        reason: Reason,
        by: Option<String>,
        at: UnixSeconds,
    ) -> Result<Decision, NotDecided> {
        let own = Frozen::new(reason.clone(), by, at);
        let freeze = |record: &mut Record| record.freezes(Some(Frozen::beside(&own, record.frozen())));
        {
            let _pen = self.pen();
            freeze(&mut self.beside().record);
        }
        let decision = Decision { decided: Decided::Frozen, release: None, reason, at };
        let change = |record: &mut Record| {
            freeze(record);
            Ok(())
        };
        self.decide(decision, change, |_| ()).map_err(|not| {
            let holds = Said::new(
                "activation is frozen here all the same, and that is written as soon as it can be",
                "この起動中は凍結が有効です。書き込めるようになり次第記録します",
            );
            NotDecided::NotWritten(not.said().then(&holds))
        })
    }

    /// An operator lets releases be activated again.
    pub(super) fn thaw(&self, reason: Reason, at: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = Decision { decided: Decided::Thawed, release: None, reason, at };
        let change = |record: &mut Record| {
            record.frozen().map(drop).ok_or(NotDecided::NotFrozen)?;
            record.freezes(None);
            Ok(())
        };
        self.decide(decision, change, |_| ())
    }

    /// An operator has looked at what was damaged and is mended now.
    pub(super) fn repaired(&self, reason: Reason, at: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = Decision { decided: Decided::Repaired, release: None, reason, at };
        let change = |record: &mut Record| {
            record.doubts(None);
            Ok(())
        };
        self.decide(decision, change, |_| ())
    }

    /// The checker ends as it should: what the next start finds on probation did not take it down.
    pub(super) fn end(&self, at: UnixSeconds) {
        let pen = self.pen();
        self.beside().record.ends(at);
        self.write(&pen);
    }

    /// Why what is recorded is not on disk as it should be, if it is not.
    pub(super) fn not_written(&self) -> Option<Amiss> {
        self.directory.trouble()
    }

    /// Writes once more what could not be written: at once, then less and less often, at most a minute apart.
    /// Tells what keeps it from that once.
    pub(super) fn write_again(&self, now: UnixSeconds) {
        if self.directory.trouble().is_none() {
            self.beside().trouble = None;
            return;
        }
        let pen = self.pen();
        let mut beside = self.beside();
        if beside.trouble.as_ref().is_some_and(|trouble| trouble.until > now) {
            return;
        }
        let before = beside.trouble.take();
        drop(beside);
        let _ = self.written(&pen);
        let Some(why) = self.directory.trouble() else {
            return self.log.event(
                Event::RecordWritten,
                &Said::new("the record is on disk again, in both copies", "記録を 2 部とも書き込みました"),
            );
        };
        if before.as_ref().is_none_or(|before| before.why != why) {
            self.log.event(Event::RecordNotWritten, &why.why);
        }
        let times = before.map_or(0, |before| before.times).saturating_add(1);
        let pause = 2i64.saturating_pow(times).min(LONGEST_PAUSE_SECONDS);
        let until = UnixSeconds::new(now.seconds().saturating_add(pause));
        self.beside().trouble = Some(Trouble { why, times, until });
    }

    /// Changes the record as an operator decides, and does `then` with it.
    fn decide(
        &self,
        decision: Decision,
        change: impl Fn(&mut Record) -> Result<(), NotDecided>,
        then: impl FnOnce(&mut Beside),
    ) -> Result<Decision, NotDecided> {
        let change = |record: &mut Record| {
            change(record)?;
            record.decide(decision.clone());
            Ok(())
        };
        self.disk_first(change, |error| NotDecided::NotWritten(Said::of(&error)), then)?;
        let decisions = self.record().decisions().to_vec();
        self.write_report("decisions", &decisions, &report_file(None, None, &decisions));
        Ok(decision)
    }

    /// Changes the record on disk, then here, with what `then` does beside it. Where somebody went back
    /// meanwhile, `change` is asked again of what that left.
    fn disk_first<E>(
        &self,
        change: impl Fn(&mut Record) -> Result<(), E>,
        not_written: impl FnOnce(StateDirectoryError) -> E,
        then: impl FnOnce(&mut Beside),
    ) -> Result<(), E> {
        let pen = self.pen();
        let mut is_overtaken = false;
        loop {
            let beside = self.beside();
            let (mut record, falls) = (beside.record.clone(), beside.falls);
            let changed = change(&mut record);
            drop(beside);
            if let Err(why) = changed {
                if is_overtaken {
                    self.write(&pen);
                }
                return Err(why);
            }
            if let Err(error) = self.directory.write_record(&record) {
                return Err(not_written(error));
            }
            let mut beside = self.beside();
            is_overtaken = beside.falls != falls;
            if !is_overtaken {
                beside.record = record;
                then(&mut beside);
                return Ok(());
            }
        }
    }

    /// Frees snapshots that nobody uses any more.
    pub(super) fn free_unused(&self) {
        let unused = unused(&mut self.beside());
        if !unused.is_empty() {
            aside(self.log, || drop(unused));
        }
    }

    /// The one exchange. The old release is freed later.
    fn exchange(&self, beside: &mut Beside, new: Option<Arc<Active>>) {
        if let Some(old) = self.active.swap(new) {
            beside.retired.push(old);
        }
    }

    /// Writes the record as it is here, and tells when it cannot be.
    fn write(&self, pen: &Pen<'_>) {
        if let Err(error) = self.written(pen) {
            self.log.event(Event::RecordNotWritten, &Said::of(&error));
        }
    }

    fn written(&self, _pen: &Pen<'_>) -> Result<(), StateDirectoryError> {
        let record = self.record();
        self.directory.write_record(&record)
    }
}

/// The snapshots that nobody uses any more: to be freed when nothing is locked.
fn unused(beside: &mut Beside) -> Vec<Arc<Active>> {
    let (used, unused) =
        std::mem::take(&mut beside.retired).into_iter().partition(|it| Arc::strong_count(it) > 1);
    beside.retired = used;
    unused
}
