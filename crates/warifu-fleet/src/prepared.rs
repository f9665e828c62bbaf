//! Whether what is being prepared may be committed, and what it waits for.

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::{Desired, Next};
use crate::member::MemberName;
use crate::orders::{Act, Orders};
use crate::policy::{Advance, Quorum};
use crate::report::{Progress, Report, Stage};
use crate::time::Millis;

/// What a commit waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitsFor {
    /// Something to be prepared.
    Nothing,
    /// These are not prepared yet, or cannot be reached.
    Members(BTreeSet<MemberName>),
    /// These cannot go along, and nobody acknowledged them.
    Nacks(BTreeSet<MemberName>),
    /// So many are missing: voters of a majority, or members of the policy's quorum.
    Quorum(usize),
    /// These pilots have not run it in the shadow long enough: the longest that is missing.
    Pilots(BTreeSet<MemberName>, Millis),
    /// A person, who may advance it.
    Person,
    /// A person, who holds it.
    Hold,
}

/// Whether what `desired` prepares may be committed, by the `reports` of those who are alive and the `orders`
/// of people.
///
/// # Errors
///
/// What it waits for.
pub fn may_commit(
    desired: &Desired,
    reports: &BTreeMap<MemberName, Report>,
    orders: &Orders,
) -> Result<(), WaitsFor> {
    let epoch = desired.last();
    let Next::Preparing(_) = desired.next() else { return Err(WaitsFor::Nothing) };
    let terms = desired.policy().terms();
    let prepared: BTreeSet<&MemberName> = desired
        .members()
        .all()
        .filter(|member| reports.get(member).is_some_and(|report| report.is_at(epoch, Stage::Prepared)))
        .collect();
    let names = |missing: Vec<&MemberName>| missing.into_iter().cloned().collect::<BTreeSet<_>>();
    let refuses = |member: &&MemberName| {
        let nack = |report: &Report| matches!(&report.progress, Progress::Nack(nack) if nack.epoch == epoch);
        reports.get(*member).is_some_and(nack)
    };
    let unacknowledged = |member: &&MemberName| !orders.acknowledged(epoch, member);
    let nacks = names(desired.members().all().filter(refuses).filter(unacknowledged).collect());
    if !nacks.is_empty() {
        return Err(WaitsFor::Nacks(nacks));
    }
    // Either all who live are prepared, or each who is not was acknowledged; where the policy has a quorum
    // that is prepared, and those who do not live were acknowledged, too.
    let unprepared = || desired.members().all().filter(|member| !prepared.contains(*member));
    let lives = |member: &&MemberName| reports.contains_key(*member);
    if unprepared().any(|member| lives(&member)) {
        let asked = |member: &&MemberName| terms.quorum != Quorum::Alive || lives(member);
        let missing = names(unprepared().filter(asked).filter(unacknowledged).collect());
        if !missing.is_empty() {
            return Err(WaitsFor::Members(missing));
        }
        if let Quorum::AtLeast(least) = terms.quorum
            && prepared.len() < least
        {
            return Err(WaitsFor::Quorum(least - prepared.len()));
        }
    }
    let voters = prepared.iter().filter(|member| desired.members().voters().contains(**member)).count();
    if voters < desired.members().majority() {
        return Err(WaitsFor::Quorum(desired.members().majority() - voters));
    }
    let piloted = |member: &MemberName| match reports.get(member) {
        Some(report) if prepared.contains(member) => report.piloted,
        _ => Millis(0),
    };
    // Before the first release there are no claims to run in the shadow. Whoever acknowledged a pilot does
    // without it.
    let pilots = terms.pilots.iter().filter(|_| desired.stands().is_some()).filter(unacknowledged);
    let short = pilots.filter(|pilot| piloted(pilot) < terms.pilot_time);
    let short: BTreeSet<_> = short.cloned().collect();
    if let Some(longest) = short.iter().map(|pilot| Millis(terms.pilot_time.0 - piloted(pilot).0)).max() {
        return Err(WaitsFor::Pilots(short, longest));
    }
    if orders.held(epoch) {
        return Err(WaitsFor::Hold);
    }
    match terms.advance {
        Advance::Person if orders.find(&Act::Advance(epoch)).is_none() => Err(WaitsFor::Person),
        Advance::Person | Advance::Unasked => Ok(()),
    }
}
