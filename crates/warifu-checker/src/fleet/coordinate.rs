//! The coordinator: what is written next into the record, by what was read. Any member that is told to may be
//! it; several at once do no harm.

use std::collections::BTreeMap;

use warifu_etcd::{Overview, Written};
use warifu_fleet::coordinator::{Change, View, decide};
use warifu_fleet::member::{BootId, MemberName};
use warifu_fleet::release::{Release, Revision};
use warifu_fleet::time::{FleetInstant, Millis, Tick};

use crate::fleet::faults::Faults;
use crate::fleet::member::Member;

/// A clock that was asked longer ago than this says nothing of its member.
const CLOCK_LASTS: Millis = Millis(10_000);

/// Since when the record is as it is, by the ticks here.
#[derive(Debug, Default)]
pub(super) struct Unchanged(Option<(Revision, Tick)>);

impl Unchanged {
    fn for_now(&mut self, revision: Revision, now: Tick) -> Millis {
        match self.0 {
            Some((known, since)) if known == revision => now.since(since),
            _ => {
                self.0 = Some((revision, now));
                Millis(0)
            }
        }
    }
}

/// What is to be written, if anything.
pub(super) fn next(
    member: &Member,
    overview: &Overview,
    faults: &Faults,
    unchanged: &mut Unchanged,
) -> Option<Change> {
    let seen = &overview.view.seen;
    let reports = overview.reports();
    let unchanged_for = unchanged.for_now(seen.revision, member.now());
    decide(&View {
        seen,
        armed: overview.view.armed,
        reports: &reports,
        clocks: &clocks(member, overview),
        orders: &overview.orders,
        newest: newest(member),
        fault: faults.of_the_master(member, overview),
        now: reading(member, overview),
        unchanged_for,
    })
}

/// Fleet time by whom the record that is decided by names, not by an older one.
fn reading(member: &Member, overview: &Overview) -> Option<warifu_fleet::clock::Reading> {
    let followed = member.record()?;
    (followed.timekeeper() == overview.view.seen.record.timekeeper()).then(|| member.reading())?
}

/// The clocks of those who are alive and were asked lately.
pub(super) fn clocks(member: &Member, overview: &Overview) -> BTreeMap<MemberName, (BootId, i64)> {
    let now = member.now();
    let lives = |name: &MemberName, boot| {
        overview.announced.get(name).is_some_and(|announced| announced.report.boot == boot)
    };
    let offsets = member.offsets().into_iter();
    let living =
        offsets.filter(|(name, offset)| lives(name, offset.boot) && now.since(offset.at) < CLOCK_LASTS);
    living.map(|(name, offset)| (name, (offset.boot, offset.millis))).collect()
}

/// The newest release that this member cleared: what it cannot clear itself it does not propose.
fn newest(member: &Member) -> Option<(Release, Option<FleetInstant>)> {
    let memory = member.swapper.in_memory();
    if member.swapper.record().frozen().is_some() {
        return None;
    }
    let ready = memory.ready.map(|ready| {
        let not_before = ready.not_before.map(|at| FleetInstant(at.seconds().saturating_mul(1_000)));
        (ready.id, not_before)
    });
    let newest = ready.into_iter().chain(memory.runs.map(|(id, _)| (id, None)));
    let (id, not_before) = newest.max_by_key(|(id, _)| id.release)?;
    Some((Release { number: id.release, digest: id.manifest }, not_before))
}

/// Writes `change`; whether it is there.
pub(super) async fn write(area: &warifu_etcd::Area, change: &Change) -> bool {
    matches!(area.write(change).await, Ok(Written::Yes(_)))
}
