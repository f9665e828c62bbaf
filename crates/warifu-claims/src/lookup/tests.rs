use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::{Lookup, MasterOf, Snapshot, SnapshotError};
use crate::file::ItemKind;
use warifu_masters::file::read_canonical;
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, Schemas};
use warifu_masters::table::Master;
use warifu_rules::readable;
use warifu_values::day::{EffectiveDate, TreatmentDay};

/// A material master of (code, changed_on, abolished_on).
fn master(rows: &[(u32, u32, u32)]) -> Master {
    let schemas = Schemas::built_in().unwrap();
    let layout = schemas.editions("material").into_iter().next().unwrap();
    let mut text = layout.canonical_header() + "\n";
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows.dedup_by_key(|row| row.0);
    for (code, from, to) in rows {
        let mut fields = vec![String::new(); layout.width()];
        for (id, value) in [
            ("master_type", "T".to_owned()),
            ("material_code", format!("{code:09}")),
            ("name", format!("品{code}")),
            (CHANGED_ON, format!("{from:08}")),
            (ABOLISHED_ON, format!("{to:08}")),
        ] {
            fields[layout.column(id).unwrap()] = value;
        }
        writeln!(text, "{}", fields.join(",")).unwrap();
    }
    read_canonical(&schemas, "material", text.into_bytes()).unwrap()
}

/// A master of one record with these fields; the later value of a field holds.
fn record(schemas: &Schemas, kind: &str, values: &[(&str, &str)]) -> Master {
    let layout = schemas.editions(kind).into_iter().last().unwrap();
    let mut fields = vec![""; layout.width()];
    for (id, value) in values {
        fields[layout.column(id).unwrap()] = value;
    }
    let text = format!("{}\n{}\n", layout.canonical_header(), fields.join(","));
    read_canonical(schemas, kind, text.into_bytes()).unwrap()
}

fn build(masters: &[(&str, Option<&str>, &Master)]) -> Snapshot {
    let of = masters.iter().map(|(series, from, master)| MasterOf {
        series,
        kind: "material",
        effective_from: from.map(|from| EffectiveDate::parse(from).unwrap()),
        master,
    });
    Snapshot::build(&of.collect::<Vec<_>>()).unwrap()
}

/// The answer in words.
fn ask(snapshot: &Snapshot, code: u32, day: &str) -> String {
    match snapshot.material(code, TreatmentDay::parse(day).unwrap()) {
        Lookup::InForce(held) => format!("in force {}", held.series),
        Lookup::NotYetInForce { from, held } => format!("from {from} {}", held.series),
        Lookup::Abolished { last, .. } => format!("until {last}"),
        Lookup::Unknown => "unknown".to_owned(),
        Lookup::NotHeld => "not held".to_owned(),
    }
}

#[test]
fn the_series_of_the_day_decides() {
    let r04 = master(&[(711000110, 20220401, 20240531), (711000120, 20220401, 99999999)]);
    let r06 = master(&[(711000110, 20240601, 99999999), (711000130, 20240801, 99999999)]);
    let both = build(&[("r04", Some("2022-04-01"), &r04), ("r06", Some("2024-06-01"), &r06)]);
    assert_eq!(ask(&both, 711000110, "20240531"), "in force r04");
    assert_eq!(ask(&both, 711000110, "20240601"), "in force r06");
    // The new series does not list it any more: it ended with the old one.
    assert_eq!(ask(&both, 711000120, "20240531"), "in force r04");
    assert_eq!(ask(&both, 711000120, "20240601"), "until 20240531");
    assert_eq!(ask(&both, 711000130, "20240701"), "from 20240801 r06");
    assert_eq!(ask(&both, 711000130, "20240801"), "in force r06");
    assert_eq!(ask(&both, 711000199, "20240801"), "unknown");
    // Before any series: nothing is known of the day.
    assert_eq!(ask(&both, 711000110, "20211001"), "from 20220401 r04");
    assert_eq!(ask(&both, 711000199, "20211001"), "not held");

    let new_only = build(&[("r06", Some("2024-06-01"), &r06)]);
    assert_eq!(ask(&new_only, 711000110, "20240531"), "from 20240601 r06");
    let undeclared = build(&[("r04", None, &r04), ("r06", None, &r06)]);
    assert_eq!(ask(&undeclared, 711000110, "20240531"), "in force r04");
    assert_eq!(ask(&undeclared, 711000120, "20240601"), "in force r04");
}

#[test]
fn what_ended_says_its_last_day() {
    let snapshot = build(&[("r06", None, &master(&[(711000110, 20200401, 20230331), (711000120, 0, 0)]))]);
    assert_eq!(ask(&snapshot, 711000110, "20230331"), "in force r06");
    assert_eq!(ask(&snapshot, 711000110, "20230401"), "until 20230331");
    assert_eq!(ask(&snapshot, 711000110, "20200331"), "from 20200401 r06");
    assert_eq!(ask(&snapshot, 711000120, "19890101"), "in force r06");
}

#[test]
fn an_announced_end_holds_until_its_last_day() {
    // Class 9/1: changed_on is the day after abolished_on.
    let announced = master(&[(711000110, 20240701, 20240630)]);
    let snapshot = build(&[("r06", None, &announced)]);
    assert_eq!(ask(&snapshot, 711000110, "20240629"), "in force r06");
    assert_eq!(ask(&snapshot, 711000110, "20240630"), "in force r06");
    assert_eq!(ask(&snapshot, 711000110, "20240701"), "until 20240630");
    assert_eq!(ask(&snapshot, 711000110, "20250101"), "until 20240630");

    // The series' own first day still bounds it.
    let declared = build(&[("r06", Some("2024-06-01"), &announced)]);
    assert_eq!(ask(&declared, 711000110, "20240531"), "from 20240601 r06");
    assert_eq!(ask(&declared, 711000110, "20240601"), "in force r06");
}

#[test]
fn one_series_twice_is_refused() {
    let one = master(&[(711000110, 0, 0)]);
    let of = MasterOf { series: "r06", kind: "material", effective_from: None, master: &one };
    assert!(matches!(Snapshot::build(&[of, of]), Err(SnapshotError::Twice { .. })));
}

proptest! {
    /// The table and the search agree with looking at every row of every series.
    #[test]
    fn a_lookup_agrees_with_a_plain_search(
        series in proptest::collection::vec(
            (0u32..4, proptest::collection::vec((0u32..12, 0u32..6, 0u32..6), 1..12)), 1..4),
        code in 0u32..12,
        day in 0u32..6,
    ) {
        const DAYS: [u32; 6] = [20220401, 20220930, 20230401, 20240531, 20240601, 20250101];
        const FIRSTS: [&str; 4] = ["20220401", "20230401", "20240601", "20250101"];
        let code_of = |code: u32| 711_000_000 + code * 10;
        let mut firsts: Vec<u32> = series.iter().map(|(first, _)| *first).collect();
        firsts.sort_unstable();
        firsts.dedup();
        prop_assume!(firsts.len() == series.len());
        let masters: Vec<_> = series.iter().map(|(first, rows)| {
            let mut rows: Vec<_> = rows.iter().map(|(code, from, to)| {
                let to = if *to == 5 { 99_999_999 } else { DAYS[*to as usize] };
                (code_of(*code), DAYS[*from as usize], to)
            }).collect();
            rows.sort_unstable();
            rows.dedup_by_key(|row| row.0);
            let master = master(&rows);
            (format!("s{first}"), *first, rows, master)
        }).collect();
        let of: Vec<_> = masters
            .iter()
            .map(|(name, first, _, master)| (name.as_str(), Some(FIRSTS[*first as usize]), master))
            .collect();
        let snapshot = build(&of);
        let (code, day) = (code_of(code), DAYS[day as usize]);

        let governing = masters.iter()
            .filter(|(_, first, ..)| FIRSTS[*first as usize].parse::<u32>().unwrap() <= day)
            .max_by_key(|(_, first, ..)| *first);
        let row = |rows: &[(u32, u32, u32)]| rows.iter().find(|row| row.0 == code).copied();
        let covers = |(_, from, to): (u32, u32, u32)| (from <= day || from > to) && day <= to;
        let expected = match governing {
            Some((_, _, rows, _)) => row(rows).is_some_and(covers),
            None => false,
        };
        let known = masters.iter().any(|(_, _, rows, _)| row(rows).is_some());
        let answer = snapshot.material(code, TreatmentDay::parse(&day.to_string()).unwrap());
        prop_assert_eq!(matches!(answer, Lookup::InForce(_)), expected, "{:?}", answer);
        prop_assert_eq!(matches!(answer, Lookup::NotHeld), governing.is_none() && !known, "{:?}", answer);
        if !known && governing.is_some() {
            prop_assert!(matches!(answer, Lookup::Unknown));
        }
    }
}

/// What a checker reads is what the judge asks to be readable: a snapshot can be made of all that is let
/// pass, and nothing is refused that it could be made of.
#[test]
fn a_snapshot_reads_each_column_as_the_judge_asks_it_to_be_read() {
    let schemas = Schemas::built_in().unwrap();
    let fields = ["", "0", "7", "07", "12.5", "1290.00", "1.234", "-1", "x", "99999999", "1234567890"];
    let sound: &[(_, _, &[_])] = &[
        (ItemKind::Procedure, "procedure", &[("procedure_code", "111000110"), ("step_method", "1")]),
        (ItemKind::Drug, "drug", &[("drug_code", "620000001")]),
        (ItemKind::Material, "material", &[("material_code", "711000110")]),
        (ItemKind::Comment, "comment", &[("code_class", "8"), ("pattern", "20"), ("serial", "000001")]),
    ];
    for &(item, kind, sound) in sound {
        let judged = readable::columns(kind).unwrap().iter().map(|(id, _)| *id);
        let columns: BTreeSet<&str> = Snapshot::columns(item).into_iter().chain(judged).collect();
        for column in columns {
            for field in fields {
                let master = record(&schemas, kind, &[sound, &[(column, field)]].concat());
                let of = MasterOf { series: "r06", kind, effective_from: None, master: &master };
                let is_let_pass = !readable::check(&master, 0..1).denies();
                let is_read = Snapshot::build(&[of]).is_ok();
                assert_eq!(is_read, is_let_pass, "{kind}: {column} {field:?}");
            }
        }
    }
}
