//! Measures what a checker does all day, on files named on the command line:
//! `cargo run --release -p warifu-checker --example measure -- CLAIMS.UKE MASTER.csv...`

use std::io::Write as _;
use std::time::{Duration, Instant};

use warifu_checker::receipt::Receipt;
use warifu_claims::{CHECKS_VERSION, ClaimFile, ClaimFindings, MasterOf, Snapshot, judge};
use warifu_judging::{FINDINGS_LIMIT, answer};
use warifu_masters::file::{Declared, read, read_canonical};
use warifu_masters::past::{Governs, Timelines};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_values::day::{PublicationDay, TreatmentDay};
use warifu_values::digest::Digest;

/// The middle of `runs` durations of `work`.
fn median(runs: usize, mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[runs / 2]
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    let mut arguments = std::env::args().skip(1);
    let claims = std::fs::read(arguments.next().ok_or("CLAIMS.UKE MASTER.csv...")?)?;
    let schemas = Schemas::built_in()?;
    let mut masters = Vec::new();
    for file in arguments {
        let reading = read(&schemas, std::fs::read(&file)?, &Declared::default());
        masters.push(reading.master.ok_or(file)?);
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
    let mut tally = warifu_claims::Tally::default();
    let judging = median(9, || {
        let mut findings = ClaimFindings::new(0);
        tally = judge(&ClaimFile::read(&large), &snapshot, 1, &mut findings);
    });
    let file = ClaimFile::read(&large);
    let again = median(9, || _ = judge(&file, &snapshot, 1, &mut ClaimFindings::new(0)));
    let per_second = |count: u64, time: Duration| count as f64 / time.as_secs_f64();
    writeln!(
        out,
        "read and judge    {judging:>12.2?}  {:.0} claims/s, {:.0} MB/s, {} items",
        per_second(tally.claims, judging),
        per_second(large.len() as u64, judging) / 1e6,
        tally.items
    )?;
    writeln!(out, "judge once more   {again:>12.2?}  {:.0} claims/s", per_second(tally.claims, again))?;
    let none = Digest::of(b"");
    let (checks, program) = (CHECKS_VERSION.to_owned(), "-".to_owned());
    let receipt = Receipt { release: 1, manifest: none, masters: none, checks, program };
    let answering = median(9, || drop(answer(&ClaimFile::read(&large), &snapshot, &receipt)));
    writeln!(
        out,
        "read and answer   {answering:>12.2?}  {:.0} claims/s (up to {} findings written)",
        per_second(tally.claims, answering),
        FINDINGS_LIMIT
    )?;
    drop(of);
    drop((masters, timelines, canonical, large, file));
    writeln!(out, "resident          {:>9} KiB", resident_kib())?;
    Ok(())
}
