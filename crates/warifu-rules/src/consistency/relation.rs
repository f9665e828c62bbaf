//! コメント関連: conditions under which a comment is asked for.

use super::report::Report;
use warifu_values::amount::is_zero;

/// Condition 2 (inpatient or outpatient only) is where there is an inpatient class; condition 3 (billed several
/// times) has a count.
pub(super) fn condition(report: &mut Report<'_>) {
    let [condition, inout, times] = report.columns();
    for row in report.rows() {
        let class = report.field(row, condition).trim_start_matches('0');
        let by_place = !is_zero(report.bytes(row, inout));
        let holds = (class == "2") == by_place && (class != "3" || !is_zero(report.bytes(row, times)));
        let (place, count) = (report.field(row, inout), report.field(row, times));
        report.hold(row, condition, holds, || format!("{place}, {count}"));
    }
}
