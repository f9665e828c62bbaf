//! The checks of comments that are due are asked of a claim.

use super::asked::Wanting;
use super::list::COMMENTS_DUE;
use crate::checks::cover::ends;
use crate::checks::report::Report;
use crate::checks::uses::Uses;
use crate::file::Claim;
use crate::lookup::Snapshot;
use warifu_values::day::ClaimMonth;

/// Asks them of `claim`, where there is a table that judges its month.
pub(in crate::checks) fn judge_comments_due(
    claim: &Claim<'_>,
    month: ClaimMonth,
    snapshot: &Snapshot,
    uses: &mut Uses,
    report: &mut Report<'_>,
) {
    let Some(relations) = snapshot.relations(month) else { return };
    let wanting = Wanting::new(claim, month, snapshot, relations);
    let days = || Some(ends(month, 0));
    for check in COMMENTS_DUE.iter().filter(|check| check.about.judges.all(days)) {
        (check.ask)(&wanting, uses, &mut |told| told.report(&check.about, claim, snapshot, report));
    }
}
