//! What an import asks of a file beyond its fields: does it belong to this series, on this day, on this base?
//!
//! A differential does not name its base, and one of another series applies without a complaint
//! (`y_20250415` of r07 on r06: 6,898 wrong prices). So the declared days decide, and what does not fit
//! counts.

use jiff::civil::Date;
use warifu_masters::change::differential::Applied;
use warifu_masters::finding::{Code, Finding};
use warifu_masters::schema::CHANGED_ON;
use warifu_masters::table::{Master, Role};

use super::config::{Config, Series};
use super::naming::day;

/// How long before a series' first day its files begin to appear. `s_20240306` came 87 days before
/// 2024-06-01.
const LEAD_DAYS: i32 = 120;

/// Why `file`, published on `dated`, does not look like one of the series called `name`; and, where its days
/// fit another declared series, which.
///
/// Changed records (class 5) that apply before the first day belong to the series before: `s_20240516` is r04
/// by 32 of 32. New ones (class 3) do not tell, since a code listed shortly before goes into both: the six of
/// `s_20240501` are in r06 too. A full published before the first day holds the state before the revision.
pub(super) fn series_doubt(
    config: &Config,
    name: &str,
    dated: Date,
    role: Role,
    file: &Master,
) -> Vec<Finding> {
    let doubt = |name: &str| doubt(config, name, dated, role, file);
    let Some(finding) = doubt(name) else { return Vec::new() };
    let holds = |series: &Series| series.kinds.contains(&file.layout().kind);
    let mut others = config.series.iter().filter(|(other, series)| *other != name && holds(series));
    let fits = others.find(|(other, _)| doubt(other).is_none());
    let fits = fits.map(|(other, _)| Finding::new(Code::ImportFits).found(other));
    std::iter::once(finding).chain(fits).collect()
}

fn doubt(config: &Config, name: &str, dated: Date, role: Role, file: &Master) -> Option<Finding> {
    let kind = &file.layout().kind;
    let first = config.series.get(name)?.effective.get(kind).copied();
    let last = config.last_day(name, kind);
    if let Some(last) = last
        && dated > last
    {
        return Some(Finding::new(Code::ImportAfterSeries).found(dated).expected(last));
    }
    if let Some(first) = first
        && first.since(dated).is_ok_and(|ahead| ahead.get_days() > LEAD_DAYS)
    {
        return Some(Finding::new(Code::ImportBeforeSeries).found(dated).expected(first));
    }
    let (changed, new) = days(file);
    if let Some(first) = first
        && (role == Role::Differential || dated >= first)
    {
        let before = changed.iter().filter(|day| **day < first).count();
        if before * 2 > changed.len() {
            let found = format!("{before}/{}", changed.len());
            return Some(Finding::new(Code::ImportOlderSeries).found(found).expected(first));
        }
    }
    if let Some(last) = last {
        let after = changed.iter().chain(&new).filter(|day| **day > last).count();
        let all = changed.len() + new.len();
        if after * 2 > all {
            let found = format!("{after}/{all}");
            return Some(Finding::new(Code::ImportNewerSeries).found(found).expected(last));
        }
    }
    None
}

/// The days that changed records (class 5) and new ones (class 3) apply from, where the rows say one. In a
/// master that is only published whole the classes say nothing of what came last.
fn days(file: &Master) -> (Vec<Date>, Vec<Date>) {
    let layout = file.layout();
    let (Some(class), Some(changed_on)) = (layout.change_class, layout.position(CHANGED_ON)) else {
        return (Vec::new(), Vec::new());
    };
    if layout.only_fulls {
        return (Vec::new(), Vec::new());
    }
    let of = |wanted: &[u8]| {
        let rows = (0..file.rows()).filter(|row| file.bytes(*row, class) == wanted);
        rows.filter_map(|row| day(file.field(row, changed_on))).collect()
    };
    (of(b"5"), of(b"3"))
}

/// More rows that do not fit than a right base gives: three, or two of a hundred.
pub(super) fn base_doubt(applied: &Applied, rows: usize) -> Option<Finding> {
    let misfits = applied.misfits();
    let allowed = (rows as u64 * 2 / 100).max(3);
    (misfits > allowed).then(|| {
        let counted = [Code::ApplyThreeOnExisting, Code::ApplyFiveOnMissing, Code::ApplyNineOnMissing];
        let counted: Vec<_> = counted
            .iter()
            .filter(|code| applied.findings.count(**code) > 0)
            .map(|code| format!("{code} {}", applied.findings.count(*code)))
            .collect();
        Finding::new(Code::ImportBase).found(misfits).expected(counted.join(", "))
    })
}
