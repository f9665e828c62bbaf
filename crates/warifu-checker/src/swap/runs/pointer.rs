//! The one pointer, and the record beside it on disk.
//!
//! Two locks hold these apart. Whoever writes the record holds the pen, one at a time, for as long as the
//! disk takes. What changes together with the pointer is locked for moments only, and never while a disk
//! works; so whoever goes back waits for none. He alone changes the record without the pen: who wrote another
//! one meanwhile sees that, and writes again what is true.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use serde::Serialize;
use warifu_claims::movement::Report;
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::cause::Amiss;
use crate::log::{Event, Log};
use crate::page::report_file;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::state::{Record, Refused, RefusedFor, StateDirectory, StateDirectoryError};
use crate::swap::active::Active;
use crate::swap::aside::aside;
use crate::swap::outcome::{LastPoll, News, Outcome, same_news};
use crate::swap::workbench::AtBench;
use crate::trial::Replayed;

/// The pointer and what goes with it.
pub(in crate::swap) struct Runs {
    pub(super) active: ArcSwapOption<Active>,
    pub(super) directory: StateDirectory,
    pub(super) log: Log,
    /// Held by whoever writes the record, before what follows.
    pen: Mutex<()>,
    /// Held inside the methods here only, and for no disk: see the workbench for the order.
    beside: Mutex<Beside>,
    /// How many confirmed releases before what runs are kept.
    pub(super) keeps: usize,
}

/// The right to write the record.
pub(super) type Pen<'a> = MutexGuard<'a, ()>;

/// How many confirmed releases before what runs are kept, when nothing else is said.
const KEEPS: usize = 3;

/// What changes together with the pointer.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) record: Record,
    /// The confirmed release before the active one, ready to be fallen back to.
    pub(super) previous: Option<Arc<Active>>,
    last_poll: Option<LastPoll>,
    /// What was told last of a disk that does not keep the record.
    pub(super) trouble: Option<Trouble>,
    /// The last replay with all its codes; the record has a brief one.
    replayed: Option<Replayed>,
    /// Released snapshots that requests may still use; freed here, never by a request.
    pub(super) retired: Vec<Arc<Active>>,
    /// How often it went back: whoever sees this change while he writes wrote what is not true any more.
    pub(super) falls: u64,
}

/// A disk that does not keep the record, or no room for the next one.
pub(super) struct Trouble {
    /// As what it is told.
    pub(super) event: Event,
    pub(super) why: Amiss,
    /// How often it was tried.
    pub(super) times: u32,
    /// When it is tried again.
    pub(super) until: UnixSeconds,
}

impl Runs {
    /// `record` is what `directory` holds; `running` and `previous` are loaded from it.
    pub(in crate::swap) fn resumed(
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
    pub(in crate::swap) fn keeping(self, keeps: usize) -> Runs {
        Runs { keeps: keeps.max(1), ..self }
    }

    pub(super) fn pen(&self) -> Pen<'_> {
        self.pen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn beside(&self) -> MutexGuard<'_, Beside> {
        // A panic elsewhere leaves values whole here: every change below is one assignment.
        self.beside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The release that judges now.
    pub(in crate::swap) fn active(&self) -> Option<Arc<Active>> {
        self.active.load_full()
    }

    /// The record: what is on disk, and what goes there with the next change, which is the last replay and
    /// whatever could not be written before.
    pub(in crate::swap) fn record(&self) -> Record {
        self.beside().record.clone()
    }

    /// Whether an operator lets nothing be activated.
    pub(in crate::swap) fn is_frozen(&self) -> bool {
        self.beside().record.frozen().is_some()
    }

    /// The last look at the channel.
    pub(in crate::swap) fn last_poll(&self) -> Option<LastPoll> {
        self.beside().last_poll.clone()
    }

    /// The confirmed release before the active one.
    pub(in crate::swap) fn before(&self) -> Option<Arc<Active>> {
        self.beside().previous.clone()
    }

    /// Writes the content of a release on its way in; the record does not name it yet. As long as the bench
    /// is held, nobody clears away what no record names.
    pub(in crate::swap) fn keep(
        &self,
        _bench: &AtBench<'_>,
        content: &ReleaseContent,
    ) -> Result<(), StateDirectoryError> {
        self.directory.releases().keep(content)
    }

    /// How many bytes are free where releases are kept, where that can be known.
    pub(in crate::swap) fn free_bytes(&self) -> Option<u64> {
        self.directory.free_bytes()
    }

    /// Reads the content of a release that is kept.
    pub(in crate::swap) fn load(&self, id: ReleaseRef) -> Result<ReleaseContent, StateDirectoryError> {
        self.directory.releases().load(id)
    }

    /// Writes the report of a replay.
    pub(in crate::swap) fn report_replay(&self, report: &Replayed) {
        self.write_report("replay", report, &report_file(Some(report), None, &[]));
    }

    /// Notes the last replay: the record has it briefly with its next change.
    pub(in crate::swap) fn note_replay(&self, report: Replayed) {
        let _pen = self.pen();
        let mut beside = self.beside();
        beside.record.replay = Some(report.clone().brief());
        beside.replayed = Some(report);
    }

    /// The last replay, with all its codes since this checker started.
    pub(in crate::swap) fn replayed(&self) -> Option<Replayed> {
        let beside = self.beside();
        beside.replayed.clone().or_else(|| beside.record.replay.clone())
    }

    /// Writes what a probation that ended had seen.
    pub(in crate::swap) fn note_watch(&self, report: &Report) {
        self.write_report("probation", report, &report_file(None, Some(report), &[]));
    }

    /// A report is for people: that it cannot be written is told, and stops nothing.
    pub(super) fn write_report(&self, name: &str, report: &impl Serialize, page: &str) {
        let written = serde_json::to_vec_pretty(report).map_err(std::io::Error::from);
        let written = written.map_err(|error| Said::about("a report", "レポート", &error));
        let written = written.and_then(|json| {
            self.directory.write_report(name, &json, page.as_bytes()).map_err(|error| Said::of(&error))
        });
        if let Err(why) = written {
            self.log.event(Event::ReportNotWritten, &why);
        }
    }

    /// Notes a release that was refused.
    pub(in crate::swap) fn note_refused(&self, refused: &Refused) {
        let pen = self.pen();
        self.beside().record.refused = Some(refused.clone());
        self.write(&pen);
    }

    /// Notes what came of a look at the channel, and what is amiss with whom; what of it is news.
    pub(in crate::swap) fn note_poll(&self, at: UnixSeconds, outcome: &Outcome, troubles: Vec<Said>) -> News {
        let pen = self.pen();
        let mut beside = self.beside();
        let is_news = !beside.last_poll.as_ref().is_some_and(|last| same_news(&last.result, outcome));
        let before = beside.last_poll.take().map(|last| last.troubles).unwrap_or_default();
        let new_troubles = troubles.iter().filter(|it| !before.contains(it)).cloned().collect();
        beside.last_poll = Some(LastPoll { at, result: outcome.clone(), troubles });
        let before = beside.record.refused.clone();
        match outcome {
            Outcome::Refused(refused) if is_news => beside.record.refused = Some(refused.clone()),
            // Nothing was seen of the channel that could end it.
            Outcome::Refused(_) | Outcome::Unavailable { .. } | Outcome::Stale { .. } => {}
            // What was refused is gone from the channel again.
            Outcome::Unchanged { .. } => beside.record.refused = None,
            // Trust is asked anew at each look; data that was refused stays so.
            _ => _ = beside.record.refused.take_if(|refused| refused.refused_for == RefusedFor::Trust),
        }
        let changed = beside.record.refused != before;
        drop(beside);
        if changed {
            self.write(&pen);
        }
        News { outcome: is_news, troubles: new_troubles }
    }

    /// The checker ends as it should: what the next start finds on probation did not take it down.
    pub(in crate::swap) fn end(&self, at: UnixSeconds) {
        let pen = self.pen();
        self.beside().record.ends(at);
        self.write(&pen);
    }

    /// Lets the log of acts begin anew where it is damaged, and that was told with the record. Gives whether
    /// it does.
    pub(in crate::swap) fn mend_log(&self) -> Result<bool, Said> {
        match self.record().rebuilt() {
            Some(_) => self.directory.mend_log().map_err(|error| Said::of(&error)),
            None => Ok(false),
        }
    }

    /// Why what is recorded is not on disk as it should be, if it is not.
    pub(in crate::swap) fn not_written(&self) -> Option<Amiss> {
        self.directory.trouble()
    }

    /// Writes the record as it is now, for what was changed before the disk knew of it. What the disk does
    /// not take is told, and written again.
    pub(in crate::swap) fn write_down(&self) {
        self.write(&self.pen());
    }

    /// Writes the record as it is here, and tells when it cannot be.
    pub(super) fn write(&self, pen: &Pen<'_>) {
        if let Err(error) = self.written(pen) {
            self.log.event(Event::RecordNotWritten, &Said::of(&error));
        }
    }

    pub(super) fn written(&self, _pen: &Pen<'_>) -> Result<(), StateDirectoryError> {
        let record = self.record();
        self.directory.write_record(&record)
    }

    /// Changes the record on disk, then here, with what `then` does beside it. Where somebody went back
    /// meanwhile, `change` is asked again of what that left.
    pub(super) fn disk_first<E>(
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

    /// The one exchange. The old release is freed later.
    pub(super) fn exchange(&self, beside: &mut Beside, new: Option<Arc<Active>>) {
        if let Some(old) = self.active.swap(new) {
            beside.retired.push(old);
        }
    }

    /// Frees snapshots that nobody uses any more.
    pub(in crate::swap) fn free_unused(&self) {
        let unused = unused(&mut self.beside());
        if !unused.is_empty() {
            aside(self.log, || drop(unused));
        }
    }
}

/// The snapshots that nobody uses any more: to be freed when nothing is locked.
pub(super) fn unused(beside: &mut Beside) -> Vec<Arc<Active>> {
    let (used, unused) =
        std::mem::take(&mut beside.retired).into_iter().partition(|it| Arc::strong_count(it) > 1);
    beside.retired = used;
    unused
}
