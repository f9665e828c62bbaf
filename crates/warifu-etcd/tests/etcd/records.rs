//! The record and the keys of who armed: who comes late is refused.

use warifu_etcd::Written;
use warifu_fleet::desired::Next;
use warifu_fleet::orders::{Act, Order, Orders};
use warifu_fleet::release::{Epoch, Revision};

use crate::world::*;

#[tokio::test]
async fn a_record_is_founded_once_and_changed_by_who_saw_it_last() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "records");
    assert!(area.read().await.unwrap().is_none());
    assert!(area.overview().await.unwrap().is_none());
    let first = revision(area.found(&founded()).await.unwrap());
    assert_eq!(area.found(&committed()).await.unwrap(), Written::Overtaken);
    let seen = view(&area).await.seen;
    assert_eq!((seen.revision, &*seen.record), (first, &founded()));

    let second = revision(area.write(&change(first, touched(&founded(), "second"))).await.unwrap());
    assert!(second > first);
    for stale in [first, Revision(0), Revision(second.0 + 1), Revision(u64::MAX)] {
        let late = change(stale, touched(&founded(), "late"));
        assert_eq!(area.write(&late).await.unwrap(), Written::Overtaken, "{stale:?}");
    }
    assert_eq!(view(&area).await.seen.record.cause().why, "second");
}

#[tokio::test]
async fn of_many_writers_at_once_one_wins() {
    let Some(nodes) = nodes() else { return };
    let first = area(&nodes, "writers");
    let at = revision(first.found(&founded()).await.unwrap());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..12 {
        // Each with connections of its own, over all nodes.
        let area = area(&nodes, "writers");
        writers.spawn(async move {
            let record = touched(&founded(), &format!("writer {writer}"));
            (writer, area.write(&change(at, record)).await.unwrap())
        });
    }
    let won: Vec<_> =
        writers.join_all().await.into_iter().filter(|(_, w)| *w != Written::Overtaken).collect();
    let [(winner, written)] = won[..] else { panic!("{won:?}") };
    let seen = view(&first).await.seen;
    assert_eq!(seen.record.cause().why, format!("writer {winner}"));
    assert_eq!(Written::Yes(seen.revision), written);
}

#[tokio::test]
async fn a_read_writes_nothing_and_counts_the_voters_who_armed() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "armed");
    let founded = revision(area.found(&founded()).await.unwrap());
    assert_eq!(view(&area).await.armed, None);
    revision(area.write(&change(founded, committed())).await.unwrap());
    let commit = view(&area).await;
    assert_eq!(commit.armed.unwrap().count, 0);
    // A follower's key counts for nothing, nor one of another epoch.
    for member in ["a", "d"] {
        revision(area.arm(&arm(&commit, member)).await.unwrap());
    }
    let mut other = arm(&commit, "b");
    other.epoch = Epoch(7);
    revision(area.arm(&other).await.unwrap());
    let before = view(&area).await.armed.unwrap();
    assert_eq!((before.count, before.epoch), (1, Epoch(1)));
    revision(area.arm(&arm(&commit, "c")).await.unwrap());
    let armed = view(&area).await.armed.unwrap();
    assert_eq!(armed.count, 2);
    assert!(armed.as_of > before.as_of && armed.majority(commit.seen.record.members()).is_ok());
}

#[tokio::test]
async fn who_armed_before_says_so_again_and_who_comes_after_the_record_changed_does_not() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "late");
    revision(area.found(&committed()).await.unwrap());
    let commit = view(&area).await;
    revision(area.arm(&arm(&commit, "a")).await.unwrap());
    revision(area.arm(&arm(&commit, "a")).await.unwrap());
    let none = view(&area).await.armed.unwrap().majority(commit.seen.record.members()).unwrap_err();
    let void = commit.seen.record.void(&none, because("no majority armed")).unwrap();
    let mut void = change(commit.seen.revision, void);
    void.none_armed = Some(none);
    revision(area.write(&void).await.unwrap());
    // Its key is there; to say so is harmless. Another's is not, and never will be.
    revision(area.arm(&arm(&commit, "a")).await.unwrap());
    assert_eq!(area.arm(&arm(&commit, "b")).await.unwrap(), Written::Overtaken);
}

#[tokio::test]
async fn a_commit_is_not_taken_back_where_somebody_armed_after_the_count() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "void");
    revision(area.found(&committed()).await.unwrap());
    let commit = view(&area).await;
    revision(area.arm(&arm(&commit, "a")).await.unwrap());
    let counted = view(&area).await.armed.unwrap();
    let none = counted.majority(commit.seen.record.members()).unwrap_err();
    revision(area.arm(&arm(&commit, "b")).await.unwrap());
    let mut void = change(commit.seen.revision, commit.seen.record.void(&none, because("void")).unwrap());
    void.none_armed = Some(none);
    assert_eq!(area.write(&void).await.unwrap(), Written::Overtaken);
    // Counted anew it is a majority.
    let armed = view(&area).await.armed.unwrap();
    let majority = armed.majority(commit.seen.record.members()).unwrap();
    let record = commit.seen.record.armed(&majority, because("a majority armed")).unwrap();
    revision(area.write(&change(commit.seen.revision, record)).await.unwrap());
    assert!(matches!(view(&area).await.seen.record.next(), Next::Armed(_)));
}

#[tokio::test]
async fn orders_stand_until_they_are_taken_back_and_the_last_word_counts() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "orders");
    let order = |act: &Act, by: &str| Order { act: act.clone(), by: by.to_owned(), why: "so".to_owned() };
    let (hold, advance) = (Act::Hold(Epoch(3)), Act::Advance(Epoch(3)));
    assert_eq!(area.order(&order(&hold, "aoki")).await.unwrap_err().code(), "fleet/store-no-area");
    revision(area.found(&founded()).await.unwrap());
    for act in [&hold, &advance, &hold] {
        revision(area.order(&order(act, "aoki")).await.unwrap());
    }
    let (orders, damaged) = area.orders().await.unwrap();
    assert_eq!((orders.0.len(), damaged.len()), (2, 0));
    assert!(orders.held(Epoch(3)));
    revision(area.order(&order(&advance, "baba")).await.unwrap());
    let orders = area.overview().await.unwrap().unwrap().orders;
    assert_eq!((orders.held(Epoch(3)), &*orders.find(&advance).unwrap().by), (false, "baba"));
    revision(area.take_back(&advance).await.unwrap());
    assert_eq!(area.take_back(&advance).await.unwrap(), Written::Overtaken);
    revision(area.take_back(&hold).await.unwrap());
    assert_eq!(area.orders().await.unwrap().0, Orders::default());
}
