//! The release that judges claims, and the watch on one that has not proven itself.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use warifu_claims::Snapshot;
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::candidate::Candidate;
use crate::drift::Drift;
use crate::state::{Installed, Phase};

/// The release that judges claims. Immutable but for what the watch counts.
#[derive(Debug)]
pub struct Active {
    /// Which one.
    pub id: ReleaseRef,
    /// What it is, for people.
    pub title: String,
    /// Since when.
    pub since: UnixSeconds,
    /// The masters.
    pub snapshot: Arc<Snapshot>,
    kinds: BTreeSet<String>,
    probation: Option<Probation>,
}

/// The watch on a release that has not proven itself.
#[derive(Debug)]
struct Probation {
    previous: Arc<Active>,
    seen: Mutex<Drift>,
}

impl Active {
    /// `candidate`, judging since `since`: on probation against `previous`; confirmed when there is none.
    pub(super) fn new(candidate: Candidate, previous: Option<Arc<Active>>, since: UnixSeconds) -> Active {
        Active {
            id: candidate.id,
            title: candidate.title,
            since,
            snapshot: Arc::new(candidate.snapshot),
            kinds: candidate.kinds,
            probation: previous.map(|previous| Probation { previous, seen: Mutex::default() }),
        }
    }

    /// The same release without a watch.
    pub(super) fn confirmed(&self, since: UnixSeconds) -> Active {
        Active {
            id: self.id,
            title: self.title.clone(),
            since,
            snapshot: Arc::clone(&self.snapshot),
            kinds: self.kinds.clone(),
            probation: None,
        }
    }

    /// How far it has proven itself.
    pub fn phase(&self) -> Phase {
        if self.probation.is_some() { Phase::Probation } else { Phase::Confirmed }
    }

    /// What the watch has seen, on probation.
    pub fn watched(&self) -> Option<Drift> {
        self.probation
            .as_ref()
            .map(|probation| *probation.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The release that probation compares with.
    pub fn compared_with(&self) -> Option<&Arc<Active>> {
        self.probation.as_ref().map(|probation| &probation.previous)
    }

    /// Adds what one more file gave, on probation; the sum.
    pub(super) fn see(&self, drift: Drift) -> Option<Drift> {
        let probation = self.probation.as_ref()?;
        let mut seen = probation.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.add(drift);
        Some(*seen)
    }

    /// The first kind of master that this release has and `candidate` has not.
    pub(super) fn kind_missing_in(&self, candidate: &Candidate) -> Option<String> {
        self.kinds.difference(&candidate.kinds).next().cloned()
    }

    /// As the record has it.
    pub(super) fn installed(&self) -> Installed {
        Installed { id: self.id.into(), title: self.title.clone(), since: self.since }
    }
}
