//! Releases that proved wrong: nobody proposes them again but by a person's word.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

use crate::release::Release;

/// Releases that are not proposed, by their digests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quarantine(BTreeMap<Digest, Kept>);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// As both organisations numbered it.
    number: u64,
    why: String,
}

/// A release that may be proposed: it is not in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admitted(Release);

/// A person's word that a release may be proposed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lift {
    /// Which.
    pub digest: Digest,
    /// Who says so.
    pub by: String,
    /// Why.
    pub why: String,
}

impl Quarantine {
    /// `release`, unless it is in quarantine.
    pub fn admit(&self, release: Release) -> Option<Admitted> {
        (!self.0.contains_key(&release.digest)).then_some(Admitted(release))
    }

    /// Whether `digest` is in it.
    pub fn has(&self, digest: &Digest) -> bool {
        self.0.contains_key(digest)
    }

    /// All that is in it, each with why.
    pub fn all(&self) -> impl Iterator<Item = (Release, &str)> {
        self.0.iter().map(|(digest, kept)| (Release { number: kept.number, digest: *digest }, &*kept.why))
    }

    /// With one more.
    #[must_use]
    pub fn with(&self, release: Release, why: &str) -> Quarantine {
        let mut quarantine = self.clone();
        quarantine.0.insert(release.digest, Kept { number: release.number, why: why.to_owned() });
        quarantine
    }

    /// Without the one that a person let go.
    #[must_use]
    pub fn without(&self, lift: &Lift) -> Quarantine {
        let mut quarantine = self.clone();
        quarantine.0.remove(&lift.digest);
        quarantine
    }
}

impl Admitted {
    /// Which release it is.
    pub fn release(self) -> Release {
        self.0
    }
}
