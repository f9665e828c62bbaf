//! 電子点数表 (electronic points table): what holds within each of its tables.

use std::collections::HashMap;

use super::report::Report;
use warifu_values::amount::is_zero;

/// Each pair of an exclusion table stands there from both sides: with the class turned round, and the same
/// special condition and days. Told once a pair.
pub(super) fn pair(report: &mut Report<'_>) {
    let [one, other, class, special, from, to] = report.columns();
    let sides: HashMap<_, _> =
        report.rows().map(|row| ((report.bytes(row, one), report.bytes(row, other)), row)).collect();
    for row in report.rows() {
        let (code, excluded) = (report.bytes(row, one), report.bytes(row, other));
        let turned = match report.field(row, class) {
            "1" => "2",
            "2" => "1",
            both => both,
        };
        let holds = match sides.get(&(excluded, code)) {
            None => false,
            Some(back) => {
                let same = |column: usize| report.bytes(row, column) == report.bytes(*back, column);
                let agree = report.field(*back, class) == turned && [special, from, to].into_iter().all(same);
                code != excluded && (agree || code > excluded)
            }
        };
        let (code, excluded) = (report.field(row, one), report.field(row, other));
        let rest = |class: &str| {
            let rest = [special, from, to].map(|column| report.field(row, column)).join(" ");
            format!("{class} {rest}")
        };
        let (found, expected) = match holds {
            true => (String::new(), String::new()),
            false => (rest(report.field(row, class)), rest(turned)),
        };
        report.hold_found(row, class, holds, || {
            (format!("{code}-{excluded} {found}"), format!("{excluded}-{code} {expected}"))
        });
    }
}

/// A limit allows at least one.
pub(super) fn times(report: &mut Report<'_>) {
    let [times] = report.columns();
    for row in report.rows() {
        report.hold(row, times, !is_zero(report.bytes(row, times)), String::new);
    }
}

/// A unit of inclusion has a group, and a group a unit.
pub(super) fn inclusion(report: &mut Report<'_>) {
    let columns = report.columns.clone();
    for row in report.rows() {
        for pair in columns.chunks_exact(2) {
            let (unit, group) = (pair[0], pair[1]);
            let holds = is_zero(report.bytes(row, unit)) == is_zero(report.bytes(row, group));
            let master = report.master;
            report.hold(row, unit, holds, || master.field(row, group).to_owned());
        }
    }
}
