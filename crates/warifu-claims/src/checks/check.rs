//! A check: what it may say, what it is asked of, what it reads and where it comes from.

use crate::finding::ClaimCode;
use crate::item_code::ItemKind;
use warifu_values::day::TreatmentDay;

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
    /// The treatment days that it judges.
    pub judges: Judges,
}

/// The treatment days that a check judges: a rule that began on a day says nothing of claims before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judges {
    /// All of them, and what has no treatment day: the rule is as old as claim files are, or began on a day
    /// that no source at hand tells.
    Always,
    /// Those from the first to the last.
    Days {
        /// The first.
        first: TreatmentDay,
        /// The last; none when it judges until further notice.
        last: Option<TreatmentDay>,
    },
}

impl Judges {
    /// Whether every day from the first to the last of `days` is judged; they are asked for only where that
    /// decides.
    #[inline]
    pub(super) fn all(self, days: impl FnOnce() -> Option<(TreatmentDay, TreatmentDay)>) -> bool {
        match self {
            Judges::Always => true,
            Judges::Days { first, last } => {
                days().is_some_and(|(from, to)| first <= from && last.is_none_or(|last| to <= last))
            }
        }
    }
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
    /// Each payer of a claim (HO, KO).
    Payer,
    /// Each item, comment, disease or modifier of these kinds.
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
