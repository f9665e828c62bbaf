//! Claims that are made around what a release says it changes.

use super::*;

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
