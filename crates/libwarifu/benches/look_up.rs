//! A lookup through the library against the same in Rust, by turns. By hand, after `cargo build --release -p
//! libwarifu`: `taskset -c 1 cargo bench -p libwarifu --bench look_up -- CHANNEL ROOT`. Prints the medians of
//! the rounds, in nanoseconds of the processor, and their ratio.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads files and the clock")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use warifu_channels::{Address, Floor, Mirror, Mirrors};
use warifu_claims::{Lookup, Snapshot};
use warifu_judging::{SiteSchemas, masters_of, newest, snapshot};
use warifu_trust::{TrustedState, UnixSeconds};
use warifu_values::day::TreatmentDay;

/// Rounds of each side, by turns.
const ROUNDS: usize = 21;
/// Lookups of a round.
const LOOKUPS: usize = 200_000;

/// A kind by its number in the header, a code, a day.
type Asked = (u32, u32, u32);

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [channel, root] = &arguments[..] else {
        println!("CHANNEL ROOT");
        return;
    };
    let (snapshot, codes) = opened(channel, root);
    let program = compiled();
    for (what, of) in [("procedures and comments", [1, 4]), ("drugs and materials", [2, 3])] {
        let asked = any_of(codes.iter().copied().filter(|(kind, ..)| of.contains(kind)).collect());
        println!("{what}: {}", compared(&snapshot, &program, [channel, root], &asked));
    }
}

/// The medians of each way, and what they are of Rust's.
fn compared(snapshot: &Snapshot, program: &Path, place: [&String; 2], asked: &[Asked]) -> String {
    let mut ways = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let (rust, seen) = in_rust(snapshot, asked);
        ways[0].push(rust);
        for (way, many) in ways[1..].iter_mut().zip(["1", "100"]) {
            let (c, seen_there) = through_the_library(program, place, many, asked);
            assert_eq!(seen, seen_there, "both find the same");
            way.push(c);
        }
    }
    let [rust, one, many] = ways.map(|mut way| {
        way.sort_by(f64::total_cmp);
        way[ROUNDS / 2]
    });
    let (of_one, of_many) = (one / rust, many / rust);
    format!(
        "in Rust {rust:.1} ns; a call each {one:.1} ns: {of_one:.3}; a call of 100 {many:.1} ns: {of_many:.3}"
    )
}

/// The newest release, and the codes of it, each on the first day of each of its periods.
fn opened(channel: &str, root: &str) -> (Snapshot, Vec<Asked>) {
    let schemas = SiteSchemas::read(None).expect("built in").known;
    let mirror = Mirror::new(channel, Address::folder(Path::new(channel)).channel());
    let root = std::fs::read(root).expect("a root");
    let mut state = TrustedState::pin(&root, Floor::default().policy()).expect("a sound root");
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let now = UnixSeconds::new(since.as_secs() as i64);
    let taken = newest(&Mirrors::new(mirror, Vec::new()), &mut state, &Floor::default(), now);
    let release = taken.expect("a release").release;
    let mut codes = Vec::new();
    let masters = masters_of(&schemas, release).expect("masters");
    for master in &masters {
        let kinds = ["procedure", "drug", "material", "comment"];
        let Some(kind) = kinds.iter().position(|it| *it == master.entry.kind) else { continue };
        codes.extend(master.timelines.iter().flat_map(|(code, periods)| {
            let code: u32 = code.parse().expect("nine digits");
            periods.iter().map(move |period| (kind as u32 + 1, code, period.first.as_number()))
        }));
    }
    (snapshot(&masters, Vec::new()).expect("a snapshot"), codes)
}

/// Of `codes`, in an order that no cache knows.
fn any_of(codes: Vec<Asked>) -> Vec<Asked> {
    let mut chance = 1u64;
    let any = |_| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        codes[(chance >> 33) as usize % codes.len()]
    };
    (0..LOOKUPS).map(any).collect()
}

/// How long this thread was on a processor so far: what others do on the machine does not count.
fn on_processor() -> Duration {
    let told = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(told.tv_sec.unsigned_abs(), u32::try_from(told.tv_nsec).unwrap_or_default())
}

/// What a round sees: how many were in force, and how long all names are.
type Sees = (u64, u64);

fn in_rust(snapshot: &Snapshot, asked: &[Asked]) -> (f64, Sees) {
    let (mut in_force, mut lengths) = (0, 0);
    let begin = on_processor();
    for (kind, code, day) in black_box(asked) {
        let day = TreatmentDay::of(day / 10_000, day / 100 % 100, day % 100).expect("a day");
        let (is_in_force, name, amount) = match kind {
            1 => told(&snapshot.procedure(*code, day), |procedure| procedure.points.in_hundredths()),
            2 => told(&snapshot.drug(*code, day), |drug| drug.price.in_hundredths()),
            3 => told(&snapshot.material(*code, day), |material| material.price.in_hundredths()),
            _ => told(&snapshot.comment(*code, day), |_| 0),
        };
        black_box(amount);
        in_force += u64::from(is_in_force);
        lengths += name.len() as u64;
    }
    let took = (on_processor() - begin).as_nanos() as f64;
    (took / asked.len() as f64, black_box((in_force, lengths)))
}

fn told<'a, F>(found: &Lookup<'a, F>, amount: impl Fn(&F) -> u64) -> (bool, &'a str, u64) {
    match found {
        Lookup::InForce(held) => (true, held.name(), amount(held.facts)),
        Lookup::Absent(_, by) => (false, by.and_then(|by| by.name).unwrap_or_default(), 0),
    }
}

/// `look_up.c`, linked with the library that lies beside this program.
fn compiled() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let release = std::env::current_exe().expect("this program").parent().expect("deps").join("..");
    let folder = release.join("libwarifu-bench");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::copy(release.join("libwarifu.so"), folder.join("libwarifu.so.0"))
        .expect("cargo build --release -p libwarifu");
    let program = folder.join("look_up");
    let status = Command::new("cc")
        .args(["-O2", "-std=c11", "-I"])
        .arg(crate_folder.join("include"))
        .arg(crate_folder.join("benches/look_up.c"))
        .arg(folder.join("libwarifu.so.0"))
        .arg(format!("-Wl,-rpath,{}", folder.display()))
        .arg("-o")
        .arg(&program)
        .status();
    assert!(status.is_ok_and(|status| status.success()), "cc");
    program
}

fn through_the_library(program: &Path, place: [&String; 2], many: &str, asked: &[Asked]) -> (f64, Sees) {
    let mut text = String::new();
    for (kind, code, day) in asked {
        let _ = writeln!(text, "{kind} {code} {day}");
    }
    let mut child = Command::new(program)
        .args(place)
        // The first round warms what the other side has warm already.
        .args(["2", many])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program in C");
    child.stdin.take().expect("piped").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let out = String::from_utf8(output.stdout).expect("text");
    let words: Vec<&str> = out.lines().last().expect("a round").split(' ').collect();
    let number = |at: usize| words[at].parse().expect("a number");
    (words[0].parse().expect("nanoseconds"), (number(1), number(2)))
}
