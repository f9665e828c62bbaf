//! What an area demands: how fresh a permission is, how far ahead an instant, who must be prepared.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::member::MemberName;
use crate::time::Millis;

/// Who must be prepared before a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quorum {
    /// Every member that is alive, but for whom a person acknowledged by name.
    Alive,
    /// So many; each other member was acknowledged by name by a person.
    AtLeast(usize),
}

/// Who says that a release that everybody has prepared is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advance {
    /// A person, by an order.
    Person,
    /// Nobody need: a hold stops it.
    Unasked,
}

/// What the safety of an area rests on. It does not change while the area lives: whoever has not heard of a
/// change would count by the old figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// W: a permission lasts so long from when its question was sent.
    pub freshness: Millis,
    /// ε: a member whose bound of fleet time is wider arms nothing and exchanges nothing.
    pub max_clock_error: Millis,
    /// ρ: no machine's clock runs faster or slower by more millionths.
    pub drift_ppm: u32,
}

impl Timing {
    /// So far before an instant a member must arm, or not at all: what a permission may last, what the clocks
    /// of who arms and of who exchanges may be off, and what both may drift meanwhile.
    pub fn arming_margin(&self) -> Millis {
        let clocks = Millis(2 * self.max_clock_error.0);
        self.freshness + clocks + (self.freshness + clocks).drifted(4 * self.drift_ppm) + Millis(1)
    }
}

/// What an area demands, as it is written down; [`Policy`] is one that can work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// See [`Timing`].
    pub timing: Timing,
    /// An instant is at least so far ahead of the commit to a new release.
    pub lead: Millis,
    /// The same when falling back.
    pub fall_back_lead: Millis,
    /// An announcement lasts so long without its owner.
    pub lease: Millis,
    /// A member of which nothing changed announces itself so often.
    pub report_interval: Millis,
    /// Who must be prepared.
    pub quorum: Quorum,
    /// Members that run a prepared release in the shadow first.
    pub pilots: BTreeSet<MemberName>,
    /// So long each of them does.
    pub pilot_time: Millis,
    /// Who commits.
    pub advance: Advance,
    /// k: what so many members see of one code is a fault of the master.
    pub fault_members: usize,
    /// Of a thousand uses of a code over all members, so many that turned are a fault of the master.
    pub fault_per_mille: u32,
    /// A member follows no more exchanges in an hour.
    pub max_changes_per_hour: usize,
    /// So long the fleet of the other organisation may judge by another release before somebody is called.
    pub apart: Millis,
}

impl Default for Terms {
    /// For an area in one network: a permission of 400 ms, a fall back within 1 s of its decision.
    fn default() -> Self {
        Terms {
            timing: Timing { freshness: Millis(400), max_clock_error: Millis(50), drift_ppm: 200 },
            lead: Millis(2_000),
            fall_back_lead: Millis(800),
            lease: Millis(5_000),
            report_interval: Millis(60_000),
            quorum: Quorum::Alive,
            pilots: BTreeSet::new(),
            pilot_time: Millis(0),
            advance: Advance::Unasked,
            fault_members: 3,
            fault_per_mille: 500,
            max_changes_per_hour: 6,
            apart: Millis(30 * 60_000),
        }
    }
}

/// Why terms cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unworkable {
    /// A permission would end before the next one can come.
    FreshnessTooShort,
    /// Nobody could arm: an instant is no further ahead than the margin.
    LeadTooShort,
    /// Each exchange would be refused.
    NoChanges,
    /// One member or one use would speak for all.
    FaultOfNobody,
}

impl fmt::Display for Unworkable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unworkable::FreshnessTooShort => "a permission of less than 20 ms ends before the next one comes",
            Unworkable::LeadTooShort => "a lead no longer than the margin of arming: nobody could arm",
            Unworkable::NoChanges => "no change in an hour is no fleet",
            Unworkable::FaultOfNobody => "a fault of the master needs a member and a share of its uses",
        })
    }
}

impl std::error::Error for Unworkable {}

/// Terms that can work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Terms", into = "Terms")]
pub struct Policy(Terms);

impl Policy {
    /// `terms`, when they can work.
    ///
    /// # Errors
    ///
    /// When by these terms nothing would ever be armed, followed or in service.
    pub fn new(terms: Terms) -> Result<Self, Unworkable> {
        let margin = terms.timing.arming_margin();
        if terms.timing.freshness < Millis(20) {
            Err(Unworkable::FreshnessTooShort)
        } else if terms.lead <= margin || terms.fall_back_lead <= margin {
            Err(Unworkable::LeadTooShort)
        } else if terms.max_changes_per_hour == 0 {
            Err(Unworkable::NoChanges)
        } else if terms.fault_members == 0 || terms.fault_per_mille == 0 {
            Err(Unworkable::FaultOfNobody)
        } else {
            Ok(Policy(terms))
        }
    }

    /// What they are.
    pub fn terms(&self) -> &Terms {
        &self.0
    }
}

impl TryFrom<Terms> for Policy {
    type Error = Unworkable;

    fn try_from(terms: Terms) -> Result<Self, Unworkable> {
        Policy::new(terms)
    }
}

impl From<Policy> for Terms {
    fn from(policy: Policy) -> Terms {
        policy.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_leaves_time_to_arm_for_a_fall_back_within_a_second() {
        let terms = Policy::new(Terms::default()).unwrap().terms().clone();
        assert_eq!(terms.timing.arming_margin(), Millis(502));
        assert!(terms.fall_back_lead.0 - terms.timing.arming_margin().0 > 250);
    }

    #[test]
    fn terms_that_cannot_work_are_refused() {
        let with = |change: fn(&mut Terms)| {
            let mut terms = Terms::default();
            change(&mut terms);
            Policy::new(terms).unwrap_err()
        };
        assert_eq!(with(|terms| terms.fall_back_lead = Millis(502)), Unworkable::LeadTooShort);
        assert_eq!(with(|terms| terms.timing.freshness = Millis(19)), Unworkable::FreshnessTooShort);
        assert_eq!(with(|terms| terms.max_changes_per_hour = 0), Unworkable::NoChanges);
        assert_eq!(with(|terms| terms.fault_members = 0), Unworkable::FaultOfNobody);
    }
}
