//! The masters of a release beside those of the release that it follows: what changed in each, and where a
//! reviewer looks first.

use warifu_masters::change::diff::{Change, Diff, Summary, diff, field_or_blank};
use warifu_masters::table::Master;
use warifu_rules::review::{Level, Risk, RiskKind, Scope, review};

use super::past::{Answers, Changed};
use crate::field::{Beside, Field, Told};

/// How many records are named of each risk.
const NAMED: usize = 5;

/// How many are shown of a risk of which each is to be checked: as many as a screen may have room for.
const SHOWN: usize = 20;

/// One way in which changes of a master can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRisk {
    /// The master, `series/kind`.
    pub master: String,
    /// Which way.
    pub kind: RiskKind,
    /// How many records it concerns.
    pub records: usize,
    /// The keys of the riskiest.
    pub keys: Vec<String>,
    /// Of what is to be checked each, the riskiest as they were and are.
    pub shown: Vec<ShownRecord>,
}

/// A record that a risk concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRecord {
    /// Its key.
    pub key: String,
    /// What it is called; blank where its master has no names.
    pub name: String,
    /// The value that the risk is about, before and now, where it is about one.
    pub values: Option<[Told; 2]>,
}

/// What became of one master.
#[derive(Debug, Clone)]
pub struct MasterChange {
    /// The master, `series/kind`.
    pub master: String,
    /// How many records it had; none where the release before did not have it.
    pub before: Option<usize>,
    /// How many it has; none where it is left out.
    pub after: Option<usize>,
    /// What changed, where anything did.
    pub summary: Option<Summary>,
}

/// What a release is beside the one that it follows.
#[derive(Debug, Default)]
pub struct Comparison {
    /// What it judges differently.
    pub changed: Changed,
    /// Where to look first, riskiest first.
    pub risks: Vec<ReleaseRisk>,
    /// What became of each master, those that are left out at the end.
    pub masters: Vec<MasterChange>,
    /// Its masters.
    pub answers: Vec<Answers>,
}

/// A master that changed.
#[derive(Debug)]
pub struct Compared<'a> {
    /// As it was.
    pub before: &'a Answers,
    /// As it is.
    pub after: &'a Answers,
    /// What changed.
    pub diff: Diff<'a>,
    /// Where to look first, riskiest first.
    pub risks: Vec<Risk>,
}

/// The masters of `new` that changed against `old`, in their order.
pub fn compared<'a>(old: &'a [Answers], new: &'a [Answers]) -> Vec<Compared<'a>> {
    let mut found = Vec::new();
    for after in new {
        let Some(before) = old.iter().find(|before| is_same(before, after)) else { continue };
        let Ok(diff) = diff(&before.state, &after.state) else { continue };
        if diff.changes.is_empty() {
            continue;
        }
        let others: Vec<Master> = new
            .iter()
            .filter(|other| other.series == after.series && other.kind != after.kind)
            .map(|other| other.state.clone())
            .collect();
        let risks = review(&diff, Scope::States { others: &others });
        found.push(Compared { before, after, diff, risks });
    }
    found
}

impl Comparison {
    /// Of the masters `answers`, which change so much, beside the `old` ones.
    pub(super) fn of(old: &[Answers], answers: Vec<Answers>, changed: Changed) -> Comparison {
        let compared = compared(old, &answers);
        let risks = risks(&compared);
        let mut masters: Vec<MasterChange> = Vec::new();
        for after in &answers {
            let before = old.iter().find(|before| is_same(before, after));
            let with = compared.iter().find(|one| is_same(one.after, after));
            masters.push(MasterChange {
                master: after.name(),
                before: before.map(|before| before.state.rows()),
                after: Some(after.state.rows()),
                summary: with.map(|one| one.diff.summary()),
            });
        }
        for gone in old.iter().filter(|old| !answers.iter().any(|new| is_same(old, new))) {
            let (master, before) = (gone.name(), Some(gone.state.rows()));
            masters.push(MasterChange { master, before, after: None, summary: None });
        }
        drop(compared);
        Comparison { changed, risks, masters, answers }
    }
}

fn is_same(one: &Answers, other: &Answers) -> bool {
    one.series == other.series && one.kind == other.kind
}

/// The risks of all of them, riskiest first.
fn risks(compared: &[Compared<'_>]) -> Vec<ReleaseRisk> {
    let mut found = Vec::new();
    for Compared { after, diff, risks, .. } in compared {
        found.extend(risks.iter().map(|risk| {
            let first = risk.changes.iter().filter_map(|at| diff.changes.get(*at)).take(NAMED);
            let keys = first.map(|change| diff.key(*change).into_owned()).collect();
            let shown = if risk.kind.level() == Level::High { shown(diff, risk) } else { Vec::new() };
            ReleaseRisk { master: after.name(), kind: risk.kind, records: risk.records(), keys, shown }
        }));
    }
    found.sort_by(|a, b| a.kind.cmp(&b.kind).then(b.records.cmp(&a.records)));
    found
}

/// The riskiest records of one risk, with the values that it is about.
fn shown(diff: &Diff<'_>, risk: &Risk) -> Vec<ShownRecord> {
    let field = risk.column.and_then(|column| Some((column, Field::at(diff.layout(), column)?)));
    let of = |change: &Change| {
        let (old, new) = match *change {
            Change::Added { new } => (None, Some(new)),
            Change::Removed { old } => (Some(old), None),
            Change::Changed { old, new } => (Some(old), Some(new)),
        };
        let (old, new) = (old.map(|row| (diff.old, row)), new.map(|row| (diff.new, row)));
        let (master, row) = new.or(old)?;
        let told = |(column, field): &(usize, Field<'_>)| {
            [old, new].map(|record| {
                let value = record.map_or("", |(master, row)| field_or_blank(master, row, *column));
                field.told(value, Beside { record })
            })
        };
        Some(ShownRecord {
            key: master.key(row).into_owned(),
            name: master.label(row).to_owned(),
            values: field.as_ref().map(told),
        })
    };
    risk.changes.iter().filter_map(|at| diff.changes.get(*at)).take(SHOWN).filter_map(of).collect()
}
