//! What a member shows people of its area: the newest record that it knows, with what others announced when
//! all of the area was read last.

use std::collections::BTreeMap;

use warifu_etcd::{Announced, Overview};
use warifu_fleet::coordinator::Because;
use warifu_fleet::desired::{Cause, Desired, Next, Seen};
use warifu_fleet::member::MemberName;
use warifu_fleet::prepared;
use warifu_fleet::report::{Progress, Stage};
use warifu_fleet::time::{FleetInstant, Millis, Tick};
use warifu_trust::UnixSeconds;
use warifu_values::text::CHARS;

use crate::area_seen as shown;
use crate::said::Said;

/// All of an area, as it was read.
#[derive(Debug)]
pub(super) struct Looked {
    overview: Overview,
    coordinator: Option<MemberName>,
    /// What each clock shows, against one that is common to them.
    clocks: BTreeMap<MemberName, i64>,
    waits_for: Option<shown::WaitsFor>,
    pub(super) at: Tick,
}

impl Looked {
    /// It was read at `at`, while `coordinator` wrote the record.
    pub(super) fn of(
        overview: Overview,
        coordinator: Option<MemberName>,
        clocks: BTreeMap<MemberName, i64>,
        at: Tick,
    ) -> Looked {
        let record = &overview.view.seen.record;
        let waits = prepared::may_commit(record, &overview.reports(), &overview.orders).err();
        let waits_for = waits.and_then(waits_for);
        Looked { overview, coordinator, clocks, waits_for, at }
    }

    /// The record that was read.
    pub(super) fn seen(&self) -> &Seen {
        &self.overview.view.seen
    }

    fn member(&self, name: &MemberName, record: &Desired) -> shown::Member {
        let announced = self.overview.announced.get(name);
        let keeper = record.timekeeper().and_then(|keeper| self.clocks.get(&keeper.member));
        let ahead = self.clocks.get(name).zip(keeper).map(|(of, keeper)| of.saturating_sub(*keeper));
        shown::Member {
            announced: announced.map(of_announced),
            clock_ahead_ms: ahead,
            ..unread(name, record)
        }
    }
}

/// The area as `overview` has it at `now`, while `coordinator` writes the record: what somebody sees who is
/// no member.
pub(crate) fn pictured(
    overview: Overview,
    coordinator: Option<MemberName>,
    now: UnixSeconds,
) -> shown::Picture {
    let looked = Looked::of(overview, coordinator, BTreeMap::new(), Tick(0));
    let now = FleetInstant(now.seconds().saturating_mul(1_000));
    let read = read_at(looked.seen(), Some(now));
    picture(looked.seen(), Some(&looked), read)
}

/// Everybody announces within so long after an instant that it came along, and it is read.
const TOLD_WITHIN: Millis = Millis(15_000);

/// What announcements say at `now`, where that is known.
pub(super) fn read_at(seen: &Seen, now: Option<FleetInstant>) -> shown::Read {
    let since = seen.record.stands().map(|stands| stands.since);
    match since.zip(now).is_none_or(|(since, now)| now > since + TOLD_WITHIN) {
        true => shown::Read::Yes,
        false => shown::Read::JustMoved,
    }
}

/// The area by the record `seen`, and by what was read of members.
pub(super) fn picture(seen: &Seen, looked: Option<&Looked>, read: shown::Read) -> shown::Picture {
    let record = &seen.record;
    // What was counted and waited for was so of that record alone.
    let of_it = looked.filter(|looked| looked.seen().revision == seen.revision);
    let armed = of_it.and_then(|looked| looked.overview.view.armed);
    let comes = comes(record).map(|comes| shown::Comes {
        armed: armed.filter(|armed| armed.epoch == record.last()).map(|armed| armed.count),
        waits_for: of_it.and_then(|looked| looked.waits_for.clone()),
        ..comes
    });
    let members = record.members().all().map(|name| match looked {
        Some(looked) => looked.member(name, record),
        None => unread(name, record),
    });
    let quarantine = record.quarantine().all().map(|(release, why)| shown::Quarantined {
        release: release.number,
        manifest: release.digest,
        why: cut(why),
    });
    let of_record = shown::Record {
        epoch: record.last().0,
        revision: seen.revision.0,
        stands: record.stands().map(|stands| shown::Stands {
            epoch: stands.epoch.0,
            release: stands.release.number,
            manifest: stands.release.digest,
            since: seconds(stands.since),
        }),
        before: record.before().map(|before| before.number),
        comes,
        majority: record.members().majority(),
        timekeeper: record.timekeeper().map(|keeper| keeper.member.to_string()),
        coordinator: looked.and_then(|looked| looked.coordinator.as_ref()).map(ToString::to_string),
        quarantine: quarantine.collect(),
        cause: cause(record.cause()),
        damaged: looked.map_or(0, |looked| looked.overview.damaged.len()),
    };
    let read = if looked.is_none() { shown::Read::Not } else { read };
    shown::Picture::of(of_record, members, read)
}

fn cause(cause: &Cause) -> shown::Cause {
    let why = Because::of(cause).map(|because| Said::both(&because));
    let written = || Said::new(cut(&cause.why), cut(&cause.why));
    shown::Cause { by: cut(&cause.by), why: why.unwrap_or_else(written) }
}

/// Of fleet time, as it is shown.
fn seconds(FleetInstant(millis): FleetInstant) -> UnixSeconds {
    UnixSeconds::new(millis.div_euclid(1_000))
}

fn unread(name: &MemberName, record: &Desired) -> shown::Member {
    let votes = record.members().voters().contains(name);
    shown::Member { name: name.to_string(), votes, announced: None, clock_ahead_ms: None }
}

fn comes(record: &Desired) -> Option<shown::Comes> {
    let step = match record.next() {
        Next::Nothing => return None,
        Next::Preparing(_) => shown::Step::Preparing,
        Next::Committed(_) => shown::Step::Committed,
        Next::Armed(_) => shown::Step::Armed,
    };
    let release = match record.next() {
        Next::Preparing(release) => release,
        _ => record.would_stand()?.release,
    };
    Some(shown::Comes {
        release: release.number,
        manifest: release.digest,
        is_back: record.before() == Some(release),
        step,
        instant_ms: record.pending().map(|commit| commit.instant.0),
        armed: None,
        waits_for: None,
    })
}

fn of_announced(announced: &Announced) -> shown::Announced {
    let (epoch, at, refusal) = match &announced.report.progress {
        Progress::Idle => (None, shown::Stage::Idle, None),
        Progress::At(epoch, at) => (Some(epoch.0), stage(*at), None),
        Progress::Nack(nack) => {
            let (at, code, detail) = (stage(nack.stage), cut(&nack.code), cut(&nack.detail));
            (Some(nack.epoch.0), shown::Stage::Idle, Some(shown::Refusal { stage: at, code, detail }))
        }
    };
    shown::Announced {
        epoch,
        stage: at,
        refusal,
        runs: announced.runs.map(|runs| runs.number),
        manifest: announced.runs.map(|runs| runs.digest),
        address: cut(&announced.address),
        program: cut(&announced.program),
    }
}

fn stage(stage: Stage) -> shown::Stage {
    match stage {
        Stage::Fetched => shown::Stage::Fetched,
        Stage::Verified => shown::Stage::Verified,
        Stage::Cleared => shown::Stage::Cleared,
        Stage::Prepared => shown::Stage::Prepared,
        Stage::Armed => shown::Stage::Armed,
        Stage::Active => shown::Stage::Active,
        Stage::Confirmed => shown::Stage::Confirmed,
    }
}

fn waits_for(waits: prepared::WaitsFor) -> Option<shown::WaitsFor> {
    let names = |names: std::collections::BTreeSet<MemberName>| {
        shown::Names::of(names.iter().map(ToString::to_string))
    };
    Some(match waits {
        prepared::WaitsFor::Nothing => return None,
        prepared::WaitsFor::Members(of) => shown::WaitsFor::Members(names(of)),
        prepared::WaitsFor::Nacks(of) => shown::WaitsFor::Refusals(names(of)),
        prepared::WaitsFor::Quorum(missing) => shown::WaitsFor::Quorum { missing },
        prepared::WaitsFor::Pilots(of, longest) => {
            shown::WaitsFor::Pilots { names: names(of), longest_ms: longest.0 }
        }
        prepared::WaitsFor::Person => shown::WaitsFor::Person,
        prepared::WaitsFor::Hold => shown::WaitsFor::Hold,
    })
}

/// What others wrote has no bound of its own in the store.
fn cut(text: &str) -> String {
    text.chars().take(CHARS).collect()
}
