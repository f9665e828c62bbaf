//! Who may do what: the commands of docs/etcd.md, as they stand there.

use std::time::Duration;

use warifu_etcd::testing::{Cluster, authority, certificate, documented};
use warifu_etcd::{Area, Identity, Login, Settings, StoreError, Unreached};
use warifu_fleet::orders::{Act, Order};
use warifu_fleet::release::Epoch;
use warifu_fleet::time::Millis;

use crate::world::*;

fn of(nodes: &Cluster, holder: &str) -> Area {
    Area::new(&nodes.settings(holder), "east").unwrap()
}

fn denied<T: std::fmt::Debug>(asked: Result<T, StoreError>, key: &str) {
    let error = asked.unwrap_err();
    let StoreError::Denied { key: of, .. } = &error else { panic!("{error}") };
    assert_eq!((&**of, error.code()), (key, "fleet/store-denied"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_writes_what_is_its_own() {
    let _alone = ALONE.lock().await;
    let Some(nodes) = Cluster::start() else { return };
    let names = [("AREA", "/warifu/east"), ("MEMBERS", "a b c"), ("OPERATORS", "aoki")];
    nodes.run("root", &documented("Users and roles"), &names);

    let (root, a, aoki) = (of(&nodes, "root"), of(&nodes, "a"), of(&nodes, "aoki"));
    denied(a.found(&committed()).await, "/warifu/east/record");
    revision(root.found(&committed()).await.unwrap());
    let commit = view(&a).await;
    let mut watch = a.watch().await.unwrap();
    watch.next().await.unwrap();
    let lease = a.lease(Millis(5_000)).await.unwrap();
    a.announce(&lease, &name("a"), &announced("10.0.0.1:7")).await.unwrap();
    denied(a.announce(&lease, &name("b"), &announced("10.0.0.1:7")).await, "/warifu/east/alive/b");
    revision(a.arm(&arm(&commit, "a")).await.unwrap());
    denied(a.arm(&arm(&commit, "b")).await, "/warifu/east/armed/b");
    assert!(a.coordinates(&lease, &name("a")).await.unwrap());
    let hold = Order { act: Act::Hold(Epoch(1)), by: "aoki".to_owned(), why: "so".to_owned() };
    denied(a.order(&hold).await, "/warifu/east/orders/hold/1");
    revision(aoki.order(&hold).await.unwrap());
    let next = change(commit.seen.revision, touched_commit(&commit.seen.record));
    denied(aoki.write(&next).await, "/warifu/east/record");
    denied(aoki.announce(&lease, &name("aoki"), &announced("10.0.0.1:7")).await, "/warifu/east/alive/aoki");
    // A void looks at others' keys, and is the coordinator's to write.
    let mut void = change(commit.seen.revision, next.record.clone());
    let counted = view(&a).await.armed.unwrap();
    let none = counted.majority(commit.seen.record.members()).unwrap_err();
    void.record = commit.seen.record.void(&none, because("void")).unwrap();
    void.none_armed = Some(none);
    revision(a.write(&void).await.unwrap());
    let overview = aoki.overview().await.unwrap().unwrap();
    assert_eq!((overview.announced.len(), overview.orders.0.len()), (1, 1));

    // Another area is nobody's business.
    let west = Area::new(&nodes.settings("a"), "west").unwrap();
    denied(west.read().await, "/warifu/west/record");
    denied(west.watch().await, "/warifu/west/record");
    // Who is no user, and who comes with another's password.
    let error = of(&nodes, "nobody").read().await.unwrap_err();
    assert!(matches!(error.code(), "fleet/store-login" | "fleet/store-denied"), "{error}");
    passwords(&nodes).await;
    strangers(&nodes).await;
}

fn touched_commit(record: &warifu_fleet::desired::Desired) -> warifu_fleet::desired::Desired {
    let mut json = serde_json::to_value(record).unwrap();
    json["cause"]["why"] = "other".into();
    serde_json::from_value(json).unwrap()
}

async fn passwords(nodes: &Cluster) {
    let add = "etcdctl user add dave:secret; etcdctl user grant-role dave warifu-east-read";
    nodes.run("root", add, &[]);
    let with = |password: &str| {
        let login = Some(Login { user: "dave".to_owned(), password: password.to_owned() });
        // The certificate is that of somebody who may nothing.
        Settings { login, timeout: Duration::from_secs(2), ..nodes.settings("nobody") }
    };
    let dave = Area::new(&with("secret"), "east").unwrap();
    // On a busy machine etcd hashes for longer than a call waits; the login goes on, and a later call has it.
    assert!(until(async || dave.read().await.ok()).await.is_some());
    denied(dave.found(&founded()).await, "/warifu/east/record");
    let other = Area::new(&with("other"), "east").unwrap();
    let refused = async || other.read().await.err().filter(|error| error.code() != "fleet/store-unreachable");
    let error = until(refused).await;
    assert_eq!(error.code(), "fleet/store-login", "{error}");
    assert!(!format!("{:?} {error}", with("other")).contains("other"));
}

/// Who is vouched for by others is not let in, and lets nobody in.
async fn strangers(nodes: &Cluster) {
    let folder = tempfile::tempdir().unwrap();
    authority(folder.path(), "others");
    certificate(folder.path(), "others", "a");
    let read = |file: &str| std::fs::read(folder.path().join(file)).unwrap();
    let stranger = Identity { certificate: read("a.pem"), key: read("a.key") };
    let known = nodes.settings("a");
    let mut wrong = [known.clone(), known.clone(), known.clone()];
    wrong[0].tls.as_mut().unwrap().authorities = read("others.pem");
    wrong[1].tls.as_mut().unwrap().identity = Some(stranger);
    wrong[2].tls.as_mut().unwrap().identity = None;
    for settings in wrong {
        let error = Area::new(&settings, "east").unwrap().read().await.unwrap_err();
        let StoreError::Unreachable { endpoints } = &error else { panic!("{error}") };
        assert_eq!(endpoints.len(), 3);
        assert_eq!(error.code(), "fleet/store-not-trusted", "{error}");
        assert!(endpoints.iter().all(|(_, why)| matches!(why, Unreached::NotTrusted(_))));
    }
    let mut none = known.clone();
    none.tls.as_mut().unwrap().authorities = b"nothing".to_vec();
    assert_eq!(Area::new(&none, "east").unwrap_err().code(), "fleet/store-tls");
    for endpoint in
        ["http://127.0.0.1:1", "https://127.0.0.1:1/x", "https://u:p@127.0.0.1:1", "127.0.0.1:1", ""]
    {
        let settings = Settings { endpoints: vec![endpoint.to_owned()], ..known.clone() };
        let error = Area::new(&settings, "east").unwrap_err();
        assert_eq!(error.code(), "fleet/store-settings", "{endpoint}");
        assert!(!error.to_string().contains("u:p"), "{error}");
    }
}
