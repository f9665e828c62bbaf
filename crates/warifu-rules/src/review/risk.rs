//! What a risk is, and the thresholds from which changes are one.

use warifu_masters::finding::{Code, Finding};
use warifu_masters::table::Master;

use super::kind::RiskKind;

/// Amounts that move by this factor, up or down, are likelier slips than decisions.
pub const TENFOLD: f64 = 10.0;
/// Amounts that move by this factor, up or down, are looked at one by one.
pub const LARGE: f64 = 1.5;
/// Amounts that move by this factor, up or down, are above what a revision moves on average.
pub const NOTABLE: f64 = 1.2;
/// The same change of one column in this many records is a mass change.
pub const SAME_CHANGE_RECORDS: usize = 30;
/// A column that changed in this share of the records that are in both states, however it changed.
pub const MANY_CHANGES_SHARE: f64 = 0.25;
/// Names whose pairs of neighbouring characters agree less than this (Dice) are names of different things.
pub const SAME_NAME: f64 = 0.3;

/// What the two sides of a diff are.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// Whole states. `others` are masters of other kinds that may name records of this one.
    States {
        /// In the state that goes with the newer side.
        others: &'a [&'a Master],
    },
    /// At least one is a differential: what is missing there was not removed, and the rules between records,
    /// references and the past use of a column cannot be judged.
    Parts,
}

/// One way in which changes can be wrong, and the records it concerns.
#[derive(Debug, Clone, PartialEq)]
pub struct Risk {
    /// Which way.
    pub kind: RiskKind,
    /// The column (from 0, in the diff's layout) that it is about, where it is about one.
    pub column: Option<usize>,
    /// The changes concerned, as positions in [`Diff::changes`](warifu_masters::change::diff::Diff::changes),
    /// riskiest first.
    pub changes: Vec<usize>,
    /// What else shows it.
    pub evidence: Evidence,
}

/// What shows a risk, beside the changes themselves.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// Nothing else is needed.
    Changes,
    /// The commonest change of the column.
    Commonest {
        /// Its value before.
        old: String,
        /// Its value now.
        new: String,
        /// In how many records.
        records: usize,
    },
    /// The values that are new, each with the number of changes that have it.
    Values(Vec<(String, usize)>),
    /// What each record gives as its amount before, in the order of the changes.
    Told(Vec<String>),
    /// The records that name a code that is gone.
    References(Vec<Reference>),
    /// The rule that is broken, and where: the first
    /// [`Findings::EXAMPLES`](warifu_masters::finding::Findings::EXAMPLES).
    Rule(Code, Vec<Finding>),
}

impl Risk {
    pub(super) fn of(kind: RiskKind, column: Option<usize>, changes: Vec<usize>) -> Option<Risk> {
        (!changes.is_empty()).then_some(Risk { kind, column, changes, evidence: Evidence::Changes })
    }

    /// How many records it concerns: those that changed, and for a broken rule those that break it.
    pub fn records(&self) -> usize {
        match &self.evidence {
            Evidence::Rule(_, findings) => findings.len(),
            _ => self.changes.len(),
        }
    }
}

/// A record that names another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The code that is named, and gone.
    pub code: String,
    /// The kind of master that the naming record is in.
    pub kind: String,
    /// The naming record's key.
    pub key: String,
    /// What people call it.
    pub label: String,
    /// The column that names the code.
    pub column: String,
}
