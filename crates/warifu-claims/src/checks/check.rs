//! A check: what it may say, what it is asked of, what it reads and where it comes from.

use crate::file::ItemKind;
use crate::finding::ClaimCode;

/// What a check is, for people and for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// What it may say. No other check says it.
    pub codes: &'static [ClaimCode],
    /// What it reads of the claim file: the record and its field, by the number and name of the layout.
    pub fields: &'static [&'static str],
    /// The columns of the master that it reads, by field id; empty when it asks no master.
    pub columns: &'static [&'static str],
    /// Where the rule is written.
    pub source: &'static str,
}

/// What a check is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedOf {
    /// The claim file as a whole.
    File,
    /// Each record, of whatever kind.
    Record,
    /// Each claim.
    Claim,
    /// Each item (or comment) of these kinds.
    Items(&'static [ItemKind]),
}

/// A check that is asked by `A`: a function of its subject.
pub(super) struct Check<A> {
    /// What it is.
    pub(super) about: About,
    /// The question.
    pub(super) ask: A,
}

/// The question of a check that reading answers by itself: what it says is kept with the file.
pub(super) struct ByReading(pub(super) AskedOf);
