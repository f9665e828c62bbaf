//! What a checker takes of memory with every series of the published masters, at rest and after swaps under
//! load, and after ten thousand connections: `cargo bench -p warifu-checker --bench memory -- ../shared/data
//! [SWAPS]`. Linux only: it reads `/proc`. The publisher is this process, the checker a process of its own,
//! as it is installed.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made has nothing to go on with")]
#![expect(dead_code, reason = "helpers that tests of the checker use besides")]

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use warifu_claims::{MasterOf, Snapshot};

use masters::days_of_built_in;
use published::{Checker, Publisher};
use sending::{Sending, pause};

#[path = "../tests/checker/line.rs"]
mod line;
#[path = "../tests/checker/masters.rs"]
mod masters;
mod published;
mod sending;

/// Connections, and how many of them are open at once: less than one sender may have.
const CONNECTIONS: usize = 10_000;
const AT_ONCE: usize = 2_500;

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn main() {
    let mut out = std::io::stdout().lock();
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let data = PathBuf::from(arguments.next().expect("the folder of the published masters"));
    let swaps: u64 = arguments.next().map_or(50, |swaps| swaps.parse().unwrap());
    let masters = published::masters(&data);
    let days: Vec<_> = masters.iter().map(days_of_built_in).collect();
    let of: Vec<MasterOf<'_>> = masters
        .iter()
        .zip(&days)
        .map(|(of, (master, timelines))| MasterOf { series: &of.series, kind: &of.kind, master, timelines })
        .collect();
    let mut built: Vec<Duration> = Vec::new();
    for _ in 0..21 {
        let started = Instant::now();
        std::hint::black_box(Snapshot::build(&of).unwrap());
        built.push(started.elapsed());
    }
    built.sort_unstable();
    let tables = Snapshot::build(&of).unwrap().bytes() as f64 / (1 << 20) as f64;
    let rows: u64 = masters.iter().map(|master| master.rows).sum();
    writeln!(out, "{rows} records; snapshot {tables:.1} MiB, built in {:.1?} (median)", built[10]).unwrap();
    drop(of);
    drop(days);

    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let publisher = Publisher::at(at);
    publisher.publish_next(&masters);
    let checker = Checker::start(at, "127.0.0.1:0", &[], &["--replay-files", "32"]);
    let (url, client) = (format!("http://{}", checker.address), &checker.client);
    let tell = |out: &mut std::io::StdoutLock<'_>, what: &str| {
        let [now, most, anonymous] = checker.memory();
        writeln!(
            out,
            "{what:<24} {now:6.1} MiB ({anonymous:.1} of it not of files; at most {most:.1} so far)"
        )
        .unwrap();
    };
    client.status().unwrap();
    tell(&mut out, "at rest, first release");

    let sample = std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let (stop, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for at in 1..=4 {
            let mut sample = sample.clone();
            // Of four institutions: prefectures 11 to 14.
            sample[5..7].copy_from_slice(format!("1{at}").as_bytes());
            let (url, stop, answered) = (&url, &stop, &answered);
            scope.spawn(move || {
                let agent: ureq::Agent =
                    ureq::Agent::config_builder().http_status_as_error(false).build().into();
                while !stop.load(Ordering::Relaxed) {
                    let response = agent.post(format!("{url}/check")).send(&sample[..]);
                    if response.is_ok_and(|mut response| response.body_mut().read_to_vec().is_ok()) {
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        // Ends the load also when this panics, or nobody would hear of it.
        let _stop = Stop(&stop);
        for swap in 1..=swaps {
            publisher.publish_next(&masters);
            let outcome = client.swap(Some(swap + 1)).unwrap();
            assert_eq!(outcome.exit_status(), 0, "{outcome:?}");
            let started = Instant::now();
            while client.status().unwrap().state != "confirmed" {
                assert!(started.elapsed() < Duration::from_secs(60), "never confirmed");
                std::thread::yield_now();
            }
            if swap == 1 || swap % 5 == 0 {
                tell(&mut out, &format!("after {swap} swaps"));
            }
        }
    });
    // Every second it frees what nobody uses any more.
    pause(Duration::from_secs(3));
    tell(&mut out, "at rest afterwards");
    writeln!(out, "{} claim files answered meanwhile", answered.load(Ordering::Relaxed)).unwrap();

    for _ in 0..CONNECTIONS / AT_ONCE {
        let mut lines: Vec<Sending> = (0..AT_ONCE).map(|_| Sending::to(&checker.address)).collect();
        for line in &mut lines {
            assert_eq!(line.send(&sample).unwrap().status, 200);
        }
        tell(&mut out, &format!("{AT_ONCE} connections open"));
    }
    pause(Duration::from_secs(3));
    tell(&mut out, &format!("after {CONNECTIONS} of them"));
}
