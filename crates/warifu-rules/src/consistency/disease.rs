//! 傷病名, 旧傷病名 and 修飾語: what is in use, what came in its place, and where a modifier stands.

use super::report::{OPEN, Report};

/// A disease in use names itself as the code in its place, or nobody while it is new.
pub(super) fn own_successor(report: &mut Report<'_>) {
    let [code, successor] = report.columns();
    for row in report.rows() {
        let (own, named) = (report.field(row, code), report.field(row, successor));
        report.hold(row, successor, named.is_empty() || named == own, || own.to_owned());
    }
}

/// A former disease names another code, where there is one.
pub(super) fn other_successor(report: &mut Report<'_>) {
    let [code, successor] = report.columns();
    for row in report.rows() {
        let own = report.field(row, code);
        report.hold(row, successor, report.field(row, successor) != own, || own.to_owned());
    }
}

/// What is listed here is in use: it has no last usable day.
pub(super) fn in_use(report: &mut Report<'_>) {
    let [end] = report.columns();
    for row in report.rows() {
        let ends = report.bytes(row, end);
        report.hold(row, end, ends == OPEN || ends.is_empty(), String::new);
    }
}

/// Modifiers of class 8 (接尾語) have codes from 8000 to 8999, and no others do.
pub(super) fn suffix(report: &mut Report<'_>) {
    let [code, class] = report.columns();
    for row in report.rows() {
        let is_suffix = report.bytes(row, class).get(1) == Some(&b'8');
        let own = report.field(row, code);
        report.hold(row, class, is_suffix == own.starts_with('8'), || own.to_owned());
    }
}
