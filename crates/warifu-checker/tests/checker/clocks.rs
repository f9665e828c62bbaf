//! A machine whose clock cannot be right: claims are judged on, nothing new is taken, and that is told.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use warifu_checker::cause::Cause;
use warifu_checker::log::now;
use warifu_checker::said::Said;
use warifu_checker::swap::{Outcome, Swapper, Wanted};
use warifu_trust::UnixSeconds;

use crate::faketime::faketime;
use crate::killed::{Running, publish_release, published};
use crate::line::{Draft, release, release_at};
use crate::night::{confirmed, rows, said};
use crate::world::{check, claim_file};

/// As `log::now` has a clock before 1970 and after 9999, and one that was set back for good.
fn wrong() -> [UnixSeconds; 3] {
    [UnixSeconds::EPOCH, UnixSeconds::LAST, UnixSeconds::new(946_684_800)]
}

fn number(swapper: &Swapper) -> Option<u64> {
    swapper.active().map(|active| active.id.release)
}

#[test]
fn a_clock_that_cannot_be_right_takes_nothing_and_stops_no_claim() {
    let directory = tempfile::tempdir().unwrap();
    let (shelf, swapper) = confirmed(directory.path(), 2);
    shelf.offer(release(3, &rows(3)));
    for clock in wrong() {
        let outcome = swapper.poll(clock, Wanted::Newest);
        assert!(matches!(&outcome, Outcome::Unavailable { cause: Cause::Clock, .. }), "{outcome:?}");
        assert_eq!(number(&swapper), Some(2));
        assert!(said(&swapper).contains("時計異常: "), "{}", said(&swapper));
        let before = Instant::now();
        assert_eq!(swapper.judging(clock).map(|active| active.id.release), Some(2));
        assert!(before.elapsed() < Duration::from_secs(5), "a claim waited for the clock");
    }
    // Falling back asks no clock.
    assert_eq!(swapper.fall_back(Said::new("a test", "試験"), None, UnixSeconds::EPOCH), Ok(1));
    swapper.poll(now(), Wanted::ByItself);
    assert_eq!(number(&swapper), Some(3), "the clock is right again");
    assert!(!said(&swapper).contains("時計異常"), "{}", said(&swapper));
}

#[test]
fn what_waits_for_its_instant_is_not_activated_by_a_clock_that_cannot_be_right() {
    let directory = tempfile::tempdir().unwrap();
    let (shelf, swapper) = confirmed(directory.path(), 2);
    let instant = now().plus_days(1);
    shelf.offer(Draft { accepts: true, ..release_at(3, &rows(3), Some(instant)) });
    let waits = swapper.poll(now(), Wanted::ByItself);
    assert!(matches!(waits, Outcome::Waiting { release: 3, .. }), "{waits:?}");
    let before = Instant::now();
    for clock in wrong() {
        swapper.tick(clock);
        assert_eq!(swapper.judging(clock).map(|active| active.id.release), Some(2), "{clock}");
    }
    assert!(before.elapsed() < Duration::from_secs(5), "a claim waited for the instant");
    swapper.tick(instant);
    assert_eq!(swapper.judging(instant).map(|active| active.id.release), Some(3));
    // What came to judge at an instant judges also what seems to come before it.
    assert_eq!(swapper.judging(UnixSeconds::EPOCH).map(|active| active.id.release), Some(3));
}

/// Sends a claim file over a connection that stays open; the answer's head.
fn sends(connection: &mut TcpStream, file: &[u8]) -> String {
    let head = format!("POST /check HTTP/1.1\r\nHost: checker\r\nContent-Length: {}\r\n\r\n", file.len());
    connection.write_all(head.as_bytes()).unwrap();
    connection.write_all(file).unwrap();
    let (mut all, mut some) = (Vec::new(), [0; 4096]);
    loop {
        let read = connection.read(&mut some).unwrap();
        assert!(read > 0, "the connection ended: {}", String::from_utf8_lossy(&all));
        all.extend_from_slice(&some[..read]);
        let text = String::from_utf8_lossy(&all);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_ascii_lowercase();
        let length = head.split("\ncontent-length: ").nth(1).unwrap().lines().next().unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            return head;
        }
    }
}

/// The program, by the clock that stands in the file `clock`.
fn by_clock(library: &Path, clock: &Path, at: &Path) -> Running {
    let variables = [
        ("LD_PRELOAD", library),
        ("FAKETIME_TIMESTAMP_FILE", clock),
        ("FAKETIME_NO_CACHE", Path::new("1")),
        ("FAKETIME_DONT_FAKE_MONOTONIC", Path::new("1")),
    ];
    Running::with(at, &[], &variables, Stdio::null())
}

#[test]
fn every_claim_is_answered_whatever_the_clock_shows() {
    let Some(library) = faketime() else { return };
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    let clock = at.join("clock");
    let shows = |what: &str| std::fs::write(&clock, what).unwrap();
    shows("+0");
    let checker = by_clock(&library, &clock, at);
    let file = claim_file(1, 2);
    let mut open = TcpStream::connect(checker.address).unwrap();
    open.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert!(sends(&mut open, &file).contains("\ndate: "));
    publish_release(&world, channel.as_ref(), &line);
    for (what, is_told) in [("+8100y", false), ("-60y", false), ("+0", true)] {
        shows(what);
        let head = sends(&mut open, &file);
        assert!(head.starts_with("http/1.1 200 "), "{what}: {head}");
        assert_eq!(head.contains("\ndate: "), is_told, "{what}: {head}");
        assert_eq!(check(checker.address, &file).status, 200, "{what}: a new connection");
        if !is_told {
            let outcome = checker.client().swap(None).unwrap();
            assert!(matches!(&outcome, Outcome::Unavailable { cause: Cause::Clock, .. }), "{outcome:?}");
        }
    }
    // Started with such a clock.
    drop(checker);
    for what in ["+8100y", "-60y"] {
        shows(what);
        let checker = by_clock(&library, &clock, at);
        assert_eq!(check(checker.address, &file).release, Some(1), "{what}");
    }
}
