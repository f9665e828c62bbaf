//! What a checker still judges when ten times as much comes as it can judge:
//! `cargo bench -p warifu-checker --bench overload -- ../shared/data [PROGRAM]`. Linux only: the checker is
//! kept to the first core and the senders to the second, by `taskset`, so that senders take nothing from it.
//!
//! Where others use these cores too, what is judged in a second says little; what is judged in a second of
//! the checker's own time on its core says more: the rest of that time went to those who were turned away.
//! And a processor is not as fast in one minute as in the next, so all numbers of senders are measured in
//! turn, round after round: best is the most that any number gets judged in a round, and what is told is the
//! median of the rounds, with the least and the most.
//!
//! Senders send the sample file again as soon as they are answered, whatever the answer is: none waits as a
//! 503 asks for, which is the worst that they can do.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made has nothing to go on with")]
#![expect(dead_code, reason = "helpers that tests of the checker use besides")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use warifu_channels::{Address, publish, publish_root, read_tip};
use warifu_checker::log::now;
use warifu_trust::testing::World;
use warifu_trust::{Publishable, Validity};

use line::Line;
use masters::{good, procedures};

#[path = "../tests/checker/line.rs"]
mod line;
#[path = "../tests/checker/masters.rs"]
mod masters;

/// Files that may wait.
const QUEUE: usize = 32;

/// In each round each number of senders is measured for so long, after a moment that is not.
const MEASURED: Duration = Duration::from_secs(2);
const SETTLING: Duration = Duration::from_secs(1);
const ROUNDS: usize = 9;
const SENDERS: [usize; 5] = [4, 16, 32, 320, 640];

/// A checker of its own, ended with this.
struct Checker(Child);

impl Drop for Checker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[derive(Default)]
struct Counted {
    judged: AtomicU64,
    turned_away: AtomicU64,
    broken: AtomicU64,
}

/// Sends `request` again and again, on a new line whenever one breaks.
async fn send(address: String, request: Arc<Vec<u8>>, counted: Arc<Counted>) {
    let mut line = None;
    loop {
        let connected = match line.take() {
            Some(line) => line,
            None => match TcpStream::connect(&address).await {
                Ok(line) => line,
                Err(_) => continue,
            },
        };
        match ask(&connected, &request).await {
            Some((status, stays)) => {
                let count = if status == 200 { &counted.judged } else { &counted.turned_away };
                count.fetch_add(1, Ordering::Relaxed);
                line = stays.then_some(connected);
            }
            None => _ = counted.broken.fetch_add(1, Ordering::Relaxed),
        }
    }
}

/// The status that one request is answered, and whether the line stays open.
async fn ask(line: &TcpStream, request: &[u8]) -> Option<(u16, bool)> {
    let mut sent = 0;
    while sent < request.len() {
        line.writable().await.ok()?;
        match line.try_write(&request[sent..]) {
            Ok(more) => sent += more,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
    let (mut answer, mut whole, mut piece) = (Vec::new(), None, [0; 16 << 10]);
    loop {
        line.readable().await.ok()?;
        match line.try_read(&mut piece) {
            Ok(0) => return None,
            Ok(more) => answer.extend_from_slice(&piece[..more]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(_) => return None,
        }
        if whole.is_none()
            && let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
            let length: usize = head.split("content-length: ").nth(1)?.lines().next()?.parse().ok()?;
            let status = head.split(' ').nth(1)?.parse().ok()?;
            whole = Some((end + 4 + length, status, !head.contains("connection: close")));
        }
        if let Some((length, status, stays)) = whole
            && answer.len() >= length
        {
            return Some((status, stays));
        }
    }
}

fn start(program: &Path, at: &Path) -> (Checker, String) {
    let mut child = Command::new("taskset")
        .args(["-c", "0"])
        .arg(program)
        .current_dir(at)
        .args(["serve", "--calendar", "none", "--replay-files", "32"])
        .args(["--listen", "127.0.0.1:0", "--poll", "3600", "--channel", "channel", "--root"])
        .args(["root.json", "--state", "state", "--lang", "en", "--judges", "1", "--queue"])
        .arg(QUEUE.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut listening = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut listening).unwrap();
    (Checker(child), listening.trim().strip_prefix("listening on ").unwrap().to_owned())
}

/// What a checker took of its core so far, in seconds.
fn own_time(checker: &Checker) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", checker.0.id())).unwrap();
    // After the name, which is in brackets: the 14th and 15th field, in hundredths.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

/// What `senders` get judged, are turned away and find broken in a second, and what is judged in one of the
/// checker's own.
fn measured(checker: &Checker, address: &str, request: &Arc<Vec<u8>>, senders: usize) -> [f64; 4] {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let counted = Arc::new(Counted::default());
    let sending: Vec<_> = (0..senders)
        .map(|_| runtime.spawn(send(address.to_owned(), Arc::clone(request), Arc::clone(&counted))))
        .collect();
    let so_far = || {
        let counts = [&counted.judged, &counted.turned_away, &counted.broken];
        (counts.map(|count| count.load(Ordering::Relaxed) as f64), own_time(checker), Instant::now())
    };
    runtime.block_on(async { tokio::time::sleep(SETTLING).await });
    let (before, own_before, started) = so_far();
    runtime.block_on(async { tokio::time::sleep(MEASURED).await });
    let (after, own_after, ended) = so_far();
    // Who waits for a refusal is not waited for.
    sending.iter().for_each(tokio::task::JoinHandle::abort);
    let seconds = ended.duration_since(started).as_secs_f64();
    let [judged, turned_away, broken] = [0, 1, 2].map(|at| after[at] - before[at]);
    let own = own_after - own_before;
    [judged / seconds, turned_away / seconds, broken / seconds, judged / own]
}

fn sorted(figures: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_unstable_by(f64::total_cmp);
    figures
}

fn main() {
    let mut out = std::io::stdout().lock();
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let data = PathBuf::from(arguments.next().expect("the folder of the published files"));
    let program = arguments.next().map_or_else(|| env!("CARGO_BIN_EXE_warifu-checker").into(), PathBuf::from);
    let itself = std::process::id().to_string();
    assert!(
        Command::new("taskset").args(["-a", "-p", "-c", "1", &itself]).output().unwrap().status.success()
    );

    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let world = World::at(now());
    let channel = Address::folder(&at.join("channel")).publish_channel();
    publish_root(channel.as_ref(), &world.root).unwrap();
    std::fs::write(at.join("root.json"), world.root.bytes()).unwrap();
    let unsigned = Line::default().unsigned("2024-05-31", vec![procedures(&good())]);
    let tip = read_tip(channel.as_ref(), &world.reader()).unwrap();
    let proposal = unsigned.propose();
    let halves = world.sign(&tip, &proposal);
    let publishable = Publishable::check(&proposal, &halves, &tip, world.now).unwrap();
    publish(channel.as_ref(), &publishable, &world.timestamp, world.now, Validity::default()).unwrap();

    let sample = std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let small: Vec<u8> = sample.split_inclusive(|byte| *byte == b'\n').take(12).flatten().copied().collect();
    for (name, file) in [("the sample", &sample), ("its first claim", &small)] {
        let (checker, address) = start(&program, at);
        let head = format!("POST /check HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", file.len());
        let request = Arc::new([head.as_bytes(), file].concat());
        writeln!(out, "{name}: {} bytes, one judge, {QUEUE} places", file.len()).unwrap();
        let rounds: Vec<_> = (0..ROUNDS)
            .map(|_| SENDERS.map(|senders| measured(&checker, &address, &request, senders)))
            .collect();
        // Of each round: what this number of senders gets of the best that any gets.
        let of_best =
            |at: usize, what: usize| {
                sorted(rounds.iter().map(|round| {
                    round[at][what] / round.iter().map(|figures| figures[what]).fold(0.0, f64::max)
                }))
            };
        for (at, senders) in SENDERS.into_iter().enumerate() {
            let [judged, turned_away, broken] =
                [0, 1, 2].map(|what| sorted(rounds.iter().map(|round| round[at][what]))[ROUNDS / 2]);
            let (all, own) = (of_best(at, 0), of_best(at, 3));
            writeln!(
                out,
                "{senders:>5} senders: {judged:>8.0} judged a second, {:.2} of the best \
                 ({:.2} to {:.2}), {:.2} by its own time ({:.2} to {:.2}); \
                 {turned_away:.0} turned away, {broken:.0} lines broken",
                all[ROUNDS / 2],
                all[0],
                all[ROUNDS - 1],
                own[ROUNDS / 2],
                own[0],
                own[ROUNDS - 1],
            )
            .unwrap();
        }
    }
}
