//! What the tests share: nodes of etcd, an area in them, and records that follow each other.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use warifu_etcd::testing::Cluster;
use warifu_etcd::{Announced, Area, Settings, StoreError, Written};
use warifu_fleet::clock::Timekeeper;
use warifu_fleet::coordinator::Change;
use warifu_fleet::desired::{Cause, Desired};
use warifu_fleet::member::{BootId, MemberName, Members};
use warifu_fleet::node::{Arm, StoreView};
use warifu_fleet::policy::{Policy, Terms};
use warifu_fleet::release::{Release, Revision};
use warifu_fleet::report::{Progress, Report};
use warifu_fleet::time::{FleetInstant, Millis};
use warifu_values::digest::Digest;

/// Nodes that nobody kills, for all tests that run at once; each takes an area of its own.
pub(crate) fn nodes() -> Option<Arc<Cluster>> {
    static NODES: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
    let mut nodes = NODES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(nodes) = nodes.upgrade() {
        return Some(nodes);
    }
    let started = Arc::new(Cluster::start()?);
    *nodes = Arc::downgrade(&started);
    Some(started)
}

/// Of those who kill nodes, one at a time: nine nodes would starve each other.
pub(crate) static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

pub(crate) fn name(name: &str) -> MemberName {
    MemberName::new(name).unwrap()
}

pub(crate) fn area(nodes: &Cluster, area: &str) -> Area {
    Area::new(&nodes.settings("root"), area).unwrap()
}

pub(crate) fn because(why: &str) -> Cause {
    Cause { by: "coordinator".to_owned(), why: why.to_owned() }
}

pub(crate) fn release(number: u64) -> Release {
    Release { number, digest: Digest::of(&number.to_be_bytes()) }
}

/// An area of three voters.
pub(crate) fn founded() -> Desired {
    let voters: BTreeSet<_> = ["a", "b", "c"].map(name).into();
    let members = Members::new(voters, [name("d")].into()).unwrap();
    Desired::founded(members, Policy::new(Terms::default()).unwrap(), because("it begins"))
}

/// The same with a commit that nobody armed for yet.
pub(crate) fn committed() -> Desired {
    let record = founded();
    let admitted = record.quarantine().admit(release(1)).unwrap();
    let keeper = Timekeeper { member: name("a"), boot: BootId(1) };
    let record = record.timed_by(keeper, because("time")).unwrap().prepare(admitted, because("new")).unwrap();
    record.commit(FleetInstant(1_000_000), because("all are prepared")).unwrap()
}

/// A record that is like `record`, and another.
pub(crate) fn touched(record: &Desired, why: &str) -> Desired {
    record.with_policy(record.policy().clone(), because(why)).unwrap()
}

pub(crate) fn change(expects: Revision, record: Desired) -> Change {
    Change { expects, none_armed: None, record }
}

pub(crate) fn revision(written: Written) -> Revision {
    match written {
        Written::Yes(revision) => revision,
        Written::Overtaken => panic!("overtaken"),
    }
}

pub(crate) async fn view(area: &Area) -> StoreView {
    area.read().await.unwrap().expect("a record")
}

pub(crate) fn arm(view: &StoreView, member: &str) -> Arm {
    Arm { member: name(member), epoch: view.seen.record.last(), expects: view.seen.revision }
}

pub(crate) fn announced(address: &str) -> Announced {
    let report = Report { boot: BootId(1), seen: Revision(1), progress: Progress::Idle, piloted: Millis(0) };
    let (address, program) = (address.to_owned(), "0.1.0".to_owned());
    Announced { report, address, program, sightings: [].into(), runs: Some(release(1)) }
}

/// Asks until it is so, for half a minute.
pub(crate) async fn until<T>(mut asked: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(found) = asked().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asking).await.expect("it never is so")
}

/// A write that is tried until the store takes it.
pub(crate) async fn written_soon(area: &Area, why: &str) -> Revision {
    until(async || {
        let seen = area.read().await.ok()??.seen;
        match area.write(&change(seen.revision, touched(&seen.record, why))).await {
            Ok(Written::Yes(revision)) => Some(revision),
            Ok(Written::Overtaken) | Err(StoreError::Unreachable { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    })
    .await
}

/// A way to one node that can be cut: connections end, and new ones do at once.
pub(crate) struct Way {
    port: u16,
    is_open: watch::Sender<bool>,
}

impl Way {
    pub(crate) async fn to(nodes: &Cluster, at: usize) -> Way {
        let node = nodes.endpoint(at).replace("https://", "");
        let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = door.local_addr().unwrap().port();
        let (is_open, opened) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut here, _)) = door.accept().await {
                let (node, mut opened) = (node.clone(), opened.clone());
                tokio::spawn(async move {
                    let Ok(mut there) = TcpStream::connect(node).await else { return };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut here, &mut there) => {}
                        _ = opened.wait_for(|is_open| !is_open) => {}
                    }
                });
            }
        });
        Way { port, is_open }
    }

    pub(crate) fn settings(&self, nodes: &Cluster) -> Settings {
        let endpoints = vec![format!("https://127.0.0.1:{}", self.port)];
        Settings { endpoints, ..nodes.settings("root") }
    }

    pub(crate) fn cut(&self) {
        self.is_open.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.is_open.send_replace(true);
    }
}
