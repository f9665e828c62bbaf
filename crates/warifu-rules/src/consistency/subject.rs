//! What a rule is asked of, and what came of it.

use std::collections::BTreeMap;

use warifu_masters::change::diff::Diff;
use warifu_masters::finding::Findings;
use warifu_masters::table::Master;

/// What a rule is asked of.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// One master, whole: a full file or a state.
    Master(&'a Master),
    /// The masters of one series together, each of another kind.
    Masters(&'a [&'a Master]),
    /// Two states of one master, one after the other.
    Versions(&'a Diff<'a>),
}

/// How many subjects (mostly records) a rule was asked of, and what it found, by kind of master.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many it was asked of; those that break it included.
    pub asked: u64,
    /// What it found in the master of each kind.
    pub findings: BTreeMap<String, Findings>,
}
