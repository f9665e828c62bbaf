//! One entry: a line of the log.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

use crate::act::Act;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1, without gaps.
    pub number: u64,
    /// When it was written, by the clock of the machine that wrote it.
    pub at: Timestamp,
    /// Who: the account, and the machine where it is known.
    pub actor: String,
    /// What.
    pub act: Act,
    /// How far it got.
    pub phase: Phase,
    /// The number of the entry that tells of the beginning of the same act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// On what: the arguments, the release, the manifest's digest, the commit. Never a secret, never a claim.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub subject: BTreeMap<String, String>,
    /// The version of the program.
    pub program: String,
    /// The SHA-256 of the line before, without its line end; of nothing for the first.
    pub previous: Digest,
}

/// How far an act got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It began; nothing was changed before this was written.
    Begun,
    /// It was done.
    Done,
    /// It was refused; the subject says why.
    Refused,
}

impl Entry {
    /// Its line, without the line end.
    pub(crate) fn line(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}
