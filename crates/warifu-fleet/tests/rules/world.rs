//! A small area: voters `a`, `b`, `c`, follower `d`, and `a` keeps the time.

use std::sync::Arc;

use warifu_fleet::armed::ArmedView;
use warifu_fleet::clock::{Reading, Timekeeper};
use warifu_fleet::desired::{Cause, Desired, Seen};
use warifu_fleet::member::{BootId, MemberName, Members};
use warifu_fleet::policy::{Policy, Terms};
use warifu_fleet::release::{Release, Revision};
use warifu_fleet::time::{FleetInstant, Millis};
use warifu_values::digest::Digest;

pub(super) fn name(name: &str) -> MemberName {
    MemberName::new(name).unwrap()
}

pub(super) fn release(number: u64) -> Release {
    Release { number, digest: Digest::of(&number.to_le_bytes()) }
}

pub(super) fn cause() -> Cause {
    Cause { by: "a test".into(), why: "it asks".into() }
}

pub(super) fn keeper() -> Timekeeper {
    Timekeeper { member: name("a"), boot: BootId(1) }
}

/// With no release.
pub(super) fn founded(terms: Terms) -> Desired {
    let members = Members::new(["a", "b", "c"].map(name).into(), [name("d")].into()).unwrap();
    let founded = Desired::founded(members, Policy::new(terms).unwrap(), cause());
    founded.timed_by(keeper(), cause()).unwrap()
}

pub(super) fn preparing(area: &Desired, number: u64) -> Desired {
    area.prepare(area.quarantine().admit(release(number)).unwrap(), cause()).unwrap()
}

pub(super) fn committed(area: &Desired, number: u64, instant: i64) -> Desired {
    preparing(area, number).commit(FleetInstant(instant), cause()).unwrap()
}

pub(super) fn view(area: &Desired, count: usize) -> ArmedView {
    ArmedView { epoch: area.last(), count, as_of: Revision(1_000) }
}

/// After a majority armed and the instant passed.
pub(super) fn through(area: &Desired) -> Desired {
    let majority = view(area, 2).majority(area.members()).unwrap();
    area.armed(&majority, cause()).unwrap().settle(cause()).unwrap()
}

/// Release 1 judges.
pub(super) fn settled(terms: Terms) -> Desired {
    through(&committed(&founded(terms), 1, 0))
}

pub(super) fn seen(area: &Desired, revision: u64) -> Seen {
    Seen { revision: Revision(revision), record: Arc::new(area.clone()) }
}

pub(super) fn reading(instant: i64, error: u64) -> Option<Reading> {
    Some(Reading { instant: FleetInstant(instant), error: Millis(error) })
}
