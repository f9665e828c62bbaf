//! An ordinary stop while the program is told, or soon after: nobody would ask it any more whether it works.

use std::fs;
use std::process::Command;
use std::time::Duration;

use warifu_checker::log::now;
use warifu_checker::swap::{Outcome, Wanted};

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
