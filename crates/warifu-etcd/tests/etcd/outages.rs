//! Nodes that die, hang and come back.

use std::time::{Duration, Instant};

use warifu_etcd::testing::{Cluster, documented};
use warifu_etcd::{Area, Lease, Settings, StoreError, Unreached, Written};
use warifu_fleet::member::BootId;
use warifu_fleet::node::{Kept, Node};
use warifu_fleet::release::Revision;
use warifu_fleet::sight::Refusal;
use warifu_fleet::time::{Millis, Tick};

use crate::watching::{await_record, next_record};
use crate::world::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_leader_costs_seconds_and_nothing_that_was_written() {
    let _alone = ALONE.lock().await;
    let Some(mut nodes) = Cluster::start() else { return };
    let area = area(&nodes, "leader");
    let founded_at = revision(area.found(&founded()).await.unwrap());
    let mut watch = area.watch().await.unwrap();
    let mut lease = area.lease(Millis(10_000)).await.unwrap();
    area.announce(&lease, &name("a"), &announced("10.0.0.1:7")).await.unwrap();
    // Somebody reads all the time, and never sees the store go back.
    let reading = tokio::spawn({
        let area = area.clone();
        async move {
            let mut newest = Revision(0);
            loop {
                match area.read().await {
                    Ok(Some(view)) => {
                        assert!(view.seen.revision >= newest, "{:?} after {newest:?}", view.seen.revision);
                        newest = view.seen.revision;
                        if view.seen.record.cause().why == "the end" {
                            return;
                        }
                    }
                    Ok(None) => panic!("the record is gone"),
                    Err(error) => assert!(matches!(error, StoreError::Unreachable { .. }), "{error}"),
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    });
    let mut last = founded_at;
    for round in 0..2 {
        let leader = nodes.leader();
        nodes.kill(leader);
        let killed = Instant::now();
        let written = written_soon(&area, &format!("round {round}")).await;
        let took = killed.elapsed();
        assert!(written > last && took < Duration::from_secs(10), "{took:?}");
        assert_eq!(await_record(&mut watch, written).await.record.cause().why, format!("round {round}"));
        last = written;
        lease = kept(lease).await;
        nodes.start_node(leader);
        nodes.await_health(3);
    }
    let announced = area.overview().await.unwrap().unwrap().announced;
    assert!(announced.contains_key(&name("a")), "a lease that was kept has ended");
    let last = written_soon(&area, "the end").await;
    await_record(&mut watch, last).await;
    reading.await.unwrap();
}

async fn kept(mut lease: Lease) -> Lease {
    let keeping = async {
        while lease.keep().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        lease
    };
    tokio::time::timeout(Duration::from_secs(30), keeping).await.expect("the lease is not kept")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_node_each_call_ends_in_time_and_all_goes_on_after_it() {
    let _alone = ALONE.lock().await;
    let Some(mut nodes) = Cluster::start() else { return };
    let area = area(&nodes, "dead");
    revision(area.found(&founded()).await.unwrap());
    let mut watch = area.watch().await.unwrap();
    next_record(&mut watch).await;
    let seen = view(&area).await.seen;
    (0..3).for_each(|at| nodes.kill(at));
    let asked = Instant::now();
    let error = area.read().await.unwrap_err();
    assert!(asked.elapsed() < Duration::from_millis(3_200), "{:?}", asked.elapsed());
    assert_eq!(error.code(), "fleet/store-unreachable", "{error}");
    assert!(nodes.endpoints().iter().all(|url| error.to_string().contains(url)), "{error}");
    let error = area.write(&change(seen.revision, touched(&seen.record, "x"))).await.unwrap_err();
    assert_eq!(error.code(), "fleet/store-unreachable", "{error}");
    assert_eq!(watch.next().await.unwrap_err().code(), "fleet/store-unreachable");
    (0..3).for_each(|at| nodes.start_node(at));
    nodes.await_health(3);
    let written = written_soon(&area, "alive again").await;
    assert_eq!(await_record(&mut watch, written).await.record.cause().why, "alive again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_hangs_is_waited_for_once() {
    let _alone = ALONE.lock().await;
    let Some(nodes) = Cluster::start() else { return };
    let mut settings = nodes.settings("root");
    let follower = (0..3).find(|at| *at != nodes.leader()).unwrap();
    // It is asked first sooner or later: each area begins with a node by chance.
    settings.timeout = Duration::from_millis(500);
    let areas: Vec<Area> = (0..12).map(|_| Area::new(&settings, "hanging").unwrap()).collect();
    revision(areas[0].found(&founded()).await.unwrap());
    for area in &areas {
        view(area).await;
    }
    nodes.hang(follower);
    let mut waited = 0;
    for area in &areas {
        let asked = Instant::now();
        view(area).await;
        let took = asked.elapsed();
        assert!(took < Duration::from_millis(1_400), "{took:?}");
        waited += usize::from(took >= settings.timeout);
        let asked = Instant::now();
        for _ in 0..5 {
            view(area).await;
        }
        assert!(asked.elapsed() < settings.timeout, "it was asked again: {:?}", asked.elapsed());
    }
    assert!(waited < areas.len(), "every area waited");
    let alone = Area::new(&Settings { endpoints: vec![nodes.endpoint(follower)], ..settings }, "x");
    let error = alone.unwrap().read().await.unwrap_err();
    let StoreError::Unreachable { endpoints } = &error else { panic!("{error}") };
    // On a busy machine the line itself may not be there in time.
    let silent = Unreached::Silent(Duration::from_millis(500));
    assert!(endpoints[0].1 == silent || matches!(endpoints[0].1, Unreached::Failed(_)), "{error}");
    nodes.go_on(follower);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_one_node_of_three_nothing_is_read_and_nothing_written() {
    let _alone = ALONE.lock().await;
    let Some(mut nodes) = Cluster::start() else { return };
    let area = area(&nodes, "minority");
    let at = revision(area.found(&founded()).await.unwrap());
    nodes.kill(0);
    nodes.kill(1);
    let error = area.read().await.unwrap_err();
    assert!(error.code().starts_with("fleet/store-"), "{error}");
    let write = area.write(&change(at, touched(&founded(), "alone"))).await;
    assert!(write.is_err(), "{write:?}");
    // Once the node knows that it has no leader it says so, and nobody waits.
    let error = until(async || area.read().await.err().filter(|e| e.code() == "fleet/store-no-leader"));
    assert_eq!(error.await.code(), "fleet/store-no-leader");
    nodes.start_node(0);
    nodes.start_node(1);
    nodes.await_health(3);
    // The write that nobody confirmed may have waited in the node's log.
    let seen = view(&area).await.seen;
    assert!(["it begins", "alone"].contains(&&*seen.record.cause().why));
    let again = area.write(&change(at, touched(&founded(), "alone"))).await.unwrap();
    assert!(seen.revision == at || again == Written::Overtaken);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_store_went_back_and_members_say_so() {
    let _alone = ALONE.lock().await;
    let Some(mut nodes) = Cluster::start() else { return };
    let area = area(&nodes, "restored");
    let saved = revision(area.found(&founded()).await.unwrap());
    nodes.run("root", &documented("A backup"), &[("ONE", &nodes.endpoint(0)), ("FILE", "saved.db")]);
    let newer = revision(area.write(&change(saved, touched(&founded(), "newer"))).await.unwrap());
    let mut member = Node::started(name("a"), BootId(1), Kept::default(), Tick(0));
    member.on_read(Tick(1), Tick(2), &view(&area).await).unwrap();
    nodes.restore("saved.db");
    let restored = until(async || area.read().await.ok()?).await;
    assert_eq!(restored.seen.revision, saved);
    let refusal = member.on_read(Tick(3), Tick(4), &restored).unwrap_err();
    assert_eq!((refusal, refusal.code()), (Refusal::StoreWentBack(newer, saved), "fleet/store-went-back"));
}
