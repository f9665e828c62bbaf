//! What a checker writes down of itself: what it started with, took, did not take and left.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use warifu_audit::{Act, Phase};
use warifu_trust::UnixSeconds;

use crate::cause::{Amiss, Cause};
use crate::history::{Chronicle, HistoryAct, did};
use crate::ledger::Ledger;
use crate::log::Log;
use crate::said::Said;
use crate::state::{Record, Running, StateDirectory};
use crate::swap::Outcome;
use crate::unwritten::Done;

thread_local! {
    /// The operator that what this thread does is done for.
    static OPERATOR: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does what `operator` commands: what is written down meanwhile names it. A command is carried out on one
/// thread from its beginning to its end.
pub(crate) fn by<T>(operator: Option<&str>, commanded: impl FnOnce() -> T) -> T {
    /// Also a command that breaks off is over.
    struct Over;
    impl Drop for Over {
        fn drop(&mut self) {
            OPERATOR.set(None);
        }
    }
    OPERATOR.set(operator.map(ToOwned::to_owned));
    let _over = Over;
    commanded()
}

/// The operator that what this thread does is done for, where that is one who is known.
pub(crate) fn operator() -> Option<String> {
    OPERATOR.with_borrow(Clone::clone)
}

/// The log of acts, and the history that they are part of.
pub(crate) struct Acts {
    ledger: Ledger,
    history: Arc<Chronicle>,
}

impl Acts {
    /// Of the checker whose state lies in `folder`. What an earlier process could not write into the log is
    /// written first, so that whoever reads the log after this knows it.
    pub(crate) fn open(folder: &Path, now: UnixSeconds, log: Log) -> Self {
        let ledger = Ledger::open(folder, now, log);
        Acts { ledger, history: Chronicle::open(StateDirectory::look_at(folder), now, log) }
    }

    /// Why acts are not on disk, if some are not. Nobody who asks waits for a disk.
    pub(crate) fn not_written(&self) -> Option<Amiss> {
        self.ledger.not_written()
    }

    /// Writes what waits once more: less and less often, at most a minute apart.
    pub(crate) fn write_again(&self, now: UnixSeconds) {
        self.ledger.write_again(now);
    }

    /// The history that they are part of.
    pub(crate) fn history(&self) -> &Arc<Chronicle> {
        &self.history
    }

    /// It starts, and `release` judges.
    pub(crate) fn start(&self, release: Option<u64>, at: UnixSeconds) {
        self.tell(Act::Start, Phase::Done, release, None, at);
    }

    /// The log was damaged and begins anew: what `record` holds is in it again, for whoever has the log
    /// alone.
    pub(crate) fn begin_anew(&self, record: &Record, at: UnixSeconds) {
        if let Running::Confirmed { release, .. } = record.running() {
            self.start(Some(release.id.release), at);
        }
        for held in record.all_held() {
            let cause = ("cause", held.held_for.cause().label().to_owned());
            let of = (Some(held.id.release), Some(cause));
            self.tell_of(of, Act::Hold, Phase::Refused, Some(&held.why), at);
        }
        if let Some(frozen) = record.frozen() {
            self.decided(Act::Freeze, None, &frozen.why(), at);
        }
    }

    /// It ends as it should.
    pub(crate) fn end(&self, release: Option<u64>, at: UnixSeconds) {
        self.tell(Act::Stop, Phase::Done, release, None, at);
    }

    /// Claim files that were kept were deleted, all of them or not.
    pub(crate) fn claims_forgotten(&self, what: &Said, all: bool, at: UnixSeconds) {
        let phase = if all { Phase::Done } else { Phase::Refused };
        self.tell(Act::ForgetClaims, phase, None, Some(what), at);
    }

    /// `release` judges from now on.
    pub(crate) fn swapped(&self, release: u64, at: UnixSeconds) {
        self.tell(Act::Swap, Phase::Done, Some(release), None, at);
    }

    /// `release` does not judge after all.
    pub(crate) fn not_swapped(&self, release: u64, why: &Said, at: UnixSeconds) {
        self.tell(Act::Swap, Phase::Refused, Some(release), Some(why), at);
    }

    /// A look at the channel came to this.
    pub(crate) fn outcome(&self, outcome: &Outcome, at: UnixSeconds) {
        match outcome {
            Outcome::Held { release, cause: cause @ (Cause::Held | Cause::Withdrawn), why } => {
                // What was withdrawn is not held here: a start that reads this asks the organisation again.
                let cause = ("cause", cause.label().to_owned());
                self.tell_of((Some(*release), Some(cause)), Act::Hold, Phase::Refused, Some(why), at);
            }
            Outcome::Refused(refused) => {
                let release = refused.id.map(|id| id.release);
                self.tell(Act::Swap, Phase::Refused, release, Some(&refused.why), at);
            }
            // It was told before the release judged, or nothing was decided of it.
            Outcome::Activated { .. }
            | Outcome::Held { .. }
            | Outcome::Waiting { .. }
            | Outcome::Postponed { .. }
            | Outcome::Unchanged { .. }
            | Outcome::NotOffered { .. }
            | Outcome::Stale { .. }
            | Outcome::Unavailable { .. } => {}
        }
    }

    /// It ends, and a program that was given `release` only just now has what it had before.
    pub(crate) fn taken_back(&self, release: u64, why: &Said, at: UnixSeconds) {
        self.tell(Act::TakeBack, Phase::Done, Some(release), Some(why), at);
    }

    /// It went back from one release to another.
    pub(crate) fn fell_back(&self, (from, to): (u64, u64), why: &Said, at: UnixSeconds) {
        let from = ("from", from.to_string());
        self.tell_of((Some(to), Some(from)), Act::FallBack, Phase::Done, Some(why), at);
    }

    /// Something was decided, of `release` or of all: by an operator, or by what was seen.
    pub(crate) fn decided(&self, act: Act, release: Option<u64>, what: &Said, at: UnixSeconds) {
        self.tell(act, Phase::Done, release, Some(what), at);
    }

    fn tell(&self, act: Act, phase: Phase, release: Option<u64>, why: Option<&Said>, at: UnixSeconds) {
        self.tell_of((release, None), act, phase, why, at);
    }

    /// Tells of a release, and what more there is to be told of it.
    fn tell_of(
        &self,
        (release, more): (Option<u64>, Option<(&str, String)>),
        act: Act,
        phase: Phase,
        why: Option<&Said>,
        at: UnixSeconds,
    ) {
        // The log has acts in the order in which they were done, and so has the history.
        let held = self.ledger.hold();
        if let Some(act) = did(act, phase) {
            let from = more.as_ref().filter(|(name, _)| *name == "from");
            let from = from.and_then(|(_, release)| release.parse().ok());
            self.history.tell(HistoryAct { at, act, release, from, why: why.cloned() });
        }
        let mut subject = BTreeMap::new();
        if let Some(release) = release {
            subject.insert("release".to_owned(), release.to_string());
        }
        if let Some(operator) = operator() {
            subject.insert("operator".to_owned(), operator);
        }
        if let Some((name, more)) = more {
            subject.insert(name.to_owned(), more);
        }
        if let Some(why) = why {
            subject.insert("why".to_owned(), why.en.clone());
        }
        let done = Timestamp::from_second(at.seconds()).unwrap_or(Timestamp::UNIX_EPOCH);
        self.ledger.put(held, Done { at: done, act, phase, subject }, at);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use warifu_audit::AuditLog;
    use warifu_claims::{ClaimFindings, Tally};

    use super::*;
    use crate::history::{Did, History};
    use crate::ledger::WAITING;
    use crate::unwritten::Left;

    fn at(seconds: i64) -> UnixSeconds {
        UnixSeconds::new(1_780_000_000 + seconds)
    }

    fn opened(folder: &Path) -> Arc<Chronicle> {
        Chronicle::open(StateDirectory::look_at(folder), at(0), Log::default())
    }

    fn files(history: &History) -> u64 {
        history.days.iter().flat_map(|day| &day.releases).map(|judged| judged.files).sum()
    }

    /// As a full disk does: nothing is written, until there is room.
    #[test]
    fn what_the_disk_did_not_take_waits_and_is_written_in_its_order_and_with_its_instant() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let acts = Acts::open(folder.path(), at(0), Log::default());
        acts.start(Some(7), at(1));
        assert_eq!(acts.not_written(), None);
        let away = folder.path().join("away");
        fs::rename(&path, &away).unwrap();
        fs::create_dir(&path).unwrap();
        acts.fell_back((7, 6), &Said::new("it was wrong", "誤り"), at(2));
        acts.decided(Act::Freeze, None, &Said::new("frozen", "凍結"), at(3));
        let amiss = acts.not_written().unwrap();
        assert!(amiss.why.en.starts_with("2 acts are not in the log of acts yet"), "{}", amiss.why.en);
        fs::remove_dir(&path).unwrap();
        fs::rename(&away, &path).unwrap();
        acts.write_again(at(900));
        assert_eq!(acts.not_written(), None);
        let log = warifu_audit::verify(&fs::read(&path).unwrap()).unwrap();
        let told = log.entries().iter().map(|it| (it.act, it.at.as_second() - at(0).seconds()));
        assert_eq!(told.collect::<Vec<_>>(), [(Act::Start, 1), (Act::FallBack, 2), (Act::Freeze, 3)]);
        // No act is there twice.
        acts.write_again(at(901));
        assert_eq!(acts.history().history().acts.len(), 3);
        assert_eq!(opened(folder.path()).history().acts.len(), 3);
    }

    /// The log's disk fails, and the checker is killed: what was done is told by the next one, once, and
    /// before what that does.
    #[test]
    fn what_waited_when_it_was_killed_is_written_by_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let (path, away) = (folder.path().join("audit.jsonl"), folder.path().join("away"));
        let open = |seconds| Acts::open(folder.path(), at(seconds), Log::default());
        open(0).start(Some(7), at(1));
        let takes_none = || {
            fs::rename(&path, &away).unwrap();
            fs::create_dir(&path).unwrap();
        };
        let takes_again = || {
            fs::remove_dir(&path).unwrap();
            fs::rename(&away, &path).unwrap();
        };
        let told = || {
            let log = warifu_audit::verify(&fs::read(&path).unwrap()).unwrap();
            let told = log.entries().iter().map(|it| (it.act, it.at.as_second() - at(0).seconds()));
            told.collect::<Vec<_>>()
        };
        takes_none();
        let long = Said::new("y".repeat(3_000), "誤り");
        // A value of dropped is no end: nothing is written then.
        open(2).fell_back((7, 6), &long, at(3));
        // Still so at the next start, which is killed too.
        let second = open(4);
        assert!(second.not_written().unwrap().why.en.starts_with("1 acts are not in the log of acts yet"));
        assert!(second.not_written().unwrap().why.en.contains("kept in a file of their own"));
        second.start(Some(6), at(5));
        drop(second);
        takes_again();
        let kept = fs::read(folder.path().join(crate::unwritten::NAME)).unwrap();
        drop(open(6));
        // Killed between the log and the file beside it: nothing is told twice.
        fs::write(folder.path().join(crate::unwritten::NAME), kept).unwrap();
        let third = open(6);
        third.start(Some(6), at(7));
        let all = [(Act::Start, 1), (Act::FallBack, 3), (Act::Start, 5), (Act::Start, 7)];
        assert_eq!((told(), third.not_written()), (all.to_vec(), None));
        assert_eq!(third.history().history().acts.last().unwrap().release, Some(6), "the history has it too");
        assert!(!folder.path().join(crate::unwritten::NAME).exists());
        // What is no such file is kept for whoever looks into it.
        fs::write(folder.path().join(crate::unwritten::NAME), "{").unwrap();
        drop(open(9));
        assert_eq!(told(), all);
        assert!(folder.path().join("damaged/1-acts-unwritten.json").exists());
        fs::create_dir(folder.path().join(crate::unwritten::NAME)).unwrap();
        assert_eq!(open(10).not_written(), None);
        assert!(folder.path().join("damaged/2-acts-unwritten.json").is_dir());
    }

    /// As a clock before 1970 does: every act has the same instant, and the log has acts that are equal.
    #[test]
    fn an_act_like_one_that_was_told_before_is_told_too() {
        let folder = tempfile::tempdir().unwrap();
        let (path, away) = (folder.path().join("audit.jsonl"), folder.path().join("away"));
        Acts::open(folder.path(), at(0), Log::default()).start(Some(7), at(0));
        for with_another in [false, true] {
            let waits = Acts::open(folder.path(), at(0), Log::default());
            if with_another {
                waits.decided(Act::Thaw, None, &Said::new("thawed", "解除"), at(0));
            }
            fs::rename(&path, &away).unwrap();
            fs::create_dir(&path).unwrap();
            waits.start(Some(7), at(0));
            drop(waits);
            fs::remove_dir(&path).unwrap();
            fs::rename(&away, &path).unwrap();
            drop(Acts::open(folder.path(), at(0), Log::default()));
        }
        let log = warifu_audit::verify(&fs::read(&path).unwrap()).unwrap();
        let told: Vec<_> = log.entries().iter().map(|it| it.act).collect();
        assert_eq!(told, [Act::Start, Act::Start, Act::Thaw, Act::Start]);
    }

    /// A name that leads in a circle is an error of the system to everybody, also to who may read all.
    #[test]
    #[cfg(unix)]
    fn what_an_earlier_process_left_and_cannot_be_read_stays_and_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let (kept, away) = (folder.path().join(crate::unwritten::NAME), folder.path().join("away"));
        fs::create_dir(&path).unwrap();
        Acts::open(folder.path(), at(0), Log::default()).start(Some(7), at(1));
        fs::rename(&kept, &away).unwrap();
        std::os::unix::fs::symlink(&kept, &kept).unwrap();
        let acts = Acts::open(folder.path(), at(2), Log::default());
        acts.start(Some(7), at(3));
        assert!(acts.not_written().is_some());
        assert!(fs::symlink_metadata(&kept).unwrap().is_symlink(), "nothing is written over it");
        fs::remove_dir(&path).unwrap();
        acts.write_again(at(100));
        let why = acts.not_written().unwrap().why;
        assert!(why.en.contains("cannot be read") && why.ja.contains("読み取れません"), "{why:?}");
        assert!(fs::symlink_metadata(&kept).unwrap().is_symlink());
        fs::remove_file(&kept).unwrap();
        fs::rename(&away, &kept).unwrap();
        acts.write_again(at(200));
        assert_eq!(acts.not_written(), None);
        let log = warifu_audit::verify(&fs::read(&path).unwrap()).unwrap();
        let told = log.entries().iter().map(|it| it.at.as_second() - at(0).seconds());
        assert_eq!(told.collect::<Vec<_>>(), [3, 1], "late, with its own instant");
        assert!(!kept.exists());
    }

    #[test]
    fn no_more_acts_wait_than_there_is_room_for_and_how_many_are_left_out_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        fs::create_dir(&path).unwrap();
        let acts = Acts::open(folder.path(), at(0), Log::default());
        for second in 0..WAITING as i64 + 5 {
            acts.start(Some(7), at(second));
        }
        fs::remove_dir(&path).unwrap();
        acts.write_again(at(9_000));
        let log = warifu_audit::verify(&fs::read(&path).unwrap()).unwrap();
        assert_eq!((log.entries().len(), &*log.entries()[0].subject["left_out"]), (WAITING, "5"));
        // Killed when the log had the first of them, and the file beside it was as before: told once.
        let mut left = Left::default();
        left.left_out = 5;
        left.acts.extend((0..3).map(|second| Done {
            at: Timestamp::from_second(at(second).seconds()).unwrap(),
            act: Act::Start,
            phase: Phase::Done,
            subject: BTreeMap::new(),
        }));
        fs::remove_file(&path).unwrap();
        let audit = AuditLog::at(&path, "a", "b");
        let subject = BTreeMap::from([("left_out".to_owned(), "5".to_owned())]);
        audit.tell(left.acts[0].at, Act::Start, Phase::Done, subject).unwrap();
        fs::write(folder.path().join(crate::unwritten::NAME), serde_json::to_vec(&left).unwrap()).unwrap();
        drop(Acts::open(folder.path(), at(9), Log::default()));
        let log = warifu_audit::verify(&fs::read(&path).unwrap()).unwrap();
        let left_out = log.entries().iter().map(|it| it.subject.contains_key("left_out"));
        assert_eq!(left_out.collect::<Vec<_>>(), [true, false, false]);
    }

    /// What the log of acts has since, or before anything was kept, is told again.
    #[test]
    fn what_is_damaged_is_put_aside_and_begun_anew_with_the_acts_that_the_log_tells() {
        let folder = tempfile::tempdir().unwrap();
        let acts = Acts::open(folder.path(), at(0), Log::default());
        let first = acts.history();
        first.counted().take(7, &Tally { claims: 2, items: 3 }, &ClaimFindings::new(0));
        first.gather(at(1), &[7]);
        first.write().unwrap();
        acts.fell_back((7, 6), &Said::new("it was wrong", "誤り"), at(2));
        // As a kill leaves it: the log of acts has it, the history on disk has not.
        let told = opened(folder.path()).history().acts;
        assert_eq!(
            told,
            [HistoryAct {
                at: at(2),
                act: Did::FellBack,
                release: Some(6),
                from: Some(7),
                why: Some(Said::new("it was wrong", "it was wrong")),
            }]
        );
        acts.history().write().unwrap();
        let kept = opened(folder.path()).history();
        assert_eq!(kept.acts[0].why, Some(Said::new("it was wrong", "誤り")), "once, in both languages");
        assert_eq!((kept.acts.len(), files(&kept)), (1, 1));
        for damaged in [&b"{"[..], b"", br#"{"schema":9,"since":"2026-04-01T00:00:00Z"}"#] {
            fs::write(folder.path().join("history.json"), damaged).unwrap();
            let anew = opened(folder.path());
            assert_eq!((files(&anew.history()), anew.history().acts), (0, told.clone()));
        }
        assert_eq!(fs::read_dir(folder.path().join("damaged")).unwrap().count(), 3);
    }
}
