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
use crate::file::{ClaimFile, ItemCode, ItemKind};
use crate::lookup::{MasterOf, Snapshot};

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

#[test]
fn one_point_off_is_a_fault_of_that_code_however_small_its_share() {
    let mut wrong = sound();
    wrong[1].1 = 101;
    // 再診料 is 3 of 3,003 items.
    let mut files = traffic(3, 250);
    files.iter_mut().for_each(|(_, items)| items.retain(|item| item.2 != CODES[1]));
    files.iter_mut().for_each(|(_, items)| items.push((202405, 7, CODES[1], 100)));
    let report = seen(&files, &of(&sound()), &of(&wrong), &NothingDeclared).report(&ENOUGH);
    assert_eq!(
        (report.verdict.as_str(), verdicts(&report)),
        ("refused", vec![("112007410", CodeVerdict::Fault)])
    );
    let code = &report.codes[0];
    assert_eq!((code.uses, code.institutions, code.name()), (3, 3, "診療112007410"));
    let turn = &code.turns[0];
    assert_eq!((turn.turn(), turn.uses, turn.day.as_str()), (Some(Turn::RightToError), 3, "2024-05-07"));
    assert_eq!(turn.new_rule.as_deref(), Some("claim/points"));
    let value = |record: &Option<RecordBehind>| record.as_ref().map(|record| record.value.clone());
    assert_eq!((value(&turn.old), value(&turn.new)), (Some("100".into()), Some("101".into())));
    assert!(
        report.said.en.contains("112007410") && report.said.ja.contains("112007410"),
        "{:?}",
        report.said
    );
    // It is read back as it was written, and says the same to programs.
    assert_eq!(report.bound, Bound { moved: 3, uses: 2253 });
}

#[test]
fn errors_that_vanish_without_a_word_are_a_fault_too() {
    // Institutions claim 90 points, which is wrong; the new master makes it right.
    let files: Vec<_> = (1..=4).map(|at| (at, vec![(202405, 7, CODES[0], 90); 2])).collect();
    let mut lenient = sound();
    lenient[0].1 = 90;
    let (older, newer) = (of(&sound()), of(&lenient));
    let movements = seen(&files, &older, &newer, &NothingDeclared);
    assert_eq!(movements.verdict(&ENOUGH), Verdict::Refused);
    // A correction that both signed by name explains it; an announced change of these days too.
    for past_before in ["2024-06-01", "2024-05-01"] {
        let declared = Declared::of(&[change(CODES[0], "2024-05-01", None)], day(past_before));
        let report = seen(&files, &older, &newer, &declared).report(&Enough { uses: 8, ..ENOUGH });
        assert_eq!((report.verdict.as_str(), report.explained), ("passed", 8), "{past_before}");
    }
    // Of other days, or another code, it explains nothing.
    for other in [change(CODES[0], "2024-05-08", None), change(CODES[1], "2024-05-01", None)] {
        let declared = Declared::of(&[other], day("2024-06-01"));
        assert_eq!(seen(&files, &older, &newer, &declared).verdict(&ENOUGH), Verdict::Refused);
    }
}

#[test]
fn a_signed_correction_passes_and_an_announced_fault_does_not() {
    let mut changed = sound();
    changed[1].1 = 101;
    let (files, older, newer) = (traffic(4, 3), of(&sound()), of(&changed));
    let accepted = Declared::of(&[change(CODES[1], "2024-05-01", None)], day("2024-06-01"));
    let report = seen(&files, &older, &newer, &accepted).report(&ENOUGH);
    assert_eq!(
        (report.verdict.as_str(), verdicts(&report)),
        ("passed", vec![("112007410", CodeVerdict::Explained)])
    );
    // The day in May 2022: a change to come, signed by both, and every institution was told something else.
    let announced = Declared::of(&[change(CODES[1], "2024-05-01", None)], day("2024-05-01"));
    assert_eq!(seen(&files, &older, &newer, &announced).verdict(&ENOUGH), Verdict::Refused);
}

#[test]
fn an_institution_that_claims_the_old_points_is_no_fault_of_the_master() {
    let r06: Vec<Row> = CODES.map(|code| (code, 110, 20240601, 99999999)).to_vec();
    let older = snapshot(&[("r04", "2024-04-01", &sound())]);
    let newer = snapshot(&[("r04", "2024-04-01", &sound()), ("r06", "2024-06-01", &r06)]);
    let changes = CODES.map(|code| change(code, "2024-06-01", None));
    let declared = Declared::of(&changes, day("2024-06-01"));
    // Claims of both months; institution 9 is late.
    let items = |points: u32| -> Vec<Item> {
        CODES.iter().flat_map(|code| [(202405, 7, *code, 100), (202406, 7, *code, points)]).collect()
    };
    let mut files: Vec<_> = (1..=5).map(|at| (at, items(110))).collect();
    files.push((9, items(100)));
    let report = seen(&files, &older, &newer, &declared).report(&ENOUGH);
    assert_eq!(report.verdict, "passed", "{report:?}");
    assert!(verdicts(&report).iter().all(|(_, verdict)| *verdict == CodeVerdict::OfAnInstitution));
    // When the revision itself is wrong for one code, nearly all of its claims of June stay wrong.
    let mut wrong = r06.clone();
    wrong[0].1 = 11;
    let newer = snapshot(&[("r04", "2024-04-01", &sound()), ("r06", "2024-06-01", &wrong)]);
    let report = seen(&files, &older, &newer, &declared).report(&ENOUGH);
    assert_eq!(
        (report.verdict.as_str(), verdicts(&report)[0]),
        ("refused", ("111000110", CodeVerdict::Fault))
    );
    // With claims of June alone nobody can tell; it is not passed.
    files.iter_mut().for_each(|(_, items)| items.retain(|item| item.0 == 202406));
    let report = seen(&files, &older, &newer, &declared).report(&ENOUGH);
    assert_eq!(report.missing, [Missing::Unclear { codes: 1 }], "{report:?}");
}

/// Announced is that `code` ends with May.
fn ended(code: u32) -> Declared {
    let cover = What::Cover { old: Cover::InForce, new: Cover::Abolished(day("2024-05-31")) };
    let of = Change { what: cover, ..change(code, "2024-06-01", None) };
    Declared::of(&[of], day("2024-06-01"))
}

#[test]
fn late_claims_after_the_announced_end_of_a_code_are_no_fault() {
    let mut rows = sound();
    rows[3].3 = 20240531;
    let (older, newer) = (of(&sound()), of(&rows));
    // Claims of May, and three late ones of June at two institutions: they are all of that month.
    let mut files = traffic(4, 3);
    for (at, items) in &mut files[..2] {
        items.extend(vec![(202406, 7, CODES[3], 100); *at as usize]);
    }
    let report = seen(&files, &older, &newer, &ended(CODES[3])).report(&ENOUGH);
    assert_eq!(
        (report.verdict.as_str(), verdicts(&report), report.explained),
        ("passed", vec![("120002910", CodeVerdict::Explained)], 3)
    );
    let turn = &report.codes[0].turns[0];
    assert_eq!((turn.turn(), turn.explained.as_str()), (Some(Turn::RightToError), "announced"));
    assert_eq!(turn.new_rule.as_deref(), Some("claim/code-abolished"));
    // Without them nobody can tell whether it is still in use everywhere; that is no success.
    let mut june = traffic(4, 3);
    june.iter_mut().flat_map(|(_, items)| items).for_each(|item| item.0 = 202406);
    let report = seen(&june, &older, &newer, &ended(CODES[3])).report(&ENOUGH);
    assert_eq!(report.missing, [Missing::Unclear { codes: 1 }], "{report:?}");
    // Nor where it is claimed as often as before.
    let both: Vec<_> = traffic(4, 3).into_iter().chain(june.clone()).collect();
    let report = seen(&both, &older, &newer, &ended(CODES[3])).report(&ENOUGH);
    assert_eq!(report.missing, [Missing::Unclear { codes: 1 }], "{report:?}");
    // Announced of another code, or as another change, it explains nothing of this.
    let other = Declared::of(&[change(CODES[3], "2024-06-01", None)], day("2024-06-01"));
    for declared in [ended(CODES[2]), other] {
        assert_eq!(seen(&files, &older, &newer, &declared).verdict(&ENOUGH), Verdict::Refused);
    }
    // Nor does an end explain wrong points.
    let mut wrong = sound();
    wrong[3].1 = 7;
    assert_eq!(seen(&june, &older, &of(&wrong), &ended(CODES[3])).verdict(&ENOUGH), Verdict::Refused);
}

/// A code that vanishes from June on, as the signed list says.
fn vanished(code: u32) -> (Snapshot, Declared) {
    let rows: Vec<Row> = sound().into_iter().filter(|row| row.0 != code).collect();
    let newer = snapshot(&[("r04", "2024-04-01", &sound()), ("r06", "2024-06-01", &rows)]);
    let cover = What::Cover { old: Cover::InForce, new: Cover::NotListed };
    let of = Change { what: cover, ..change(code, "2024-06-01", None) };
    (newer, Declared::of(&[of], day("2024-06-01")))
}

#[test]
fn a_code_that_vanishes_as_announced_and_is_claimed_late_is_explained() {
    let older = of(&sound());
    let (newer, declared) = vanished(CODES[3]);
    // All of June; two of six institutions still claim it, three times altogether.
    let mut files = traffic(6, 3);
    files.iter_mut().flat_map(|(_, items)| items).for_each(|item| item.0 = 202406);
    for (at, items) in &mut files {
        items.retain(|item| item.2 != CODES[3]);
        items.extend(vec![(202406, 7, CODES[3], 100); usize::from(*at <= 2) * *at as usize]);
    }
    let report = seen(&files, &older, &newer, &declared).report(&ENOUGH);
    assert_eq!(
        (report.verdict.as_str(), verdicts(&report), report.explained),
        ("passed", vec![("120002910", CodeVerdict::Explained)], 3)
    );
    assert_eq!(report.codes[0].turns[0].new_rule.as_deref(), Some("claim/code-unknown"));
    // Not announced, it is a fault.
    assert_eq!(seen(&files, &older, &newer, &NothingDeclared).verdict(&ENOUGH), Verdict::Refused);
    // Where most institutions go on claiming it, it waits for somebody to look.
    files.iter_mut().for_each(|(_, items)| items.push((202406, 7, CODES[3], 100)));
    let report = seen(&files, &older, &newer, &declared).report(&ENOUGH);
    assert_eq!(report.missing, [Missing::Unclear { codes: 1 }], "{report:?}");
}

/// A change of points that is announced for June: the wrong ones, 7, or the right ones, 110.
fn announced(points: u32) -> (Snapshot, Declared) {
    let mut rows = sound();
    rows[3].1 = points;
    let newer = snapshot(&[("r04", "2024-04-01", &sound()), ("r06", "2024-06-01", &rows)]);
    (newer, Declared::of(&[change(CODES[3], "2024-06-01", None)], day("2024-06-01")))
}

/// So many institutions claim the code in June at these points, each so often.
fn june(institutions: std::ops::RangeInclusive<u32>, points: u32, times: usize) -> Vec<(u32, Vec<Item>)> {
    institutions.map(|at| (at, vec![(202406, 7, CODES[3], points); times])).collect()
}

#[test]
fn one_institution_that_sends_very_much_sways_nothing() {
    let older = of(&sound());
    // It claims the old points a thousand times, with one more late one; the others claim the new points.
    let (newer, declared) = announced(110);
    let files = [june(1..=8, 110, 3), june(20..=20, 100, 1000), june(21..=21, 100, 1)].concat();
    let report = seen(&files, &older, &newer, &declared).report(&ENOUGH);
    assert_eq!((report.verdict.as_str(), verdicts(&report)[0].1), ("passed", CodeVerdict::OfAnInstitution));
    // It claims what a wrong release wants; nobody else does.
    let (newer, declared) = announced(7);
    let files = [june(1..=8, 100, 3), june(20..=20, 7, 1000)].concat();
    assert_eq!(seen(&files, &older, &newer, &declared).verdict(&ENOUGH), Verdict::Refused);
}

#[test]
fn invented_institutions_sway_nothing() {
    let older = of(&sound());
    let strangers = |movements: &mut Movements, numbers, points, of: &(Snapshot, Declared)| {
        for (at, items) in june(numbers, points, 1) {
            let (file, from) = file(at, &items);
            movements.take(&file, from.stranger(), &older, &of.0, &of.1);
        }
    };
    // A hundred of them claim the old points; eight known institutions the new ones.
    let right = announced(110);
    let mut movements = seen(&june(1..=8, 110, 3), &older, &right.0, &right.1);
    strangers(&mut movements, 100..=199, 100, &right);
    assert_eq!(movements.verdict(&ENOUGH), Verdict::Passed);
    // A hundred of them claim what a wrong release wants.
    let wrong = announced(7);
    let mut movements = seen(&june(1..=8, 100, 3), &older, &wrong.0, &wrong.1);
    strangers(&mut movements, 100..=199, 7, &wrong);
    assert_eq!(movements.verdict(&ENOUGH), Verdict::Refused);
    // Where nobody who is known uses a code, strangers tell.
    let mut movements = Movements::default();
    strangers(&mut movements, 100..=105, 100, &wrong);
    assert_eq!(movements.verdict(&ENOUGH), Verdict::Refused);
}

#[test]
fn claims_of_months_that_have_not_come_are_not_weighed() {
    let older = of(&sound());
    let (newer, declared) = announced(110);
    let may = day("2024-05-31").month();
    let (mut until_may, mut of_june) = (Movements::until(may), Movements::until(day("2024-06-01").month()));
    for (at, items) in [traffic(4, 3), june(1..=4, 100, 3)].concat() {
        let (file, from) = file(at, &items);
        until_may.take(&file, from, &older, &newer, &declared);
        of_june.take(&file, from, &older, &newer, &declared);
    }
    assert_eq!(of_june.verdict(&ENOUGH), Verdict::Refused);
    let report = until_may.report(&ENOUGH);
    assert_eq!((report.verdict.as_str(), report.to_come, report.codes.len()), ("passed", 12, 0));
}

/// Some dozens of rare codes end with one announced month.
#[test]
fn rare_codes_that_end_together_are_weighed_as_one_that_ends() {
    let rare: Vec<u32> = (0..30).map(|at| 113_100_010 + at * 10).collect();
    let mut rows = sound();
    rows.extend(rare.iter().map(|code| (*code, 50, 20240401, 99999999)));
    let older = of(&rows);
    rows[CODES.len()..].iter_mut().for_each(|row| row.3 = 20240531);
    let mut declared = Declared::default();
    rare.iter().for_each(|code| declared.extend(&ended(*code)));
    let mut files = traffic(5, 10);
    for (at, code) in rare.iter().enumerate() {
        files[at % 5].1.push((202406, 7, *code, 50));
    }
    let report = seen(&files, &older, &of(&rows), &declared).report(&ENOUGH);
    assert_eq!(report.missing, [Missing::Unclear { codes: 30 }]);
    // Where three in four claims of them are of May, those of June are late ones.
    for (at, code) in rare.iter().cycle().take(3 * rare.len()).enumerate() {
        files[at % 5].1.push((202405, 7, *code, 50));
    }
    let report = seen(&files, &older, &of(&rows), &declared).report(&ENOUGH);
    assert_eq!((report.verdict.as_str(), report.codes.len(), report.explained), ("passed", 30, 30));
}

#[test]
fn one_institution_alone_is_never_blamed_on_a_master_and_never_a_success() {
    let mut wrong = sound();
    wrong[3].1 = 7;
    let (older, newer) = (of(&sound()), of(&wrong));
    // Only institution 1 uses the code.
    let mut files = traffic(4, 5);
    files[1..].iter_mut().for_each(|(_, items)| items.retain(|item| item.2 != CODES[3]));
    let report = seen(&files, &older, &newer, &NothingDeclared).report(&ENOUGH);
    assert_eq!(report.missing, [Missing::Unclear { codes: 1 }]);
    assert_eq!(report.verdict, "inconclusive");
    assert!(report.said.en.starts_with("inconclusive: more uses of 1 code"), "{}", report.said.en);
    // A second one, and it is a fault.
    files[1].1.push((202405, 7, CODES[3], 100));
    assert_eq!(seen(&files, &older, &newer, &NothingDeclared).verdict(&ENOUGH), Verdict::Refused);
}

#[test]
fn many_codes_that_are_rare_each_are_a_fault_together() {
    let rare: Vec<u32> = (0..30).map(|at| 113_100_010 + at * 10).collect();
    let mut rows = sound();
    rows.extend(rare.iter().map(|code| (*code, 50, 20240401, 99999999)));
    // Each is used once, by one of five institutions; half of them are gone.
    let mut files = traffic(5, 10);
    for (at, code) in rare.iter().enumerate() {
        files[at % 5].1.push((202405, 7, *code, 50));
    }
    let (older, newer) = (of(&rows), of(&rows[..CODES.len() + 15]));
    let report = seen(&files, &older, &newer, &NothingDeclared).report(&ENOUGH);
    assert_eq!((report.verdict.as_str(), report.codes.len()), ("refused", 15));
    assert_eq!(report.codes[0].turns[0].new_rule.as_deref(), Some("claim/code-unknown"));
}

#[test]
fn a_series_left_out_is_a_fault() {
    let r06: Vec<Row> = CODES.map(|code| (code, 110, 20240601, 99999999)).to_vec();
    let older = snapshot(&[("r04", "2024-04-01", &sound()), ("r06", "2024-06-01", &r06)]);
    let newer = snapshot(&[("r06", "2024-06-01", &r06)]);
    // Nine in ten claims are of June; those of May cannot be judged any more.
    let june = CODES.iter().cycle().take(360).map(|code| (202406, 7, *code, 110));
    let items: Vec<Item> = CODES.iter().map(|code| (202405, 7, *code, 100)).chain(june).collect();
    let files: Vec<_> = (1..=3).map(|at| (at, items.clone())).collect();
    let report = seen(&files, &older, &newer, &NothingDeclared).report(&ENOUGH);
    assert_eq!((report.verdict.as_str(), report.codes.len()), ("refused", 4));
    assert_eq!(report.codes[0].turns[0].turn(), Some(Turn::RightToUnjudged));
    // The other way round, what was not judged and is right harms nobody.
    assert_eq!(seen(&files, &newer, &older, &NothingDeclared).verdict(&ENOUGH), Verdict::Passed);
}

#[test]
fn one_item_a_file_is_enough_to_see_a_fault() {
    let mut wrong = sound();
    wrong[0].1 = 291;
    let files: Vec<_> = (1..=3).map(|at| (at, vec![(202405, 7, CODES[0], 100)])).collect();
    let (older, newer) = (of(&sound()), of(&wrong));
    assert_eq!(seen(&files, &older, &newer, &NothingDeclared).verdict(&ENOUGH), Verdict::Refused);
}

#[test]
fn an_error_that_becomes_another_is_told_apart() {
    let mut other = sound();
    other[0].1 = 120;
    let files: Vec<_> = (1..=3).map(|at| (at, vec![(202405, 7, CODES[0], 90)])).collect();
    let report = seen(&files, &of(&sound()), &of(&other), &NothingDeclared).report(&ENOUGH);
    assert_eq!(
        (report.verdict.as_str(), report.codes[0].turns[0].turn()),
        ("refused", Some(Turn::ErrorToOther))
    );
}

#[test]
fn too_little_is_inconclusive_and_says_what_is_missing() {
    let (older, newer) = (of(&sound()), of(&sound()));
    let said = |files: &[(u32, Vec<Item>)]| {
        let report = seen(files, &older, &newer, &NothingDeclared).report(&ENOUGH);
        (report.verdict.clone(), report.said.en)
    };
    let (verdict, words) = said(&[]);
    assert_eq!(verdict, "inconclusive");
    assert_eq!(
        words,
        "inconclusive: 0 of 3 claim files; 0 of 2 institutions; 0 of 10 uses of codes that both releases \
         judge (0 of 0 uses moved)"
    );
    let (verdict, words) = said(&traffic(1, 103));
    assert_eq!(verdict, "inconclusive");
    assert!(
        words.contains("1 of 2 institutions") && words.contains("0 of 412 uses moved: at most 0.7 %"),
        "{words}"
    );
    // Files that name no institution are of one.
    let nameless: Vec<_> = traffic(5, 10).into_iter().map(|(_, items)| (0, items)).collect();
    assert_eq!(said(&nameless).0, "inconclusive");
    assert_eq!(said(&traffic(3, 10)).0, "passed");
    // Nothing but what neither can judge.
    let early: Vec<_> = (1..=5).map(|at| (at, vec![(202401, 7, CODES[0], 100); 9])).collect();
    let report = seen(&early, &older, &newer, &NothingDeclared).report(&ENOUGH);
    assert_eq!(report.missing, [Missing::Judged { unjudged: 45 }]);
}

#[test]
fn what_several_cores_saw_is_what_one_saw() {
    let mut wrong = sound();
    wrong[1].1 = 101;
    let (older, newer) = (of(&sound()), of(&wrong));
    let files = traffic(12, 3);
    let whole = seen(&files, &older, &newer, &NothingDeclared).report(&ENOUGH);
    let mut merged = Movements::default();
    for part in files.chunks(5).rev() {
        merged.merge(&seen(part, &older, &newer, &NothingDeclared));
    }
    assert_eq!(merged.report(&ENOUGH), whole);
    assert_eq!(whole.codes[0].institutions, 8, "as many or more");
}

/// Found by a reader: of any number above, 500 were said, which is how many are told one by one.
#[test]
fn every_code_at_fault_is_counted() {
    let rows =
        |points| (0..501).map(|at| (111_000_110 + at, points, 20240401, 99999999)).collect::<Vec<Row>>();
    let items: Vec<Item> = rows(100).iter().map(|(code, points, ..)| (202405, 7, *code, *points)).collect();
    let files: Vec<_> = (1..=3).map(|institution| (institution, items.clone())).collect();
    let report = seen(&files, &of(&rows(100)), &of(&rows(110)), &NothingDeclared).report(&ENOUGH);
    assert_eq!((report.codes.len(), report.codes_by_verdict[&CodeVerdict::Fault]), (500, 501));
    assert!(report.said.en.starts_with("501 codes of masters at fault"), "{}", report.said.en);
    assert!(report.said.ja.contains("コードが 501 件"), "{}", report.said.ja);
}

#[test]
fn claims_are_made_around_what_a_release_says_it_changes() {
    let mut changed = sound();
    changed[0] = (CODES[0], 110, 20240601, 99999999);
    let code = ItemCode::parse(ItemKind::Procedure, b"111000110").unwrap();
    let older = of(&sound());
    let newer = snapshot(&[("r06", "2024-04-01", &sound()), ("r06b", "2024-06-01", &changed)]);
    let june = Days { first: day("2024-06-01"), last: None };
    let declared = Declared::of(&[change(CODES[0], "2024-06-01", None)], day("2024-06-01"));
    let judged = |past_before: &str, declared: &Declared| {
        let changed = [(ItemKind::Procedure, code, vec![june])];
        synthetic(changed, day(past_before), &older, &newer, declared)
    };
    // May is judged as before, and June as announced.
    let corpus = judged("2024-06-01", &declared);
    let report = corpus.report();
    assert_eq!(corpus.verdict(), Verdict::Passed, "{report:?}");
    assert_eq!((report.made, report.verdict.as_str(), report.codes.len()), (Made::Synthetic, "passed", 1));
    let day_of = |report: &Report| report.codes[0].turns[0].day.clone();
    assert_eq!(day_of(&report), "2024-06-01");
    // Said of another day it is a change of the past that nobody signed.
    let other = Declared::of(&[change(CODES[0], "2024-07-01", None)], day("2024-07-01"));
    let corpus = judged("2024-07-01", &other);
    assert_eq!(corpus.verdict(), Verdict::Refused);
    let report = corpus.report();
    assert_eq!((report.verdict.as_str(), day_of(&report).as_str()), ("refused", "2024-06-01"));
    assert!(report.said.ja.contains("合成"), "{}", report.said.ja);
    // No institution sent any of it.
    assert_eq!((report.institutions, report.codes[0].institutions), (0, 0));
    assert!(
        !report.said.ja.contains("医療機関") && !report.said.en.contains("institution"),
        "{:?}",
        report.said
    );
}

#[test]
fn codes_of_which_no_claim_is_made_are_told_and_make_no_success() {
    let changes = CODES.map(|code| change(code, "2024-06-01", None));
    let first = day("2024-06-01");
    let (declared, older) = (Declared::of(&changes, first), of(&sound()));
    let corpus = synthetic_within(1, declared.codes(), first, &older, &older, &declared);
    let report = corpus.report();
    assert_eq!((report.uses, report.left_out, report.codes_left_out), (report.claims, 0, 3));
    assert_eq!(
        (report.verdict.as_str(), &report.missing[..]),
        ("inconclusive", &[Missing::Claimed { codes: 3 }][..])
    );
    assert!(report.said.en.contains("3 codes") && report.said.ja.contains("3 コード"), "{:?}", report.said);
    // Each of them claimed, it passes; one that is at fault is refused whatever was left out.
    let whole = synthetic(declared.codes(), first, &older, &older, &declared);
    assert_eq!((whole.verdict(), whole.report().codes_left_out), (Verdict::Passed, 0));
    let mut wrong = sound();
    wrong[0].1 = 7;
    let corpus =
        synthetic_within(1, declared.codes(), day("2024-07-01"), &older, &of(&wrong), &Declared::default());
    assert_eq!(corpus.verdict(), Verdict::Refused);
}

#[test]
fn cover_that_is_lost_for_every_code_is_said_once_of_those_in_the_files_too() {
    let lost = Change {
        kind: "procedure".into(),
        key: String::new(),
        what: What::Cover { old: Cover::NotListed, new: Cover::NoSeries },
        days: Days { first: day("2024-04-01"), last: Some(day("2024-05-31")) },
        published: None,
    };
    let declared = Declared::of(&[lost, change(CODES[0], "2024-06-01", None)], day("2024-07-01"));
    let on = |code: &[u8], on: &str| {
        declared.explains(ItemKind::Procedure, ItemCode::parse(ItemKind::Procedure, code).unwrap(), day(on))
    };
    // In May it is like every other code, and so not said of it again.
    assert_eq!(on(b"111000110", "2024-05-01"), Explained::Accepted);
    assert_eq!(on(b"111000110", "2024-06-01"), Explained::Accepted);
    assert_eq!(on(b"111000110", "2024-03-31"), Explained::Not);
    assert_eq!(on(b"199999999", "2024-05-01"), Explained::Accepted);
    assert_eq!(Bound { moved: 0, uses: 3 }.say(Lang::En), "0 of 3 uses moved: at most 100.0 % (95 %)");
}

#[test]
fn a_relation_explains_the_procedure_or_the_drug_that_wants_the_comment() {
    let of = |key: &str| Change {
        kind: "comment-relation".into(),
        key: key.into(),
        ..change(CODES[0], "2024-06-01", None)
    };
    let declared = Declared::of(
        &[
            of("111000110-820100001-1-0001-01--10000000"),
            of("620000001-830600003-5-0013-03--50092500"),
            of("301000110-820100001-3-0001-01-00000-10000000"),
        ],
        day("2024-06-01"),
    );
    let on = |kind: ItemKind, code: &[u8]| {
        declared.explains(kind, ItemCode::parse(kind, code).unwrap(), day("2024-06-01"))
    };
    assert_eq!(on(ItemKind::Procedure, b"111000110"), Explained::Announced);
    assert_eq!(on(ItemKind::Drug, b"620000001"), Explained::Announced);
    // A dentist's is of no code that is judged here.
    assert_eq!(on(ItemKind::Procedure, b"112007410"), Explained::Not);
    assert_eq!(on(ItemKind::Drug, b"620000002"), Explained::Not);
    // What holds for all of the table is of each.
    let declared = Declared::of(&[of("")], day("2024-06-01"));
    let code = ItemCode::parse(ItemKind::Drug, b"620000002").unwrap();
    assert_eq!(declared.explains(ItemKind::Drug, code, day("2024-06-01")), Explained::Announced);
}

#[test]
fn what_must_be_judged_again_is_named_and_summed_both_ways() {
    // 111000110 loses a point; claims at the old points turn wrong, those at the new ones turn right.
    let mut rows = sound();
    rows[0].1 = 99;
    let (older, newer) = (of(&sound()), of(&rows));
    let mut impact = Impact::default();
    let claims = |points: u32| vec![(202405, 7, CODES[0], points), (202405, 7, CODES[1], 100)];
    for (institution, points) in [(1, 100), (2, 100), (3, 99), (4, 98)] {
        let (file, named) = file(institution, &claims(points));
        let of_file = FileImpact::of(&file, &older, &newer);
        assert_eq!((of_file.claims, of_file.uses), (2, 2));
        impact.take(named, &of_file);
        let [one] = &of_file.turned[..] else { panic!("{of_file:?}") };
        assert_eq!((one.claim, one.line, one.day), (Some(1), 3, day("2024-05-07")));
        assert_eq!((one.code.number(), one.name.as_str()), (CODES[0], "診療111000110"));
        let found = |expected: &str| Judgement::Found {
            rule: crate::ClaimCode::Points,
            expected: expected.to_owned(),
        };
        let (turn, before, after) = match points {
            100 => (Turn::RightToError, Judgement::Right, found("99")),
            99 => (Turn::ErrorToRight, found("100"), Judgement::Right),
            _ => (Turn::ErrorToOther, found("100"), found("99")),
        };
        assert_eq!((one.turn, &one.before, &one.after), (turn, &before, &after));
        let value = |record: &Option<RecordBehind>| record.clone().unwrap().value;
        assert_eq!((value(&one.record_before), value(&one.record_after)), ("100".into(), "99".into()));
        assert_eq!(one.unit, Some(Unit { line: 3, points, times: 1 }));
    }
    assert_eq!((impact.files, impact.claims, impact.uses, impact.turned_claims), (4, 8, 8, 4));
    assert_eq!((impact.institutions(), impact.turned_institutions()), (4, 4));
    assert_eq!(impact.of(Turn::RightToError), TurnSum { uses: 2, claims: 2, points: 200 });
    assert_eq!(impact.of(Turn::ErrorToRight), TurnSum { uses: 1, claims: 1, points: 99 });
    assert_eq!(impact.of(Turn::ErrorToOther), TurnSum { uses: 1, claims: 1, points: 98 });
    let codes: Vec<_> = impact.codes.iter().map(|((_, code), of)| (code.number(), of.uses())).collect();
    assert_eq!(codes, [(CODES[0], 4)]);
    let of_code = &impact.codes.values().next().unwrap();
    assert_eq!((of_code.claims, of_code.institutions(), of_code.points), (4, 4, 397));
}

#[test]
fn the_points_of_a_unit_count_once_and_every_time() {
    // Two codes of one unit vanish; the points stand on its last record, twice. Then one without a month.
    let (older, newer) = (of(&sound()), of(&sound()[2..]));
    let item = |code: u32, points: &str| {
        let mut fields = vec![String::new(); 44];
        fields[0] = "SI".to_owned();
        fields[3] = format!("{code:09}");
        fields[5] = points.to_owned();
        fields[6] = "2".to_owned();
        fields[13] = "1".to_owned();
        fields.join(",")
    };
    let text = format!(
        "IR,1,13,1,1234567,,,202405,00,\nRE,1,1112,202405\n{}\n{}\n{}\nRE,2,1112,?\n{}\n",
        item(CODES[0], ""),
        item(CODES[1], "200"),
        item(CODES[2], "100"),
        item(CODES[0], "100"),
    );
    let of_file = FileImpact::of(&ClaimFile::read(text.as_bytes()), &older, &newer);
    let lines: Vec<_> = of_file.turned.iter().map(|one| (one.line, one.unit)).collect();
    let unit = Some(Unit { line: 4, points: 200, times: 2 });
    assert_eq!(lines, [(3, unit), (4, unit)]);
    let mut impact = Impact::default();
    impact.take(Institution::of(None), &of_file);
    assert_eq!(impact.of(Turn::RightToError), TurnSum { uses: 2, claims: 1, points: 400 });
    assert_eq!((impact.claims, impact.without_month), (2, 1));
}
