//! Whose a finding about a unit (点数・回数算定単位) is, where two snapshots say different things of it.
//!
//! It is told of the last record, which carries the points. But what moved it is whatever record of the unit
//! the snapshots differ in: that is the code to weigh, and to look for among what a release declares.

use warifu_values::day::{ClaimMonth, TreatmentDay};

use crate::checks::is_of_unit;
use crate::file::{Claim, Item, ItemCode, ItemKind};
use crate::finding::{ClaimCode, ClaimFinding};
use crate::lookup::{Lookup, Snapshot};

/// Records that findings are given to in one claim; no real claim comes near.
const MOST: usize = 1 << 16;

/// Gives what is said of units to the records that `older` and `newer` differ in, where the two lists, which
/// stand in the order of lines, differ about the unit and there is such a record.
pub(super) fn attribute(
    claim: &Claim<'_>,
    (older, newer): (&Snapshot, &Snapshot),
    old: &mut Vec<ClaimFinding>,
    new: &mut Vec<ClaimFinding>,
) {
    let Some(month) = claim.month else { return };
    let (mut moves, mut left) = (Vec::new(), MOST);
    for unit in claim.units() {
        let Some(last) = unit.end else { continue };
        if unit.items.len() < 2 || said(old, last.line) == said(new, last.line) {
            continue;
        }
        let differ = unit.items.iter().filter(|item| differs(item, month, older, newer));
        let differ: Vec<(u32, ItemCode)> =
            differ.filter_map(|item| item.code.map(|code| (item.line, code))).collect();
        if !differ.is_empty() && differ.len() <= left {
            left -= differ.len();
            moves.push((last.line, differ));
        }
    }
    give(old, &moves);
    give(new, &moves);
}

/// What is said of the unit that ends at `line`.
fn said(findings: &[ClaimFinding], line: u32) -> Option<(ClaimCode, &str)> {
    of_unit(findings, line).map(|at| (findings[at].code, &*findings[at].expected))
}

/// Where the finding about the unit that ends at `line` stands, among findings in the order of lines.
fn of_unit(findings: &[ClaimFinding], line: u32) -> Option<usize> {
    let from = findings.partition_point(|finding| finding.line < line);
    let of_line = findings[from..].iter().take_while(|finding| finding.line == line);
    of_line.enumerate().find(|(_, finding)| is_of_unit(finding.code)).map(|(at, _)| from + at)
}

/// Makes the finding about each unit, by the line where it ends, one of each of its records that are named.
fn give(findings: &mut Vec<ClaimFinding>, moves: &[(u32, Vec<(u32, ItemCode)>)]) {
    let (mut gone, mut given) = (Vec::new(), Vec::new());
    for (line, records) in moves {
        let Some(at) = of_unit(findings, *line) else { continue };
        gone.push(at);
        for (line, code) in records {
            let (item, finding) = (Some(code.number()), &findings[at]);
            let name = finding.name.clone().filter(|_| finding.item == item);
            given.push(ClaimFinding { line: *line, item, name, ..finding.clone() });
        }
    }
    let mut at = 0..;
    findings.retain(|_| at.next().is_none_or(|at: usize| gone.binary_search(&at).is_err()));
    findings.extend(given);
}

/// Whether both have different records of `item` in force on some day of it.
fn differs(item: &Item, month: ClaimMonth, older: &Snapshot, newer: &Snapshot) -> bool {
    let Some(code) = item.code.map(ItemCode::number) else { return false };
    let on = |day| match item.kind {
        ItemKind::Procedure => are_other(older.procedure(code, day), newer.procedure(code, day)),
        ItemKind::Drug => are_other(older.drug(code, day), newer.drug(code, day)),
        ItemKind::Material => are_other(older.material(code, day), newer.material(code, day)),
        ItemKind::Comment => false,
    };
    let days = if item.days == 0 { u32::MAX } else { item.days };
    let mut days = (1..=month.days()).filter(|day| days & 1 << (day - 1) != 0);
    days.any(|day| month.day(day).is_some_and(|day: TreatmentDay| on(day)))
}

fn are_other<F: PartialEq>(old: Lookup<'_, F>, new: Lookup<'_, F>) -> bool {
    match (old, new) {
        (Lookup::InForce(old), Lookup::InForce(new)) => old.facts != new.facts,
        (Lookup::Absent(old, _), Lookup::Absent(new, _)) => old != new,
        _ => true,
    }
}
