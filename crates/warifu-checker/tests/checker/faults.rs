//! Wrong masters, and sound changes that look like some: each comes to a checker that judges claims of
//! several institutions, as a change that nobody signed of days that have been, or as one that both signed
//! of days to come.

use axum::http::Method;
use warifu_checker::log::now;
use warifu_checker::said::Said;
use warifu_checker::state::Phase;
use warifu_checker::swap::{Gates, Outcome, Wanted};
use warifu_checker::trial::{Verdict, judged_alike};
use warifu_claims::movement::{CodeVerdict, Enough, Missing};
use warifu_claims::{MasterOf, Snapshot};
use warifu_trust::UnixSeconds;

use crate::line::{Draft, JUNE, Line, release, release_of};
use crate::masters::{CODES, days_of_built_in, good, procedures, series};
use crate::world::{Checker, Item, JudgesClaims as _, Shelf, Source, alone_at, claim_file, file_of};

type Rows = Vec<(u32, &'static str)>;

/// Codes that few institutions use.
fn rare() -> Vec<u32> {
    (0..40).map(|at| 113_100_010 + at * 10).collect()
}

/// Everything at 100 points, the rare ones too.
fn sound() -> Rows {
    let mut rows = good();
    rows.extend(rare().iter().map(|code| (*code, "100.00")));
    rows.sort_unstable();
    rows
}

/// Those of `sound` that `keep` keeps, at the points that it gives.
fn changed(keep: impl Fn(u32) -> Option<&'static str>) -> Rows {
    sound().into_iter().filter_map(|(code, _)| Some((code, keep(code)?))).collect()
}

/// Release 2 of these: signed, before the days that it changes.
fn announced(rows: &[(u32, &str)]) -> Draft {
    release(2, rows)
}

/// The same, a month after they began, with nothing of it accepted.
fn unsigned(rows: &[(u32, &str)]) -> Draft {
    Draft { created: UnixSeconds::new(JUNE + 30 * 86_400), ..release(2, rows) }
}

/// The same, a correction that both accepted by name.
fn corrected(rows: &[(u32, &str)]) -> Draft {
    Draft { accepts: true, ..unsigned(rows) }
}

/// A checker that judges by `first` and has seen `files`.
fn after(first: Draft, files: &[Vec<u8>]) -> Checker {
    let probation = Enough { files: 6, institutions: 3, uses: 24 };
    let checker = Checker::with(Gates { probation }, 64);
    checker.shelf.offer(first);
    let outcome = checker.swapper.poll(now(), Wanted::Newest);
    assert!(matches!(outcome, Outcome::Activated { phase: Phase::Confirmed, .. }), "{outcome:?}");
    send(&checker, files);
    checker
}

fn send(checker: &Checker, files: &[Vec<u8>]) {
    for file in files {
        assert_eq!(checker.check(file).status, 200);
    }
    checker.until("all seen", |status| status.claims().queue.judging == 0);
}

/// Four institutions, each with every usual code three times.
fn traffic() -> Vec<Vec<u8>> {
    (1..=4).map(|institution| claim_file(institution, 3)).collect()
}

/// The usual traffic under sound masters, and then `draft`.
fn brought(draft: Draft) -> (Checker, Outcome) {
    let checker = after(release(1, &sound()), &traffic());
    checker.shelf.offer(draft);
    let outcome = checker.swapper.poll(now(), Wanted::Newest);
    (checker, outcome)
}

/// Why it is refused for its data.
fn refused(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(refused) => refused.why.en.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

fn on_probation(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::Activated { phase: Phase::Probation, .. }), "{outcome:?}");
}

/// Sends `files` on probation; which release runs then, and its state.
fn judged(checker: &Checker, files: &[Vec<u8>]) -> (u64, String) {
    send(checker, files);
    let status = checker.status();
    (status.running.unwrap().id.release, status.state)
}

/// Sends `files` on probation; which release is confirmed by them. That is written after the last answer.
fn proven(checker: &Checker, files: &[Vec<u8>]) -> u64 {
    send(checker, files);
    checker.until("confirmed", |status| status.state == "confirmed").running.unwrap().id.release
}

fn again(traffic: &[Vec<u8>]) -> Vec<Vec<u8>> {
    [traffic, traffic].concat()
}

#[test]
fn a_fee_that_is_one_point_off_is_refused() {
    let wrong = changed(|code| Some(if code == CODES[1] { "101.00" } else { "100.00" }));
    let (checker, outcome) = brought(announced(&wrong));
    let why = refused(&outcome);
    assert!(why.contains("112007410") && why.contains("12 of 12 uses right-to-error"), "{why}");
    // The report names the master's record, to programs and on a page.
    let received = checker.status().claims().replay.clone().unwrap().received.unwrap();
    let turn = &received.codes[0].turns[0];
    let value =
        |record: &Option<_>| record.as_ref().map(|r: &warifu_claims::movement::RecordBehind| r.value.clone());
    assert_eq!((value(&turn.old), value(&turn.new)), (Some("100".into()), Some("101".into())));
    let get = |path: &str| checker.client.text(Method::GET, path, String::new()).unwrap();
    let page = get("/report");
    assert!(page.contains("112007410") && page.contains("診療行為") && !page.contains("<script"), "{page}");
    let json: serde_json::Value = serde_json::from_str(&get("/report.json")).unwrap();
    assert_eq!(json["replay"]["received"]["codes"][0]["turns"][0]["new"]["value"], "101");
    assert_eq!(json["watch"], serde_json::Value::Null);
    // Of days that have been, nobody needs claims to see it.
    let why = refused(&brought(unsigned(&wrong)).1);
    assert!(why.starts_with("the past:"), "{why}");
}

#[test]
fn codes_that_recent_files_do_not_use_are_missed_when_they_are_used() {
    let wrong = changed(|code| (!rare().contains(&code)).then_some("100.00"));
    assert!(refused(&brought(unsigned(&wrong)).1).starts_with("the past:"));
    // Days to come: nothing that was replayed tells. Both signed that they end, so it waits for a person as
    // soon as most institutions go on using them.
    let (checker, outcome) = brought(announced(&wrong));
    on_probation(&outcome);
    let rare_ones: Vec<Vec<u8>> = (1..=3)
        .map(|at| file_of(at, &[vec![(202406, 5, rare()[at as usize], 100), (202406, 5, CODES[0], 100)]]))
        .collect();
    assert_eq!(judged(&checker, &rare_ones), (2, "probation".into()));
    let more = [again(&traffic()), rare_ones].concat();
    assert_eq!(judged(&checker, &more), (2, "probation".into()));
    let missing = checker.status().watch.unwrap().seen.missing;
    assert_eq!(missing, [Missing::Unclear { codes: 3 }]);
}

#[test]
fn every_fee_outside_recent_files_one_point_off_is_seen_when_they_are_used() {
    let wrong = changed(|code| Some(if rare().contains(&code) { "101.00" } else { "100.00" }));
    assert!(refused(&brought(unsigned(&wrong)).1).starts_with("the past:"));
    let (checker, outcome) = brought(announced(&wrong));
    on_probation(&outcome);
    let code = rare()[7];
    let use_it = |at: u32| file_of(at, &[vec![(202406, 5, code, 100), (202406, 5, CODES[0], 100)]]);
    // One institution may claim what it likes.
    assert_eq!(judged(&checker, &[use_it(1), use_it(1), use_it(1)]), (2, "probation".into()));
    assert_eq!(judged(&checker, &[use_it(2)]), (1, "confirmed".into()));
}

#[test]
fn points_that_make_right_errors_vanish_are_refused_where_nobody_signed_them() {
    // Institutions claim 90 points, which is wrong.
    let wrong: Vec<Vec<u8>> =
        (1..=4).map(|at| file_of(at, &vec![vec![(202406, 5, CODES[0], 90)]; 3])).collect();
    let lenient = changed(|code| Some(if code == CODES[0] { "90.00" } else { "100.00" }));
    let checker = after(release(1, &sound()), &wrong);
    checker.shelf.offer(unsigned(&lenient));
    assert!(refused(&checker.swapper.poll(now(), Wanted::Newest)).starts_with("the past:"));
    // Signed by name it is a correction.
    checker.shelf.offer(Draft { number: 3, ..corrected(&lenient) });
    on_probation(&checker.swapper.poll(now(), Wanted::Newest));
    let replay = checker.status().claims().replay.clone().unwrap();
    assert_eq!(replay.received.unwrap().explained, 12);
}

#[test]
fn a_series_left_out_is_refused() {
    let of_may: Vec<Item> = CODES.map(|code| (202405, 7, code, 100)).to_vec();
    let of_june: Vec<Item> = CODES.map(|code| (202406, 7, code, 110)).to_vec();
    let files: Vec<Vec<u8>> =
        (1..=4).map(|at| file_of(at, &[vec![of_may.clone()], vec![of_june.clone(); 30]].concat())).collect();
    let june: Rows = CODES.map(|code| (code, "110.00")).to_vec();
    let r04 = series("r04", "2024-04-01", Some("2024-05-31"), &good());
    let r06 = series("r06", "2024-06-01", None, &june);
    let checker = after(release_of(1, vec![r04, r06.clone()], None), &files);
    // The days of May have been.
    checker.shelf.offer(release_of(2, vec![r06.clone()], None));
    assert!(refused(&checker.swapper.poll(now(), Wanted::Newest)).starts_with("the past:"));
    // Were it said before April, claims of May tell.
    let april = UnixSeconds::new(JUNE - 61 * 86_400);
    let r04 = series("r04", "2024-04-01", Some("2024-05-31"), &good());
    let first = Draft { created: april, ..release_of(1, vec![r04, r06.clone()], None) };
    let checker = after(first, &files);
    checker.shelf.offer(Draft { created: april, ..release_of(2, vec![r06], None) });
    let why = refused(&checker.swapper.poll(now(), Wanted::Newest));
    assert!(why.contains("right-to-unjudged"), "{why}");
}

#[test]
fn one_item_a_file_is_enough() {
    let wrong = changed(|code| Some(if code == CODES[0] { "291.00" } else { "100.00" }));
    let checker = after(release(1, &sound()), &[]);
    checker.shelf.offer(announced(&wrong));
    on_probation(&checker.swapper.poll(now(), Wanted::Newest));
    let one = |at: u32| file_of(at, &[vec![(202406, 5, CODES[0], 100)]]);
    assert_eq!(judged(&checker, &[one(1), one(2)]), (2, "probation".into()));
    assert_eq!(judged(&checker, &[one(3)]), (1, "confirmed".into()));
}

#[test]
fn rows_that_slipped_points_ten_times_too_high_and_everything_gone_are_refused() {
    let slipped: Rows = {
        let mut rows = sound();
        rows[0].1 = "90.00";
        rows[1].1 = "80.00";
        rows
    };
    let before = {
        let mut rows = slipped.clone();
        (rows[0].1, rows[1].1) = (rows[1].1, rows[0].1);
        rows
    };
    let files: Vec<Vec<u8>> = (1..=4)
        .map(|at| {
            let claim = vec![(202406, 5, before[0].0, 80), (202406, 5, before[1].0, 90)];
            file_of(at, &vec![claim; 2])
        })
        .collect();
    let checker = after(release(1, &before), &files);
    checker.shelf.offer(announced(&slipped));
    assert!(refused(&checker.swapper.poll(now(), Wanted::Newest)).contains("2 codes of masters at fault"));

    let high = changed(|code| Some(if code < 112_000_000 { "1000.00" } else { "100.00" }));
    assert!(refused(&brought(announced(&high)).1).contains("r06 100 → r06 1000"));
    let gone = changed(|code| rare().contains(&code).then_some("100.00"));
    // That they end was signed by both; that everybody claims them all the same keeps it on probation.
    let (checker, outcome) = brought(announced(&gone));
    on_probation(&outcome);
    assert_eq!(judged(&checker, &again(&traffic())), (2, "probation".into()));
    assert_eq!(checker.status().watch.unwrap().seen.missing, [Missing::Unclear { codes: 4 }]);
}

/// The revision: from one series to two, with claims of both months, and an institution that is late.
#[test]
fn a_revision_passes_and_one_that_is_wrong_for_a_fee_does_not() {
    let june: Rows = CODES.map(|code| (code, "110.00")).to_vec();
    let revised = |june: &[(u32, &str)]| {
        let r04 = series("r04", "2024-04-01", Some("2024-05-31"), &good());
        release_of(2, vec![r04, series("r06", "2024-06-01", None, june)], None)
    };
    let old = || release_of(1, vec![series("r04", "2024-04-01", None, &good())], None);
    let of = |month, points| CODES.map(|code| (month, 7, code, points)).to_vec();
    let both = |at: u32, points| file_of(at, &[of(202405, 100), of(202406, points)]);
    let files = [both(1, 110), both(2, 110), both(3, 110), both(4, 100)];
    let checker = after(old(), &files);
    checker.shelf.offer(revised(&june));
    on_probation(&checker.swapper.poll(now(), Wanted::Newest));
    let replay = checker.status().claims().replay.clone().unwrap();
    assert_eq!(replay.verdict, Verdict::Passed, "{}", replay.why.en);
    assert_eq!(replay.received.unwrap().codes_by_verdict, [(CodeVerdict::OfAnInstitution, 4)].into());
    assert!(replay.synthetic.unwrap().uses > 0);
    assert_eq!(proven(&checker, &again(&files)), 2);

    let checker = after(old(), &files);
    let mut wrong = june;
    wrong[0].1 = "11.00";
    checker.shelf.offer(revised(&wrong));
    let why = refused(&checker.swapper.poll(now(), Wanted::Newest));
    assert!(why.contains("111000110") && why.contains("error-to-other-error"), "{why}");
}

#[test]
fn a_monthly_differential_passes() {
    // A new code, another one gone, a price that changes; institutions were told.
    let mut next = changed(|code| match code {
        code if code == rare()[0] => None,
        code if code == rare()[1] => Some("120.00"),
        _ => Some("100.00"),
    });
    next.push((113_999_910, "55.00"));
    next.sort_unstable();
    let (checker, outcome) = brought(announced(&next));
    on_probation(&outcome);
    let told = |at: u32| {
        let claim =
            vec![(202406, 5, rare()[1], 120), (202406, 5, 113_999_910, 55), (202406, 5, CODES[0], 100)];
        file_of(at, &vec![claim; 3])
    };
    let files: Vec<Vec<u8>> = (1..=4).map(told).collect();
    assert_eq!(proven(&checker, &again(&files)), 2);
}

#[test]
fn a_correction_that_both_signed_passes_and_is_told() {
    let right = changed(|code| Some(if code == CODES[1] { "101.00" } else { "100.00" }));
    let (checker, outcome) = brought(corrected(&right));
    on_probation(&outcome);
    let replay = checker.status().claims().replay.clone().unwrap();
    assert_eq!(replay.verdict, Verdict::Passed, "{}", replay.why.en);
    let received = replay.received.unwrap();
    assert_eq!(received.codes_by_verdict, [(CodeVerdict::Explained, 1)].into());
    assert_eq!(received.codes[0].turns[0].explained, "accepted");
    assert_eq!(proven(&checker, &again(&traffic())), 2);
}

/// Files enough, and still too few institutions, or too few uses: it waits for more, however often anybody
/// looks, and over a restart it begins anew.
#[test]
fn too_little_never_becomes_a_success() {
    let checker = after(release(1, &sound()), &[]);
    checker.shelf.offer(announced(&sound()));
    on_probation(&checker.swapper.poll(now(), Wanted::Newest));
    let replay = checker.status().claims().replay.clone().unwrap();
    assert_eq!(replay.verdict, Verdict::Inconclusive);
    let one = file_of(1, &[vec![(202406, 5, CODES[0], 100)]]);
    let nameless = claim_file(0, 5);
    assert_eq!(judged(&checker, &vec![[one, nameless]; 8].concat()), (2, "probation".into()));
    let seen = checker.status().watch.unwrap().seen;
    assert_eq!(seen.missing, [Missing::Institutions { seen: 2, needed: 3 }]);
    assert!(
        seen.said.en.contains("2 of 3 institutions (0 of 168 uses moved: at most 1.8 % (95 %))"),
        "{}",
        seen.said.en
    );
    for _ in 0..3 {
        checker.swapper.poll(now(), Wanted::Newest);
        checker.swapper.tick(now().plus_days(30));
    }
    assert_eq!(checker.status().state, "probation");
}

#[test]
fn ending_the_process_confirms_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let drafts = [release(1, &sound()), announced(&sound())];
    for start in 1..=3 {
        let shelf = std::sync::Arc::new(Shelf::after(Line::of(&drafts[..1])));
        let swapper = alone_at(directory.path(), Source(std::sync::Arc::clone(&shelf)));
        if start == 1 {
            let first = std::sync::Arc::new(Shelf::default());
            drop(swapper);
            first.offer(drafts[0].clone());
            let swapper = alone_at(directory.path(), Source(first));
            swapper.poll(now(), Wanted::Newest);
            continue;
        }
        assert_eq!(swapper.active().map(|active| active.id.release), Some(1), "start {start}");
        shelf.offer(drafts[1].clone());
        on_probation(&swapper.poll(now(), Wanted::Newest));
        let watched = swapper.active().unwrap().watched(&swapper.gates().probation).unwrap();
        assert_eq!((watched.files, watched.verdict.as_str()), (0, "inconclusive"));
    }
}

/// What comes while another release is on probation is compared with the confirmed one, and both of their
/// changes lie between.
#[test]
fn changes_of_a_release_on_probation_explain_the_next_one_too() {
    let first = changed(|code| Some(if code == CODES[1] { "101.00" } else { "100.00" }));
    let second = changed(|code| match code {
        code if code == CODES[1] => Some("101.00"),
        code if code == CODES[2] => Some("102.00"),
        _ => Some("100.00"),
    });
    let (checker, outcome) = brought(corrected(&first));
    on_probation(&outcome);
    checker.shelf.offer(Draft { number: 3, ..corrected(&second) });
    on_probation(&checker.swapper.poll(now(), Wanted::Newest));
    assert_eq!(checker.status().watch.unwrap().against, 1);
    assert_eq!(proven(&checker, &again(&traffic())), 3);
}

/// Old against old: a judge that says two things of one claim is found out before old against new is asked.
#[test]
fn a_judge_that_is_not_deterministic_is_an_error_of_its_own() {
    let snapshot = |rows: &[(u32, &str)]| {
        let (state, timelines) = days_of_built_in(&procedures(rows));
        let of = MasterOf { series: "r06", kind: "procedure", master: &state, timelines: &timelines };
        Snapshot::build(&[of]).unwrap()
    };
    let (once, again) = (snapshot(&sound()), snapshot(&changed(|_| Some("99.00"))));
    let files: Vec<std::sync::Arc<[u8]>> = traffic().into_iter().map(Into::into).collect();
    assert_eq!(judged_alike(&files, 7, &once, &snapshot(&sound())), Ok(()));
    let told: Said = judged_alike(&files, 7, &once, &again).unwrap_err().said();
    assert!(told.en.contains("release 7 judged the same claim files twice and not alike"), "{told}");
}
