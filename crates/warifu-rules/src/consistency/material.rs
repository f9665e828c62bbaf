//! 特定器材: prices by what was paid, transition days.

use super::report::{OPEN, Report};
use warifu_values::amount::is_zero;

/// Kinds 2 and 4 are priced by what was paid, so the master has no price.
pub(super) fn price_purchase(report: &mut Report<'_>) {
    let [kind, price] = report.columns();
    for row in report.rows() {
        if matches!(report.bytes(row, kind), b"2" | b"4") {
            report.hold(row, price, is_zero(report.bytes(row, price)), String::new);
        }
    }
}

/// A record in transition has no other end.
pub(super) fn transition_open(report: &mut Report<'_>) {
    let [transition, end] = report.columns();
    for row in report.rows() {
        if !is_zero(report.bytes(row, transition)) {
            let master = report.master;
            report
                .hold(row, transition, report.bytes(row, end) == OPEN, || master.field(row, end).to_owned());
        }
    }
}
