//! Announcements last as long as their leases, and leases are kept without a write.

use warifu_etcd::StoreError;
use warifu_fleet::time::Millis;

use crate::world::*;

#[tokio::test]
async fn an_announcement_is_gone_with_its_lease() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "leases");
    revision(area.found(&founded()).await.unwrap());
    let alive = || async { area.overview().await.unwrap().unwrap().announced };
    let mut kept = area.lease(Millis(1_500)).await.unwrap();
    assert_eq!(kept.ttl(), Millis(2_000));
    let mut lost = area.lease(Millis(2_000)).await.unwrap();
    area.announce(&kept, &name("a"), &announced("10.0.0.1:7")).await.unwrap();
    area.announce(&lost, &name("b"), &announced("10.0.0.2:7")).await.unwrap();
    assert_eq!(alive().await[&name("b")], announced("10.0.0.2:7"));
    until(async || {
        kept.keep().await.unwrap();
        (!alive().await.contains_key(&name("b"))).then_some(())
    })
    .await;
    assert_eq!(alive().await.len(), 1);
    // To keep it wrote nothing: the announcement is in its first version.
    let told = nodes.etcdctl("root", &["get", "/warifu/leases/alive/a", "-w", "fields"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("\"Version\" : 1\n"), "{told:?}");
    assert_eq!(lost.keep().await, Err(StoreError::LeaseGone));
    let late = area.announce(&lost, &name("b"), &announced("10.0.0.2:7")).await;
    assert_eq!(late, Err(StoreError::LeaseGone));
    kept.end().await.unwrap();
    assert!(alive().await.is_empty());
}

#[tokio::test]
async fn one_coordinates_at_a_time_and_another_when_it_is_gone() {
    let Some(nodes) = nodes() else { return };
    let area = area(&nodes, "coordinator");
    let first = area.lease(Millis(5_000)).await.unwrap();
    let second = area.lease(Millis(5_000)).await.unwrap();
    assert_eq!(area.coordinator().await.unwrap(), None);
    assert!(area.coordinates(&first, &name("a")).await.unwrap());
    assert!(!area.coordinates(&second, &name("b")).await.unwrap());
    assert!(area.coordinates(&first, &name("a")).await.unwrap());
    first.end().await.unwrap();
    assert!(area.coordinates(&second, &name("b")).await.unwrap());
    assert_eq!(area.coordinator().await.unwrap(), Some(name("b")));
}
