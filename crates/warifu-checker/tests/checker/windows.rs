//! Activation keeps to the calendar: it waits for the end of a claim window, unless it is an emergency.

use std::sync::Arc;

use warifu_checker::calendar::Calendar;
use warifu_checker::said::Said;
use warifu_checker::swap::{Gates, Outcome, Swapper, Wanted};
use warifu_trust::{Emergency, UnixSeconds};

use crate::line::{Line, release, release_at};
use crate::masters::{good, procedures};
use crate::world::{Shelf, Source, alone_at};

fn at(text: &str) -> UnixSeconds {
    text.parse().unwrap()
}

fn number(swapper: &Swapper) -> Option<u64> {
    swapper.active().map(|active| active.id.release)
}

/// In the claim window of December 2026, with release 1 running.
fn in_the_window() -> (tempfile::TempDir, Arc<Shelf>, Swapper, UnixSeconds) {
    let directory = tempfile::tempdir().unwrap();
    let shelf = Arc::new(Shelf::after(Line::default()));
    let calendar = Calendar::of_the_field(None).unwrap();
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf))).keeping_to(calendar);
    shelf.offer(release(1, &good()));
    let now = at("2026-12-08T10:00:00+09:00");
    let first = swapper.poll(now, Wanted::ByItself);
    assert!(matches!(first, Outcome::Activated { .. }), "where nothing judges, nothing need wait: {first:?}");
    (directory, shelf, swapper, now)
}

#[test]
fn a_release_waits_for_the_end_of_the_window_and_says_so() {
    let (_directory, shelf, swapper, now) = in_the_window();
    shelf.offer(release(2, &good()));
    let midnight = at("2026-12-09T00:00:00+09:00");
    for wanted in [Wanted::ByItself, Wanted::Newest, Wanted::Release(2)] {
        let outcome = swapper.poll(now, wanted);
        let Outcome::Postponed { release: 2, until, why } = &outcome else { panic!("{outcome:?}") };
        assert_eq!((*until, why.en.as_str()), (midnight, "claims are received"));
        assert_eq!(outcome.exit_status(), 0);
        assert!(outcome.said().unwrap().ja.contains("令和8年12月9日 0時00分"));
    }
    assert_eq!(swapper.tick(UnixSeconds::new(midnight.seconds() - 1)), None);
    assert!(matches!(swapper.tick(midnight), Some(Outcome::Activated { release: 2, .. })));
    assert_eq!(number(&swapper), Some(2));
}

/// What waits for the end of a window is not left to it when the window is not one any more.
#[test]
fn another_calendar_moves_what_waits_for_the_one_before() {
    for is_asked in [false, true] {
        let (_directory, shelf, swapper, now) = in_the_window();
        shelf.offer(release(2, &good()));
        assert!(matches!(swapper.poll(now, Wanted::ByItself), Outcome::Postponed { .. }));
        // The same calendar again changes nothing, and is no news.
        swapper.go_by(Gates::default(), Calendar::of_the_field(None).unwrap());
        assert_eq!(swapper.tick(now), None);
        assert_eq!(swapper.coming().map(|coming| coming.at), Some(at("2026-12-09T00:00:00+09:00")));
        // Another window: when it comes is known with the next tick, whenever the channel is looked at.
        let shorter =
            "[[windows.monthly]]\ndays = \"8-8\"\nhours = \"08:00-23:00\"\nen = \"x\"\nja = \"x\"\n";
        swapper.go_by(Gates::default(), Calendar::parse(shorter, None).unwrap());
        assert!(matches!(swapper.tick(now), Some(Outcome::Postponed { .. })));
        assert_eq!(swapper.coming().map(|coming| coming.at), Some(at("2026-12-08T23:00:00+09:00")));
        swapper.go_by(Gates::default(), Calendar::open());
        let outcome = if is_asked { Some(swapper.poll(now, Wanted::Newest)) } else { swapper.tick(now) };
        assert!(matches!(outcome, Some(Outcome::Activated { release: 2, .. })), "{outcome:?}");
        assert_eq!(swapper.tick(now), None);
    }
}

/// Both signed an instant that the calendar here has closed: that is told as soon as it is known.
#[test]
fn an_instant_in_a_window_is_postponed_from_the_beginning() {
    let (_directory, shelf, swapper, now) = in_the_window();
    let signed = at("2026-12-10T09:00:00+09:00");
    shelf.offer(release_at(2, &good(), Some(signed)));
    let outcome = swapper.poll(now, Wanted::ByItself);
    let until = at("2026-12-11T00:00:00+09:00");
    assert!(matches!(&outcome, Outcome::Postponed { until: told, .. } if *told == until), "{outcome:?}");
    assert!(matches!(swapper.tick(until), Some(Outcome::Activated { release: 2, .. })));
}

#[test]
fn an_instant_in_the_night_between_is_kept_to_the_second() {
    let (_directory, shelf, swapper, now) = in_the_window();
    let signed = at("2026-12-09T03:00:00+09:00");
    shelf.offer(release_at(2, &good(), Some(signed)));
    assert_eq!(swapper.poll(now, Wanted::ByItself), Outcome::Waiting { release: 2, until: signed });
    assert!(matches!(swapper.tick(signed), Some(Outcome::Activated { release: 2, .. })));
}

#[test]
fn an_emergency_passes_a_closed_window_and_nothing_else() {
    let (_directory, shelf, swapper, now) = in_the_window();
    let line = Line::of(&[release(1, &good())]);
    let mut emergency = line.unsigned("2024-05-31", vec![procedures(&good())]);
    emergency.head.emergency = Some(Emergency { reason: "初診料の誤り".into() });
    swapper.freeze("試験".parse().unwrap(), now).unwrap();
    shelf.put(emergency.sign());
    assert!(matches!(swapper.poll(now, Wanted::Newest), Outcome::Held { release: 2, .. }));
    swapper.thaw("試験".parse().unwrap(), now).unwrap();
    assert!(matches!(swapper.tick(now), Some(Outcome::Activated { release: 2, .. })));
}

/// What came before the instant is for the release before, however late its turn comes; what came after it
/// waits for the new one.
#[test]
fn the_instant_and_the_receipt_of_a_claim_decide_which_release_judges_it() {
    let (_directory, shelf, swapper, now) = in_the_window();
    let instant = at("2026-12-09T03:00:00+09:00");
    let before = UnixSeconds::new(instant.seconds() - 1);
    shelf.offer(release_at(2, &good(), Some(instant)));
    swapper.poll(now, Wanted::ByItself);
    let judges = |received| swapper.judging(received).map(|active| active.id.release);
    assert_eq!(judges(before), Some(1));
    // Claims of the instant come while the old one still judges: each waits until this node has changed.
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..4).map(|_| scope.spawn(|| judges(instant))).collect();
        assert!(matches!(swapper.tick(instant), Some(Outcome::Activated { release: 2, .. })));
        for judged in waiting {
            assert_eq!(judged.join().unwrap(), Some(2));
        }
    });
    assert_eq!((judges(before), judges(instant)), (Some(1), Some(2)));
    // Also when it has been confirmed meanwhile, and no more when it was left.
    swapper.confirm(2, "試験".parse().unwrap(), instant).unwrap();
    assert_eq!(judges(before), Some(1));
    swapper.fall_back(Said::new("a test", "試験"), None, instant).unwrap();
    assert_eq!((judges(before), judges(instant)), (Some(1), Some(1)));
}

/// A release that is refused at its instant, or cannot be activated, makes nobody wait.
#[test]
fn nobody_waits_for_a_release_that_will_not_judge() {
    let (_directory, shelf, swapper, now) = in_the_window();
    let instant = at("2026-12-09T03:00:00+09:00");
    let id = shelf.offer(release_at(2, &good(), Some(instant)));
    swapper.poll(now, Wanted::ByItself);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| swapper.judging(instant).map(|active| active.id.release));
        shelf.withdraw(id, "wrong");
        swapper.poll(now, Wanted::ByItself);
        assert_eq!(waiting.join().unwrap(), Some(1));
    });
    assert_eq!(number(&swapper), Some(1));
}
