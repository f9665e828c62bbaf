//! What a member announces under its lease: what it is, and how far it came.

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

use crate::member::BootId;
use crate::release::{Epoch, Revision};
use crate::time::Millis;

/// How far a member came with an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It has the bytes.
    Fetched,
    /// Both organisations signed them.
    Verified,
    /// The one judge, the past and the replay let them pass.
    Cleared,
    /// They are in memory, beside what judges: one pointer is missing.
    Prepared,
    /// It armed for the commit.
    Armed,
    /// It judges by it, on probation.
    Active,
    /// It passed probation.
    Confirmed,
}

/// That a member cannot go along, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nack {
    /// Of which epoch.
    pub epoch: Epoch,
    /// Of which release.
    pub digest: Digest,
    /// The stage that it did not reach.
    pub stage: Stage,
    /// A stable code of a finding or an error.
    pub code: String,
    /// In words, for people.
    pub detail: String,
}

/// Where a member is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// It has begun nothing.
    Idle,
    /// So far with this epoch.
    At(Epoch, Stage),
    /// It cannot go along.
    Nack(Nack),
}

/// An announcement. It is written when something of it changes, and every
/// [`report_interval`](crate::policy::Terms::report_interval).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Of which start of the member.
    pub boot: BootId,
    /// The newest record that it has seen.
    pub seen: Revision,
    /// Where it is.
    pub progress: Progress,
    /// So long it has run what it prepared in the shadow, on live claims.
    pub piloted: Millis,
}

impl Report {
    /// Whether it has come to `stage` of `epoch`, or further.
    pub fn is_at(&self, epoch: Epoch, stage: Stage) -> bool {
        matches!(self.progress, Progress::At(of, at) if of == epoch && at >= stage)
    }
}
