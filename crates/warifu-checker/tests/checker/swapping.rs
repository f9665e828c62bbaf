//! Releases come while claims are being checked.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use warifu_checker::log::now;
use warifu_checker::said::Said;
use warifu_checker::service::Status;
use warifu_checker::state::{Phase, RefusedFor, Step};
use warifu_checker::swap::{Outcome, Wanted};
use warifu_checker::trial::Verdict;
use warifu_claims::movement::{Bound, CodeVerdict, Missing};
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak as _};

use crate::line::{Draft, JUNE, Line, release, release_at};
use crate::masters::{CODES, bad, good};
use crate::world::{Checker, JudgesClaims as _, Shelf, Source, alone, alone_at, claim_file, meanwhile};

fn activated(outcome: &Outcome) -> Option<(u64, Phase)> {
    match outcome {
        Outcome::Activated { release, phase } => Some((*release, *phase)),
        _ => None,
    }
}

/// A checker whose release 1 is right and confirmed, since nothing ran before it.
fn with_release_1(probation_files: u64) -> Checker {
    let checker = Checker::start(probation_files, 64);
    checker.shelf.offer(release(1, &good()));
    assert_eq!(activated(&checker.client.swap(None).unwrap()), Some((1, Phase::Confirmed)));
    checker
}

#[test]
fn without_a_release_nothing_is_judged() {
    let checker = Checker::start(1, 4);
    let answered = checker.check(&claim_file(1, 1));
    assert_eq!((answered.status, answered.release), (503, None));
    assert_eq!(checker.status().state, "none");
}

#[test]
fn an_answer_names_its_release_everywhere() {
    let checker = with_release_1(1);
    let answered = checker.check(&claim_file(1, 3));
    assert_eq!((answered.status, answered.release), (200, Some(1)));
    let summary = answered.summary();
    assert_eq!(
        (&summary["claims"], &summary["items"], &summary["findings"]),
        (&3.into(), &12.into(), &0.into())
    );
    assert_eq!(summary["release"], 1);

    let mut file = String::from_utf8(claim_file(1, 1)).unwrap();
    file = file.replace("111000110", "199999999");
    let answered = checker.check(file.as_bytes());
    let finding = &answered.lines[0];
    assert_eq!((&finding["code"], &finding["asp"]), (&"claim/code-unknown".into(), &"L3303".into()));
    assert_eq!((&finding["day"], &finding["release"]), (&"2024-06-01".into(), &1.into()));
    assert_eq!(answered.summary()["errors"], 1);
}

#[test]
fn a_claim_file_too_large_is_refused_before_it_is_read() {
    let checker = with_release_1(1);
    let mut line = TcpStream::connect(checker.address).unwrap();
    let length = (64 << 20) + 1;
    write!(line, "POST /check HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n").unwrap();
    let mut answer = String::new();
    BufReader::new(line).read_line(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

/// While releases change, every answer is of exactly one of them: its header, each line and the points it
/// compares with belong together.
#[test]
fn answers_in_flight_are_each_of_one_release() {
    // Every release differs from the one before. One institution's claims alone blame no master.
    let checker = Checker::start(1_000_000, 64);
    // Release n gives n points to every code: a finding tells which release it was made with.
    let points: Vec<String> = (0..12).map(|n| format!("{n}.00")).collect();
    let rows = |n: u64| CODES.map(|code| (code, points[n as usize].as_str()));
    let file = claim_file(1, 40);
    checker.shelf.offer(release(1, &rows(1)));
    checker.client.swap(None).unwrap();
    let judge = |_| {
        let answered = checker.check(&file);
        assert_eq!(answered.status, 200);
        let number = answered.release.unwrap();
        assert_eq!(answered.lines.len(), 40 * 4 + 1);
        for line in &answered.lines {
            assert_eq!(line["release"], number);
            assert!(
                line.get("expected").is_none_or(|points| points.as_str() == Some(&number.to_string())),
                "{line}"
            );
        }
    };
    let answers = meanwhile(3, judge, || {
        for n in 2..=10 {
            checker.shelf.offer(release(n, &rows(n)));
            assert_eq!(activated(&checker.client.swap(Some(n)).unwrap()), Some((n, Phase::Probation)));
            let before = checker.status().claims().requests.checked;
            checker.until("judged by it", |status| status.claims().requests.checked > before + 3);
        }
    });
    assert!(answers > 20, "{answers}");
}

#[test]
fn a_bad_candidate_is_caught_by_replay_before_it_judges_anything() {
    let checker = with_release_1(1);
    for institution in [1, 2] {
        checker.check(&claim_file(institution, 10));
        checker.until("kept for replay", |status| status.claims().queue.judging == 0);
    }
    checker.shelf.offer(release(2, &bad()));
    let Outcome::Refused(refused) = checker.client.swap(None).unwrap() else { panic!("not refused") };
    assert_eq!((refused.refused_for, refused.reached), (RefusedFor::Data, Some(Step::Verified)));
    let status = checker.status();
    assert_eq!(status.running.as_ref().unwrap().id.release, 1);
    let replay = status.claims().replay.clone().unwrap();
    let received = replay.received.unwrap();
    assert_eq!((replay.verdict, received.bound), (Verdict::Refused, Bound { moved: 80, uses: 80 }));
    assert_eq!(received.codes_by_verdict, [(CodeVerdict::Fault, 4)].into());
    assert_eq!(received.codes[0].turns[0].new_rule.as_deref(), Some("claim/points"));
    assert_eq!(checker.check(&claim_file(1, 1)).release, Some(1));
    // The poller does not try it again and again; a newer release is taken.
    let last = checker.swapper.poll(now(), Wanted::ByItself);
    assert!(matches!(last, Outcome::Held { release: 2, .. }), "{last:?}");
    checker.shelf.offer(release(3, &good()));
    assert_eq!(activated(&checker.client.swap(None).unwrap()), Some((3, Phase::Probation)));
    assert_eq!(checker.status().refused, None);
}

#[test]
fn a_candidate_with_a_wrong_field_is_refused() {
    let checker = with_release_1(1);
    let mut rows = good();
    rows[0].1 = "not a number";
    checker.shelf.offer(release(2, &rows));
    let Outcome::Refused(refused) = checker.client.swap(None).unwrap() else { panic!("not refused") };
    assert!(refused.why.en.contains("field/decimal"), "{}", refused.why.en);
    assert_eq!(checker.status().state, "confirmed");
}

#[test]
fn trust_refused_is_kept_and_told_apart() {
    let checker = with_release_1(1);
    checker.shelf.refuse("one half is missing");
    let outcome = checker.client.swap(None).unwrap();
    assert_eq!(outcome.exit_status(), 3);
    assert_eq!(checker.status().refused.unwrap().refused_for, RefusedFor::Trust);
    assert_eq!(checker.check(&claim_file(1, 1)).release, Some(1));
}

/// Nothing to replay, so the bad release gets in; the first files show it, and the checker leaves it by
/// itself.
#[test]
fn probation_falls_back_by_itself_and_holds_the_release() {
    let checker = with_release_1(100);
    checker.shelf.offer(release(2, &bad()));
    assert_eq!(activated(&checker.client.swap(None).unwrap()), Some((2, Phase::Probation)));
    assert_eq!(checker.check(&claim_file(1, 5)).release, Some(2));
    // One institution is nobody's fault but its own, and no success either.
    let status = checker.until("seen", |status| status.watch.as_ref().is_some_and(|w| w.seen.files == 1));
    assert_eq!(status.watch.unwrap().seen.verdict, "inconclusive");
    assert_eq!(checker.check(&claim_file(2, 5)).release, Some(2));
    let status = checker.until("fell back", |status| status.running.as_ref().unwrap().id.release == 1);
    assert_eq!((status.state.as_str(), status.held[0].id.release), ("confirmed", 2));
    assert_eq!(checker.check(&claim_file(1, 5)).release, Some(1));
    assert!(matches!(checker.client.swap(None).unwrap(), Outcome::Held { release: 2, .. }));
    checker.shelf.offer(release(3, &good()));
    assert!(activated(&checker.client.swap(None).unwrap()).is_some());
}

/// What release 2 announced for 1 June is past in release 3, made on 5 June; nobody accepted it by name, and
/// claims still say that it is wrong.
#[test]
fn the_same_fault_in_the_next_release_is_refused_again() {
    let checker = with_release_1(100);
    checker.shelf.offer(release(2, &bad()));
    assert_eq!(activated(&checker.client.swap(None).unwrap()), Some((2, Phase::Probation)));
    for institution in [1, 2] {
        checker.check(&claim_file(institution, 5));
    }
    checker.until("fell back", |status| status.running.as_ref().unwrap().id.release == 1);
    checker.until("kept for replay", |status| status.claims().queue.judging == 0);
    let on_the_fifth =
        |number| Draft { created: UnixSeconds::new(JUNE).plus_days(4), ..release(number, &bad()) };
    checker.shelf.offer(on_the_fifth(3));
    let Outcome::Refused(refused) = checker.client.swap(None).unwrap() else { panic!("not refused") };
    assert!(refused.why.en.starts_with("in replay: 4 codes of masters at fault"), "{}", refused.why);
    let received = checker.status().claims().replay.clone().unwrap().received.unwrap();
    assert_eq!(received.codes[0].turns[0].explained, "announced");

    // Right in release 4 and so again in its successor: then the own list of release 5 has it, accepted.
    checker.shelf.offer(Draft { created: on_the_fifth(4).created, accepts: true, ..release(4, &good()) });
    checker.shelf.offer(Draft { accepts: true, ..on_the_fifth(5) });
    assert_eq!(activated(&checker.client.swap(None).unwrap()), Some((5, Phase::Probation)));
}

/// A newer release ends what held older ones, once it is confirmed: until then it may be left for what was
/// before it.
#[test]
fn a_confirmed_release_ends_what_held_older_ones() {
    let checker = with_release_1(1);
    let held = |status: &Status| status.held.iter().map(|held| held.id.release).collect::<Vec<_>>();
    for number in [2, 3] {
        checker.shelf.offer(release(number, &good()));
        checker.client.swap(None).unwrap();
        checker.client.fall_back().unwrap();
    }
    checker.shelf.offer(release(4, &good()));
    checker.client.swap(None).unwrap();
    let status = checker.status();
    assert_eq!((status.state.as_str(), held(&status)), ("probation", vec![2, 3]));
    checker.check(&claim_file(1, 1));
    let status = checker.until("confirmed", |status| status.state == "confirmed");
    assert_eq!(held(&status), Vec::<u64>::new());
    // What is older stays out all the same.
    checker.shelf.offer(release(3, &good()));
    assert!(matches!(checker.client.swap(None).unwrap(), Outcome::Refused(_)));
}

#[test]
fn without_traffic_probation_is_inconclusive() {
    let checker = with_release_1(2);
    checker.shelf.offer(release(2, &good()));
    checker.client.swap(None).unwrap();
    // A file without an item says nothing about masters.
    checker.check(b"IR,1,13,1,0000001,,,202407,00,\r\nGO,0,0,99\r\n");
    let status = checker.until("answered", |status| {
        status.claims().requests.checked == 1 && status.claims().queue.judging == 0
    });
    assert_eq!(status.state, "probation");
    let seen = status.watch.unwrap().seen;
    assert_eq!((seen.verdict.as_str(), seen.files), ("inconclusive", 0));
    assert_eq!(seen.missing[0], Missing::Files { seen: 0, needed: 2 });
    checker.check(&claim_file(1, 1));
    checker.until("seen", |status| status.watch.as_ref().is_some_and(|watch| watch.seen.files == 1));
    checker.check(&claim_file(1, 1));
    let status = checker.until("confirmed", |status| status.state == "confirmed");
    assert_eq!((status.running.unwrap().id.release, status.previous.unwrap().id.release), (2, 1));
}

#[test]
fn only_the_release_asked_for_is_taken() {
    let checker = with_release_1(1);
    checker.shelf.offer(release(2, &good()));
    for other in [0, 1, 3] {
        let outcome = checker.client.swap(Some(other)).unwrap();
        assert_eq!(outcome, Outcome::NotOffered { offered: 2 }, "release {other}");
    }
    assert_eq!(activated(&checker.client.swap(Some(2)).unwrap()), Some((2, Phase::Probation)));
}

/// A release whose instant came while nothing could be written is tried again less and less often, is told
/// once, and judges once it can.
#[test]
fn a_release_that_could_not_be_activated_is_tried_again_after_a_while() {
    let directory = tempfile::tempdir().unwrap();
    let shelf = Arc::new(Shelf::default());
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    shelf.offer(release(1, &good()));
    swapper.poll(now(), Wanted::ByItself);
    let later = now().plus_days(1);
    shelf.offer(release_at(2, &good(), Some(later)));
    swapper.poll(now(), Wanted::ByItself);

    // Nothing can be put in the place of a folder.
    let records = ["checker.json", "checker-copy.json"].map(|name| directory.path().join(name));
    let break_disk = || {
        for record in &records {
            std::fs::remove_file(record).unwrap();
            std::fs::create_dir(record).unwrap();
        }
    };
    let mend_disk = || records.iter().for_each(|record| std::fs::remove_dir(record).unwrap());
    let after = |seconds: i64| UnixSeconds::new(later.seconds() + seconds);
    break_disk();
    let Some(Outcome::Unavailable { cause, why }) = swapper.tick(later) else { panic!("not told") };
    // Whoever looks meanwhile is told why.
    assert_eq!(swapper.poll(after(0), Wanted::ByItself), Outcome::Unavailable { cause, why: why.clone() });
    assert_eq!(swapper.poll(after(0), Wanted::Newest), Outcome::Unavailable { cause, why });
    for second in 1..3600 {
        assert_eq!(swapper.tick(after(second)), None, "told again after {second} seconds");
    }
    mend_disk();
    let tried = (3600..4200).find_map(|second| swapper.tick(after(second)).map(|outcome| (second, outcome)));
    let (second, outcome) = tried.expect("it is tried again within ten minutes");
    assert_eq!(activated(&outcome), Some((2, Phase::Probation)));
    // 10, 20, 40, 80, 160, 320 and 600 seconds apart, then every 600.
    assert_eq!(second, 630 + 5 * 600);

    // Somebody who asks does not wait.
    shelf.offer(release_at(3, &good(), Some(after(5000))));
    swapper.poll(after(4200), Wanted::ByItself);
    break_disk();
    assert!(matches!(swapper.tick(after(5000)), Some(Outcome::Unavailable { .. })));
    mend_disk();
    assert_eq!(activated(&swapper.poll(after(5001), Wanted::Newest)), Some((3, Phase::Probation)));
    assert_eq!(swapper.tick(after(9000)), None, "nothing waits any more");
}

#[test]
fn an_operator_falls_back_once() {
    let checker = with_release_1(1);
    assert!(checker.client.fall_back().is_err(), "nothing before");
    checker.shelf.offer(release(2, &good()));
    checker.client.swap(None).unwrap();
    assert_eq!(checker.client.fall_back().unwrap().release, 1);
    assert!(checker.client.fall_back().is_err(), "only what was confirmed before");
    assert!(matches!(checker.client.swap(None).unwrap(), Outcome::Held { release: 2, .. }));
}

/// A release that comes while another is on probation is compared with the confirmed one, and falls back to
/// it.
#[test]
fn nobody_falls_back_onto_an_unproven_release() {
    let checker = with_release_1(100);
    for number in [2, 3] {
        checker.shelf.offer(release(number, &good()));
        assert_eq!(activated(&checker.client.swap(None).unwrap()), Some((number, Phase::Probation)));
    }
    assert_eq!(checker.status().watch.unwrap().against, 1);
    assert_eq!(checker.client.fall_back().unwrap().release, 1);
}

#[test]
fn a_full_queue_turns_senders_away() {
    let checker = Checker::start(1, 0);
    checker.shelf.offer(release(1, &good()));
    checker.client.swap(None).unwrap();
    let file = claim_file(1, 20_000);
    let turned_away = std::sync::atomic::AtomicUsize::new(0);
    let judge = |_| match checker.check(&file).status {
        200 => {}
        503 => _ = turned_away.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
        other => panic!("{other}"),
    };
    meanwhile(4, judge, || {
        checker.until("turned away", |status| status.claims().requests.turned_away > 0);
    });
    assert!(turned_away.into_inner() > 0);
}

/// Senders who hang up while their files wait leave the line, and nothing of theirs is judged.
#[test]
fn senders_who_leave_free_their_places() {
    let checker = with_release_1(1);
    let busy = checker.keep_busy();
    let file = claim_file(1, 1);
    let send = |_| {
        let mut line = TcpStream::connect(checker.address).unwrap();
        write!(line, "POST /check HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", file.len()).unwrap();
        line.write_all(&file).unwrap();
        line
    };
    let lines: Vec<TcpStream> = (0..5).map(send).collect();
    checker.until("all wait", |status| status.claims().queue.waiting == 5);
    drop(lines);
    checker.until("nobody waits", |status| status.claims().queue.waiting == 0);
    drop(busy);
    assert_eq!(checker.check(&file).status, 200);
    let status = checker.until("idle", |status| status.claims().queue.judging == 0);
    assert_eq!(status.claims().requests.checked, 1);
}

/// A release may name the instant from which it judges: it is fetched and cleared before.
#[test]
fn a_release_waits_for_its_instant() {
    let checker = with_release_1(1);
    let later = now().plus_days(1);
    checker.shelf.offer(release_at(2, &good(), Some(later)));
    let outcome = checker.client.swap(None).unwrap();
    assert_eq!(outcome, Outcome::Waiting { release: 2, until: later });
    checker.swapper.tick(now());
    assert_eq!(checker.client.swap(None).unwrap(), outcome);
    assert_eq!(checker.check(&claim_file(1, 1)).release, Some(1));
    checker.swapper.tick(later);
    assert_eq!(checker.status().running.map(|running| running.id.release), Some(2));
    let judges = |received| checker.swapper.judging(received).map(|active| active.id.release);
    assert_eq!(judges(later), Some(2));
    // The claims of today came before its instant.
    assert_eq!(checker.check(&claim_file(1, 1)).release, Some(1));
}

#[test]
fn a_release_that_waits_and_is_withdrawn_never_judges() {
    let checker = with_release_1(1);
    let later = now().plus_days(1);
    let id = checker.shelf.offer(release_at(2, &good(), Some(later)));
    assert_eq!(checker.client.swap(None).unwrap(), Outcome::Waiting { release: 2, until: later });
    checker.shelf.withdraw(id, "wrong points");
    let outcome = checker.client.swap(None).unwrap();
    assert!(
        matches!(&outcome, Outcome::Held { release: 2, why, .. } if why.en == "wrong points"),
        "{outcome:?}"
    );
    checker.swapper.tick(later);
    assert_eq!(checker.check(&claim_file(1, 1)).release, Some(1));
    assert_eq!(checker.client.status().unwrap().withdrawn, None, "what runs is another one");
}

#[test]
fn what_runs_withdrawn_without_anything_to_go_back_to_is_said_first() {
    let checker = with_release_1(1);
    let id = checker.shelf.offered().unwrap().id();
    assert_eq!(checker.client.status().unwrap().exit_status(), 0);
    let reason = "the points of code 112007410 were set to those of another code by mistake on Saturday";
    checker.shelf.withdraw(id, reason);
    assert!(matches!(checker.client.swap(None).unwrap(), Outcome::Held { release: 1, .. }));
    assert_eq!(checker.check(&claim_file(1, 1)).release, Some(1));
    let status = checker.client.status().unwrap();
    assert_eq!(status.withdrawn, Some(Said::new(reason, reason)));
    assert_eq!(status.exit_status(), 3);
    for (lang, first) in [(Lang::En, "WITHDRAWN: release 1 "), (Lang::Ja, "取下げ: リリース 1 ")] {
        let said = status.say(lang);
        assert!(said.starts_with(first), "{said}");
        assert_eq!(said.matches(reason).count(), 1, "a long reason is given once: {said}");
    }
    // The next release ends it.
    checker.shelf.offer(release(2, &good()));
    checker.client.swap(None).unwrap();
    assert_eq!(checker.client.status().unwrap().withdrawn, None);
}

/// A release that takes the checker down with it must not be tried for ever.
#[test]
fn a_release_that_never_outlives_probation_is_held() {
    let directory = tempfile::tempdir().unwrap();
    let [first, second] = [1, 2].map(|number| release(number, &good()));
    let both = [first.clone(), second];
    let id = Shelf::after(Line::of(&both[..1])).offer(both[1].clone());
    for start in 1..=4 {
        let swapper = alone(directory.path(), if start == 1 { &both[..1] } else { &both });
        assert_eq!(swapper.active().map(|active| active.id.release), (start > 1).then_some(1));
        let outcome = swapper.poll(now(), Wanted::ByItself);
        match start {
            1 => assert_eq!(activated(&outcome), Some((1, Phase::Confirmed))),
            2..=4 => assert_eq!(activated(&outcome), Some((2, Phase::Probation)), "start {start}"),
            _ => unreachable!(),
        }
    }
    let swapper = alone(directory.path(), &both);
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Held { release: 2, .. }));
    assert!(swapper.record().held(id).is_some());
}

/// What lies on disk is compared with its digest: a damaged release is not resumed, the one before it is.
#[test]
fn damaged_content_is_not_resumed() {
    let directory = tempfile::tempdir().unwrap();
    drop({
        let swapper = alone(directory.path(), &[release(1, &good())]);
        swapper.poll(now(), Wanted::ByItself);
        swapper
    });
    for file in std::fs::read_dir(directory.path().join("content")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap().replace("100.00", "101.00");
        std::fs::write(path, text).unwrap();
    }
    let swapper = alone(directory.path(), &[release(1, &good())]);
    assert!(swapper.active().is_none());
    // The channel has it again.
    assert_eq!(swapper.poll(now(), Wanted::ByItself), Outcome::Unchanged { release: 1 });
    assert_eq!(swapper.active().map(|active| active.id.release), Some(1));
}
