//! What a judgement rests on, and what was let pass: words that signed manifests and the judge have in
//! common.

use serde::{Deserialize, Serialize};

/// What a state of a master was made of. It decides which fields may be blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Basis {
    /// A full file as it was published.
    Full,
    /// A full file, and differentials on it.
    Differentials {
        /// How many columns the full has: what wider differentials brought since may be blank.
        full_columns: u32,
    },
}

/// Who let a finding pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum PassedBy {
    /// The layout: a known fault of published files, the same for everybody.
    Layout,
    /// The repository's `warifu.toml`.
    Repository,
    /// Whoever imported the file of this name, by accepting the finding.
    Import(String),
}

/// A finding that refuses data and was let pass, with the reason. It is signed with the release, so that a
/// checker lets pass what both organisations did, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetPass {
    /// The finding's name: a code (`set/price-zero`) or the id of a site's rule.
    pub finding: String,
    /// The keys of the records, sorted; none means every record.
    pub keys: Vec<String>,
    /// Who.
    pub by: PassedBy,
    /// Why, in their words.
    pub reason: String,
}

/// Changes of days that have been, accepted by their class: with a reason, and with what says so outside of
/// this repository. It is signed with the release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedPast {
    /// The class (`procedure/name_kanji`).
    pub class: String,
    /// How many changes of it there are: others need another acceptance.
    pub entries: u64,
    /// Why, in their words.
    pub reason: String,
    /// What it rests on: the number of a notice.
    pub source: String,
}
