//! What is given to a program, and given back: taken, not taken, not asked of, and put right.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use warifu_checker::log::now;
use warifu_checker::said::Said;
use warifu_checker::state::{Disk, Phase, WriteStep};
use warifu_checker::swap::{Outcome, Swapper, Wanted};
use warifu_trust::UnixSeconds;

use crate::attached::site::{Site, draft, held, later, number, reason};
use crate::world::{Source, alone_on};

/// A release is confirmed when the program worked with it for long enough; operators go back and forth.
#[test]
fn a_program_is_given_releases_and_gives_them_back() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    for number in 1..=5 {
        site.shelf.offer(draft(number));
        let outcome = swapper.poll(now(), Wanted::ByItself);
        assert!(matches!(outcome, Outcome::Activated { .. }), "{outcome:?}");
        assert_eq!((site.linked(), site.read()), (Some(number), Some(number)));
        swapper.tick(later(30));
        let phase = swapper.active().unwrap().phase();
        assert_eq!(phase, if number == 1 { Phase::Confirmed } else { Phase::Probation });
        swapper.tick(later(61));
        assert_eq!(swapper.active().unwrap().phase(), Phase::Confirmed);
    }
    // What runs, and three to go back to.
    assert_eq!(site.folders(), 4);
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |name: &str| fs::metadata(site.at(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("current/release.json"), mode("current/")), (0o640, 0o750));
    assert_eq!(swapper.fall_back_to(2, Said::new("a test", "試験"), now()), Ok(2));
    assert_eq!((site.linked(), site.read(), held(&swapper)), (Some(2), Some(2), vec![3, 4, 5]));
    // Frozen it takes nothing, and thawed it does.
    site.shelf.offer(draft(6));
    swapper.freeze(reason(), now()).unwrap();
    assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Held { release: 6, .. }));
    assert_eq!(site.read(), Some(2));
    swapper.thaw(reason(), now()).unwrap();
    assert!(matches!(swapper.tick(now()), Some(Outcome::Activated { release: 6, .. })));
    // It works no more while it is watched: back, and held.
    fs::write(site.at("broken"), "").unwrap();
    swapper.tick(later(10));
    assert_eq!((number(&swapper), site.linked(), held(&swapper)), (Some(2), Some(2), vec![3, 4, 5, 6]));
    // It did not work with that either: this is told loudly, and tried again.
    let trouble = swapper.attached().unwrap().trouble;
    assert!(trouble.is_some() && fs::read_to_string(site.at("alerts")).unwrap().lines().count() == 1);
    fs::remove_file(site.at("broken")).unwrap();
    swapper.tick(later(60));
    assert_eq!((swapper.attached().unwrap().trouble, swapper.attached().unwrap().uses), (None, Some(2)));
}

/// What the program does not take is put back and held until somebody lifts that.
#[test]
fn a_release_that_the_program_does_not_take_is_put_back_and_held() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    // Also a first one: then there is nothing again.
    site.refuses("1\n");
    site.shelf.offer(draft(1));
    let Outcome::Held { release: 1, why, .. } = swapper.poll(now(), Wanted::ByItself) else {
        panic!("taken")
    };
    assert!(why.en.contains("I do not like 1") && why.en.contains("unhold 1"), "{}", why.en);
    assert_eq!((number(&swapper), site.linked(), swapper.attached().unwrap().uses), (None, None, None));
    site.refuses("");
    assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Held { release: 1, .. }));
    swapper.unhold(1, reason(), now()).unwrap();
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 1, .. }));

    site.refuses("2\n");
    site.shelf.offer(draft(2));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Held { release: 2, .. }));
    assert_eq!((number(&swapper), site.linked(), site.read()), (Some(1), Some(1), Some(1)));
    assert_eq!((swapper.attached().unwrap().uses, swapper.attached().unwrap().trouble), (Some(1), None));
    drop(swapper);
    let swapper = site.start(|_| ());
    assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Held { release: 2, .. }));
    // A newer one is taken without further ado.
    site.shelf.offer(draft(3));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 3, .. }));
    // Neither the new nor the old: it is said so.
    site.refuses("3\n4\n");
    site.shelf.offer(draft(4));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Held { release: 4, .. }));
    assert_eq!((number(&swapper), site.linked()), (Some(3), Some(3)));
    let trouble = swapper.attached().unwrap().trouble.unwrap();
    assert!(trouble.en.contains("I do not like 3"), "{}", trouble.en);
    let log = fs::read_to_string(site.at("state/audit.jsonl")).unwrap();
    assert!(log.contains("I do not like 4") && log.contains("\"unhold\""), "{log}");
}

/// Nothing speaks against a release whose files could not be placed: it is tried again, and not held.
#[test]
fn a_release_that_the_program_was_not_asked_of_is_not_held() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    fs::write(site.at("releases"), "in the way").unwrap();
    site.shelf.offer(draft(1));
    let Outcome::Unavailable { why, .. } = swapper.poll(now(), Wanted::ByItself) else { panic!("not later") };
    assert!(why.en.contains("cannot be placed") && held(&swapper).is_empty(), "{}", why.en);
    fs::remove_file(site.at("releases")).unwrap();
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 1, .. }));
}

/// However often it is tried, and whatever a command says each time.
#[test]
fn what_keeps_a_program_out_of_step_is_told_once() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    site.shelf.offer(draft(1));
    swapper.poll(now(), Wanted::ByItself);
    fs::remove_file(site.at("current")).unwrap();
    site.refuses("1\n");
    let begun = now().seconds();
    let why = [10, 60, 120].map(|seconds| {
        swapper.tick(UnixSeconds::new(begun + seconds));
        swapper.attached().unwrap().trouble.unwrap().en
    });
    assert!(why[0] != why[1] && why[1] != why[2], "{why:?}");
    // Since the first time; what it said last, the last time.
    let attached = swapper.attached().unwrap();
    let said = warifu_values::lang::Speak::say(&attached, warifu_values::lang::Lang::En);
    let (since, told) = (attached.since.unwrap(), attached.told.unwrap());
    assert_eq!(told.at.seconds() - since.seconds(), 110, "{said}");
    assert!(said.contains(&format!("OUT OF STEP since {since}: ")), "{said}");
    assert!(told.wrong.unwrap().en.contains("I do not like 1"), "{said}");
    let lines = |name: &str, of: &str| {
        let text = fs::read_to_string(site.at(name)).unwrap();
        text.lines().filter(|line| line.contains(of)).count()
    };
    assert_eq!(lines("alerts", ""), 1);
    assert_eq!(
        (lines("state/audit.jsonl", "\"out-of-step\""), lines("state/audit.jsonl", "\"hold\"")),
        (1, 0)
    );
}

/// Somebody moves the link while a release is on probation, and the program cannot be given that again.
#[test]
fn a_release_on_probation_that_cannot_be_given_again_is_left() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    for number in [1, 2] {
        site.shelf.offer(draft(number));
        assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { .. }));
    }
    fs::remove_file(site.at("current")).unwrap();
    site.refuses("2\n");
    swapper.tick(later(10));
    assert_eq!((number(&swapper), held(&swapper)), (Some(1), vec![2]));
    assert_eq!((site.linked(), site.read()), (Some(1), Some(1)));
    assert_eq!(swapper.attached().map(|it| (it.uses, it.trouble)), Some((Some(1), None)));
}

/// While a release goes from the program to judging here, nobody sees that the two differ: a second that is
/// looked at meanwhile does not give the program back what it had.
#[test]
fn nobody_looks_between_what_the_program_took_and_what_judges() {
    let site = Site::new();
    let seen: Arc<OnceLock<Weak<Swapper>>> = Arc::default();
    let (is_watched, was_changing) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let disk = {
        let (seen, is_watched, was_changing) = (seen.clone(), is_watched.clone(), was_changing.clone());
        Disk::failing(move |step, path: &Path| {
            let is_record =
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("checker"));
            // The first time that the record is written, which names the new release.
            if is_record && step == WriteStep::Flush && is_watched.swap(false, Ordering::Relaxed) {
                let swapper = seen.get().and_then(Weak::upgrade).unwrap();
                was_changing.store(swapper.attached().unwrap().is_changing, Ordering::Relaxed);
                // It ends when the release judges.
                std::thread::spawn(move || swapper.tick(later(10)));
            }
            None
        })
    };
    let swapper =
        Arc::new(site.attached(alone_on(disk, &site.at("state"), Source(Arc::clone(&site.shelf))), |_| ()));
    seen.set(Arc::downgrade(&swapper)).unwrap();
    site.shelf.offer(draft(1));
    swapper.poll(now(), Wanted::ByItself);
    is_watched.store(true, Ordering::Relaxed);
    site.shelf.offer(draft(2));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 2, .. }));
    assert!(was_changing.load(Ordering::Relaxed), "the program was let go before the release judged");
    swapper.tick(later(10));
    assert_eq!((number(&swapper), site.linked(), site.read()), (Some(2), Some(2), Some(2)));
}

/// Whoever sees that a release judges finds in the log of acts that it was swapped to: a crash then loses
/// nothing of that.
#[test]
fn a_swap_is_among_the_acts_before_anybody_can_see_it() {
    let site = Site::new();
    let seen: Arc<OnceLock<Weak<Swapper>>> = Arc::default();
    let told: Arc<Mutex<Vec<(u64, bool)>>> = Arc::default();
    let disk = {
        let (seen, told, acts) = (Arc::clone(&seen), Arc::clone(&told), site.at("state/audit.jsonl"));
        Disk::failing(move |_, _: &Path| {
            // Each time that a disk is waited for, somebody may look.
            let swapper = seen.get().and_then(Weak::upgrade);
            if let Some(release) = swapper.and_then(|swapper| number(&swapper)) {
                let acts = fs::read_to_string(&acts).unwrap();
                let swap = format!("\"release\":\"{release}\"");
                let is_told = acts.lines().any(|act| act.contains("\"swap\"") && act.contains(&swap));
                told.lock().unwrap().push((release, is_told));
            }
            None
        })
    };
    let swapper =
        Arc::new(site.attached(alone_on(disk, &site.at("state"), Source(Arc::clone(&site.shelf))), |_| ()));
    seen.set(Arc::downgrade(&swapper)).unwrap();
    for number in [1, 2] {
        site.shelf.offer(draft(number));
        assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { .. }));
    }
    let told = told.lock().unwrap();
    assert!([1, 2].iter().all(|release| told.iter().any(|(of, _)| of == release)), "nobody looked: {told:?}");
    assert!(told.iter().all(|(_, is_told)| *is_told), "{told:?}");
    let acts = fs::read_to_string(site.at("state/audit.jsonl")).unwrap();
    assert_eq!(acts.matches("\"swap\"").count(), 2, "{acts}");
}

/// Somebody changes what lies there: it is put right, or told.
#[test]
fn what_others_change_in_a_folder_is_put_right() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    site.shelf.offer(draft(1));
    swapper.poll(now(), Wanted::ByItself);
    drop(swapper);
    let file = fs::read_dir(site.at("current/kikin")).unwrap().next().unwrap().unwrap().path();
    fs::write(file, "changed").unwrap();
    fs::create_dir(site.at("releases/.new-left")).unwrap();
    fs::create_dir(site.at("releases/mine")).unwrap();
    let swapper = site.start(|_| ());
    assert_eq!((site.linked(), swapper.attached().unwrap().uses), (Some(1), Some(1)));
    assert_eq!(site.folders(), 2, "what a kill left is gone, and what is not ours stays");
    // The link leads elsewhere: that is no release that it was seen to work with.
    fs::remove_file(site.at("current")).unwrap();
    std::os::unix::fs::symlink(site.at("releases/mine"), site.at("current")).unwrap();
    swapper.tick(now());
    assert_eq!((site.linked(), swapper.attached().unwrap().uses), (Some(1), Some(1)));
}
