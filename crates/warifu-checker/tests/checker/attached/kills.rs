//! Killed at any step, and by what it gives.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use warifu_checker::attach::Step;
use warifu_checker::log::now;
use warifu_checker::said::Said;
use warifu_checker::state::Phase;
use warifu_checker::swap::{Outcome, Wanted};

use crate::attached::site::{Site, draft, held, later, number, reason};

/// What kills before a step, and how many steps are left until it does: without end until that is set.
fn kills() -> (Arc<AtomicUsize>, impl Fn(Step) + Send + Sync + 'static) {
    let left = Arc::new(AtomicUsize::new(usize::MAX));
    let counts = Arc::clone(&left);
    (left, move |step| assert!(counts.fetch_sub(1, Ordering::Relaxed) != 0, "killed before {step:?}"))
}

/// Killed before each step in turn, with a release that is taken and with one that is not: a reader finds
/// the old or the new one whole, and the next start ends where no kill would have led.
#[test]
fn a_kill_at_any_step_leaves_old_or_new_and_the_next_start_goes_on() {
    for (refuses, steps) in [("", 4), ("2\n", 6)] {
        for at in 0..=steps {
            let site = Site::new();
            let (left, kills) = kills();
            let swapper = site.start(kills);
            site.shelf.offer(draft(1));
            swapper.poll(now(), Wanted::ByItself);
            site.refuses(refuses);
            site.shelf.offer(draft(2));
            left.store(at, Ordering::Relaxed);
            let killed = catch_unwind(AssertUnwindSafe(|| swapper.poll(now(), Wanted::ByItself))).is_err();
            assert_eq!(killed, at < steps, "{at} of {steps}");
            assert!(matches!(site.linked(), Some(1 | 2)), "step {at}");
            drop(swapper);
            let swapper = site.start(|_| ());
            if killed {
                // Before anything new is taken, the program works with what is known to work.
                assert_eq!((number(&swapper), site.linked(), site.read()), (Some(1), Some(1), Some(1)));
            }
            swapper.poll(now(), Wanted::Newest);
            let runs = if refuses.is_empty() { 2 } else { 1 };
            assert_eq!((number(&swapper), site.linked(), site.read()), (Some(runs), Some(runs), Some(runs)));
            assert_eq!(held(&swapper), if refuses.is_empty() { vec![] } else { vec![2] });
        }
    }
}

/// A release that takes this down with it whenever the program is told is held with the third time.
#[test]
fn a_release_that_kills_whoever_gives_it_is_held_with_the_third_time() {
    for step in [Step::Reload, Step::Probe] {
        let site = Site::new();
        let swapper = site.start(|_| ());
        site.shelf.offer(draft(1));
        swapper.poll(now(), Wanted::ByItself);
        drop(swapper);
        site.shelf.offer(draft(2));
        for times in 0..3 {
            let begun = AtomicBool::new(false);
            let swapper = site.start(move |it| {
                // The first time is for what ran.
                let is_first = it == step && !begun.swap(true, Ordering::Relaxed);
                assert!(it != step || is_first, "killed before {it:?}");
            });
            assert_eq!(held(&swapper), Vec::<u64>::new(), "{times}");
            let killed = catch_unwind(AssertUnwindSafe(|| swapper.poll(now(), Wanted::ByItself))).is_err();
            assert!(killed, "{step:?} {times}");
        }
        let swapper = site.start(|_| ());
        assert_eq!((number(&swapper), site.linked(), held(&swapper)), (Some(1), Some(1), vec![2]));
        let Outcome::Held { release: 2, why, .. } = swapper.poll(now(), Wanted::ByItself) else {
            panic!("tried again")
        };
        assert!(why.en.contains("3 times while it was given to the attached program"), "{}", why.en);
        // Somebody lifts that, and it is given again.
        swapper.unhold(2, reason(), now()).unwrap();
        assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 2, .. }));
    }
}

/// The same with the first release of a site: it is held, and the link to it goes.
#[test]
fn a_first_release_that_kills_whoever_gives_it_is_held_and_leaves_no_link() {
    for step in [Step::Reload, Step::Probe] {
        let site = Site::new();
        site.shelf.offer(draft(1));
        for times in 0..3 {
            let swapper = site.start(move |it| assert_ne!(it, step, "killed"));
            assert_eq!((site.linked(), held(&swapper)), (None, vec![]), "{times}");
            let killed = catch_unwind(AssertUnwindSafe(|| swapper.poll(now(), Wanted::ByItself))).is_err();
            assert!(killed && site.linked() == Some(1), "{step:?} {times}");
        }
        let swapper = site.start(|_| ());
        assert_eq!((number(&swapper), site.linked(), held(&swapper)), (None, None, vec![1]));
        swapper.unhold(1, reason(), now()).unwrap();
        assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 1, .. }));
    }
}

/// Killed soon after a first release was activated, and by each start that gives it again.
#[test]
fn a_first_release_that_kills_each_start_is_held_and_leaves_no_link() {
    let site = Site::new();
    site.shelf.offer(draft(1));
    let swapper = site.start(|_| ());
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 1, .. }));
    drop(swapper);
    for times in 0..2 {
        let start = || site.start(|step| assert_ne!(step, Step::Reload, "killed"));
        assert!(catch_unwind(AssertUnwindSafe(start)).is_err(), "{times}");
        assert_eq!(site.linked(), Some(1), "{times}");
    }
    let swapper = site.start(|_| ());
    assert_eq!((number(&swapper), site.linked(), held(&swapper)), (None, None, vec![1]));
}

/// Killed after the link was moved to a first release, which is not taken then: nothing is put back to it.
#[test]
fn a_link_that_a_kill_left_at_what_is_not_taken_goes() {
    let site = Site::new();
    let swapper = site.start(|step| assert_ne!(step, Step::Reload, "killed"));
    site.shelf.offer(draft(1));
    assert!(catch_unwind(AssertUnwindSafe(|| swapper.poll(now(), Wanted::ByItself))).is_err());
    assert_eq!(site.linked(), Some(1));
    drop(swapper);
    let swapper = site.start(|_| ());
    site.refuses("1\n");
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Held { release: 1, .. }));
    assert_eq!((number(&swapper), site.linked(), swapper.attached().unwrap().trouble), (None, None, None));
}

/// Killed while the program is given back what it had: that it went back is known by then.
#[test]
fn a_kill_while_it_goes_back_does_not_bring_back_what_was_left() {
    for at in 0..=4 {
        let site = Site::new();
        let (left, kills) = kills();
        let swapper = site.start(kills);
        for number in [1, 2] {
            site.shelf.offer(draft(number));
            swapper.poll(now(), Wanted::ByItself);
            swapper.tick(later(61));
        }
        assert_eq!(swapper.active().map(|it| (it.id.release, it.phase())), Some((2, Phase::Confirmed)));
        left.store(at, Ordering::Relaxed);
        let back = || swapper.fall_back(Said::new("a test", "試験"), None, now());
        assert_eq!(catch_unwind(AssertUnwindSafe(back)).is_err(), at < 4, "step {at}");
        drop(swapper);
        let swapper = site.start(|_| ());
        assert_eq!((number(&swapper), held(&swapper)), (Some(1), vec![2]), "step {at}");
        assert_eq!((site.linked(), site.read()), (Some(1), Some(1)), "step {at}");
    }
}
