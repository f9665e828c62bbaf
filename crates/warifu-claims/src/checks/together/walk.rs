//! The checks of procedures together are asked of a claim.

use super::asked::Together;
use super::list::TOGETHER;
use crate::checks::cover::ends;
use crate::checks::report::Report;
use crate::checks::uses::Uses;
use crate::file::Claim;
use crate::item_code::ItemKind;
use crate::lookup::Snapshot;
use warifu_values::day::ClaimMonth;

/// Asks them of `claim`, where there are tables that judge its month.
pub(in crate::checks) fn judge_together(
    claim: &Claim<'_>,
    month: ClaimMonth,
    snapshot: &Snapshot,
    uses: &mut Uses,
    report: &mut Report<'_>,
) {
    let Some(tables) = snapshot.points_tables(month) else { return };
    uses.fill(claim, |item, _| item.kind == ItemKind::Procedure);
    let together = Together { claim, month, uses, tables };
    let days = || Some(ends(month, 0));
    for check in TOGETHER.iter().filter(|check| check.about.judges.all(days)) {
        (check.ask)(&together, &mut |told| told.report(&check.about, claim, snapshot, report));
    }
}
