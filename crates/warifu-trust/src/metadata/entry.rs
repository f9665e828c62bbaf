//! What a signed list says of a release: its number and digest, and its files.

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

use crate::names::TargetName;

/// What a listed file is for (`custom.use`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// Part of the release that both signed now.
    Current,
    /// Part of the release before only, which both signed as the place to fall back to.
    Fallback,
}

/// A file that both organisations signed, by digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetEntry {
    /// Its flat name.
    pub name: TargetName,
    /// SHA-256 of the file as it lies on the channel.
    pub sha256: Digest,
    /// Its length.
    pub bytes: u64,
    /// What it is for.
    pub used_for: Use,
}

/// A release by number and the digest of its manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReleaseRef {
    /// The release's number, from 1.
    pub release: u64,
    /// SHA-256 of its manifest's bytes.
    pub manifest: Digest,
}
