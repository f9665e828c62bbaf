//! Ten million claims, while masters are swapped, fallen back from, and the checker is killed: is every file
//! answered, each by one release? `cargo bench -p warifu-checker --bench soak -- ../shared/data [CLAIMS]`.
//! Linux only. The publisher and the senders are this process, the checker is a process of its own.
//!
//! Releases with odd and even numbers price the first consultation differently, so that an answer of two of
//! them is neither what the one says nor what the other says.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made has nothing to go on with")]
#![expect(dead_code, reason = "helpers that tests of the checker use besides")]

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use published::{Checker, Publisher};
use sending::{Answer, Sending, pause};

#[path = "../tests/checker/line.rs"]
mod line;
#[path = "../tests/checker/masters.rs"]
mod masters;
mod published;
mod sending;

/// Claims in the sample file.
const CLAIMS_OF_FILE: u64 = 75;

/// Who sends at once.
const SENDERS: u64 = 4;

/// Of so many releases one is fallen back from, and after so many the checker is killed.
const FALL_BACK_EVERY: u64 = 5;
const KILL_EVERY: u64 = 7;

#[derive(Default)]
struct Counted {
    /// Files that are still to be answered.
    left: AtomicU64,
    answered: [AtomicU64; 2],
    turned_away: AtomicU64,
    /// Lines that broke while the checker was killed or started; their files were sent again.
    cut_by_kills: AtomicU64,
    /// Lines that broke for no such reason.
    lost: AtomicU64,
    /// Answers that are of no one release.
    wrong: AtomicU64,
    /// Changes before and after each kill.
    kills: AtomicU64,
    killing: AtomicBool,
}

/// What an answer says, without by which release and when.
fn findings(answer: &Answer) -> Vec<u8> {
    let release = answer.release.unwrap();
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let text = text.replace(&format!("\"release\":{release},"), "\"release\":0,");
    // The last line ends with the receipt, in which the digest of the manifest stands.
    text.split("\"release\":0,\"manifest\"").next().unwrap().as_bytes().to_vec()
}

fn send(address: &str, file: &[u8], said: &[Vec<u8>; 2], counted: &Counted) {
    let mut line = Sending::to(address);
    while counted.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    {
        loop {
            let before = (counted.kills.load(Ordering::SeqCst), counted.killing.load(Ordering::SeqCst));
            let Ok(answer) = line.send(file) else {
                let killed = before.1 || counted.kills.load(Ordering::SeqCst) != before.0;
                let count = if killed { &counted.cut_by_kills } else { &counted.lost };
                count.fetch_add(1, Ordering::Relaxed);
                pause(Duration::from_millis(2));
                continue;
            };
            if answer.status != 200 {
                counted.turned_away.fetch_add(1, Ordering::Relaxed);
                pause(Duration::from_millis(2));
                continue;
            }
            let odd = (answer.release.unwrap() % 2) as usize;
            if findings(&answer) != said[odd] {
                counted.wrong.fetch_add(1, Ordering::Relaxed);
            }
            counted.answered[odd].fetch_add(1, Ordering::Relaxed);
            break;
        }
    }
}

/// Waits until what runs is confirmed.
fn confirmed(checker: &Checker) {
    let started = Instant::now();
    while checker.client.status().map(|status| status.state).ok().as_deref() != Some("confirmed") {
        assert!(started.elapsed() < Duration::from_secs(60), "never confirmed");
        pause(Duration::from_millis(2));
    }
}

fn main() {
    let mut out = std::io::stdout().lock();
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let data = PathBuf::from(arguments.next().expect("the folder of the published masters"));
    let claims: u64 = arguments.next().map_or(10_000_000, |claims| claims.parse().unwrap());
    let (odd, even) = (published::masters(&data), published::dearer(&data));
    let of = |release: u64| if release % 2 == 1 { &odd } else { &even };

    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let publisher = Publisher::at(at);
    publisher.publish_next(of(1));
    let mut checker = Checker::start(at, "127.0.0.1:0", &[], &[]);
    let address = checker.address.to_string();
    let mut file = std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    // What each of the two says while nothing else happens.
    let mut line = Sending::to(&address);
    let first = findings(&line.send(&file).unwrap());
    publisher.publish_next(of(2));
    assert_eq!(checker.client.swap(Some(2)).unwrap().exit_status(), 0);
    let second = findings(&line.send(&file).unwrap());
    assert_ne!(first, second, "the two answer alike, so that nothing could be told");
    let said = [second, first];
    file[5..7].copy_from_slice(b"13");

    let counted = Counted { left: AtomicU64::new(claims.div_ceil(CLAIMS_OF_FILE)), ..Counted::default() };
    let files = counted.left.load(Ordering::Relaxed);
    let started = Instant::now();
    let (mut release, mut swaps, mut fall_backs, mut kills) = (2, 0, 0, 0);
    std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            let (address, file, said, counted) = (&address, &file, &said, &counted);
            scope.spawn(move || send(address, file, said, counted));
        }
        while counted.left.load(Ordering::Relaxed) > 0 {
            release += 1;
            publisher.publish_next(of(release));
            let outcome = checker.client.swap(Some(release)).unwrap();
            assert_eq!(outcome.exit_status(), 0, "{outcome:?}");
            swaps += 1;
            if release % FALL_BACK_EVERY == 0 {
                checker.client.fall_back().unwrap();
                fall_backs += 1;
            } else if counted.left.load(Ordering::Relaxed) > 100 {
                confirmed(&checker);
            }
            if release % KILL_EVERY == 0 {
                let before = checker.client.status().unwrap().running.unwrap().id;
                counted.killing.store(true, Ordering::SeqCst);
                counted.kills.fetch_add(1, Ordering::SeqCst);
                checker.kill();
                checker = Checker::start(at, &address, &[], &[]);
                counted.kills.fetch_add(1, Ordering::SeqCst);
                counted.killing.store(false, Ordering::SeqCst);
                kills += 1;
                let after = checker.client.status().unwrap().running.unwrap().id;
                assert!(after.release <= before.release, "{after:?} after {before:?}");
            }
        }
    });
    let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let [even, odd] = [0, 1].map(|at| load(&counted.answered[at]));
    let took = started.elapsed();
    writeln!(
        out,
        "{files} files of {CLAIMS_OF_FILE} claims in {took:.0?}: {} answered ({odd} by releases with odd, \
         {even} with even numbers), {} wrong, {} lost; {swaps} swaps, {fall_backs} fall backs, {kills} kills \
         ({} lines cut by them, their files sent again), {} turned away; {:.1} MiB at the end",
        odd + even,
        load(&counted.wrong),
        load(&counted.lost),
        load(&counted.cut_by_kills),
        load(&counted.turned_away),
        checker.memory()[0],
    )
    .unwrap();
    assert_eq!((odd + even, load(&counted.wrong), load(&counted.lost)), (files, 0, 0));
}
