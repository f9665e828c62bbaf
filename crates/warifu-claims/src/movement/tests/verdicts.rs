//! What is a fault of a code, and what a release explains: ends, corrections, announcements.

use super::*;

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
