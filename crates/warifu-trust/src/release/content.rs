//! Bytes by digest and length: what a manifest says of everything that a release carries.

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

/// Bytes by digest and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// SHA-256.
    pub sha256: Digest,
    /// Length in bytes.
    pub bytes: u64,
}

impl Content {
    /// The digest and length of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Content { sha256: Digest::of(bytes), bytes: bytes.len() as u64 }
    }
}
