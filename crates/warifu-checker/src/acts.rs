//! What a checker writes down of itself: what it started with, took, did not take and left.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use warifu_audit::{Act, AuditLog, Phase, account};
use warifu_trust::UnixSeconds;

use crate::log::Log;
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

/// The log of acts. That it cannot be written is told, and stops nothing: service comes first.
pub(crate) struct Acts {
    audit: AuditLog,
    log: Log,
}

impl Acts {
    /// Into the file at `path`.
    pub(crate) fn at(path: &Path, log: Log) -> Self {
        Acts { audit: AuditLog::at(path, &account(), env!("CARGO_PKG_VERSION")), log }
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
            Outcome::Held { release, why } => {
                self.tell(Act::Hold, Phase::Refused, Some(*release), Some(why), at);
            }
            Outcome::Refused(refused) => {
                let release = refused.id.map(|id| id.release);
                self.tell(Act::Swap, Phase::Refused, release, Some(&refused.why), at);
            }
            Outcome::Waiting { .. }
            | Outcome::Postponed { .. }
            | Outcome::Unchanged { .. }
            | Outcome::NotOffered { .. }
            | Outcome::Stale { .. }
            | Outcome::Unavailable { .. } => {}
        }
    }

    /// It went back from one release to another.
    pub(crate) fn fell_back(&self, (from, to): (u64, u64), why: &Said, at: UnixSeconds) {
        let moved = Said::new(format!("from {from} to {to}: {}", why.en), String::new());
        self.tell(Act::FallBack, Phase::Done, Some(to), Some(&moved), at);
    }

    /// Something was decided, of `release` or of all: by an operator, or by what was seen.
    pub(crate) fn decided(&self, act: Act, release: Option<u64>, what: &Said, at: UnixSeconds) {
        self.tell(act, Phase::Done, release, Some(what), at);
    }

    fn tell(&self, act: Act, phase: Phase, release: Option<u64>, why: Option<&Said>, at: UnixSeconds) {
        let mut subject = BTreeMap::new();
        if let Some(release) = release {
            subject.insert("release".to_owned(), release.to_string());
        }
        if let Some(operator) = OPERATOR.with_borrow(Clone::clone) {
            subject.insert("operator".to_owned(), operator);
        }
        if let Some(why) = why {
            subject.insert("why".to_owned(), why.en.clone());
        }
        let at = Timestamp::from_second(at.seconds()).unwrap_or(Timestamp::UNIX_EPOCH);
        if let Err(error) = self.audit.tell(at, act, phase, subject) {
            self.log.event(&Said::of(&error));
        }
    }
}
