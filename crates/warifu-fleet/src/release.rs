//! Epochs, and the releases that they name.

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

/// The number of a move of an area; it only grows, and no number is used for two moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

impl Epoch {
    /// The one after it.
    pub fn next(self) -> Epoch {
        Epoch(self.0 + 1)
    }
}

/// A release by what a store may say of one: its number for people, and the digest of its manifest, by which
/// a member finds what it verified itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Release {
    /// As both organisations numbered it.
    pub number: u64,
    /// Of its manifest.
    pub digest: Digest,
}

/// The revision of a record in the store; it grows with every write to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);
