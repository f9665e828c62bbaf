//! What claim checks read of a master: where they cannot, no reason lets it pass, because every checker would
//! have to refuse what was signed.

use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::past::Timelines;
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, LISTED_ON};
use warifu_masters::table::Table;
use warifu_values::amount::{hundredths, number};
use warifu_values::day::day_or_none;

/// How a field is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// As a whole number of at most nine digits; blank is 0.
    Number,
    /// As a day of the calendar, none (blank, 0) or one that never comes (99999999).
    Day,
    /// As a decimal of at most two places; blank is 0.
    Hundredths,
    /// As the code of a procedure, a drug or a comment: nine digits.
    Procedure,
    /// As a group of the 電子点数表: up to seven letters and digits.
    Group,
}

impl Read {
    fn can(self, field: &[u8]) -> bool {
        match self {
            Read::Number => field.is_empty() || number(field).is_some(),
            Read::Day => day_or_none(field).is_some(),
            Read::Hundredths => hundredths(field).is_some(),
            Read::Procedure => is_code(field, 9),
            Read::Group => field.len() <= 7 && field.iter().all(u8::is_ascii_alphanumeric),
        }
    }

    fn says(self) -> &'static str {
        match self {
            Read::Number => "0-999999999",
            Read::Day => "YYYYMMDD, 0, 99999999",
            Read::Hundredths => "0.00",
            Read::Procedure => "000000001-999999999",
            Read::Group => "A000001",
        }
    }
}

/// The columns of a kind of master that claim checks read, by field id; its key they read as so many digits
/// as `key_digits` says.
pub fn columns(kind: &str) -> Option<&'static [(&'static str, Read)]> {
    const DAYS: [(&str, Read); 2] = [(CHANGED_ON, Read::Day), (ABOLISHED_ON, Read::Day)];
    const PROCEDURE: &[(&str, Read)] = &[
        DAYS[0],
        DAYS[1],
        ("point_kind", Read::Number),
        ("points", Read::Hundredths),
        ("step_lower_limit", Read::Number),
        ("step_upper_limit", Read::Number),
        ("step_value", Read::Number),
        ("step_points", Read::Hundredths),
    ];
    const LISTED: &[(&str, Read)] = &[DAYS[0], DAYS[1], (LISTED_ON, Read::Day)];
    const DRUG: &[(&str, Read)] =
        &[DAYS[0], DAYS[1], ("transition_or_use_limit_on", Read::Day), ("price", Read::Hundredths)];
    const MATERIAL: &[(&str, Read)] = &[DAYS[0], DAYS[1], ("price", Read::Hundredths)];
    match kind {
        "procedure" => Some(PROCEDURE),
        "drug" => Some(DRUG),
        "material" => Some(MATERIAL),
        "comment" => Some(&DAYS),
        "disease" | "former-disease" | "modifier" => Some(LISTED),
        _ => table_columns(kind),
    }
}

/// Those of the 電子点数表 and the コメント関連テーブル, whose keys are made of these columns.
fn table_columns(kind: &str) -> Option<&'static [(&'static str, Read)]> {
    const DAYS: [(&str, Read); 2] = [(CHANGED_ON, Read::Day), (ABOLISHED_ON, Read::Day)];
    const CODE: (&str, Read) = ("procedure_code", Read::Procedure);
    const AUXILIARY: &[(&str, Read)] = &[
        DAYS[0],
        DAYS[1],
        CODE,
        ("inclusion_unit_1", Read::Number),
        ("inclusion_group_1", Read::Group),
        ("inclusion_unit_2", Read::Number),
        ("inclusion_group_2", Read::Group),
        ("inclusion_unit_3", Read::Number),
        ("inclusion_group_3", Read::Group),
        ("inpatient_group", Read::Group),
    ];
    const EXCLUSION: &[(&str, Read)] = &[DAYS[0], DAYS[1], CODE, ("other_code", Read::Procedure)];
    const INCLUSION: &[(&str, Read)] = &[DAYS[0], DAYS[1], CODE, ("group", Read::Group)];
    const INPATIENT: &[(&str, Read)] =
        &[DAYS[0], DAYS[1], CODE, ("group", Read::Group), ("addition_class", Read::Number)];
    const COUNTS: &[(&str, Read)] =
        &[DAYS[0], DAYS[1], CODE, ("unit_code", Read::Number), ("max_times", Read::Number)];
    const RELATION: &[(&str, Read)] = &[
        DAYS[0],
        DAYS[1],
        ("notice_class", Read::Number),
        ("item_no", Read::Number),
        ("branch_no", Read::Number),
        CODE,
        ("comment_code", Read::Procedure),
        ("condition_class", Read::Number),
        ("not_billed_reason", Read::Number),
        ("inout_class", Read::Number),
        ("times", Read::Number),
    ];
    match kind {
        "points-auxiliary" => Some(AUXILIARY),
        "points-inclusion" => Some(INCLUSION),
        "points-exclusion-day"
        | "points-exclusion-month"
        | "points-exclusion-simultaneous"
        | "points-exclusion-week" => Some(EXCLUSION),
        "points-inpatient-basic" => Some(INPATIENT),
        "points-count-limit" => Some(COUNTS),
        "comment-relation" => Some(RELATION),
        _ => None,
    }
}

/// How many digits the keys have that claim checks read; none of the 電子点数表, whose keys are made of columns.
fn key_digits(kind: &str) -> Option<usize> {
    match kind {
        "disease" | "former-disease" => Some(7),
        "modifier" => Some(4),
        _ => table_columns(kind).is_none().then_some(9),
    }
}

/// Whether `field` is so many digits, and not all of them 0.
fn is_code(field: &[u8], digits: usize) -> bool {
    matches!(number(field), Some(1..)) && field.len() == digits
}

/// What claim checks could not read in superseded records: they judge their own days as the newest ones do.
pub fn superseded(timelines: &Timelines) -> Findings {
    let mut findings = Findings::new();
    for records in timelines.superseded_tables() {
        findings.extend(check(records, 0..records.rows()));
    }
    findings.without_lines()
}

/// What claim checks could not read in these rows of a master, or of records that were superseded.
pub fn check(records: &Table, rows: impl IntoIterator<Item = usize>) -> Findings {
    let mut findings = Findings::new();
    let layout = records.layout();
    let Some(columns) = columns(&layout.kind) else { return findings };
    let digits = key_digits(&layout.kind);
    let mut read = Vec::with_capacity(columns.len());
    for (id, how) in columns {
        match layout.position(id) {
            Some(column) => read.push((column, *how)),
            None => findings.push(Finding::new(Code::FieldUnreadable).found(layout.name()).expected(id)),
        }
    }
    for row in rows {
        let key = records.key(row);
        if let Some(digits) = digits.filter(|digits| !is_code(key.as_bytes(), *digits)) {
            let finding = Finding::new(Code::FieldUnreadable).line(records.line(row)).key(key.clone());
            let expected = format!("{:0digits$}-{}", 1, "9".repeat(digits));
            findings.push(finding.found(format!("\"{key}\"")).expected(expected));
        }
        for (column, how) in &read {
            if !how.can(records.bytes(row, *column)) {
                let found = format!("\"{}\"", records.field(row, *column));
                let finding = Finding::new(Code::FieldUnreadable)
                    .line(records.line(row))
                    .field(*column as u32 + 1, &layout.columns[*column].id)
                    .key(key.clone());
                findings.push(finding.found(found).expected(how.says()));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use warifu_masters::file::read_canonical;
    use warifu_masters::past::{Governs, TimelinesBuilder};
    use warifu_masters::schema::Schemas;
    use warifu_masters::table::Master;
    use warifu_masters::timeline::{Line, Row, Said};
    use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay};
    use warifu_values::judgement::PassedBy;

    #[test]
    fn what_is_not_readable_nobody_lets_pass() {
        let mut findings = Findings::new();
        findings.push(Finding::new(Code::FieldUnreadable).key("111000110"));
        let by = PassedBy::Repository;
        findings.pass_code(Code::FieldUnreadable, &by, "known");
        findings.pass_all(Code::FieldUnreadable.as_str(), &by, "known");
        findings.pass(|_| Some((by.clone(), "known".to_owned())));
        assert!(findings.denies() && findings.passed().is_empty());
    }

    /// A procedure from 2024-06-01 on, which another one supersedes a month later.
    fn superseded_by(old: &str, new: &str) -> Findings {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.editions("procedure").into_iter().next_back().unwrap();
        let procedure = |points: &str, changed_on: &str| -> Master {
            let mut fields = vec![""; layout.width()];
            for (id, value) in [("procedure_code", "111000110"), ("points", points), (CHANGED_ON, changed_on)]
            {
                fields[layout.column(id).unwrap()] = value;
            }
            let text = format!("{}\n{}\n", layout.canonical_header(), fields.join(","));
            read_canonical(&schemas, "procedure", text.into_bytes()).unwrap()
        };
        let governs = Governs { first: TreatmentDay::parse("20240601").unwrap(), last: None };
        let (old, new) = (procedure(old, "20240601"), procedure(new, "20240701"));
        let mut line = Line::new("r06", EffectiveDate::from_first(governs.first), governs.last);
        for (published, master) in [("20240520", &old), ("20240620", &new)] {
            let published = PublicationDay::parse(published).unwrap();
            line.push(Said { by: (), published, row: Some(Row::of(master, 0)) });
        }
        let mut timelines = TimelinesBuilder::new(governs, governs.first, &new);
        timelines.push("111000110", line);
        let timelines = timelines.finish();
        assert_eq!(timelines.superseded(), 1);
        superseded(&timelines)
    }

    #[test]
    fn a_superseded_record_is_read_as_the_newest_one_is() {
        assert!(superseded_by("288.00", "291.00").is_empty());
        let findings = superseded_by("2x", "291.00");
        let [finding] = findings.list() else { panic!("{} findings", findings.list().len()) };
        assert_eq!((finding.code, finding.key.as_deref()), (Code::FieldUnreadable, Some("111000110")));
        assert_eq!((finding.found.as_str(), finding.line), ("\"2x\"", None));
        assert!(findings.denies());
        // What is wrong with the newest record is not said of those before it.
        assert!(superseded_by("288.00", "2x").is_empty());
    }

    #[test]
    fn days_are_read_as_days() {
        for kind in ["procedure", "drug", "material", "comment"] {
            for (id, read) in columns(kind).unwrap() {
                assert_eq!(*read == Read::Day, id.ends_with("_on"), "{kind}: {id}");
            }
        }
    }

    #[test]
    fn blanks_and_days_that_never_come_are_readable() {
        let (dates, no_dates) = (["", "0", "99999999", "20240229"], ["5", "99999", "20240600", "20249999"]);
        for (read, right, wrong) in [
            (Read::Number, ["", "0", "99999999", "20240230"], ["x", "-1", "1234567890", "1.0"]),
            (Read::Day, dates, no_dates),
            (
                Read::Day,
                ["00000000", "20240601", "19000101", "99991231"],
                ["99", "7", "2024-6-1", "20230229"],
            ),
            (Read::Hundredths, ["", "0", "12.5", "1290.00"], ["x", "-1", "1.234", "1.2.3"]),
        ] {
            assert!(right.iter().all(|field| read.can(field.as_bytes())), "{read:?}");
            assert!(!wrong.iter().any(|field| read.can(field.as_bytes())), "{read:?}");
        }
    }
}
