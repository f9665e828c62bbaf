//! Masters of a few codes and claims of several institutions: what each fault and each sound change comes to.

use std::fmt::Write as _;

use warifu_masters::file::read_canonical;
use warifu_masters::past::{Change, Cover, Days, Governs, Timelines, What};
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, Schemas};
use warifu_masters::table::Master;
use warifu_values::day::{PublicationDay, TreatmentDay};
use warifu_values::lang::{Lang, Speak as _};

use super::corpus::synthetic_within;
use super::*;
use crate::file::ClaimFile;
use crate::item_code::{ItemCode, ItemKind};
use crate::lookup::{MasterOf, Snapshot};

mod judged_again;
mod made_claims;
mod sways;
mod verdicts;

/// 初診料, 再診料 and two that are rarer.
const CODES: [u32; 4] = [111_000_110, 112_007_410, 113_001_810, 120_002_910];

const ENOUGH: Enough = Enough { files: 3, institutions: 2, uses: 10 };

type Row = (u32, u32, u32, u32);

/// A procedure master of (code, points, first day, last day).
fn procedures(rows: &[Row]) -> Master {
    let schemas = Schemas::built_in().unwrap();
    let layout = schemas.editions("procedure").into_iter().next().unwrap();
    let mut text = layout.canonical_header() + "\n";
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    for (code, points, from, to) in rows {
        let mut fields = vec![String::new(); layout.width()];
        for (id, value) in [
            ("master_type", "S".to_owned()),
            ("procedure_code", format!("{code:09}")),
            ("short_name", format!("診療{code}")),
            ("point_kind", "3".to_owned()),
            ("points", format!("{points}.00")),
            ("step_method", "0".to_owned()),
            ("bundled_test", "0".to_owned()),
            (CHANGED_ON, format!("{from:08}")),
            (ABOLISHED_ON, format!("{to:08}")),
        ] {
            fields[layout.column(id).unwrap()] = value;
        }
        writeln!(text, "{}", fields.join(",")).unwrap();
    }
    read_canonical(&schemas, "procedure", text.into_bytes()).unwrap()
}

/// Of (series, first day, rows).
fn snapshot(series: &[(&str, &str, &[Row])]) -> Snapshot {
    let masters = series.iter().enumerate().map(|(at, (_, first, rows))| {
        // The series before ends where the next begins.
        let last = series.get(at + 1).map(|(_, next, _)| day(next).before());
        let governs = Governs { first: day(first), last };
        let master = procedures(rows);
        (Timelines::of_state(governs, PublicationDay::parse(first).unwrap(), &master), master)
    });
    let masters: Vec<(Timelines, Master)> = masters.collect();
    let of = series.iter().zip(&masters).map(|((series, ..), (timelines, master))| MasterOf {
        series,
        kind: "procedure",
        master,
        timelines,
    });
    Snapshot::build(&of.collect::<Vec<_>>()).unwrap()
}

/// Every code at 100 points since 2024-04.
fn sound() -> Vec<Row> {
    CODES.map(|code| (code, 100, 20240401, 99999999)).to_vec()
}

fn of(rows: &[Row]) -> Snapshot {
    snapshot(&[("r06", "2024-04-01", rows)])
}

/// A claim of one item: month, day, code, points.
type Item = (u32, u32, u32, u32);

/// One institution's claim file; none names it when it is 0.
fn file(institution: u32, items: &[Item]) -> (ClaimFile, Institution) {
    let month = items.first().map_or(202405, |(month, ..)| *month);
    let mut text = String::new();
    if institution > 0 {
        writeln!(text, "IR,1,13,1,{institution:07},,,{month},00,").unwrap();
    }
    for (at, (month, day, code, points)) in items.iter().enumerate() {
        writeln!(text, "RE,{},1112,{month}{}", at + 1, ",".repeat(34)).unwrap();
        let mut fields = vec![String::new(); 44];
        for (position, value) in [
            (1, "SI".to_owned()),
            (4, format!("{code:09}")),
            (6, points.to_string()),
            (7, "1".to_owned()),
            (13 + *day as usize, "1".to_owned()),
        ] {
            fields[position - 1] = value;
        }
        writeln!(text, "{}", fields.join(",")).unwrap();
    }
    let named = crate::institution(text.as_bytes());
    (ClaimFile::read(text.as_bytes()), Institution::of(named))
}

/// What `files` give.
fn seen(
    files: &[(u32, Vec<Item>)],
    older: &Snapshot,
    newer: &Snapshot,
    explains: &dyn Explains,
) -> Movements {
    let mut movements = Movements::default();
    for (institution, items) in files {
        let (file, institution) = file(*institution, items);
        movements.take(&file, institution, older, newer, explains);
    }
    movements
}

/// Each of so many institutions claims every code so often in May, at its right points.
fn traffic(institutions: u32, times: usize) -> Vec<(u32, Vec<Item>)> {
    let items: Vec<Item> =
        CODES.iter().cycle().take(CODES.len() * times).map(|code| (202405, 7, *code, 100)).collect();
    (1..=institutions).map(|institution| (institution, items.clone())).collect()
}

fn day(text: &str) -> TreatmentDay {
    TreatmentDay::parse(text).unwrap()
}

fn change(code: u32, first: &str, last: Option<&str>) -> Change {
    Change {
        kind: "procedure".into(),
        key: format!("{code:09}"),
        what: What::Field { id: "points".into(), old: "100.00".into(), new: "101.00".into() },
        days: Days { first: day(first), last: last.map(day) },
        published: None,
    }
}

fn verdicts(report: &Report) -> Vec<(&str, CodeVerdict)> {
    report.codes.iter().map(|code| (code.code.as_str(), code.verdict)).collect()
}

/// Announced is that `code` ends with May.
fn ended(code: u32) -> Declared {
    let cover = What::Cover { old: Cover::InForce, new: Cover::Abolished(day("2024-05-31")) };
    let of = Change { what: cover, ..change(code, "2024-06-01", None) };
    Declared::of(&[of], day("2024-06-01"))
}
