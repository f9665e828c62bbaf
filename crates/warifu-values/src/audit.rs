//! How far a log of acts got: what a release says of the log of whoever drafted it.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// How far a log got: enough to hold it to what it said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditHead {
    /// Which log: the SHA-256 of its first line, without its line end; of nothing while there is none.
    pub log: Digest,
    /// How many entries it has.
    pub entries: u64,
    /// The SHA-256 of the last line, without its line end; of nothing while there is none.
    pub digest: Digest,
}
