//! What a checker writes down of itself: what it started with, took, did not take and left.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use warifu_audit::{Act, AuditLog, Phase, account};
use warifu_trust::UnixSeconds;

use crate::cause::Cause;
use crate::history::{Chronicle, HistoryAct, did};
use crate::log::{Event, Log};
use crate::said::Said;
use crate::swap::Outcome;

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

/// The log of acts, and the history that they are part of. That it cannot be written is told, and stops
/// nothing: service comes first.
pub(crate) struct Acts {
    audit: AuditLog,
    history: Arc<Chronicle>,
    log: Log,
}

impl Acts {
    /// Into the file at `path` and into `history`.
    pub(crate) fn at(path: &Path, history: Arc<Chronicle>, log: Log) -> Self {
        Acts { audit: AuditLog::at(path, &account(), env!("CARGO_PKG_VERSION")), history, log }
    }

    /// The history that they are part of.
    pub(crate) fn history(&self) -> &Arc<Chronicle> {
        &self.history
    }

    /// It starts, and `release` judges.
    pub(crate) fn start(&self, release: Option<u64>, at: UnixSeconds) {
        self.tell(Act::Start, Phase::Done, release, None, at);
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

    /// A look at the channel came to this.
    pub(crate) fn outcome(&self, outcome: &Outcome, at: UnixSeconds) {
        match outcome {
            Outcome::Activated { release, .. } => self.tell(Act::Swap, Phase::Done, Some(*release), None, at),
            Outcome::Held { release, cause: Cause::Held | Cause::Withdrawn, why } => {
                self.tell(Act::Hold, Phase::Refused, Some(*release), Some(why), at);
            }
            Outcome::Refused(refused) => {
                let release = refused.id.map(|id| id.release);
                self.tell(Act::Swap, Phase::Refused, release, Some(&refused.why), at);
            }
            // Nothing was decided of the release.
            Outcome::Held { .. }
            | Outcome::Waiting { .. }
            | Outcome::Postponed { .. }
            | Outcome::Unchanged { .. }
            | Outcome::NotOffered { .. }
            | Outcome::Stale { .. }
            | Outcome::Unavailable { .. } => {}
        }
    }

    /// It went back from one release to another.
    pub(crate) fn fell_back(&self, (from, to): (u64, u64), why: &Said, at: UnixSeconds) {
        self.tell_of((Some(to), Some(from)), Act::FallBack, Phase::Done, Some(why), at);
    }

    /// Something was decided, of `release` or of all: by an operator, or by what was seen.
    pub(crate) fn decided(&self, act: Act, release: Option<u64>, what: &Said, at: UnixSeconds) {
        self.tell(act, Phase::Done, release, Some(what), at);
    }

    fn tell(&self, act: Act, phase: Phase, release: Option<u64>, why: Option<&Said>, at: UnixSeconds) {
        self.tell_of((release, None), act, phase, why, at);
    }

    /// Tells of a release, and of the one that was left for it.
    fn tell_of(
        &self,
        (release, from): (Option<u64>, Option<u64>),
        act: Act,
        phase: Phase,
        why: Option<&Said>,
        at: UnixSeconds,
    ) {
        if let Some(act) = did(act, phase) {
            self.history.tell(HistoryAct { at, act, release, from, why: why.cloned() });
        }
        let mut subject = BTreeMap::new();
        if let Some(release) = release {
            subject.insert("release".to_owned(), release.to_string());
        }
        if let Some(operator) = operator() {
            subject.insert("operator".to_owned(), operator);
        }
        if let Some(from) = from {
            subject.insert("from".to_owned(), from.to_string());
        }
        if let Some(why) = why {
            subject.insert("why".to_owned(), why.en.clone());
        }
        let at = Timestamp::from_second(at.seconds()).unwrap_or(Timestamp::UNIX_EPOCH);
        if let Err(error) = self.audit.tell(at, act, phase, subject) {
            self.log.event(Event::ActsNotWritten, &Said::of(&error));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use warifu_claims::{ClaimFindings, Tally};

    use super::*;
    use crate::history::{Did, History};
    use crate::state::StateDirectory;

    fn at(seconds: i64) -> UnixSeconds {
        UnixSeconds::new(1_780_000_000 + seconds)
    }

    fn opened(folder: &Path) -> Arc<Chronicle> {
        Chronicle::open(StateDirectory::look_at(folder), at(0), Log::default())
    }

    fn files(history: &History) -> u64 {
        history.days.iter().flat_map(|day| &day.releases).map(|judged| judged.files).sum()
    }

    /// What the log of acts has since, or before anything was kept, is told again.
    #[test]
    fn what_is_damaged_is_put_aside_and_begun_anew_with_the_acts_that_the_log_tells() {
        let folder = tempfile::tempdir().unwrap();
        let first = opened(folder.path());
        first.counted().take(7, &Tally { claims: 2, items: 3 }, &ClaimFindings::new(0));
        first.gather(at(1), &[7]);
        first.write().unwrap();
        let acts = Acts::at(&folder.path().join("audit.jsonl"), first, Log::default());
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
