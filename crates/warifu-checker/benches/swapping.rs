//! What a swap costs the claims that are judged meanwhile, and how long swaps and fall backs take:
//! `cargo bench -p warifu-checker --bench swapping -- ../shared/data [FILES_A_SECOND [all]]`. With `all`
//! every master changes from one release to the next; without, one price in one of them. Linux only: the
//! checker is kept to the first core and the senders to the second, by `taskset`. Releases are published
//! before, and come into sight by their timestamp, so that no publisher takes time meanwhile.
//!
//! Files are sent by a schedule, and their time counts from when they were due: one that waits for a swap
//! makes those after it late too.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made has nothing to go on with")]
#![expect(dead_code, reason = "helpers that tests of the checker use besides")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use published::{Checker, Publisher};
use sending::{Sending, pause};

#[path = "../tests/checker/line.rs"]
mod line;
#[path = "../tests/checker/masters.rs"]
mod masters;
mod published;
mod sending;

/// Phases of each sort, one after the other, and how long each is.
const ROUNDS: usize = 3;
const PHASE: Duration = Duration::from_secs(10);

/// Lines on which files are sent.
const SENDERS: u64 = 4;

/// What a phase is like.
const QUIET: usize = 0;
const SWAPPING: usize = 1;
const NOT_COUNTED: usize = 2;

fn at_quantile(sorted: &[Duration], share: f64) -> Duration {
    sorted.get(((sorted.len() as f64) * share) as usize).copied().unwrap_or_default()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    at_quantile(&times, 0.5)
}

fn main() {
    let mut out = std::io::stdout().lock();
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let data = PathBuf::from(arguments.next().expect("the folder of the published masters"));
    let files_a_second: f64 = arguments.next().map_or(200.0, |rate| rate.parse().unwrap());
    let all_change = match arguments.next().as_deref() {
        None => false,
        Some("all") => true,
        Some(other) => panic!("{other}: all, or nothing"),
    };
    let itself = std::process::id().to_string();
    // Each changes one price in one master, as small steps do; or all that there are, as a revision does.
    let dearer = published::dearer(&data);
    let dearer = if all_change { published::all_changed(&dearer) } else { dearer };
    let masters = [published::masters(&data), dearer];
    let change = masters[0].iter().zip(&masters[1]).filter(|(one, other)| one.canonical != other.canonical);
    writeln!(out, "{} of {} masters change with each release", change.count(), masters[0].len()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let publisher = Publisher::at(at);
    let swaps = 12 + ROUNDS * PHASE.as_secs() as usize;
    let publish = |release: usize| {
        publisher.publish_next(&masters[release % 2]);
        publisher.timestamp()
    };
    let timestamps: Vec<Vec<u8>> = (0..swaps).map(publish).collect();
    let mut timestamps = timestamps.iter();
    assert!(
        Command::new("taskset").args(["-a", "-p", "-c", "1", &itself]).output().unwrap().status.success()
    );
    publisher.show(timestamps.next().unwrap());
    let checker = Checker::start(at, "127.0.0.1:0", &["taskset", "-c", "0"], &["--judges", "1"]);
    let file = std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();

    // From the look to the release judging.
    let mut swap = || {
        publisher.show(timestamps.next().expect("enough releases"));
        let started = Instant::now();
        let outcome = checker.client.swap(None).unwrap();
        assert_eq!(outcome.exit_status(), 0, "{outcome:?}");
        started.elapsed()
    };
    // On probation only one comes after another when the one before is confirmed: a file does that.
    let mut line = Sending::to(&checker.address);
    let (own, rounds) = (checker.own_time(), 10);
    let idle = (0..rounds).map(|_| {
        let took = swap();
        assert_eq!(line.send(&file).unwrap().status, 200);
        took
    });
    let idle = median(idle.collect());
    let own = (checker.own_time() - own) / rounds;
    writeln!(out, "swap to activated, idle: {idle:.1?}, {own:.1?} of the processor").unwrap();

    let (phase, sent) = (AtomicUsize::new(NOT_COUNTED), AtomicU64::new(0));
    let times: Mutex<[Vec<Duration>; 2]> = Mutex::default();
    let (mut under_load, mut back) = (Vec::new(), Vec::new());
    let began = Instant::now();
    let ends = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                let mut line = Sending::to(&checker.address);
                while ends.load(Ordering::Relaxed) == 0 {
                    let due = sent.fetch_add(1, Ordering::Relaxed) as f64 / files_a_second;
                    let due = began + Duration::from_secs_f64(due);
                    pause(due.saturating_duration_since(Instant::now()));
                    let answer = line.send(&file).unwrap();
                    assert_eq!(answer.status, 200);
                    let took = due.elapsed();
                    let of = phase.load(Ordering::Relaxed);
                    if let Some(times) = times.lock().unwrap().get_mut(of) {
                        times.push(took);
                    }
                }
            });
        }
        pause(Duration::from_secs(2));
        for _ in 0..ROUNDS {
            phase.store(QUIET, Ordering::Relaxed);
            pause(PHASE);
            phase.store(SWAPPING, Ordering::Relaxed);
            for second in 0..PHASE.as_secs() {
                let next = Instant::now() + Duration::from_secs(1);
                under_load.push(swap());
                // Now and then back again, and on with the next.
                let falls_back = second % 5 == 4;
                if falls_back {
                    let started = Instant::now();
                    checker.client.fall_back().unwrap();
                    back.push(started.elapsed());
                }
                pause(next.saturating_duration_since(Instant::now()));
            }
            phase.store(NOT_COUNTED, Ordering::Relaxed);
            pause(Duration::from_secs(1));
        }
        ends.store(1, Ordering::Relaxed);
    });
    let most = under_load.iter().max().copied().unwrap_or_default();
    writeln!(
        out,
        "swap to activated at {files_a_second} files a second: {:.1?} (at most {most:.1?}, {} swaps)",
        median(under_load.clone()),
        under_load.len()
    )
    .unwrap();
    let most = back.iter().max().copied().unwrap_or_default();
    writeln!(
        out,
        "fall back by command: {:.1?} (at most {most:.1?}, {} times)",
        median(back.clone()),
        back.len()
    )
    .unwrap();
    let mut times = times.into_inner().unwrap();
    times.iter_mut().for_each(|times| times.sort_unstable());
    for share in [0.5, 0.99, 0.999] {
        let [quiet, swapping] = [QUIET, SWAPPING].map(|of| at_quantile(&times[of], share));
        writeln!(
            out,
            "claims, p{}: {quiet:.2?} quiet, {swapping:.2?} at one swap a second, {:.2} times ({} and {} \
             files)",
            share * 100.0,
            swapping.as_secs_f64() / quiet.as_secs_f64(),
            times[QUIET].len(),
            times[SWAPPING].len()
        )
        .unwrap();
    }
    let [now, most, _] = checker.memory();
    writeln!(out, "memory: {now:.1} MiB, at most {most:.1}").unwrap();
}
