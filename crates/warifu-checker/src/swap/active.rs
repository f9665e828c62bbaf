//! The release that judges claims, and the watch on one that has not proven itself.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use warifu_claims::movement::{Declared, Enough, Institution, Movements, Report, UsesByCode, Verdict};
use warifu_claims::{ClaimFile, Snapshot};
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::candidate::{Candidate, Judged};
use crate::receipt::Receipt;
use crate::state::{Installed, Marks, Phase, SignedBy};

/// Up to so many codes that turned are weighed after each claim file.
const WEIGHED_EACH_TIME: usize = 512;

/// More of them after so many.
const FILES_BETWEEN: u64 = 16;

/// The release that judges claims. Immutable but for what the watch counts.
#[derive(Debug)]
pub struct Active {
    /// Which one.
    pub id: ReleaseRef,
    /// What it is, for people.
    pub title: String,
    /// What is out of the ordinary about it.
    pub marks: Marks,
    /// Since when.
    pub since: UnixSeconds,
    /// The instant that both signed: what came before it is not for this one.
    from: Option<UnixSeconds>,
    /// The masters.
    pub snapshot: Arc<Snapshot>,
    /// By what it judges.
    pub receipt: Receipt,
    /// Who signed it, where that is known.
    pub signed_by: SignedBy,
    kinds: BTreeSet<String>,
    judged: Judged,
    probation: Option<Arc<Probation>>,
}

/// The watch on a release that has not proven itself.
#[derive(Debug)]
struct Probation {
    previous: Arc<Active>,
    /// What was declared as changed since that one.
    declared: Declared,
    seen: Mutex<Movements>,
}

impl Active {
    /// `candidate`, judging since `since`: on probation against the previous release, since which so much was
    /// declared; confirmed when there is none.
    pub(super) fn new(
        candidate: Candidate,
        previous: Option<(Arc<Active>, Declared)>,
        since: UnixSeconds,
    ) -> Active {
        Active {
            id: candidate.id,
            title: candidate.title,
            marks: candidate.marks,
            since,
            from: candidate.activate_at,
            snapshot: candidate.snapshot,
            receipt: candidate.receipt,
            signed_by: candidate.signed_by,
            kinds: candidate.kinds,
            judged: candidate.judged,
            probation: previous.map(|(previous, declared)| {
                Arc::new(Probation { previous, declared, seen: Mutex::default() })
            }),
        }
    }

    /// The same release without a watch.
    pub(super) fn confirmed(&self, since: UnixSeconds) -> Active {
        Active { probation: None, ..self.judging_since(since) }
    }

    /// The same release, which judges since `since`: with the same watch, and all that it saw.
    pub(super) fn judging_since(&self, since: UnixSeconds) -> Active {
        Active {
            id: self.id,
            title: self.title.clone(),
            marks: self.marks.clone(),
            since,
            from: self.from,
            snapshot: Arc::clone(&self.snapshot),
            receipt: self.receipt.clone(),
            signed_by: self.signed_by.clone(),
            kinds: self.kinds.clone(),
            judged: self.judged.clone(),
            probation: self.probation.clone(),
        }
    }

    /// What was read and judged of it, for a release that carries the same.
    pub(super) fn judged(&self) -> Judged {
        self.judged.clone()
    }

    /// Whether a claim that came at `received` is for it, and not for the release before it.
    pub(super) fn judges(&self, received: UnixSeconds) -> bool {
        self.from.is_none_or(|from| received >= from)
    }

    /// How far it has proven itself.
    pub fn phase(&self) -> Phase {
        if self.probation.is_some() { Phase::Probation } else { Phase::Confirmed }
    }

    /// What the watch has seen, on probation, when a success needs `enough`.
    pub fn watched(&self, enough: &Enough) -> Option<Report> {
        let probation = self.probation.as_ref()?;
        let seen = probation.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Some(seen.report(enough))
    }

    /// How often each code was used while it was watched.
    pub(super) fn uses_by_code(&self) -> Option<UsesByCode> {
        let probation = self.probation.as_ref()?;
        Some(probation.seen.lock().unwrap_or_else(PoisonError::into_inner).uses_by_code())
    }

    /// How often `code` of the master `kind` was used while it was watched.
    pub(super) fn uses_of(&self, kind: &str, code: &str) -> Option<u64> {
        let probation = self.probation.as_ref()?;
        Some(probation.seen.lock().unwrap_or_else(PoisonError::into_inner).uses_of(kind, code))
    }

    /// Whether the watch has seen anything.
    pub(super) fn has_seen(&self) -> bool {
        let seen = |probation: &Arc<Probation>| {
            probation.seen.lock().unwrap_or_else(PoisonError::into_inner).files() > 0
        };
        self.probation.as_ref().is_some_and(seen)
    }

    /// The release that probation compares with.
    pub fn compared_with(&self) -> Option<&Arc<Active>> {
        self.probation.as_ref().map(|probation| &probation.previous)
    }

    /// On probation, what was declared as changed since the release that it is compared with.
    pub(super) fn declared(&self) -> Option<&Declared> {
        self.probation.as_ref().map(|probation| &probation.declared)
    }

    /// On probation, judges one more file by the previous release too and by this one, and takes in what
    /// differs; claims of months after `now` are not weighed. The verdict on all files so
    /// far; none where this file cannot have changed it.
    pub(super) fn see(
        &self,
        file: &ClaimFile,
        from: Institution,
        now: UnixSeconds,
        enough: &Enough,
    ) -> Option<Verdict> {
        let probation = self.probation.as_ref()?;
        let mut of_file = Movements::until(now.day_in_japan().month());
        of_file.take(file, from, &probation.previous.snapshot, &self.snapshot, &probation.declared);
        if of_file.uses() == 0 {
            return None;
        }
        let mut seen = probation.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.merge(&of_file);
        // What did not turn makes no fault, and too few files are no success. Weighing thousands of codes, as
        // a revision turns them, takes milliseconds: then not after each file.
        let may_matter = !of_file.is_still() || seen.files() >= enough.files;
        let is_due = seen.codes_turned() <= WEIGHED_EACH_TIME || seen.files() % FILES_BETWEEN == 0;
        (may_matter && is_due).then(|| seen.verdict(enough))
    }

    /// The first kind of master that this release has and `candidate` has not.
    pub(super) fn kind_missing_in(&self, candidate: &Candidate) -> Option<String> {
        self.kinds.difference(&candidate.kinds).next().cloned()
    }

    /// As the record has it.
    pub(super) fn installed(&self) -> Installed {
        let (id, title, marks) = (self.id.into(), self.title.clone(), self.marks.clone());
        Installed { id, title, since: self.since, marks, signed_by: self.signed_by.clone() }
    }
}
