//! What the checker remembers over a restart: one small file that changes as a whole.

use serde::{Deserialize, Serialize};
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::drift::DriftReport;
use crate::said::Said;

/// How far a running release has proven itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Every file is judged by the previous release too.
    Probation,
    /// It is what others are compared with and fallen back to.
    Confirmed,
}

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

/// A release that is not taken again until a newer one comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Which one.
    #[serde(flatten)]
    pub id: Id,
    /// Why.
    pub why: Said,
    /// Since when.
    pub at: UnixSeconds,
}

/// How far a release came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Bytes came from the channel.
    Fetched,
    /// Signatures, order and freshness hold.
    Opened,
    /// Every byte has the digest both signed.
    Verified,
    /// The data is valid and the replay shows no drift.
    Cleared,
    /// It judges claims.
    Active,
    /// It ended probation.
    Confirmed,
}

/// What a refusal was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RefusedFor {
    /// The data: exit status 1.
    Data,
    /// Trust: exit status 3.
    Trust,
}

/// A release that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which one, as far as that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The last step it reached.
    pub reached: Option<Step>,
    /// What about.
    pub refused_for: RefusedFor,
    /// Why.
    pub why: Said,
    /// When.
    pub at: UnixSeconds,
}

/// The record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The form of this file.
    pub schema: u32,
    /// What runs.
    pub running: Option<Installed>,
    /// How far it has proven itself.
    pub phase: Option<Phase>,
    /// The confirmed release before it.
    pub previous: Option<Installed>,
    /// What is not taken again; only those not older than what runs.
    pub held: Vec<Held>,
    /// What was refused last.
    pub refused: Option<Refused>,
    /// The last replay.
    pub drift: Option<DriftReport>,
    /// How often a start found this release still on probation: one that takes the checker down with it must
    /// not be tried for ever.
    pub interrupted: Option<(Id, u32)>,
}

impl Default for Record {
    fn default() -> Self {
        Record {
            schema: Record::SCHEMA,
            running: None,
            phase: None,
            previous: None,
            held: Vec::new(),
            refused: None,
            drift: None,
            interrupted: None,
        }
    }
}

impl Record {
    /// The form written here.
    pub const SCHEMA: u32 = 1;

    /// Why `id` is held, if it is.
    pub fn held(&self, id: ReleaseRef) -> Option<&Held> {
        self.held.iter().find(|held| ReleaseRef::from(held.id) == id)
    }

    /// The newest release that is held.
    pub fn newest_held(&self) -> Option<u64> {
        self.held.iter().map(|held| held.id.release).max()
    }

    /// Holds `id`; keeps the list short.
    pub fn hold(&mut self, id: ReleaseRef, why: Said, at: UnixSeconds) {
        const MOST: usize = 16;
        self.held.retain(|held| ReleaseRef::from(held.id) != id);
        self.held.push(Held { id: id.into(), why, at });
        if self.held.len() > MOST {
            self.held.remove(0);
        }
    }
}
