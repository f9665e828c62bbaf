//! What a checker takes of memory with every series of the published masters, at rest and after swaps under
//! load: `cargo bench -p warifu-checker --bench memory -- ../shared/data [SWAPS]`. Linux only: it reads
//! `/proc`. The publisher is this process, the checker a process of its own, as it is installed.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made has nothing to go on with")]
#![expect(dead_code, reason = "helpers that tests of the checker use besides")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use warifu_channels::{Address, PublishChannel, publish, publish_root, read_tip};
use warifu_checker::cli::Client;
use warifu_checker::log::now;
use warifu_checker::service::OperatorSocket;
use warifu_claims::{MasterOf, Snapshot};
use warifu_masters::file::{Declared, read};
use warifu_trust::testing::World;
use warifu_trust::{Governs, MasterContent, Publishable, Validity};

use line::Line;
use masters::{SCHEMAS, days_of_built_in, formats, with_timelines};

#[path = "../tests/checker/line.rs"]
mod line;
#[path = "../tests/checker/masters.rs"]
mod masters;

/// Series, file, first and last day: fulls that begin a series, from the days of the sample claims on.
const FULLS: [(&str, &str, &str, Option<&str>); 9] = [
    ("r04", "procedure/s_ALL20220218.csv", "2020-04-01", Some("2024-05-31")),
    ("r06", "procedure/s_ALL20240531.csv", "2024-06-01", None),
    ("r04", "comment/c_ALL20220805.csv", "2020-04-01", Some("2024-05-31")),
    ("r06", "comment/c_ALL20240531.csv", "2024-06-01", None),
    ("r01", "material/t_ALL20191129.csv", "2019-10-01", Some("2020-03-31")),
    ("r04", "material/t_ALL20220630.csv", "2020-04-01", Some("2024-05-31")),
    ("r06", "material/t_ALL20240531.csv", "2024-06-01", None),
    ("r06", "drug/y_ALL20240321.csv", "2024-04-01", None),
    ("r04", "related/ck_ALL20200407.csv", "2020-04-01", None),
];

fn master((series, file, from, until): (&str, &str, &str, Option<&str>), data: &Path) -> MasterContent {
    let bytes = std::fs::read(data.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let state = read(&SCHEMAS, bytes, &Declared::default()).master.unwrap();
    let governs = Governs { from: from.to_owned(), until: until.map(str::to_owned) };
    let content = MasterContent {
        series: series.to_owned(),
        kind: state.layout().kind.clone(),
        edition: state.layout().edition.clone(),
        rows: state.rows() as u64,
        canonical: state.canonical(),
        formats: formats(),
        governs,
        timelines: Vec::new(),
        made_of: warifu_values::judgement::Basis::Full,
        published: None,
        let_pass: Vec::new(),
        corrections: Vec::new(),
    };
    with_timelines(&SCHEMAS, content)
}

fn publish_next(world: &World, channel: &dyn PublishChannel, line: &Line, masters: &[MasterContent]) {
    let tip = read_tip(channel, &world.reader()).unwrap();
    let unsigned = line.unsigned("2026-01-05", masters.to_vec());
    let proposal = unsigned.propose();
    let halves = world.sign(&tip, &proposal);
    let publishable = Publishable::check(&proposal, &halves, &tip, world.now).unwrap();
    publish(channel, &publishable, &world.timestamp, world.now, Validity::default()).unwrap();
    line.sign(unsigned);
}

/// A checker of its own, ended with this.
struct Checker(Child);

impl Drop for Checker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Checker {
    /// What it takes, in MiB: now, at most so far, and of that what is not of files.
    fn memory(&self) -> [f64; 3] {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        ["VmRSS:", "VmHWM:", "RssAnon:"].map(|name| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
        })
    }
}

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
    let masters: Vec<MasterContent> = FULLS.iter().map(|full| master(*full, &data)).collect();
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
    let world = World::at(now());
    let channel = Address::folder(&at.join("channel")).publish_channel();
    publish_root(channel.as_ref(), &world.root).unwrap();
    std::fs::write(at.join("root.json"), world.root.bytes()).unwrap();
    let line = Line::default();
    publish_next(&world, channel.as_ref(), &line, &masters);
    let mut child = Command::new(env!("CARGO_BIN_EXE_warifu-checker"))
        .current_dir(at)
        .args(["serve", "--calendar", "none", "--replay-files", "32"])
        .args(["--listen", "127.0.0.1:0", "--poll", "3600", "--channel", "channel", "--root"])
        .args(["root.json", "--state", "state", "--lang", "en"])
        .args(["--probation", "1", "--probation-institutions", "1", "--probation-uses", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut listening = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut listening).unwrap();
    let checker = Checker(child);
    let url = format!("http://{}", listening.trim().strip_prefix("listening on ").unwrap());
    let client = Client::at(OperatorSocket::in_state(&at.join("state")));
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
            publish_next(&world, channel.as_ref(), &line, &masters);
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
    let stopped = Instant::now();
    while stopped.elapsed() < Duration::from_secs(3) {
        client.status().unwrap();
    }
    tell(&mut out, "at rest afterwards");
    writeln!(out, "{} claim files answered meanwhile", answered.load(Ordering::Relaxed)).unwrap();
}
