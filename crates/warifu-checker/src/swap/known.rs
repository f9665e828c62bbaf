//! The institutions that were heard of before a release was on trial: anybody can invent a number.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use warifu_claims::institution;
use warifu_claims::movement::Institution;

/// More are not remembered, and are strangers: there are some 215,000 in the country. At most 5 MiB.
const MOST: usize = 1 << 18;

/// They.
#[derive(Debug, Default)]
pub(super) struct Known {
    institutions: Mutex<HashSet<Institution>>,
}

impl Known {
    /// Those of the claim files that are kept.
    pub(super) fn of(files: &[Arc<[u8]>]) -> Known {
        let known = Known::default();
        files.iter().for_each(|file| known.meet(Institution::of(institution(file))));
        known
    }

    /// One that sends claims while nothing is on trial.
    pub(super) fn meet(&self, institution: Institution) {
        let mut known = self.institutions.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST {
            known.insert(institution);
        }
    }

    /// The same institution, told apart when it is a stranger.
    pub(super) fn tell(&self, institution: Institution) -> Institution {
        let known = self.institutions.lock().unwrap_or_else(PoisonError::into_inner);
        if known.contains(&institution) { institution } else { institution.stranger() }
    }
}
