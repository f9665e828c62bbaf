//! Values that are none, in a store that others write to.

use std::io::Write as _;
use std::process::{Command, Stdio};

use warifu_etcd::testing::Cluster;
use warifu_etcd::{Damage, StoreError};
use warifu_fleet::orders::{Act, Order};
use warifu_fleet::release::Epoch;
use warifu_fleet::time::Millis;

use crate::world::*;

/// Puts `value` at `key` as whoever has etcd's own tool.
fn put(nodes: &Cluster, key: &str, value: &[u8]) {
    let mut tool = Command::new("etcdctl")
        .args(["put", key, "--endpoints", &nodes.endpoint(0)])
        .args(["--cacert", nodes.path("authority.pem").to_str().unwrap()])
        .args(["--cert", nodes.path("root.pem").to_str().unwrap()])
        .args(["--key", nodes.path("root.key").to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    tool.stdin.take().unwrap().write_all(value).unwrap();
    assert!(tool.wait().unwrap().success());
}

#[tokio::test]
async fn a_damaged_record_gives_nothing_and_is_named() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "damaged");
    revision(area.found(&founded()).await.unwrap());
    let mut watch = area.watch().await.unwrap();
    watch.next().await.unwrap();
    let record = serde_json::to_string(&founded()).unwrap();
    let deep = "[".repeat(100_000);
    let long = format!("{record}{}", " ".repeat(1 << 20));
    // Back without anything to fall back to.
    let no_step = record.replace(r#""next":"nothing""#, r#""next":{"armed":{"way":"back","instant":5}}"#);
    assert_ne!(no_step, record);
    let cut = &record[..record.len() - 1];
    for value in [" ", "{}", "null", "\u{1b}[2J", cut, &deep, &no_step] {
        put(&nodes, "/warifu/damaged/record", value.as_bytes());
        for error in [area.read().await.unwrap_err(), area.overview().await.map(drop).unwrap_err()] {
            let StoreError::Damaged(damaged) = &error else { panic!("{error}") };
            assert_eq!(damaged.key, "/warifu/damaged/record");
            assert!(matches!(damaged.damage, Damage::NotParsed(_)), "{error}");
            assert!(error.to_string().len() < 500, "{error}");
        }
        assert_eq!(watch.next().await.unwrap_err().code(), "fleet/store-damaged");
    }
    put(&nodes, "/warifu/damaged/record", &[0xff, 0xfe]);
    assert_eq!(area.read().await.unwrap_err().code(), "fleet/store-damaged");
    watch.next().await.unwrap_err();
    put(&nodes, "/warifu/damaged/record", long.as_bytes());
    let StoreError::Damaged(damaged) = area.read().await.unwrap_err() else { panic!() };
    assert_eq!(damaged.damage, Damage::TooLong { limit: 1 << 20 });
    watch.next().await.unwrap_err();
    // The watch goes on behind all of them.
    put(&nodes, "/warifu/damaged/record", record.as_bytes());
    assert_eq!(crate::watching::next_record(&mut watch).await.record.cause().why, "it begins");
    assert_eq!(&*view(&area).await.seen.record, &founded());
}

#[tokio::test]
async fn a_damaged_announcement_or_order_hides_itself_alone() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "hidden");
    revision(area.found(&founded()).await.unwrap());
    let lease = area.lease(Millis(60_000)).await.unwrap();
    area.announce(&lease, &name("a"), &announced("10.0.0.1:7")).await.unwrap();
    let order = Order { act: Act::Hold(Epoch(1)), by: "aoki".to_owned(), why: "so".to_owned() };
    revision(area.order(&order).await.unwrap());

    let said = |address: &str| serde_json::to_vec(&announced(address)).unwrap();
    // Nobody announced it: it would stay for ever.
    put(&nodes, "/warifu/hidden/alive/b", &said("10.0.0.2:7"));
    put(&nodes, "/warifu/hidden/alive/\u{202e}", b"{}");
    put(&nodes, "/warifu/hidden/orders/hold/1x", b"{");
    put(&nodes, "/warifu/hidden/orders/hold/2", &serde_json::to_vec(&order).unwrap());
    put(&nodes, "/warifu/hidden/orders/hold/3", &[b' '; 20_000]);
    area.announce(&lease, &name("c"), &announced("\u{1b}[2J")).await.unwrap();
    let overview = area.overview().await.unwrap().unwrap();
    assert_eq!(overview.announced.keys().collect::<Vec<_>>(), [&name("a")]);
    assert_eq!(overview.orders.0, [order]);
    let damages: Vec<_> = overview.damaged.iter().map(|damaged| &damaged.damage).collect();
    let [Damage::NoLease, Damage::NotParsed(_), Damage::NoMember, orders @ ..] = &damages[..] else {
        panic!("{damages:?}")
    };
    // The newest first.
    let [Damage::TooLong { .. }, Damage::NotAnAnswer, Damage::NotParsed(_)] = orders else {
        panic!("{orders:?}")
    };
    for damaged in &overview.damaged {
        assert!(damaged.key.starts_with("/warifu/hidden/"), "{damaged}");
        assert!(!damaged.to_string().contains(['\u{1b}', '\u{202e}']), "{damaged:?}");
    }
}

#[tokio::test]
async fn what_nobody_would_read_is_not_written() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "long");
    revision(area.found(&founded()).await.unwrap());
    let lease = area.lease(Millis(5_000)).await.unwrap();
    let error = area.announce(&lease, &name("a"), &announced(&"x".repeat(20_000))).await.unwrap_err();
    assert!(error.to_string().contains("/warifu/long/alive/a"), "{error}");
    let order = Order { act: Act::Hold(Epoch(1)), by: "aoki".to_owned(), why: "x".repeat(20_000) };
    assert_eq!(area.order(&order).await.unwrap_err().code(), "fleet/store-damaged");
    let why = "x".repeat(2 << 20);
    let record = touched(&founded(), &why);
    assert_eq!(
        area.write(&change(view(&area).await.seen.revision, record)).await.unwrap_err().code(),
        "fleet/store-damaged"
    );
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_not_taken_for_one_that_never_armed() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "unread");
    revision(area.found(&committed()).await.unwrap());
    let commit = view(&area).await;
    revision(area.arm(&arm(&commit, "a")).await.unwrap());
    // A stranger's or a follower's says nothing.
    put(&nodes, "/warifu/unread/armed/x", b"1");
    put(&nodes, "/warifu/unread/armed/d", b"?");
    assert_eq!(view(&area).await.armed.unwrap().count, 1);
    put(&nodes, "/warifu/unread/armed/b", b"+1");
    assert_eq!(view(&area).await.armed, None);
    // With a majority without it there is nothing to doubt.
    revision(area.arm(&arm(&commit, "c")).await.unwrap());
    assert_eq!(view(&area).await.armed.unwrap().count, 2);
}
