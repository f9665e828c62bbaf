//! What is written next into the record of an area: a function of what was seen. Any member may be the
//! coordinator, or a program of its own; that two are at once does no harm, since each write expects the
//! revision that it was decided by.

use std::collections::BTreeMap;

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::armed::{ArmedView, NoMajority};
use crate::clock::{Reading, Timekeeper, median};
use crate::desired::{Cause, Commit, Desired, Next, NoStep, Seen};
use crate::member::{BootId, MemberName};
use crate::orders::{Act, Orders};
use crate::prepared::may_commit;
use crate::release::{Epoch, Release, Revision};
use crate::report::Report;
use crate::time::{FleetInstant, Millis};

/// What a decision is made by.
#[derive(Debug)]
pub struct View<'a> {
    /// The record.
    pub seen: &'a Seen,
    /// Who armed, read together with the record or after it.
    pub armed: Option<ArmedView>,
    /// The announcements whose leases hold.
    pub reports: &'a BTreeMap<MemberName, Report>,
    /// The clocks of the living, each against one that is common to them, in milliseconds.
    pub clocks: &'a BTreeMap<MemberName, (BootId, i64)>,
    /// What people said.
    pub orders: &'a Orders,
    /// The newest release of the channel, and the instant before which it may not be activated: signed by
    /// both organisations, or put off by the calendar.
    pub newest: Option<(Release, Option<FleetInstant>)>,
    /// What probation found against the master of this epoch, in a code or words.
    pub fault: Option<(Epoch, String)>,
    /// Fleet time.
    pub now: Option<Reading>,
    /// For so long this coordinator has seen the record as it is, by its own ticks.
    pub unchanged_for: Millis,
}

/// A write to the store: it takes place if the record still has the revision `expects`, and, where
/// `none_armed` says so, no key of that epoch is newer than that view.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a change is written to the store"]
pub struct Change {
    /// Of the record.
    pub expects: Revision,
    /// That no majority armed is true only if nobody armed since.
    pub none_armed: Option<NoMajority>,
    /// The next record.
    pub record: Desired,
}

/// The next change, if there is anything to do. A wrong or missing clock makes it wait, never do the wrong
/// thing.
pub fn decide(view: &View<'_>) -> Option<Change> {
    let record = &view.seen.record;
    let next = match record.next() {
        Next::Armed(commit) => has_passed(view, commit).then(|| record.settle(of(Because::InstantPassed))),
        Next::Committed(commit) => return outcome(view, commit),
        Next::Nothing | Next::Preparing(_) => free(view),
    }?;
    Some(Change { expects: view.seen.revision, none_armed: None, record: next.ok()? })
}

/// Why a coordinator writes what it writes, where no person ordered it and no code says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// What was armed for stands.
    InstantPassed,
    /// Another member keeps the time.
    TimekeeperGone,
    /// It is prepared; or what was being prepared is given up for it.
    NewerRelease,
    /// An instant was named.
    AllPrepared,
    /// It takes place.
    MajorityArmed,
    /// It does not.
    NoMajorityArmed,
}

impl Because {
    /// By which a record says that nobody ordered it.
    pub const BY: &str = "coordinator";

    const ALL: [Because; 6] = [
        Because::InstantPassed,
        Because::TimekeeperGone,
        Because::NewerRelease,
        Because::AllPrepared,
        Because::MajorityArmed,
        Because::NoMajorityArmed,
    ];

    /// What a record says, if it is one of these.
    pub fn of(cause: &Cause) -> Option<Because> {
        let says = |because: &Because| because.say(Lang::En) == cause.why;
        Because::ALL.into_iter().find(|it| cause.by == Because::BY && says(it))
    }
}

impl Speak for Because {
    fn say(&self, lang: Lang) -> String {
        match self {
            Because::InstantPassed => say!(lang, "its instant has passed", "切替時刻を過ぎたため"),
            Because::TimekeeperGone => {
                say!(lang, "who kept the time is gone", "時刻の基準のメンバーが応答しないため")
            }
            Because::NewerRelease => {
                say!(lang, "a newer release was published", "新しいリリースが公開されたため")
            }
            Because::AllPrepared => say!(lang, "all are prepared", "全メンバーの準備が完了したため"),
            Because::MajorityArmed => say!(lang, "a majority armed", "過半数が応諾したため"),
            Because::NoMajorityArmed => say!(lang, "no majority armed", "過半数の応諾が得られなかったため"),
        }
    }
}

fn of(because: Because) -> Cause {
    Cause { by: Because::BY.to_owned(), why: because.say(Lang::En) }
}

type Step = Option<Result<Desired, NoStep>>;

/// What can be done while no commit is pending; what is most urgent first.
fn free(view: &View<'_>) -> Step {
    keep_time(view).or_else(|| fall_back(view)).or_else(|| lift(view)).or_else(|| {
        match view.seen.record.next() {
            Next::Preparing(release) => prepared(view, release),
            _ => propose(view),
        }
    })
}

/// Fleet time, when it is known well enough to name an instant by.
fn sure(view: &View<'_>) -> Option<Reading> {
    let most = view.seen.record.policy().terms().timing.max_clock_error;
    view.now.filter(|now| now.error <= most)
}

/// A living member keeps the time.
fn keep_time(view: &View<'_>) -> Step {
    let record = &view.seen.record;
    let lives =
        |keeper: &Timekeeper| view.clocks.get(&keeper.member).is_some_and(|(boot, _)| *boot == keeper.boot);
    if record.timekeeper().is_some_and(lives) {
        return None;
    }
    let of_members = view.clocks.iter().filter(|(name, _)| record.members().has(name));
    let keeper = median(&of_members.map(|(name, clock)| (name.clone(), *clock)).collect())?;
    Some(record.timed_by(keeper, of(Because::TimekeeperGone)))
}

/// A fault of the master needs no person.
fn fall_back(view: &View<'_>) -> Step {
    let record = &view.seen.record;
    let stands = record.stands()?.epoch;
    let fault = view
        .fault
        .as_ref()
        .filter(|(epoch, _)| *epoch == stands)
        .map(|(_, why)| Cause { by: Because::BY.to_owned(), why: why.clone() });
    let cause = fault.or_else(|| Some(view.orders.find(&Act::FallBack(stands))?.cause()))?;
    record.before()?;
    let instant = sure(view)?.latest() + record.policy().terms().fall_back_lead;
    Some(record.fall_back(instant, cause))
}

fn lift(view: &View<'_>) -> Step {
    let record = &view.seen.record;
    let lift = view.orders.lifts().find(|lift| record.quarantine().has(&lift.digest))?;
    Some(record.lifted(&lift))
}

fn propose(view: &View<'_>) -> Step {
    let record = &view.seen.record;
    let (newest, _) = view.newest?;
    let newer = record.stands().is_none_or(|stands| newest.number > stands.release.number);
    let admitted = record.quarantine().admit(newest).filter(|_| newer)?;
    Some(record.prepare(admitted, of(Because::NewerRelease)))
}

fn prepared(view: &View<'_>, release: Release) -> Step {
    let record = &view.seen.record;
    if let Some(order) = view.orders.find(&Act::GiveUp(record.last())) {
        return Some(record.reject(order.cause()));
    }
    if let Some((newest, _)) = view.newest
        && newest.number > release.number
    {
        return Some(record.give_up(of(Because::NewerRelease)));
    }
    may_commit(record, view.reports, view.orders).ok()?;
    let lead = record.policy().terms().lead;
    let soonest = sure(view)?.latest() + lead;
    let declared = view.newest.filter(|(newest, _)| *newest == release).and_then(|(_, instant)| instant);
    match declared {
        // It is committed when its instant is near: until then others may be published.
        Some(instant) if instant > soonest + lead => None,
        Some(instant) => Some(record.commit(instant.max(soonest), of(Because::AllPrepared))),
        None => Some(record.commit(soonest, of(Because::AllPrepared))),
    }
}

/// Whether a majority armed, or none can any more.
fn outcome(view: &View<'_>, commit: Commit) -> Option<Change> {
    let record = &view.seen.record;
    let armed = view.armed.filter(|armed| armed.epoch == record.last())?;
    let (none_armed, record) = match armed.majority(record.members()) {
        Ok(majority) => (None, record.armed(&majority, of(Because::MajorityArmed))),
        Err(none) if can_none_arm(view, commit) => {
            (Some(none), record.void(&none, of(Because::NoMajorityArmed)))
        }
        Err(_) => return None,
    };
    Some(Change { expects: view.seen.revision, none_armed, record: record.ok()? })
}

/// A coordinator without fleet time waits by its own ticks: no instant lies further ahead of its commit.
fn has_waited(view: &View<'_>, longer: Millis) -> bool {
    let terms = view.seen.record.policy().terms();
    // A declared instant is committed up to twice the lead ahead, and clocks may be off.
    let longest = Millis(2 * terms.lead.0.max(terms.fall_back_lead.0)) + terms.timing.arming_margin();
    view.unchanged_for >= longest + longest.drifted(4 * terms.timing.drift_ppm) + longer
}

/// It is too late to arm. Nothing rests on that: who arms nevertheless makes the write fail.
fn can_none_arm(view: &View<'_>, commit: Commit) -> bool {
    let timing = &view.seen.record.policy().terms().timing;
    let too_late = |now: Reading| now.earliest() + timing.arming_margin() > commit.instant;
    view.now.is_some_and(too_late) || has_waited(view, Millis(0))
}

/// The instant has passed by everybody's clock, so that whoever goes by the settled record judges no claim of
/// before it.
fn has_passed(view: &View<'_>, commit: Commit) -> bool {
    let clocks = Millis(2 * view.seen.record.policy().terms().timing.max_clock_error.0);
    view.now.is_some_and(|now| now.earliest() >= commit.instant + clocks) || has_waited(view, clocks)
}
