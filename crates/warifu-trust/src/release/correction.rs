//! An emergency correction as the manifest marks it.

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;
use warifu_values::text::is_plain;

use crate::names::is_date;

/// A small differential that both organisations made before the next official file (緊急訂正), and that no
/// official file contains yet. It is in the master's records; this is its mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The file that came in.
    pub file: String,
    /// SHA-256 of that file.
    pub sha256: Digest,
    /// Its day: `2026-06-08`.
    pub dated: String,
    /// Why it could not wait.
    pub reason: String,
    /// The records that it names, sorted; at least one.
    pub keys: Vec<String>,
}

impl Correction {
    pub(super) fn is_sound(&self) -> bool {
        let Correction { file, sha256: _, dated, reason, keys } = self;
        let ascending = keys.windows(2).all(|two| two[0] < two[1]);
        let texts = [file, reason].into_iter().chain(keys);
        !keys.is_empty() && ascending && is_date(dated) && texts.into_iter().all(|text| is_plain(text))
    }
}
