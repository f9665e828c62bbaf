//! A watch brings what changes, over compactions.

use std::time::Duration;

use warifu_etcd::{Area, Noticed, Watch};
use warifu_fleet::desired::Seen;
use warifu_fleet::release::Revision;
use warifu_fleet::time::Millis;

use crate::world::*;

/// The next record that comes, within half a minute.
pub(crate) async fn next_record(watch: &mut Watch) -> Seen {
    let next = async {
        loop {
            if let Ok(Noticed::Record(seen)) = watch.next().await {
                return seen;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), next).await.expect("no record came")
}

/// Waits for this record; older ones may come before it.
pub(crate) async fn await_record(watch: &mut Watch, revision: Revision) -> Seen {
    loop {
        let seen = next_record(watch).await;
        if seen.revision >= revision {
            assert_eq!(seen.revision, revision);
            return seen;
        }
    }
}

#[tokio::test]
async fn a_watch_begins_with_what_is_there_and_brings_each_record() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "watched");
    let mut early = area.watch().await.unwrap();
    assert_eq!(early.next().await.unwrap(), Noticed::Other);
    let first = revision(area.found(&founded()).await.unwrap());
    assert_eq!(next_record(&mut early).await.revision, first);
    let mut watch = area.watch().await.unwrap();
    let mut all = area.watch_all().await.unwrap();
    for watch in [&mut watch, &mut all] {
        assert_eq!(next_record(watch).await.revision, first);
    }
    let lease = area.lease(Millis(5_000)).await.unwrap();
    area.announce(&lease, &name("a"), &announced("10.0.0.1:7")).await.unwrap();
    assert_eq!(all.next().await.unwrap(), Noticed::Other);
    // Who watches the record alone hears nothing of announcements.
    let second = revision(area.write(&change(first, touched(&founded(), "second"))).await.unwrap());
    for watch in [&mut early, &mut watch, &mut all] {
        let Noticed::Record(seen) = watch.next().await.unwrap() else { panic!("another change") };
        assert_eq!((seen.revision, &*seen.record.cause().why), (second, "second"));
    }
}

#[tokio::test]
async fn what_was_compacted_away_is_read_anew() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "compacted");
    let first = revision(area.found(&founded()).await.unwrap());
    let way = Way::to(&nodes, 0).await;
    let cut_off = Area::new(&way.settings(&nodes), "compacted").unwrap();
    let mut watch = cut_off.watch().await.unwrap();
    assert_eq!(next_record(&mut watch).await.revision, first);
    way.cut();
    let error = watch.next().await.unwrap_err();
    assert_eq!(error.code(), "fleet/store-unreachable", "{error}");
    let mut last = first;
    for why in ["second", "third", "fourth"] {
        last = revision(area.write(&change(last, touched(&founded(), why))).await.unwrap());
    }
    let compacted = nodes.etcdctl("root", &["compact", &last.0.to_string()]);
    assert!(compacted.status.success(), "{compacted:?}");
    way.mend();
    let seen = next_record(&mut watch).await;
    assert_eq!((seen.revision, &*seen.record.cause().why), (last, "fourth"));
    let more = revision(area.write(&change(last, touched(&founded(), "fifth"))).await.unwrap());
    assert_eq!(next_record(&mut watch).await.revision, more);
}
