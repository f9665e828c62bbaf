use std::collections::BTreeSet;

use warifu_masters::file::read_canonical;
use warifu_masters::past::{Governs, MasterOf, Timelines};
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, Schemas};
use warifu_masters::table::Master;
use warifu_rules::readable;
use warifu_values::day::{ClaimMonth, PublicationDay, TreatmentDay};

use super::Within;
use crate::lookup::Snapshot;

fn day(text: &str) -> TreatmentDay {
    TreatmentDay::parse(text).unwrap()
}

fn master(kind: &str, records: &[&[(&str, &str)]]) -> Master {
    let schemas = Schemas::built_in().unwrap();
    let layout = schemas.editions(kind)[0];
    let mut text = layout.canonical_header() + "\n";
    for record in records {
        let mut fields = vec![""; layout.width()];
        record.iter().for_each(|(id, value)| fields[layout.column(id).unwrap()] = value);
        text.push_str(&(fields.join(",") + "\n"));
    }
    read_canonical(&schemas, kind, text.into_bytes()).unwrap()
}

fn built(series: &str, governs: Governs, master: &Master) -> Option<Snapshot> {
    let timelines = Timelines::of_state(governs, PublicationDay::parse("20240520").unwrap(), master);
    let kind = &master.layout().kind;
    Snapshot::build(&[MasterOf { series, kind, master, timelines: &timelines }]).ok()
}

/// Whoever signs is told of each field that no checker could read.
#[test]
fn a_snapshot_reads_the_points_tables_as_the_judge_asks_them_to_be_read() {
    let sound: &[(&str, &str)] = &[
        ("procedure_code", "111000110"),
        ("other_code", "112000110"),
        ("comment_code", "820000001"),
        ("group", "A000001"),
        ("unit_code", "121"),
    ];
    let fields =
        ["", "0", "7", "000", "A000001", "A0000012", "111000110", "000000000", "-1", "x y", "99999999"];
    let governs = Governs { first: day("20240601"), last: None };
    for (kind, columns) in Snapshot::table_columns() {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.editions(kind)[0];
        let sound: Vec<_> = sound.iter().copied().filter(|(id, _)| layout.position(id).is_some()).collect();
        let judged = readable::columns(kind).unwrap().iter().map(|(id, _)| *id);
        for column in columns.iter().copied().chain(judged).collect::<BTreeSet<_>>() {
            for field in fields {
                let record = [&sound[..], &[(column, field)]].concat();
                let one = master(kind, &[&record]);
                let is_read = built("r06", governs, &one).is_some();
                let is_let_pass = !readable::check(&one, 0..1).denies();
                let by_timelines = [CHANGED_ON, ABOLISHED_ON].contains(&column);
                assert!(is_read == is_let_pass || by_timelines && is_read, "{kind}: {column} {field:?}");
            }
        }
    }
}

/// A row holds from its 新設年月日 to its 廃止年月日, inside the days that its series governs.
#[test]
fn a_row_holds_on_its_own_days_inside_those_of_its_series() {
    let pair = |other: &'static str, from: &'static str, to: &'static str| {
        [
            ("procedure_code", "111000110"),
            ("other_code", other),
            ("exclusion_class", "3"),
            ("special_condition", "0"),
            (CHANGED_ON, from),
            (ABOLISHED_ON, to),
        ]
    };
    let pairs = [
        pair("112000110", "20100401", "99999999"),
        pair("113000110", "20240615", "99999999"),
        pair("114000110", "20100401", "20240610"),
    ];
    let master = master("points-exclusion-week", &[&pairs[0], &pairs[1], &pairs[2]]);
    let governs = Governs { first: day("20240601"), last: Some(day("20240630")) };
    let snapshot = built("r06", governs, &master).unwrap();
    assert_eq!(snapshot.points_rows(), 3);
    let month = |text: &str| ClaimMonth::parse(text.as_bytes()).unwrap();
    let tables = snapshot.points_tables(month("202406")).unwrap();
    let standing = tables.exclusions[Within::AWeek as usize].unwrap();
    assert_eq!(&**standing.series, "r06");
    let rows = standing.table.about(111_000_110).iter();
    let days: Vec<_> = rows.map(|row| (row.other, row.days.of_month(month("202406")))).collect();
    let june = 0x3FFF_FFFF;
    let expected = [(112_000_110, june), (113_000_110, june << 14 & june), (114_000_110, 0x3FF)];
    assert_eq!(days, expected);
    assert!(standing.table.about(112_000_110).is_empty());
    // No table judges a month that the series does not govern.
    for other in ["202405", "202407"] {
        assert!(snapshot.points_tables(month(other)).unwrap().exclusions.iter().all(Option::is_none));
    }
    assert!(Snapshot::default().points_tables(month("202406")).is_none());
}
