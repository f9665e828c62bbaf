//! A release by name: its number and manifest, and since when it ran.

use serde::{Deserialize, Serialize};
use warifu_trust::{ReleaseRef, UnixSeconds};

/// A release that runs or ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// Which one.
    #[serde(flatten)]
    pub id: Id,
    /// What it is, for people.
    pub title: String,
    /// Since when it ran.
    pub since: UnixSeconds,
}

/// A release by number and manifest digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Id {
    /// Its number.
    pub release: u64,
    /// SHA-256 of its manifest.
    pub manifest: warifu_values::digest::Digest,
}

impl From<ReleaseRef> for Id {
    fn from(id: ReleaseRef) -> Self {
        Id { release: id.release, manifest: id.manifest }
    }
}

impl From<Id> for ReleaseRef {
    fn from(id: Id) -> Self {
        ReleaseRef { release: id.release, manifest: id.manifest }
    }
}
