//! What two snapshots judge differently, summed over claim files: claims, institutions, codes and points, by
//! how they turned.

use std::collections::{BTreeMap, BTreeSet};

use warifu_values::day::TreatmentDay;

use super::institutions::Institution;
use super::judged_again::{FileImpact, TurnedUse};
use super::record_behind::RecordBehind;
use super::turn::Turn;
use crate::item_code::{ItemCode, ItemKind};

/// What turned in one way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TurnSum {
    /// Uses of codes.
    pub uses: u64,
    /// Claims with at least one.
    pub claims: u64,
    /// Points claimed for them, times counted; a unit with several such uses counts once.
    pub points: u64,
}

/// What turned of one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeImpact {
    /// Its name in the master.
    pub name: String,
    /// How many uses turned each way.
    pub turns: BTreeMap<Turn, u64>,
    /// Claims with at least one.
    pub claims: u64,
    /// Points claimed for its uses.
    pub points: u64,
    /// The first day on which it was seen.
    pub day: TreatmentDay,
    /// The record in force on that day before.
    pub before: Option<RecordBehind>,
    /// The record in force on that day after.
    pub after: Option<RecordBehind>,
    institutions: BTreeSet<Institution>,
}

impl CodeImpact {
    /// How many institutions use it so.
    pub fn institutions(&self) -> u64 {
        self.institutions.len() as u64
    }

    /// How many uses turned.
    pub fn uses(&self) -> u64 {
        self.turns.values().sum()
    }
}

/// What two snapshots judge differently in many claim files.
#[derive(Debug, Clone, Default)]
pub struct Impact {
    /// Claim files judged.
    pub files: u64,
    /// Claims in them.
    pub claims: u64,
    /// Claims that no release judges: their month cannot be read.
    pub without_month: u64,
    /// Claims with more findings than are compared.
    pub not_compared: u64,
    /// Uses of codes.
    pub uses: u64,
    /// Claims that must be judged again.
    pub turned_claims: u64,
    /// Uses that turned, each way.
    pub turns: BTreeMap<Turn, TurnSum>,
    /// The codes that turned.
    pub codes: BTreeMap<(ItemKind, ItemCode), CodeImpact>,
    institutions: BTreeSet<Institution>,
    turned_institutions: BTreeSet<Institution>,
}

impl Impact {
    /// Takes in a file of `institution`.
    pub fn take(&mut self, institution: Institution, file: &FileImpact) {
        self.files += 1;
        self.claims += file.claims;
        self.without_month += file.without_month;
        self.not_compared += file.not_compared.len() as u64;
        self.uses += file.uses;
        self.institutions.insert(institution);
        for claim in file.turned.chunk_by(|one, next| one.claim_line == next.claim_line) {
            self.turned_claims += 1;
            self.take_claim(institution, claim);
        }
    }

    fn take_claim(&mut self, institution: Institution, turned: &[TurnedUse]) {
        self.turned_institutions.insert(institution);
        let (mut turns, mut codes) = (BTreeSet::new(), BTreeSet::new());
        let (mut units, mut units_of_code) = (BTreeSet::new(), BTreeSet::new());
        for one in turned {
            let code = (one.kind, one.code);
            let sum = self.turns.entry(one.turn).or_default();
            sum.uses += 1;
            sum.claims += u64::from(turns.insert(one.turn));
            let of = self.codes.entry(code).or_insert_with(|| CodeImpact {
                name: one.name.clone(),
                turns: BTreeMap::new(),
                claims: 0,
                points: 0,
                day: one.day,
                before: one.record_before.clone(),
                after: one.record_after.clone(),
                institutions: BTreeSet::new(),
            });
            *of.turns.entry(one.turn).or_default() += 1;
            of.claims += u64::from(codes.insert(code));
            of.institutions.insert(institution);
            if one.day < of.day {
                of.day = one.day;
                of.before.clone_from(&one.record_before);
                of.after.clone_from(&one.record_after);
            }
            if let Some(unit) = one.unit {
                let points = |is_new: bool| if is_new { unit.claimed() } else { 0 };
                sum.points += points(units.insert((one.turn, unit.line)));
                of.points += points(units_of_code.insert((code, unit.line)));
            }
        }
    }

    /// How many institutions sent them.
    pub fn institutions(&self) -> u64 {
        self.institutions.len() as u64
    }

    /// How many institutions have a claim that must be judged again.
    pub fn turned_institutions(&self) -> u64 {
        self.turned_institutions.len() as u64
    }

    /// What turned in one way.
    pub fn of(&self, turn: Turn) -> TurnSum {
        self.turns.get(&turn).copied().unwrap_or_default()
    }
}
