//! What it takes to say so: institutions, files, months and rare codes, each weighed.

use super::*;

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
