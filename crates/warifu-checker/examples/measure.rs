//! Measures what a checker does all day, on files named on the command line:
//!
//! ```sh
//! cargo run --release -p warifu-checker --example measure -- \
//!     CLAIMS.UKE MONTH MASTER.csv... KIND=TABLE.csv...
//! ```
//!
//! The claims are judged as if they were all of MONTH (YYYYMM), in which the masters ought to be in force:
//! of what no master knows, nothing is asked. Times are those of the processor. A file whose columns several
//! kinds have is read as KIND.

use std::collections::HashMap;
use std::io::Write as _;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use warifu_checker::receipt::Receipt;
use warifu_claims::{CHECKS_VERSION, ClaimFile, ClaimFindings, MasterOf, Snapshot, judge};
use warifu_judging::{FINDINGS_LIMIT, answer};
use warifu_masters::file::{Declared, read, read_canonical};
use warifu_masters::past::{Governs, Timelines};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_values::day::{ClaimMonth, PublicationDay, TreatmentDay};
use warifu_values::digest::Digest;

/// How long this thread was on a processor so far: what others do on the machine does not count.
fn on_processor() -> Duration {
    let told = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(told.tv_sec.unsigned_abs(), u32::try_from(told.tv_nsec).unwrap_or_default())
}

/// How long `work` takes of the processor.
fn took(work: impl FnOnce()) -> Duration {
    let started = on_processor();
    work();
    on_processor().saturating_sub(started)
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The middle of `runs` durations of `work`.
fn median(runs: usize, mut work: impl FnMut()) -> Duration {
    middle((0..runs).map(|_| took(&mut work)).collect())
}

/// The middle of the durations of each of `works`, done by turns, so that a change of the machine's pace
/// comes to all of them.
fn by_turns<const N: usize>(mut works: [&mut dyn FnMut(); N]) -> [Duration; N] {
    let mut times = [const { Vec::new() }; N];
    for _ in 0..15 {
        for (work, times) in works.iter_mut().zip(&mut times) {
            times.push(took(work));
        }
    }
    times.map(middle)
}

/// All procedures looked up in an order that no cache knows: on a day in the snapshot, and by the text of
/// their codes in the map of the standard library.
fn looking_up(master: &Master, snapshot: &Snapshot, day: TreatmentDay) -> [Duration; 2] {
    let mut keys: Vec<String> = (0..master.rows()).map(|row| master.key(row).into_owned()).collect();
    let map: HashMap<String, usize> = keys.iter().cloned().zip(0..).collect();
    let mut chance = 1u64;
    for at in (1..keys.len()).rev() {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        keys.swap(at, (chance >> 33) as usize % (at + 1));
    }
    let codes: Vec<u32> = keys.iter().filter_map(|key| key.parse().ok()).collect();
    by_turns([
        &mut || codes.iter().for_each(|code| _ = std::hint::black_box(snapshot.procedure(*code, day))),
        &mut || keys.iter().for_each(|key| _ = std::hint::black_box(map.get(key.as_str()))),
    ])
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// How the kinds of the points tables (電子点数表) begin.
const POINTS_TABLES: &str = "points-";

/// The claims as if each were of `month`.
fn of_month(claims: &[u8], month: &str) -> Vec<u8> {
    let of_line = |line: &[u8]| {
        let mut fields: Vec<&[u8]> = line.split(|byte| *byte == b',').collect();
        if line.starts_with(b"RE,") && fields.len() > 3 {
            fields[3] = month.as_bytes();
        }
        fields.join(&b',')
    };
    claims.split_inclusive(|byte| *byte == b'\n').flat_map(of_line).collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const USAGE: &str = "CLAIMS.UKE MONTH MASTER.csv... KIND=TABLE.csv...";
    let mut out = std::io::stdout().lock();
    let mut arguments = std::env::args().skip(1);
    let claims = std::fs::read(arguments.next().ok_or(USAGE)?)?;
    let month = arguments.next().ok_or(USAGE)?;
    let day = ClaimMonth::parse(month.as_bytes()).ok_or(USAGE)?.last();
    let claims = of_month(&claims, &month);
    let schemas = Schemas::built_in()?;
    let mut masters = Vec::new();
    for file in arguments {
        let (of_kind, file) = match file.split_once('=') {
            Some((kind, file)) => (Some(schemas.of_kind(kind)), file),
            None => (None, file.as_str()),
        };
        let schemas = of_kind.as_ref().unwrap_or(&schemas);
        let reading = read(schemas, std::fs::read(file)?, &Declared::default());
        masters.push(reading.master.ok_or_else(|| format!("{file}: no master is recognised"))?);
    }
    let canonical: Vec<_> =
        masters.iter().map(|master| (master.layout().kind.clone(), master.canonical())).collect();
    // Each as the only publication of a series that governs every day.
    let governs = Governs { first: TreatmentDay::EARLIEST, last: None };
    let of_state = |master: &Master| Timelines::of_state(governs, PublicationDay::of(governs.first), master);
    let timelines: Vec<_> = masters.iter().map(of_state).collect();
    let of: Vec<_> = masters
        .iter()
        .zip(&timelines)
        .map(|(master, timelines)| MasterOf { series: "all", kind: &master.layout().kind, master, timelines })
        .collect();
    let parse = median(9, || {
        for (kind, bytes) in &canonical {
            assert!(read_canonical(&schemas, kind, bytes.clone()).is_ok());
        }
    });
    let build = median(21, || drop(Snapshot::build(&of)));
    let snapshot = Snapshot::build(&of)?;
    let others: Vec<_> = of.iter().filter(|of| !of.kind.starts_with(POINTS_TABLES)).copied().collect();
    let without_tables = Snapshot::build(&others)?;
    let rows: usize = masters.iter().map(|master| master.rows()).sum();
    writeln!(out, "parse canonical   {parse:>12.2?}  ({rows} rows)")?;
    writeln!(out, "build snapshot    {build:>12.2?}  {} KiB held", snapshot.bytes() / 1024)?;

    // One file of about 8 MB, made of the claims given.
    let body: Vec<&[u8]> = claims.split_inclusive(|byte| *byte == b'\n').collect();
    let (head, middle) = body.split_at(1);
    let mut large = head.concat();
    let middle: Vec<u8> =
        middle.iter().filter(|line| !line.starts_with(b"GO")).copied().collect::<Vec<_>>().concat();
    while large.len() < 8 << 20 {
        large.extend_from_slice(&middle);
    }
    let file = ClaimFile::read(&large);
    let (mut findings, count) =
        (ClaimFindings::new(0), |count: u64, time: Duration| count as f64 / time.as_secs_f64());
    let tally = judge(&file, &snapshot, 1, &mut findings);
    writeln!(
        out,
        "{} claims, {} items, {:.1} MB; findings: {}",
        tally.claims,
        tally.items,
        large.len() as f64 / 1e6,
        findings
            .counts()
            .map(|(code, count)| format!("{} {count}", code.as_str()))
            .collect::<Vec<_>>()
            .join(", ")
    )?;
    let [reading, others, all, both] = by_turns([
        &mut || drop(ClaimFile::read(&large)),
        &mut || _ = judge(&file, &without_tables, 1, &mut ClaimFindings::new(0)),
        &mut || _ = judge(&file, &snapshot, 1, &mut ClaimFindings::new(0)),
        &mut || _ = judge(&ClaimFile::read(&large), &snapshot, 1, &mut ClaimFindings::new(0)),
    ]);
    let bytes = large.len() as u64;
    writeln!(out, "read and its checks {reading:>10.2?}  {:.0} MB/s", count(bytes, reading) / 1e6)?;
    writeln!(out, "judge, no tables    {others:>10.2?}  {:.0} claims/s", count(tally.claims, others))?;
    writeln!(
        out,
        "judge, all          {all:>10.2?}  {:.0} claims/s; tables {:.2} times the others, {:.2} with reading",
        count(tally.claims, all),
        (all.as_secs_f64() - others.as_secs_f64()) / others.as_secs_f64(),
        (all.as_secs_f64() - others.as_secs_f64()) / (others + reading).as_secs_f64(),
    )?;
    writeln!(out, "read and judge      {both:>10.2?}  {:.0} claims/s", count(tally.claims, both))?;
    let none = Digest::of(b"");
    let (checks, program) = (CHECKS_VERSION.to_owned(), "-".to_owned());
    let receipt = Receipt { release: 1, manifest: none, masters: none, checks, program };
    let answering = median(9, || drop(answer(&ClaimFile::read(&large), &snapshot, &receipt)));
    writeln!(
        out,
        "read and answer     {answering:>10.2?}  {:.0} claims/s (up to {} findings written)",
        count(tally.claims, answering),
        FINDINGS_LIMIT
    )?;
    if let Some(of_procedures) = masters.iter().find(|master| master.layout().kind == "procedure") {
        let [ours, theirs] = looking_up(of_procedures, &snapshot, day);
        let each = |took: Duration| took.as_nanos() as f64 / of_procedures.rows() as f64;
        writeln!(
            out,
            "look up             {:>7.1} ns, HashMap<String, _> {:.1} ns: {:.2}",
            each(ours),
            each(theirs),
            each(ours) / each(theirs)
        )?;
    }
    drop((of, without_tables));
    drop((masters, timelines, canonical, large, file));
    writeln!(out, "resident          {:>9} KiB", resident_kib())?;
    Ok(())
}
