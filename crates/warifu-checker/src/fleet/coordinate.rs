//! The coordinator: what is written next into the record, by what was read. Any member that is told to may be
//! it; several at once do no harm.

use std::collections::BTreeMap;

use warifu_etcd::{Overview, Written};
use warifu_fleet::coordinator::{Change, View, decide};
use warifu_fleet::member::{BootId, MemberName};
use warifu_fleet::probation::verdict;
use warifu_fleet::release::{Epoch, Release, Revision};
use warifu_fleet::report::Stage;
use warifu_fleet::time::{FleetInstant, Millis, Tick};

use crate::fleet::member::Member;
use crate::said::Said;

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
pub(super) fn next(member: &Member, overview: &Overview, unchanged: &mut Unchanged) -> Option<Change> {
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
        fault: fault(member, overview),
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

/// A fault of the master that judges: many see it, or an organisation took it away.
fn fault(member: &Member, overview: &Overview) -> Option<(Epoch, String)> {
    let record = &overview.view.seen.record;
    let stands = record.stands()?;
    let runs = member.swapper.in_memory().runs.map(|(id, _)| id.manifest);
    if let Some(why) = member.swapper.runs_withdrawn().filter(|_| runs == Some(stands.release.digest)) {
        return Some((stands.epoch, why.en));
    }
    let verdict = verdict(&of_epoch(overview, stands.epoch), record.policy().terms());
    let codes: Vec<_> = verdict.of_the_master.into_iter().collect();
    (!codes.is_empty()).then(|| (stands.epoch, format!("probation: {}", codes.join(", "))))
}

/// What probation saw of what judges now, and of nothing before it.
fn of_epoch(
    overview: &Overview,
    epoch: Epoch,
) -> BTreeMap<String, BTreeMap<MemberName, warifu_fleet::probation::Sighting>> {
    let mut sightings = overview.sightings();
    let is_at = |name: &MemberName| {
        overview.announced.get(name).is_some_and(|said| said.report.is_at(epoch, Stage::Active))
    };
    sightings.values_mut().for_each(|of_code| of_code.retain(|name, _| is_at(name)));
    sightings
}

/// Why this member alone is out of service: it sees what no other member does.
pub(super) fn own_fault(member: &Member, overview: &Overview) -> Option<Said> {
    let record = &overview.view.seen.record;
    let verdict = verdict(&of_epoch(overview, record.stands()?.epoch), record.policy().terms());
    let codes = verdict.of_members.get(&member.name)?.iter().cloned().collect::<Vec<_>>().join(", ");
    Some(Said::new(
        format!("this checker alone sees a fault in {codes}: its own files or memory may be damaged"),
        format!("{codes} の異常はこのチェッカーだけに見られます。ファイルまたはメモリーの破損が考えられます"),
    ))
}

/// Writes `change`; whether it is there.
pub(super) async fn write(area: &warifu_etcd::Area, change: &Change) -> bool {
    matches!(area.write(change).await, Ok(Written::Yes(_)))
}
