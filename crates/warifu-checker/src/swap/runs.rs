//! What runs: the one pointer, the record beside it on disk, and the three steps that change both: forward,
//! back, and confirmed.
//!
//! Forward, the disk comes first: a restart must not know less than what has answered. Back, the pointer
//! comes first: the harm stops there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use serde::Serialize;
use warifu_claims::movement::Report;
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::candidate::Candidate;
use crate::log::{Event, Log};
use crate::page::report_file;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::state::{
    Decided, Decision, Frozen, Lost, Phase, Reason, Record, Refused, Running, StateDirectory,
    StateDirectoryError,
};
use crate::swap::active::Active;
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
                format!("リリース {release} は観察期間中ではありません。status で確認してください"),
            ),
            NotDecided::NotLost(release) => Said::new(
                format!("release {release} is not lost; the status says what is"),
                format!("リリース {release} は失われていません。status で確認してください"),
            ),
            NotDecided::NotHeld(release) => Said::new(
                format!("release {release} is not held; the status says what is"),
                format!("リリース {release} は保留されていません。status で確認してください"),
            ),
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
    pub(super) why: Said,
}

/// The pointer and what goes with it.
pub(super) struct Runs {
    active: ArcSwapOption<Active>,
    directory: StateDirectory,
    log: Log,
    /// Held inside the methods here only: see the workbench for the order.
    beside: Mutex<Beside>,
}

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
}

/// A disk that does not keep the record.
struct Trouble {
    why: Said,
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
        Runs { active: ArcSwapOption::new(running), directory, log, beside }
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

    /// Writes the content of a release on its way in; the record does not name it yet.
    pub(super) fn keep(&self, content: &ReleaseContent) -> Result<(), StateDirectoryError> {
        self.directory.keep(content)
    }

    /// Notes the last replay: the record has it briefly with its next change, and the report is written.
    pub(super) fn note_replay(&self, report: Replayed) {
        self.write_report("replay", &report, &report_file(Some(&report), None, &[]));
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
        let mut beside = self.beside();
        beside.record.refused = Some(refused.clone());
        self.write(&beside.record);
    }

    /// Notes what came of a look at the channel, and what is amiss with whom; what of it is news.
    pub(super) fn note_poll(&self, at: UnixSeconds, outcome: &Outcome, troubles: Vec<Said>) -> News {
        let mut beside = self.beside();
        let is_news = !beside.last_poll.as_ref().is_some_and(|last| same_news(&last.result, outcome));
        let before = beside.last_poll.take().map(|last| last.troubles).unwrap_or_default();
        let new_troubles = troubles.iter().filter(|it| !before.contains(it)).cloned().collect();
        beside.last_poll = Some(LastPoll { at, result: outcome.clone(), troubles });
        match outcome {
            Outcome::Refused(refused) if is_news => {
                beside.record.refused = Some(refused.clone());
                self.write(&beside.record);
            }
            // What was refused is gone from the channel again.
            Outcome::Unchanged { .. } if beside.record.refused.is_some() => {
                beside.record.refused = None;
                self.write(&beside.record);
            }
            _ => {}
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
        let mut beside = self.beside();
        let old = self.active();
        if old.as_ref().map(|old| old.id) != cleared.against() {
            let why = Said::new(
                "the running release changed while this one was being cleared; it is tried again",
                "検査中に稼働リリースが変わったため、次回やり直します",
            );
            return Err(NotActivated { candidate: Box::new(cleared.into_candidate()), why });
        }
        // Whoever froze may have done so while this one was being cleared.
        if let Some(frozen) = beside.record.frozen() {
            let why = frozen.said();
            return Err(NotActivated { candidate: Box::new(cleared.into_candidate()), why });
        }
        let mut record = beside.record.clone();
        let previous = cleared.watched_against().map(Arc::clone);
        let watched_against = previous.as_ref().map(|previous| previous.installed());
        record.runs(Running::activated(cleared.installed(now), watched_against));
        record.refused = None;
        if let Err(error) = self.directory.write_record(&record) {
            return Err(NotActivated {
                candidate: Box::new(cleared.into_candidate()),
                why: Said::of(&error),
            });
        }
        beside.record = record;
        beside.previous = previous;
        bench.clear_away(cleared.release());
        let active = Arc::new(cleared.activate(now));
        let phase = active.phase();
        self.exchange(&mut beside, Some(active));
        let kept = beside.record.running().kept().map(ReleaseRef::from);
        let kept: Vec<ReleaseRef> = kept.chain(bench.waiting().map(|(id, _)| id)).collect();
        self.directory.prune(&kept);
        Ok(phase)
    }

    /// Returns to the previous confirmed release and holds the one left; with `only_from`, only when that one
    /// is still active, and never to one that `may_judge` speaks against. Gives the numbers left and
    /// fallen back to.
    pub(super) fn go_back(
        &self,
        why: Said,
        only_from: Option<&Arc<Active>>,
        may_judge: impl Fn(ReleaseRef) -> bool,
        now: UnixSeconds,
    ) -> Result<(u64, u64), NothingBefore> {
        let mut beside = self.beside();
        let current = self.active().ok_or(NothingBefore)?;
        if only_from.is_some_and(|from| !Arc::ptr_eq(from, &current)) {
            return Err(NothingBefore);
        }
        let previous = beside.previous.take_if(|previous| may_judge(previous.id)).ok_or(NothingBefore)?;
        // The pointer first. The disk follows; if it fails, that is told, and tried again.
        let back = Arc::new(previous.confirmed(now));
        let (from, to) = (current.id.release, back.id.release);
        beside.record.runs(Running::Confirmed { release: back.installed(), previous: None });
        self.exchange(&mut beside, Some(back));
        beside.retired.push(previous);
        beside.record.hold(current.id, why, now);
        self.write(&beside.record);
        Ok((from, to))
    }

    /// `before` is what may be gone back to, where nothing else is.
    pub(super) fn stands_before(&self, before: Active) {
        self.beside().previous.get_or_insert_with(|| Arc::new(before));
    }

    /// Confirms `active`, when it is on probation and still the active one; whether it was.
    pub(super) fn confirm(&self, active: &Arc<Active>) -> bool {
        let mut beside = self.beside();
        let is_current = self.active.load().as_ref().is_some_and(|current| Arc::ptr_eq(current, active));
        if !is_current || active.phase() == Phase::Confirmed {
            return false;
        }
        let mut record = beside.record.clone();
        record.runs(record.running().clone().confirmed());
        record.interrupted = None;
        if let Err(error) = self.directory.write_record(&record) {
            self.log.event(Event::RecordNotWritten, &Said::of(&error));
            return false;
        }
        beside.record = record;
        self.exchange(&mut beside, Some(Arc::new(active.confirmed(active.since))));
        true
    }

    /// The release that was lost judges again; what stood in for it is the one before it.
    pub(super) fn regain(&self, candidate: Candidate) -> Result<(), Said> {
        let mut beside = self.beside();
        let is_lost = |lost: &&Lost| ReleaseRef::from(lost.installed.id) == candidate.id;
        let Some(lost) = beside.record.lost().filter(is_lost).cloned() else { return Ok(()) };
        let stood_in = self.active();
        let previous = stood_in.as_ref().map(|active| active.installed());
        let mut record = beside.record.clone();
        record.loses(None);
        record.runs(Running::Confirmed { release: lost.installed.clone(), previous });
        self.directory.write_record(&record).map_err(|error| Said::of(&error))?;
        beside.record = record;
        beside.previous = stood_in;
        let candidate = candidate.signed_by(lost.installed.signed_by.clone());
        let active = Active::new(candidate, None, lost.installed.since);
        self.exchange(&mut beside, Some(Arc::new(active)));
        Ok(())
    }

    /// An operator does not wait for the lost `release` any more: what stands in for it is what others are
    /// compared with, and when nothing does, the next one is a first one.
    pub(super) fn give_up(
        &self,
        release: u64,
        reason: Reason,
        at: UnixSeconds,
    ) -> Result<Decision, NotDecided> {
        let mut beside = self.beside();
        let is_lost = |lost: &Lost| lost.installed.id.release == release;
        if !beside.record.lost().is_some_and(is_lost) {
            return Err(NotDecided::NotLost(release));
        }
        let decision = Decision { decided: Decided::GivenUp, release: Some(release), reason, at };
        let mut record = beside.record.clone();
        record.loses(None);
        self.decide(&mut beside, record, decision)
    }

    /// An operator confirms `release`, which is on probation, for his own reasons.
    pub(super) fn confirm_by_hand(
        &self,
        release: u64,
        reason: Reason,
        at: UnixSeconds,
    ) -> Result<(Decision, Arc<Active>), NotDecided> {
        let mut beside = self.beside();
        let current = self.active().filter(|active| active.id.release == release);
        let current = current.filter(|active| active.phase() == Phase::Probation);
        let current = current.ok_or(NotDecided::NotOnProbation(release))?;
        let decision = Decision { decided: Decided::Confirmed, release: Some(release), reason, at };
        let mut record = beside.record.clone();
        record.runs(record.running().clone().confirmed());
        record.interrupted = None;
        let decision = self.decide(&mut beside, record, decision)?;
        self.exchange(&mut beside, Some(Arc::new(current.confirmed(current.since))));
        Ok((decision, current))
    }

    /// An operator lets the held `release` be taken again.
    pub(super) fn unhold(
        &self,
        release: u64,
        reason: Reason,
        at: UnixSeconds,
    ) -> Result<Decision, NotDecided> {
        let mut beside = self.beside();
        let mut record = beside.record.clone();
        if !record.unhold(release) {
            return Err(NotDecided::NotHeld(release));
        }
        let decision = Decision { decided: Decided::Unheld, release: Some(release), reason, at };
        self.decide(&mut beside, record, decision)
    }

    /// An operator lets nothing be activated from now on. It holds here also when it cannot be written.
    pub(super) fn freeze(&self, reason: Reason, at: UnixSeconds) -> Result<Decision, NotDecided> {
        let mut beside = self.beside();
        beside.record.freezes(Some(Frozen { reason: reason.clone(), at }));
        let record = beside.record.clone();
        let decision = Decision { decided: Decided::Frozen, release: None, reason, at };
        self.decide(&mut beside, record, decision).map_err(|not| {
            let holds = Said::new(
                "activation is frozen here all the same, and that is written as soon as it can be",
                "この起動中は凍結が有効です。書き込めるようになり次第記録します",
            );
            NotDecided::NotWritten(not.said().then(&holds))
        })
    }

    /// An operator lets releases be activated again.
    pub(super) fn thaw(&self, reason: Reason, at: UnixSeconds) -> Result<Decision, NotDecided> {
        let mut beside = self.beside();
        let mut record = beside.record.clone();
        record.frozen().ok_or(NotDecided::NotFrozen)?;
        record.freezes(None);
        let decision = Decision { decided: Decided::Thawed, release: None, reason, at };
        self.decide(&mut beside, record, decision)
    }

    /// An operator has looked at what was damaged and is mended now.
    pub(super) fn repaired(&self, reason: Reason, at: UnixSeconds) -> Result<Decision, NotDecided> {
        let mut beside = self.beside();
        let mut record = beside.record.clone();
        record.doubts(None);
        let decision = Decision { decided: Decided::Repaired, release: None, reason, at };
        self.decide(&mut beside, record, decision)
    }

    /// The checker ends as it should: what the next start finds on probation did not take it down.
    pub(super) fn end(&self, at: UnixSeconds) {
        let mut beside = self.beside();
        beside.record.ends(at);
        self.write(&beside.record);
    }

    /// Why what is recorded is not on disk as it should be, if it is not.
    pub(super) fn not_written(&self) -> Option<Said> {
        self.directory.trouble()
    }

    /// Writes once more what could not be written: at once, then less and less often, at most a minute apart.
    /// Tells what keeps it from that once.
    pub(super) fn write_again(&self, now: UnixSeconds) {
        let mut beside = self.beside();
        if self.directory.trouble().is_none() {
            beside.trouble = None;
            return;
        }
        if beside.trouble.as_ref().is_some_and(|trouble| trouble.until > now) {
            return;
        }
        let before = beside.trouble.take();
        let _ = self.directory.write_record(&beside.record);
        let Some(why) = self.directory.trouble() else {
            return self.log.event(
                Event::RecordWritten,
                &Said::new("the record is on disk again, in both copies", "記録を 2 部とも書き込みました"),
            );
        };
        if before.as_ref().is_none_or(|before| before.why != why) {
            self.log.event(Event::RecordNotWritten, &why);
        }
        let times = before.map_or(0, |before| before.times).saturating_add(1);
        let pause = 2i64.saturating_pow(times).min(LONGEST_PAUSE_SECONDS);
        let until = UnixSeconds::new(now.seconds().saturating_add(pause));
        beside.trouble = Some(Trouble { why, times, until });
    }

    fn decide(
        &self,
        beside: &mut Beside,
        mut record: Record,
        decision: Decision,
    ) -> Result<Decision, NotDecided> {
        record.decide(decision.clone());
        let written = self.directory.write_record(&record);
        written.map_err(|error| NotDecided::NotWritten(Said::of(&error)))?;
        beside.record = record;
        self.write_report(
            "decisions",
            &beside.record.decisions(),
            &report_file(None, None, beside.record.decisions()),
        );
        Ok(decision)
    }

    /// Frees snapshots that nobody uses any more.
    pub(super) fn free_unused(&self) {
        free_unused(&mut self.beside());
    }

    /// The one exchange. The old release is freed later and here.
    fn exchange(&self, beside: &mut Beside, new: Option<Arc<Active>>) {
        if let Some(old) = self.active.swap(new) {
            beside.retired.push(old);
        }
        free_unused(beside);
    }

    fn write(&self, record: &Record) {
        if let Err(error) = self.directory.write_record(record) {
            self.log.event(Event::RecordNotWritten, &Said::of(&error));
        }
    }
}

fn free_unused(beside: &mut Beside) {
    beside.retired.retain(|retired| Arc::strong_count(retired) > 1);
}
