//! What three nodes of etcd on this machine do for an area: a write and the watches that tell of it, and
//! linearizable reads. `cargo bench -p warifu-etcd`; the figures are in docs/etcd.md.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark, which tells what it measured")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use warifu_etcd::testing::Cluster;
use warifu_etcd::{Area, Noticed, Written};
use warifu_fleet::coordinator::Change;
use warifu_fleet::desired::{Cause, Desired};
use warifu_fleet::member::{MemberName, Members};
use warifu_fleet::policy::{Policy, Terms};

const MEMBERS: usize = 100;
const WATCHERS: usize = 50;
const WRITES: usize = 100;
/// W/4 of the default terms.
const EVERY: Duration = Duration::from_millis(100);
const READING: Duration = Duration::from_secs(10);

fn cause(why: &str) -> Cause {
    Cause { by: "coordinator".to_owned(), why: why.to_owned() }
}

/// The median, that of 99 in a hundred, and the last.
fn told(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |per_mille: usize| times[(times.len() - 1) * per_mille / 1_000];
    println!("{what}: {} of them, {:?}, {:?}, {:?}", times.len(), at(500), at(990), at(1_000));
}

#[tokio::main]
async fn main() {
    let Some(nodes) = Cluster::start() else { return };
    let settings = nodes.settings("root");
    // Each member has connections of its own.
    let area = || Area::new(&settings, "measured").unwrap();
    let names = (0..MEMBERS).map(|at| MemberName::new(&format!("checker-{at:03}")).unwrap());
    let (voters, followers): (Vec<_>, Vec<_>) = names.enumerate().partition(|(at, _)| *at < 25);
    let set =
        |names: Vec<(usize, MemberName)>| names.into_iter().map(|(_, name)| name).collect::<BTreeSet<_>>();
    let members = Members::new(set(voters), set(followers)).unwrap();
    let record = Desired::founded(members, Policy::new(Terms::default()).unwrap(), cause("founded"));
    println!("a record of {} bytes", serde_json::to_vec(&record).unwrap().len());
    let coordinator = area();
    let Written::Yes(mut at) = coordinator.found(&record).await.unwrap() else { return };
    fan_out(&area, &coordinator, &record, &mut at).await;
    reads(&area).await;
}

async fn fan_out(
    area: &impl Fn() -> Area,
    coordinator: &Area,
    record: &Desired,
    at: &mut warifu_fleet::release::Revision,
) {
    let (tell, mut heard) = mpsc::unbounded_channel();
    let mut watchers = JoinSet::new();
    for _ in 0..WATCHERS {
        let mut watch = area().watch().await.unwrap();
        watch.next().await.unwrap();
        let tell = tell.clone();
        watchers.spawn(async move {
            while let Ok(noticed) = watch.next().await {
                if let Noticed::Record(seen) = noticed {
                    tell.send((seen.revision, Instant::now())).unwrap();
                }
            }
        });
    }
    let (mut writes, mut notices) = (Vec::new(), Vec::new());
    for write in 0..WRITES {
        let next = record.with_policy(record.policy().clone(), cause(&write.to_string())).unwrap();
        let change = Change { expects: *at, none_armed: None, record: next };
        let begun = Instant::now();
        let Written::Yes(written) = coordinator.write(&change).await.unwrap() else { return };
        writes.push(begun.elapsed());
        *at = written;
        for _ in 0..WATCHERS {
            let (revision, heard) = heard.recv().await.unwrap();
            assert_eq!(revision, written);
            notices.push(heard - begun);
        }
    }
    told("compare and swap", writes);
    told("from its sending to a watch that tells of it", notices);
}

async fn reads(area: &impl Fn() -> Area) {
    let mut areas = Vec::new();
    let mut connected = Vec::new();
    for _ in 0..MEMBERS {
        let (area, begun) = (area(), Instant::now());
        area.read().await.unwrap();
        connected.push(begun.elapsed());
        areas.push(area);
    }
    told("a connection and its first read", connected);
    let mut members = JoinSet::new();
    for (member, area) in areas.into_iter().enumerate() {
        members.spawn(async move {
            tokio::time::sleep(EVERY * member as u32 / MEMBERS as u32).await;
            let mut ticks = tokio::time::interval(EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let (mut times, mut failed) = (Vec::new(), 0);
            let begun = Instant::now();
            while begun.elapsed() < READING {
                ticks.tick().await;
                let asked = Instant::now();
                match area.read().await {
                    Ok(_) => times.push(asked.elapsed()),
                    Err(_) => failed += 1,
                }
            }
            (times, failed)
        });
    }
    let read = members.join_all().await;
    let failed: usize = read.iter().map(|(_, failed)| failed).sum();
    let times: Vec<Duration> = read.into_iter().flat_map(|(times, _)| times).collect();
    println!("{} reads a second, {failed} failed", times.len() as u64 / READING.as_secs());
    told("a linearizable read", times);
}
