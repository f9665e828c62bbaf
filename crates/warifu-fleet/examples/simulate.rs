//! The figures of docs/fleet.md: areas of 12 to 10,000 members on a virtual clock. A seed as argument gives
//! another run; equal seeds give equal ones.
#![expect(clippy::print_stdout, reason = "it is run for what it prints")]

use warifu_fleet::testing::{Fleet, Plan, measure, run};

fn main() {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!(
        "| members (voters) | W, reads every | armed | late: median, 99.9 %, last | fall back: the same |"
    );
    for (members, voters, freshness, reads_every) in
        [(12, 12, 400, 100), (100, 25, 400, 100), (1_000, 25, 1_000, 250), (10_000, 25, 4_000, 1_000)]
    {
        let figures = measure(Fleet { members, voters, freshness, reads_every, seed });
        let ([median, most, last], back) = (figures.late, figures.fallen_back);
        println!(
            "| {members} ({voters}) | {freshness}, {reads_every} ms | {} ms | {median}, {most}, {last} ms | \
             {}, {}, {} ms |",
            figures.armed, back[0], back[1], back[2]
        );
        println!(
            "  a move: {} writes ({:.2} a member), at most {} in a second; {} watch messages, the last {} ms \
             after its change; {} reads a second; {} ms not ready",
            figures.move_writes,
            figures.move_writes as f64 / members as f64,
            figures.most_writes,
            figures.watched,
            figures.fan_out,
            figures.reads,
            figures.not_ready
        );
    }
    let (mut whole, mut sums) = (Vec::new(), [0u64; 3]);
    for number in 0..SCHEDULES {
        match run(&Plan::any(seed * SCHEDULES + number)) {
            Err(breach) => println!("schedule {number}: {breach:?}"),
            Ok(ran) => {
                sums = [sums[0] + ran.exchanges, sums[1] + ran.voids, sums[2] + ran.none_ready];
                whole.extend(ran.whole_after);
            }
        }
    }
    whole.sort_unstable();
    let at = |per_mille: usize| whole.get(whole.len() * per_mille / 1000).or(whole.last());
    println!(
        "{SCHEDULES} schedules: {} exchanges, {} voids, {} ms with no member ready; all ready by one epoch \
         after the last trouble: median {:?}, 99 % {:?}, last {:?} ms",
        sums[0],
        sums[1],
        sums[2],
        at(500),
        at(990),
        at(1000)
    );
}

/// In which anything goes wrong.
const SCHEDULES: u64 = 400;
