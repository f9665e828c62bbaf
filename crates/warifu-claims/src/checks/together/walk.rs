//! The checks of procedures together are asked of a claim.

use super::asked::{Together, Told};
use super::list::TOGETHER;
use super::uses::Uses;
use crate::checks::cover::ends;
use crate::checks::report::{Place, Report};
use crate::file::Claim;
use crate::finding::When;
use crate::lookup::{By, Lookup, Snapshot};
use warifu_values::day::ClaimMonth;

/// Asks them of `claim`, where there are tables that judge its month.
pub(in crate::checks) fn judge_together(
    claim: &Claim<'_>,
    month: ClaimMonth,
    snapshot: &Snapshot,
    report: &mut Report<'_>,
) {
    let Some(tables) = snapshot.points_tables(month) else { return };
    let uses = Uses::of(claim);
    let together = Together { claim, month, uses: &uses, tables };
    let days = || Some(ends(month, 0));
    for check in TOGETHER.iter().filter(|check| check.about.judges.all(days)) {
        (check.ask)(&together, &mut |Told { wrong, of, when, series }| {
            let Some(item) = claim.items.get(of.item as usize) else { return };
            let on = match when {
                When::Day(day) => day,
                When::Month(month) => month.first(),
            };
            let name = match snapshot.procedure(of.number(), on) {
                Lookup::InForce(held) => Some(held.name),
                Lookup::Absent(_, by) => by.and_then(|by| by.name),
            };
            let place = Place {
                claim: claim.number,
                line: item.line,
                record: item.kind.record(),
                item: Some(of.code),
                when: Some(when),
                by: Some(By { series, name }),
            };
            report.take(&check.about, wrong, place);
        });
    }
}
