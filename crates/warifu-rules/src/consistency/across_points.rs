//! 電子点数表: its auxiliary table (補助マスターテーブル) against procedures, and the other tables against that.
//!
//! The auxiliary table has every procedure and names the tables it stands in, so the codes of those are
//! held against it alone. The tables are published together; where they were imported one after the other,
//! a few rows of one do not fit the other yet, so that warns only.

use std::collections::BTreeSet;

use super::across::Across;
use warifu_masters::table::Master;
use warifu_values::amount::is_zero;

/// The exclusion tables, each with its flag in the auxiliary table.
const EXCLUSIONS: [(&str, &str); 4] = [
    ("points-exclusion-day", "exclusion_day"),
    ("points-exclusion-month", "exclusion_month"),
    ("points-exclusion-simultaneous", "exclusion_simultaneous"),
    ("points-exclusion-week", "exclusion_week"),
];

/// The flag of the auxiliary table for the table of `kind`.
fn flag(kind: &str) -> &'static str {
    EXCLUSIONS.iter().find(|(table, _)| *table == kind).map_or("count_limited", |(_, flag)| flag)
}

/// The exclusion table that this one rather is, as far as the flags of the auxiliary table tell: the kind
/// of which fewer of its procedures lack the flag.
fn rather(table: &Master, auxiliary: &Master) -> Option<&'static str> {
    let own = &*table.layout().kind;
    let code = table.layout().position("procedure_code")?;
    let flags: Option<Vec<usize>> =
        EXCLUSIONS.iter().map(|(_, flag)| auxiliary.layout().position(flag)).collect();
    let flags = flags?;
    let mut lacking = [0_usize; EXCLUSIONS.len()];
    let is_next = |row: &usize| *row == 0 || table.bytes(*row - 1, code) != table.bytes(*row, code);
    for row in (0..table.rows()).filter(is_next) {
        let Some(target) = auxiliary.find(table.field(row, code)) else { continue };
        for (lacking, flag) in lacking.iter_mut().zip(&flags) {
            *lacking += usize::from(auxiliary.bytes(target, *flag) != b"1");
        }
    }
    let at = EXCLUSIONS.iter().position(|(kind, _)| *kind == own)?;
    let (best, fewest) = lacking.iter().enumerate().min_by_key(|(_, lacking)| **lacking)?;
    (*fewest < lacking[at]).then(|| EXCLUSIONS[best].0)
}

/// An exclusion table is the one that it is said to be. Asked once a table.
pub(super) fn kind(across: &mut Across<'_>) {
    let [table, auxiliary] = across.masters[..] else { return };
    let Some(mut report) = across.report(table) else { return };
    let [code] = report.columns();
    let rather = rather(table, auxiliary);
    if table.rows() > 0 {
        report.hold_found(0, code, rather.is_none(), || {
            (table.layout().kind.clone(), rather.unwrap_or_default().to_owned())
        });
    }
    across.take(report);
}

/// The procedure of the auxiliary table is in the procedure master.
pub(super) fn procedure(across: &mut Across<'_>) {
    across.references(|report, row, target, _| {
        let [code] = report.columns();
        report.hold(row, code, target.is_some(), String::new);
    });
}

/// A procedure that stands in a table has its flag. Asked once a procedure, and not where the table is
/// another one than was said.
pub(super) fn flagged(across: &mut Across<'_>) {
    let [table, auxiliary] = across.masters[..] else { return };
    let flag = flag(&table.layout().kind);
    let Some(column) = auxiliary.layout().position(flag) else { return };
    if rather(table, auxiliary).is_some() {
        return;
    }
    across.references(|report, row, target, auxiliary| {
        let [code] = report.columns();
        if row == 0 || report.bytes(row - 1, code) != report.bytes(row, code) {
            let holds = target.is_some_and(|target| auxiliary.bytes(target, column) == b"1");
            report.hold(row, code, holds, || flag.to_owned());
        }
    });
}

/// A procedure that has the flag of a table stands there.
pub(super) fn listed(across: &mut Across<'_>) {
    let [auxiliary, table] = across.masters[..] else { return };
    let Some(mut report) = across.report(auxiliary) else { return };
    let [flag, code] = report.columns();
    let there: BTreeSet<&str> = values(table, "procedure_code").collect();
    for row in report.rows().filter(|row| auxiliary.bytes(*row, flag) == b"1") {
        let code = auxiliary.field(row, code);
        report.hold_found(row, flag, there.contains(code), || (code.to_owned(), table.layout().kind.clone()));
    }
    across.take(report);
}

/// A group that the auxiliary table names has members.
pub(super) fn group_listed(across: &mut Across<'_>) {
    let [auxiliary, table] = across.masters[..] else { return };
    let Some(mut report) = across.report(auxiliary) else { return };
    let there: BTreeSet<&str> = values(table, "group").collect();
    for column in report.columns.clone() {
        for row in report.rows().filter(|row| !is_zero(auxiliary.bytes(*row, column))) {
            let group = auxiliary.field(row, column);
            let evidence = || (group.to_owned(), table.layout().kind.clone());
            report.hold_found(row, column, there.contains(group), evidence);
        }
    }
    across.take(report);
}

/// A group that has members is named by the auxiliary table. Asked once a group.
pub(super) fn group_known(across: &mut Across<'_>) {
    let [table, auxiliary] = across.masters[..] else { return };
    let Some(mut report) = across.report(table) else { return };
    let ids = match &*table.layout().kind {
        "points-inclusion" => &["inclusion_group_1", "inclusion_group_2", "inclusion_group_3"][..],
        _ => &["inpatient_group"],
    };
    let named: BTreeSet<&str> = ids.iter().flat_map(|id| values(auxiliary, id)).collect();
    let [group] = report.columns();
    let mut last = None;
    for row in report.rows() {
        let here = report.field(row, group);
        if last.replace(here) != Some(here) {
            report.hold(row, group, named.contains(here), || ids[0].to_owned());
        }
    }
    across.take(report);
}

/// The values of a column; none where the edition lacks it.
fn values<'a>(master: &'a Master, id: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let column = master.layout().position(id);
    column.into_iter().flat_map(move |column| (0..master.rows()).map(move |row| master.field(row, column)))
}
