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

/// What became of one master, in numbers.
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

/// What a release is beside the one that it follows: compared once, for every screen, page and document.
#[derive(Debug, Default)]
pub struct Comparison<'a> {
    /// What it judges differently.
    pub changed: Changed,
    /// Where to look first, riskiest first.
    pub risks: Vec<ReleaseRisk>,
    /// What became of each master, those that are left out at the end.
    pub masters: Vec<MasterChange>,
    /// The masters of the release before.
    before: &'a [Answers],
    /// Its own.
    answers: Vec<Answers>,
    /// Where each of `masters` stands in these two, and what of it differs.
    found: Vec<Found>,
}

/// A master by its place in either release.
#[derive(Debug)]
struct Found {
    before: Option<usize>,
    after: Option<usize>,
    /// What changed and where to look first, where anything did.
    reviewed: Option<(Vec<Change>, Vec<Risk>)>,
}

/// A master of either release.
#[derive(Debug)]
pub struct Compared<'a> {
    /// As it was; none where the release before did not have it.
    pub before: Option<&'a Answers>,
    /// As it is; none where it is left out.
    pub after: Option<&'a Answers>,
    /// What became of it.
    pub change: &'a MasterChange,
    /// What changed, and where to look first, where anything did.
    pub reviewed: Option<(Diff<'a>, &'a [Risk])>,
}

impl<'a> Comparison<'a> {
    /// Of the masters `answers`, which change so much, beside those `before`.
    pub fn of(before: &'a [Answers], answers: Vec<Answers>, changed: Changed) -> Comparison<'a> {
        let mut comparison = Comparison { changed, before, answers, ..Comparison::default() };
        let answers = &comparison.answers;
        for (at, after) in answers.iter().enumerate() {
            let place = before.iter().position(|before| is_same(before, after));
            let was = place.map(|place| &before[place]);
            let reviewed = was.and_then(|was| reviewed(was, after, answers));
            comparison.masters.push(MasterChange {
                master: after.name(),
                before: was.map(|was| was.state.rows()),
                after: Some(after.state.rows()),
                summary: reviewed.as_ref().map(|(diff, _)| diff.summary()),
            });
            let reviewed = reviewed.map(|(diff, risks)| {
                comparison.risks.extend(risks.iter().map(|risk| told(&after.name(), &diff, risk)));
                (diff.changes, risks)
            });
            comparison.found.push(Found { before: place, after: Some(at), reviewed });
        }
        for (at, gone) in before.iter().enumerate() {
            if !answers.iter().any(|new| is_same(gone, new)) {
                let (master, before) = (gone.name(), Some(gone.state.rows()));
                comparison.masters.push(MasterChange { master, before, after: None, summary: None });
                comparison.found.push(Found { before: Some(at), after: None, reviewed: None });
            }
        }
        comparison.risks.sort_by(|a, b| a.kind.cmp(&b.kind).then(b.records.cmp(&a.records)));
        comparison
    }

    /// The masters of the release.
    pub fn answers(&self) -> &[Answers] {
        &self.answers
    }

    /// Every master of either release, those that are left out at the end.
    pub fn each(&self) -> impl Iterator<Item = Compared<'_>> {
        self.masters.iter().zip(&self.found).map(|(change, Found { before, after, reviewed })| {
            let before = before.map(|at| &self.before[at]);
            let after = after.map(|at| &self.answers[at]);
            let sides = before.zip(after);
            let reviewed = reviewed.as_ref().zip(sides).map(|((changes, risks), (before, after))| {
                let diff = Diff { old: &before.state, new: &after.state, changes: changes.clone() };
                (diff, risks.as_slice())
            });
            Compared { before, after, change, reviewed }
        })
    }
}

/// What changed from `before` to `after`, which is one of `all`, and where to look first; none where nothing
/// did.
fn reviewed<'a>(
    before: &'a Answers,
    after: &'a Answers,
    all: &'a [Answers],
) -> Option<(Diff<'a>, Vec<Risk>)> {
    let diff = diff(&before.state, &after.state).ok().filter(|diff| !diff.changes.is_empty())?;
    let of_series = all.iter().filter(|other| other.series == after.series && other.kind != after.kind);
    let others: Vec<&Master> = of_series.map(|other| &other.state).collect();
    let risks = review(&diff, Scope::States { others: &others });
    Some((diff, risks))
}

fn is_same(one: &Answers, other: &Answers) -> bool {
    one.series == other.series && one.kind == other.kind
}

/// A risk in the changes of a master, as it is told of a release.
fn told(master: &str, diff: &Diff<'_>, risk: &Risk) -> ReleaseRisk {
    let first = risk.changes.iter().filter_map(|at| diff.changes.get(*at)).take(NAMED);
    let keys = first.map(|change| diff.key(*change).into_owned()).collect();
    let shown = if risk.kind.level() == Level::High { shown(diff, risk) } else { Vec::new() };
    ReleaseRisk { master: master.to_owned(), kind: risk.kind, records: risk.records(), keys, shown }
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
