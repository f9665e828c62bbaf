//! An ordinary stop while the program is told, or soon after: nobody would ask it any more whether it works.

use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use warifu_checker::attach::Step;
use warifu_checker::cause::Cause;
use warifu_checker::history::Did;
use warifu_checker::log::now;
use warifu_checker::swap::{Outcome, Swapper, Wanted};

use crate::attached::process::{Attach, events, given, until, until_there};
use crate::attached::site::{Site, draft, held, later, number};
use crate::killed::PROGRAM;

/// It has what it had again, and with the third time the release is held. Where it was seen to work for a
/// while, a stop counts for nothing.
#[test]
fn a_stop_soon_after_a_release_was_given_takes_it_back_and_counts() {
    for (looks, linked, is_held) in [(0, 1, true), (2, 1, true), (3, 2, false)] {
        let site = Site::new();
        let swapper = site.start(|_| ());
        site.shelf.offer(draft(1));
        swapper.poll(now(), Wanted::ByItself);
        (0..3).for_each(|seconds| drop(swapper.tick(later(seconds))));
        swapper.end(now());
        drop(swapper);
        site.shelf.offer(draft(2));
        for times in 0..3 {
            let swapper = site.start(|_| ());
            assert_eq!(
                (number(&swapper), site.read(), held(&swapper)),
                (Some(1), Some(1), vec![]),
                "{times}"
            );
            let outcome = swapper.poll(now(), Wanted::ByItself);
            assert!(matches!(outcome, Outcome::Activated { release: 2, .. }), "{outcome:?}");
            (0..looks).for_each(|seconds| drop(swapper.tick(later(seconds))));
            swapper.end(now());
            assert_eq!((site.linked(), site.read()), (Some(linked), Some(linked)), "{looks} looks");
            // What is recorded and told is what the program was left with.
            assert_eq!(swapper.record().running().release().map(|it| it.id.release), Some(linked));
            let took_back =
                swapper.history().history().acts.into_iter().filter(|it| it.act == Did::TakenBack);
            let took_back: Vec<_> = took_back.map(|act| act.release).collect();
            assert_eq!(took_back, vec![Some(2); if is_held { times + 1 } else { 0 }], "{looks} looks");
        }
        let swapper = site.start(|_| ());
        assert_eq!((number(&swapper), site.read()), (Some(1), Some(1)), "{looks} looks");
        let outcome = swapper.poll(now(), Wanted::ByItself);
        match outcome {
            Outcome::Held { release: 2, why, .. } => {
                assert!(is_held && why.en.contains("told to end 3 times while it was given"), "{}", why.en);
            }
            outcome => assert!(!is_held && matches!(outcome, Outcome::Activated { .. }), "{outcome:?}"),
        }
    }
}

/// The same with the first release of a site: there is none to go back to, and the program has none again.
#[test]
fn a_stop_soon_after_a_first_release_was_given_leaves_none_and_counts() {
    for (looks, linked) in [(0, None), (2, None), (3, Some(1))] {
        let site = Site::new();
        site.shelf.offer(draft(1));
        for times in 0..3 {
            let swapper = site.start(|_| ());
            assert_eq!(held(&swapper), Vec::<u64>::new(), "{looks} looks, {times}");
            swapper.poll(now(), Wanted::ByItself);
            assert_eq!((number(&swapper), site.linked()), (Some(1), Some(1)), "{looks} looks, {times}");
            (0..looks).for_each(|seconds| drop(swapper.tick(later(seconds))));
            swapper.end(now());
            assert_eq!((number(&swapper), site.linked()), (linked, linked), "{looks} looks, {times}");
        }
        let swapper = site.start(|_| ());
        let is_held = if linked.is_none() { vec![1] } else { vec![] };
        assert_eq!((number(&swapper), site.linked(), held(&swapper)), (linked, linked, is_held));
        drop(swapper);
        // With no copy of the record left, the log of acts tells it too.
        ["checker.json", "checker-copy.json"]
            .iter()
            .for_each(|name| fs::remove_file(site.at("state").join(name)).unwrap());
        let swapper = site.start(|_| ());
        assert_eq!(number(&swapper), linked, "{looks} looks");
    }
}

/// Told to end while the program is told: what it takes then does not judge any more, first release or not.
#[test]
fn what_a_program_takes_while_this_ends_does_not_judge() {
    for before in [None, Some(1)] {
        let site = Site::new();
        let swapper = Arc::new(OnceLock::<Swapper>::new());
        let (ends, tells) = (Arc::new(AtomicBool::new(false)), Arc::clone(&swapper));
        let is_told = Arc::clone(&ends);
        let started = site.start(move |step| {
            if step == Step::Reload && is_told.load(Ordering::Relaxed) {
                tells.get().unwrap().told_to_end();
            }
        });
        let swapper = swapper.get_or_init(|| started);
        if let Some(number) = before {
            site.shelf.offer(draft(number));
            swapper.poll(now(), Wanted::ByItself);
            (0..3).for_each(|seconds| drop(swapper.tick(later(seconds))));
        }
        ends.store(true, Ordering::Relaxed);
        site.shelf.offer(draft(2));
        let outcome = swapper.poll(now(), Wanted::ByItself);
        assert!(matches!(outcome, Outcome::Unavailable { cause: Cause::Program, .. }), "{outcome:?}");
        assert_eq!((number(swapper), site.linked()), (before, Some(2)));
        swapper.end(now());
        assert_eq!((number(swapper), site.linked()), (before, before));
        let acts = swapper.history().history().acts;
        let acts: Vec<Did> = acts.iter().filter(|it| it.release == Some(2)).map(|it| it.act).collect();
        assert_eq!(acts, [Did::TakenBack]);
    }
}

/// The reload command tells whoever runs it to end with the first release of a site: it is held with the
/// third time.
#[test]
fn a_first_release_whose_reload_stops_this_is_held_with_the_third_time() {
    let (site, _) = given("    echo $WARIFU_RELEASE >>reloads\n    kill -TERM $PPID\n");
    let at = site.folder.path();
    for times in 0..3 {
        assert!(Attach::start(at).0.wait().unwrap().success(), "{times}");
        assert_eq!(site.linked(), None, "{times}");
    }
    let _attach = Attach::start(at);
    let status = until(at, "held", |status| status.held.len() == 1);
    let why = &status.held[0].why.en;
    assert!(why.contains("told to end 3 times while it was given to the attached program"), "{why}");
    assert_eq!((status.running, site.linked()), (None, None));
    let acts = fs::read_to_string(site.at("state/audit.jsonl")).unwrap();
    let act = |act: &str| acts.matches(&format!("\"act\":\"{act}\"")).count();
    assert_eq!((act("take-back"), act("hold")), (3, 1), "{acts}");
    let reloads = fs::read_to_string(site.at("reloads")).unwrap();
    assert_eq!(reloads.lines().count(), 3, "{reloads}");
}

/// The reload command tells whoever runs it to end, and does all else as it should.
#[test]
fn a_release_whose_reload_stops_this_is_held_with_the_third_time() {
    let stops =
        "    echo $WARIFU_RELEASE >>reloads\n    if test $WARIFU_RELEASE = 3; then kill -TERM $PPID; fi\n";
    let (site, publish) = given(stops);
    let at = site.folder.path();
    let mut attach = Attach::start(at);
    until(at, "release 2", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 2)
    });
    publish(2);
    for times in 0..3 {
        assert!(attach.0.wait().unwrap().success(), "{times}");
        assert_eq!((site.linked(), site.read()), (Some(2), Some(2)), "{times}");
        attach = Attach::start(at);
    }
    let status = until(at, "held", |status| status.held.len() == 1);
    let why = &status.held[0].why.en;
    assert!(why.contains("told to end 3 times while it was given to the attached program"), "{why}");
    assert_eq!(status.running.map(|it| it.id.release), Some(2));
    let reloads = fs::read_to_string(site.at("reloads")).unwrap();
    assert_eq!(reloads.lines().filter(|release| *release == "3").count(), 3, "{reloads}");
}

/// It ends only after the program has read what it was told to read, and has read again what it had. Only the
/// process itself is told to end, as the unit says.
#[test]
fn an_ordinary_stop_while_the_program_is_told_waits_for_it_and_takes_it_back() {
    let unit = include_str!("../../../../../packaging/debian/warifu-attach@.service");
    assert!(unit.contains("\nKillMode=mixed\n") && unit.contains("\nType=notify\n"), "{unit}");
    let (site, publish) = given("    while [ -f waits ]; do touch told-to; sleep 0.02; done\n");
    let at = site.folder.path();
    let manager = std::os::unix::net::UnixDatagram::bind(site.at("notify")).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let hears = |begins: &str| loop {
        let mut bytes = [0; 4096];
        let count = manager.recv(&mut bytes).unwrap_or_else(|error| panic!("never {begins}: {error}"));
        let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
        if text.lines().any(|line| line.starts_with(begins)) {
            break text;
        }
    };
    let told = fs::File::create(site.at("events")).unwrap();
    let mut attach =
        Attach::by(Command::new(PROGRAM).env("NOTIFY_SOCKET", site.at("notify")), at, told.into());
    hears("READY=1");
    hears("WATCHDOG=1");
    until(at, "release 2", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 2)
    });
    fs::write(site.at("waits"), "").unwrap();
    publish(2);
    until_there(&site.at("told-to"), true);
    assert!(Command::new("kill").args(["-TERM", &attach.0.id().to_string()]).status().unwrap().success());
    hears("STOPPING=1");
    // Operators are heard no more: what is left to do is what it waits for.
    until_there(&site.at("state/operator.sock"), false);
    fs::remove_file(site.at("waits")).unwrap();
    assert!(attach.0.wait().unwrap().success());
    let told = fs::read_to_string(site.at("events")).unwrap();
    let told = events(&told);
    let of_the_end = ["start", "drain", "attached.taken_back", "end"];
    let of_the_process: Vec<&str> =
        told.iter().map(|event| &**event).filter(|it| of_the_end.contains(it)).collect();
    assert_eq!(of_the_process, of_the_end, "{told:?}");
    assert_eq!((site.linked(), site.read()), (Some(2), Some(2)));
    // It is put down to what was given, and that it ended as it should is known.
    let record = fs::read(site.at("state/checker.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    assert!(record["tried"]["release"] == 3 && record["ended"].is_string(), "{record}");
    let _attach = Attach::start(at);
    let status = until(at, "release 3", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 3)
    });
    assert!(status.held.is_empty(), "{:?}", status.held);
}
