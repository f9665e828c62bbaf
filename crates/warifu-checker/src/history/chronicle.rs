//! The history as this checker keeps it: gathered in memory, written as a whole once a minute, read again at
//! the start. What is damaged is told, put aside and begun anew; the log of acts tells the acts again.

use std::collections::HashMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use warifu_audit::{Act, Entry, Phase};
use warifu_files::ReadError;
use warifu_trust::UnixSeconds;

use crate::history::counted::{Counted, Totals};
use crate::history::shape::{Did, History, HistoryAct};
use crate::log::{Event, Log};
use crate::said::Said;
use crate::state::{StateDirectory, StateDirectoryError};

/// Its name in a state folder.
const NAME: &str = "history.json";

/// A history with every day and hour full has some megabytes.
const HISTORY_BYTES: u64 = 32 << 20;

/// So much of the end of the log of acts is read: some thousand acts.
const LOG_TAIL_BYTES: u64 = 1 << 20;

/// The history of one checker.
#[derive(Debug)]
pub struct Chronicle {
    directory: StateDirectory,
    counted: Counted,
    kept: Mutex<Kept>,
    /// Held while it is written: one at a time.
    writing: Mutex<()>,
}

#[derive(Debug)]
struct Kept {
    history: History,
    /// What was counted of each release at the last look.
    before: HashMap<u64, Totals>,
    is_on_disk: bool,
}

impl Chronicle {
    /// Of the checker whose state lies in `directory`.
    pub fn open(directory: StateDirectory, now: UnixSeconds, log: Log) -> Arc<Chronicle> {
        let path = directory.path().join(NAME);
        let mut history = match read(&path) {
            Ok(Some(history)) => history,
            Ok(None) => History::begun(now),
            Err(why) => {
                directory.set_aside(&path);
                log.event(
                    Event::HistoryBegun,
                    &why.then(&Said::new(
                        "the history of findings begins anew; nothing else is affected",
                        "指摘件数の履歴は新しく始めます（点検には影響しません）",
                    )),
                );
                History::begun(now)
            }
        };
        let missing = missing(&history.acts, acts_of(&directory.audit()));
        let is_on_disk = missing.is_empty() && path.exists();
        missing.into_iter().for_each(|act| history.tell(act));
        let kept = Mutex::new(Kept { history, before: HashMap::new(), is_on_disk });
        Arc::new(Chronicle { directory, counted: Counted::default(), kept, writing: Mutex::default() })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is counted while claims are judged.
    pub fn counted(&self) -> &Counted {
        &self.counted
    }

    /// Adds an act.
    pub fn tell(&self, act: HistoryAct) {
        let mut kept = self.kept();
        kept.history.tell(act);
        kept.is_on_disk = false;
    }

    /// Gathers what was counted until `now`. Of releases that are none of `needed` and judged nothing since
    /// the last look, nothing is counted any more.
    pub fn gather(&self, now: UnixSeconds, needed: &[u64]) {
        let mut kept = self.kept();
        let mut idle = Vec::new();
        for totals in self.counted.totals() {
            let before = kept.before.insert(totals.release, totals);
            let more = totals.since(&before.unwrap_or(Totals::of(totals.release)));
            if more.is_nothing() {
                idle.extend(Some(totals.release).filter(|release| !needed.contains(release)));
            } else {
                kept.history.count(&more, now);
                kept.is_on_disk = false;
            }
        }
        self.counted.forget(&idle);
        kept.before.retain(|release, _| !idle.contains(release));
    }

    /// All of it, until the last time that it was gathered.
    pub fn history(&self) -> History {
        self.kept().history.clone()
    }

    /// The last fall back, as far as it is kept.
    pub fn last_fall_back(&self) -> Option<HistoryAct> {
        self.kept().history.acts.iter().rfind(|act| act.act == Did::FellBack).cloned()
    }

    /// Writes it, where it is not on disk as it is.
    ///
    /// # Errors
    /// [`StateDirectoryError::Io`]; what was there before is still there, and it is written the next time.
    pub fn write(&self) -> Result<(), StateDirectoryError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let history = {
            let mut kept = self.kept();
            if std::mem::replace(&mut kept.is_on_disk, true) {
                return Ok(());
            }
            kept.history.clone()
        };
        let path = self.directory.path().join(NAME);
        let bytes = serde_json::to_vec(&history).map_err(std::io::Error::from);
        let bytes = bytes.map_err(|source| StateDirectoryError::Io { path: path.clone(), source });
        let written = bytes.and_then(|bytes| self.directory.write_copy(&path, &bytes));
        if written.is_err() {
            self.kept().is_on_disk = false;
        }
        written
    }
}

/// The history at `path`; none where nothing is there.
fn read(path: &Path) -> Result<Option<History>, Said> {
    let bytes = match warifu_files::read(path, HISTORY_BYTES) {
        Ok(bytes) => bytes,
        Err(ReadError::Missing { .. }) => return Ok(None),
        Err(error) => return Err(Said::of(&error)),
    };
    match serde_json::from_slice::<History>(&bytes) {
        Ok(history) if history.schema == History::SCHEMA => Ok(Some(history.bounded())),
        Ok(_) | Err(_) => {
            let path = path.display();
            Err(Said::new(
                format!("{path} is damaged, or of another version"),
                format!("{path} が壊れているか、別の版のものです"),
            ))
        }
    }
}

/// What the end of the log of acts tells.
fn acts_of(log: &Path) -> Vec<HistoryAct> {
    let Ok(mut file) = warifu_files::open(log) else { return Vec::new() };
    let from = file.metadata().map_or(0, |there| there.len()).saturating_sub(LOG_TAIL_BYTES);
    let mut bytes = Vec::new();
    if file.seek(SeekFrom::Start(from)).is_err() || file.take(LOG_TAIL_BYTES).read_to_end(&mut bytes).is_err()
    {
        return Vec::new();
    }
    // The first line may have been cut, and is then none.
    let lines = bytes.split(|byte| *byte == b'\n');
    lines.filter_map(|line| act_of(&serde_json::from_slice(line).ok()?)).collect()
}

/// What of the log of acts the history does not have: all after the last that both have. A clock may be set
/// back, so only where they have nothing in common do times tell.
fn missing(known: &[HistoryAct], mut of_log: Vec<HistoryAct>) -> Vec<HistoryAct> {
    let is_known = |act: &HistoryAct| known.iter().any(|known| is_same(known, act));
    match (of_log.iter().rposition(is_known), known.last().map(|act| act.at)) {
        (Some(last), _) => drop(of_log.drain(..=last)),
        (None, until) => of_log.retain(|act| until.is_none_or(|until| act.at >= until)),
    }
    of_log
}

/// What an entry of the log of acts is here.
fn act_of(entry: &Entry) -> Option<HistoryAct> {
    let subject = |name: &str| entry.subject.get(name);
    let act = did(entry.act, entry.phase)?;
    Some(HistoryAct {
        at: UnixSeconds::new(entry.at.as_second()),
        act,
        release: subject("release").and_then(|release| release.parse().ok()),
        from: subject("from").and_then(|release| release.parse().ok()),
        why: subject("why").map(|why| Said::new(why.clone(), why.clone())),
    })
}

/// What an act of a checker that got so far is here; none where it is nothing of a checker.
pub(crate) fn did(act: Act, phase: Phase) -> Option<Did> {
    Some(match (act, phase) {
        (_, Phase::Begun) => return None,
        (Act::Swap, Phase::Done) => Did::Activated,
        (Act::Swap, Phase::Refused) => Did::Refused,
        (Act::Hold, _) => Did::Held,
        (Act::ForgetClaims, _) => Did::ClaimsForgotten,
        (_, Phase::Refused) => return None,
        (Act::Start, _) => Did::Started,
        (Act::Stop, _) => Did::Ended,
        (Act::FallBack, _) => Did::FellBack,
        (Act::Confirm, _) => Did::Confirmed,
        (Act::GiveUp, _) => Did::GivenUp,
        (Act::Unhold, _) => Did::Unheld,
        (Act::Freeze, _) => Did::Frozen,
        (Act::Thaw, _) => Did::Thawed,
        (Act::Repair, _) => Did::Repaired,
        (Act::Regain, _) => Did::Regained,
        (Act::TakeBack, _) => Did::TakenBack,
        _ => return None,
    })
}

/// Whether both tell of one act: the log of acts has its reason in English only.
fn is_same(one: &HistoryAct, other: &HistoryAct) -> bool {
    (one.at, one.act, one.release) == (other.at, other.act, other.release)
}

#[cfg(test)]
mod tests {
    use warifu_claims::{ClaimFindings, Tally};

    use super::*;

    fn at(seconds: i64) -> UnixSeconds {
        UnixSeconds::new(1_780_000_000 + seconds)
    }

    fn opened(folder: &Path) -> Arc<Chronicle> {
        Chronicle::open(StateDirectory::look_at(folder), at(0), Log::default())
    }

    fn judge(chronicle: &Chronicle, release: u64) {
        chronicle.counted().take(release, &Tally { claims: 2, items: 3 }, &ClaimFindings::new(0));
    }

    fn files(history: &History) -> Vec<(Option<u64>, u64)> {
        let of = |span: &crate::history::Span| {
            span.releases.iter().map(|it| (it.release, it.files)).collect::<Vec<_>>()
        };
        history.days.iter().flat_map(of).collect()
    }

    fn act(seconds: i64, act: Did, why: Option<Said>) -> HistoryAct {
        HistoryAct { at: at(seconds), act, release: Some(7), from: None, why }
    }

    #[test]
    fn it_survives_a_restart_and_each_file_is_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = opened(folder.path());
        judge(&first, 6);
        judge(&first, 7);
        first.gather(at(1), &[7]);
        judge(&first, 7);
        first.gather(at(2), &[7]);
        assert_eq!(first.counted().totals().len(), 1, "6 judges nothing any more");
        first.gather(at(3), &[7]);
        first.tell(act(4, Did::Held, Some(Said::new("en", "ja"))));
        first.write().unwrap();
        let again = opened(folder.path());
        assert_eq!(again.history(), first.history());
        judge(&again, 7);
        judge(&again, 6);
        again.gather(at(5), &[7]);
        assert_eq!(files(&again.history()), [(Some(6), 2), (Some(7), 3)]);
    }
}
