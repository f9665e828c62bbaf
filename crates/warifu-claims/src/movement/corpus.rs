//! The synthetic corpus: every code that a release says it changes, claimed around the days on which it does.
//!
//! Each code is claimed on the day before and after each boundary of its days, with the quantities at the
//! limits of its steps (of drugs and materials 1 and 10,000), by the points that either release gives; a
//! disease or a modifier is named in a claim of the month. All that goes as UKE bytes through the same
//! reader. It needs no traffic, and nobody sent it: nothing of it says how often a code is used. No claim
//! has two codes, or one of them twice: of what the points tables (電子点数表) say of codes together, nothing
//! turns here.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use warifu_masters::past::Days;
use warifu_values::day::TreatmentDay;

use super::bound::{Bound, Missing};
use super::explained::{Declared, Explained};
use super::institutions::Institution;
use super::movements::{Months, Movements};
use super::report::{Made, Report};
use super::weighing::{CodeVerdict, Verdict, Weighed};
use crate::checks::{points, points_of_drug, points_of_material};
use crate::file::ClaimFile;
use crate::item_code::{ItemCode, ItemKind};
use crate::lookup::{Lookup, Procedure, Snapshot};

/// Claims made at most; some 200,000 a second are judged by both. Codes beyond are told as left out.
const CLAIMS_LIMIT: u64 = 1_000_000;

/// What the synthetic corpus gave.
#[derive(Debug, Clone, Default)]
pub struct Synthetic {
    /// Claims of days that have been.
    past: Movements,
    /// Claims of days to come.
    future: Movements,
    /// Codes that were not claimed any more.
    codes_left_out: u64,
}

/// Judges the corpus of the codes in `changed` by both; the days before `past_before` are past, and
/// `declared` is what the newer says it changes.
pub fn synthetic(
    changed: impl IntoIterator<Item = (ItemKind, ItemCode, Vec<Days>)>,
    past_before: TreatmentDay,
    older: &Snapshot,
    newer: &Snapshot,
    declared: &Declared,
) -> Synthetic {
    synthetic_within(CLAIMS_LIMIT, changed, past_before, older, newer, declared)
}

/// The same of some `claims_limit` claims at most: no code is begun beyond.
pub(super) fn synthetic_within(
    claims_limit: u64,
    changed: impl IntoIterator<Item = (ItemKind, ItemCode, Vec<Days>)>,
    past_before: TreatmentDay,
    older: &Snapshot,
    newer: &Snapshot,
    declared: &Declared,
) -> Synthetic {
    let mut corpus = Synthetic::default();
    let nobody = Institution::of(None);
    for (kind, code, days) in changed {
        if corpus.claims() >= claims_limit {
            corpus.codes_left_out += 1;
            continue;
        }
        for day in around(&days) {
            // A comment is judged for its month, and so is a disease.
            let is_past = match kind {
                ItemKind::Comment | ItemKind::Disease | ItemKind::Modifier => {
                    day.month().last() < past_before
                }
                ItemKind::Procedure | ItemKind::Drug | ItemKind::Material => day < past_before,
            };
            let movements = if is_past { &mut corpus.past } else { &mut corpus.future };
            let file = ClaimFile::read(&claim_file(kind, code, day, older, newer));
            movements.take(&file, nobody, older, newer, declared);
        }
    }
    corpus
}

/// The days before and after each boundary of `days`.
fn around(days: &[Days]) -> BTreeSet<TreatmentDay> {
    let of = |days: &Days| {
        let last = days.last.map(|last| [last, last.after()]);
        [days.first.before(), days.first].into_iter().chain(last.into_iter().flatten())
    };
    days.iter().flat_map(of).collect()
}

/// What is recorded of an item in one claim.
struct Recorded {
    quantity: String,
    points: String,
    /// A CO's text.
    text: &'static str,
}

/// A claim file about one code on one day: a claim for each record of it that is worth asking.
fn claim_file(
    kind: ItemKind,
    code: ItemCode,
    day: TreatmentDay,
    older: &Snapshot,
    newer: &Snapshot,
) -> Vec<u8> {
    let month = day.as_number() / 100;
    let mut text = format!("IR,1,13,1,,,,{month},00,\n");
    let claims = recorded(kind, code, day, older, newer);
    for (at, of_claim) in claims.iter().enumerate() {
        let (number, blanks) = (at + 1, ",".repeat(34));
        let _ = writeln!(text, "RE,{number},1112,{month}{blanks}");
        let _ = writeln!(text, "{}", record(kind, code, day, of_claim));
    }
    let _ = writeln!(text, "GO,{},0,99", claims.len());
    text.into_bytes()
}

/// The record that names `code`.
fn record(kind: ItemKind, code: ItemCode, day: TreatmentDay, of_claim: &Recorded) -> String {
    let (id, on) = (kind.record(), day.as_number());
    let id = String::from_utf8_lossy(&id);
    match kind {
        ItemKind::Disease => format!("{id},{code},{on},1,,,,"),
        // Beside a disease without a code, so that nothing is judged but the modifier.
        ItemKind::Modifier => format!("{id},{},{on},1,{code},,,", ItemCode::UNCODED_DISEASE),
        ItemKind::Comment => format!("{id},80,1,{code},{}", of_claim.text),
        ItemKind::Procedure | ItemKind::Drug | ItemKind::Material => {
            // The days begin with field 14, and with field 18 of a TO; three fields are written before these.
            let before = if kind == ItemKind::Material { 13 } else { 9 };
            let mut fields = vec![String::new(); before + 31];
            fields[0].clone_from(&of_claim.quantity);
            fields[1].clone_from(&of_claim.points);
            fields[2] = "1".to_owned();
            fields[before + (on % 100) as usize - 1] = "1".to_owned();
            format!("{id},80,1,{code},{}", fields.join(","))
        }
    }
}

/// What the claims about one code record: each quantity at a limit, with the points that either release
/// gives.
fn recorded(
    kind: ItemKind,
    code: ItemCode,
    day: TreatmentDay,
    older: &Snapshot,
    newer: &Snapshot,
) -> Vec<Recorded> {
    match kind {
        ItemKind::Comment => {
            ["", "1"].map(|text| Recorded { quantity: String::new(), points: String::new(), text }).into()
        }
        ItemKind::Disease | ItemKind::Modifier => {
            vec![Recorded { quantity: String::new(), points: String::new(), text: "" }]
        }
        ItemKind::Drug => {
            let held = [older, newer].map(|snapshot| in_force(snapshot.drug(code.number(), day)));
            claimed(USED, &held, |facts, used| points_of_drug(facts, used?))
        }
        ItemKind::Material => {
            let held = [older, newer].map(|snapshot| in_force(snapshot.material(code.number(), day)));
            claimed(USED, &held, |facts, used| points_of_material(facts, used?))
        }
        ItemKind::Procedure => {
            let held = [older, newer].map(|snapshot| in_force(snapshot.procedure(code.number(), day)));
            claimed(quantities(&held), &held, points)
        }
    }
}

/// One of a drug or material, and so many that a hundredth of a yen more or less tells.
const USED: [Option<u32>; 2] = [Some(1), Some(10_000)];

fn in_force<F: Copy>(lookup: Lookup<'_, F>) -> Option<F> {
    match lookup {
        Lookup::InForce(held) => Some(*held.facts),
        Lookup::Absent(..) => None,
    }
}

/// Each of `quantities` claimed by the points that the records `held` give.
fn claimed<F>(
    quantities: impl IntoIterator<Item = Option<u32>>,
    held: &[Option<F>; 2],
    points: impl Fn(&F, Option<u32>) -> Option<u64>,
) -> Vec<Recorded> {
    let mut asked = BTreeSet::new();
    for quantity in quantities {
        let given = held.iter().flatten().filter_map(|facts| points(facts, quantity));
        // Where neither gives any, something must be claimed all the same.
        asked.extend(given.chain([1]).map(|points| (quantity, points)));
    }
    let text = |(quantity, points): (Option<u32>, u64)| Recorded {
        quantity: quantity.map(|quantity| quantity.to_string()).unwrap_or_default(),
        points: points.to_string(),
        text: "",
    };
    asked.into_iter().map(text).collect()
}

/// None, 0, 1, and each limit of the steps of either release with what is next to it.
fn quantities(held: &[Option<Procedure>; 2]) -> BTreeSet<Option<u32>> {
    let steps = held.iter().flatten().filter_map(|facts| facts.step);
    let limits = steps.flat_map(|step| [step.lower, step.upper]);
    let around = limits.flat_map(|limit| [limit.saturating_sub(1), limit, limit.saturating_add(1)]);
    [None, Some(0), Some(1)].into_iter().chain(around.map(Some)).collect()
}

impl Synthetic {
    fn claims(&self) -> u64 {
        self.past.seen.claims + self.future.seen.claims
    }

    /// Refused where a code is judged differently on a day that has been, and nothing that was signed
    /// explains it; inconclusive where codes were left out.
    pub fn verdict(&self) -> Verdict {
        match self.codes_left_out {
            _ if self.past.turned().any(|(.., months)| is_unexplained(months)) => Verdict::Refused,
            0 => Verdict::Passed,
            codes => Verdict::Inconclusive(vec![Missing::Claimed { codes }]),
        }
    }

    /// What was judged, and by which records.
    pub fn report(&self) -> Report {
        let mut all = self.past.clone();
        all.merge(&self.future);
        let at_fault: BTreeSet<(ItemKind, ItemCode)> = self
            .past
            .turned()
            .filter(|(.., months)| is_unexplained(months))
            .map(|(k, c, _)| (k, c))
            .collect();
        let of = |at_fault: bool| if at_fault { CodeVerdict::Fault } else { CodeVerdict::Explained };
        let codes: Vec<_> = all
            .turned()
            .map(|(kind, code, months)| (kind, code, of(at_fault.contains(&(kind, code))), months))
            .collect();
        let moved = self.past.turned().flat_map(|(.., months)| months.iter());
        let moved = moved.map(|(_, seen)| seen.turned(|way| way.explained == Explained::Not).0).sum();
        let bound = Bound { moved, uses: all.seen.judged };
        let turned: u64 = codes
            .iter()
            .flat_map(|(.., months)| months.iter())
            .map(|(_, seen)| seen.turned(|_| true).0)
            .sum();
        let weighed =
            Weighed { verdict: self.verdict(), bound, explained: turned.saturating_sub(moved), codes };
        let mut report = all.report_of(Made::Synthetic, weighed);
        report.codes_left_out = self.codes_left_out;
        report
    }
}

fn is_unexplained(months: &Months) -> bool {
    months.iter().any(|(_, seen)| seen.turned(|way| way.explained == Explained::Not).0 > 0)
}
