//! The desired record of an area, and the only steps from one to the next.
//!
//! What stands judges until the instant of a commit that a majority armed for, and what was committed judges
//! from it on. A commit that no majority armed for is void: it never was, and what stands goes on. Steps make
//! new records; who writes them compares the revision, so of two writers at once one is refused.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

use crate::armed::{Majority, NoMajority};
use crate::clock::Timekeeper;
use crate::member::Members;
use crate::policy::Policy;
use crate::quarantine::{Admitted, Lift, Quarantine};
use crate::release::{Epoch, Release, Revision};
use crate::time::FleetInstant;

/// What judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stands {
    /// Since this epoch.
    pub epoch: Epoch,
    /// By this release.
    pub release: Release,
    /// Claims received from then on, by the timekeeper's clock of that time.
    pub since: FleetInstant,
}

/// Where a commit leads. Falling back names no release: it can only be the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// To a release that was prepared.
    Forward(Release),
    /// To the release before what stands.
    Back,
}

/// A move that has its instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Where to.
    pub way: Way,
    /// Claims received from then on, by the timekeeper's clock, are judged by it.
    pub instant: FleetInstant,
}

/// What is under way; all but `Nothing` has the number [`Desired::last`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Next {
    /// The area is settled.
    Nothing,
    /// Members fetch, verify, clear and load it.
    Preparing(Release),
    /// Members arm for it; whether a majority does is not known yet.
    Committed(Commit),
    /// A majority armed for it: it takes place.
    Armed(Commit),
}

/// Whose act a record is, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// A person, or `coordinator`.
    pub by: String,
    /// In words of theirs, or a code of probation.
    pub why: String,
}

/// The desired record of one area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Desired {
    last: Epoch,
    stands: Option<Stands>,
    before: Option<Release>,
    next: Next,
    timekeeper: Option<Timekeeper>,
    members: Members,
    policy: Policy,
    quarantine: Quarantine,
    cause: Cause,
}

/// As it is stored, before it is known to make sense.
#[derive(Deserialize)]
struct Stored {
    last: Epoch,
    stands: Option<Stands>,
    before: Option<Release>,
    next: Next,
    timekeeper: Option<Timekeeper>,
    members: Members,
    policy: Policy,
    #[serde(default)]
    quarantine: Quarantine,
    cause: Cause,
}

/// A record with the revision that the store gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Of the record.
    pub revision: Revision,
    /// The record, shared: it is looked at often and changes seldom.
    #[serde(with = "shared")]
    pub record: Arc<Desired>,
}

/// A shared record is written as the record.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &Arc<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<T>, D::Error> {
        T::deserialize(deserializer).map(Arc::new)
    }
}

/// Why a record does not make sense, or a step cannot be made from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoStep {
    /// Something else is under way.
    UnderWay,
    /// Nothing of the kind is under way.
    NotUnderWay,
    /// There is no release before what stands.
    NothingBefore,
    /// Nobody keeps the time, so that an instant would mean nothing.
    NoTimekeeper,
    /// It is what stands already.
    StandsAlready,
    /// More than one vote changes at once.
    TooManyVotes,
    /// The timing of an area does not change.
    TimingStays,
    /// It speaks of another epoch.
    OtherEpoch,
    /// The numbers of its epochs do not follow each other.
    OutOfOrder,
}

impl fmt::Display for NoStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoStep::UnderWay => "something else is under way in the area",
            NoStep::NotUnderWay => "nothing of the kind is under way in the area",
            NoStep::NothingBefore => "there is no release to fall back to",
            NoStep::NoTimekeeper => "nobody keeps the time of the area",
            NoStep::StandsAlready => "this release judges already",
            NoStep::TooManyVotes => "more than one vote would change at once",
            NoStep::TimingStays => "the timing of an area stays as long as the area",
            NoStep::OtherEpoch => "this is about another epoch",
            NoStep::OutOfOrder => "the epochs of the record do not follow each other",
        })
    }
}

impl std::error::Error for NoStep {}

impl TryFrom<Stored> for Desired {
    type Error = NoStep;

    fn try_from(stored: Stored) -> Result<Self, NoStep> {
        let Stored { last, stands, before, next, timekeeper, members, policy, quarantine, cause } = stored;
        let ordered = match (next, stands) {
            (Next::Nothing, Some(stands)) => stands.epoch <= last,
            (_, Some(stands)) => stands.epoch < last,
            (_, None) => before.is_none(),
        };
        let back = matches!(next, Next::Committed(commit) | Next::Armed(commit) if commit.way == Way::Back);
        match (ordered, back && before.is_none()) {
            (false, _) => Err(NoStep::OutOfOrder),
            (_, true) => Err(NoStep::NothingBefore),
            _ => Ok(Desired { last, stands, before, next, timekeeper, members, policy, quarantine, cause }),
        }
    }
}

/// What the record says.
impl Desired {
    /// An area without a release.
    pub fn founded(members: Members, policy: Policy, cause: Cause) -> Self {
        Desired {
            last: Epoch(0),
            stands: None,
            before: None,
            next: Next::Nothing,
            timekeeper: None,
            members,
            policy,
            quarantine: Quarantine::default(),
            cause,
        }
    }

    /// The newest epoch that got a number.
    pub fn last(&self) -> Epoch {
        self.last
    }

    /// What judges, but for what [`Desired::next`] says.
    pub fn stands(&self) -> Option<Stands> {
        self.stands
    }

    /// What can be fallen back to. After falling back there is nothing: the area does not swing to and fro.
    pub fn before(&self) -> Option<Release> {
        self.before
    }

    /// What is under way.
    pub fn next(&self) -> Next {
        self.next
    }

    /// Whose clock its instants are told by.
    pub fn timekeeper(&self) -> Option<&Timekeeper> {
        self.timekeeper.as_ref()
    }

    /// Who belongs to it.
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// What it demands.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What is not proposed.
    pub fn quarantine(&self) -> &Quarantine {
        &self.quarantine
    }

    /// Whose act it is.
    pub fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The commit that is under way, armed for or not.
    pub fn pending(&self) -> Option<Commit> {
        match self.next {
            Next::Committed(commit) | Next::Armed(commit) => Some(commit),
            Next::Nothing | Next::Preparing(_) => None,
        }
    }

    /// What will judge from the instant of the pending commit on, if it takes place.
    pub fn would_stand(&self) -> Option<Stands> {
        let Commit { way, instant } = self.pending()?;
        let release = match way {
            Way::Forward(release) => release,
            Way::Back => self.before?,
        };
        Some(Stands { epoch: self.last, release, since: instant })
    }

    /// The newest epoch of which whoever has this record knows whether, and from when, it would judge.
    /// Nothing is known of the instant of what is only prepared.
    pub fn newest_told(&self) -> Epoch {
        match self.next {
            Next::Preparing(_) => Epoch(self.last.0.saturating_sub(1)),
            Next::Nothing | Next::Committed(_) | Next::Armed(_) => self.last,
        }
    }
}

/// The steps.
impl Desired {
    fn step(&self, next: Next, cause: Cause) -> Desired {
        Desired { next, cause, ..self.clone() }
    }

    fn idle(&self) -> Result<(), NoStep> {
        if self.next == Next::Nothing { Ok(()) } else { Err(NoStep::UnderWay) }
    }

    fn uncommitted(&self) -> Result<(), NoStep> {
        if self.pending().is_none() { Ok(()) } else { Err(NoStep::UnderWay) }
    }

    /// Members begin to prepare `release`, under a new epoch.
    ///
    /// # Errors
    ///
    /// When something is under way, or it judges already.
    pub fn prepare(&self, release: Admitted, cause: Cause) -> Result<Desired, NoStep> {
        self.idle()?;
        if self.stands.is_some_and(|stands| stands.release == release.release()) {
            return Err(NoStep::StandsAlready);
        }
        let step = self.step(Next::Preparing(release.release()), cause);
        Ok(Desired { last: self.last.next(), ..step })
    }

    /// What was being prepared is given up; its epoch is used up.
    ///
    /// # Errors
    ///
    /// When nothing is being prepared.
    pub fn give_up(&self, cause: Cause) -> Result<Desired, NoStep> {
        match self.next {
            Next::Preparing(_) => Ok(self.step(Next::Nothing, cause)),
            _ => Err(NoStep::NotUnderWay),
        }
    }

    /// A person gives up what is being prepared: it goes into quarantine, so that it is not begun again by
    /// itself, and a newer one is.
    ///
    /// # Errors
    ///
    /// When nothing is being prepared.
    pub fn reject(&self, cause: Cause) -> Result<Desired, NoStep> {
        let Next::Preparing(release) = self.next else { return Err(NoStep::NotUnderWay) };
        let quarantine = self.quarantine.with(release, &cause.why);
        Ok(Desired { quarantine, ..self.step(Next::Nothing, cause) })
    }

    /// What was prepared is to judge from `instant` on.
    ///
    /// # Errors
    ///
    /// When nothing was prepared, or nobody keeps the time.
    pub fn commit(&self, instant: FleetInstant, cause: Cause) -> Result<Desired, NoStep> {
        let Next::Preparing(release) = self.next else { return Err(NoStep::NotUnderWay) };
        self.timekeeper.as_ref().ok_or(NoStep::NoTimekeeper)?;
        Ok(self.step(Next::Committed(Commit { way: Way::Forward(release), instant }), cause))
    }

    /// The release before what stands is to judge from `instant` on, under a new epoch; what stands goes into
    /// quarantine, and what was being prepared is given up.
    ///
    /// # Errors
    ///
    /// When a commit is pending, there is nothing before, or nobody keeps the time.
    pub fn fall_back(&self, instant: FleetInstant, cause: Cause) -> Result<Desired, NoStep> {
        self.uncommitted()?;
        let (Some(stands), Some(_)) = (self.stands, self.before) else {
            return Err(NoStep::NothingBefore);
        };
        self.timekeeper.as_ref().ok_or(NoStep::NoTimekeeper)?;
        let quarantine = self.quarantine.with(stands.release, &cause.why);
        let step = self.step(Next::Committed(Commit { way: Way::Back, instant }), cause);
        Ok(Desired { last: self.last.next(), quarantine, ..step })
    }

    /// A majority armed for what was committed.
    ///
    /// # Errors
    ///
    /// When nothing is committed, or `majority` is of another epoch.
    pub fn armed(&self, majority: &Majority, cause: Cause) -> Result<Desired, NoStep> {
        let Next::Committed(commit) = self.next else { return Err(NoStep::NotUnderWay) };
        if majority.epoch() != self.last {
            return Err(NoStep::OtherEpoch);
        }
        Ok(self.step(Next::Armed(commit), cause))
    }

    /// What was committed never was: no majority armed. It is true only when the write fails where somebody
    /// armed after `none` was seen.
    ///
    /// # Errors
    ///
    /// When nothing is committed, a majority is known, or `none` is of another epoch.
    pub fn void(&self, none: &NoMajority, cause: Cause) -> Result<Desired, NoStep> {
        let Next::Committed(_) = self.next else { return Err(NoStep::NotUnderWay) };
        if none.epoch() != self.last {
            return Err(NoStep::OtherEpoch);
        }
        Ok(self.step(Next::Nothing, cause))
    }

    /// The instant of what a majority armed for has passed: it stands.
    ///
    /// # Errors
    ///
    /// When no majority is known to have armed.
    pub fn settle(&self, cause: Cause) -> Result<Desired, NoStep> {
        let Next::Armed(commit) = self.next else { return Err(NoStep::NotUnderWay) };
        let before = match commit.way {
            Way::Forward(_) => self.stands.map(|stands| stands.release),
            Way::Back => None,
        };
        Ok(Desired { stands: self.would_stand(), before, ..self.step(Next::Nothing, cause) })
    }

    /// Another member keeps the time.
    ///
    /// # Errors
    ///
    /// While a commit is pending, whose instant is told by the clock of the one before.
    pub fn timed_by(&self, timekeeper: Timekeeper, cause: Cause) -> Result<Desired, NoStep> {
        self.uncommitted()?;
        Ok(Desired { timekeeper: Some(timekeeper), ..self.step(self.next, cause) })
    }

    /// Others belong to the area; [`crate::roll::change_members`] asks what must be asked before.
    pub(crate) fn with_members(&self, members: Members, cause: Cause) -> Result<Desired, NoStep> {
        self.idle()?;
        if self.members.votes_apart(&members) > 1 {
            return Err(NoStep::TooManyVotes);
        }
        Ok(Desired { members, ..self.step(Next::Nothing, cause) })
    }

    /// Other terms hold, of the same timing.
    ///
    /// # Errors
    ///
    /// While a commit is pending, or when the timing differs.
    pub fn with_policy(&self, policy: Policy, cause: Cause) -> Result<Desired, NoStep> {
        self.uncommitted()?;
        if policy.terms().timing != self.policy.terms().timing {
            return Err(NoStep::TimingStays);
        }
        Ok(Desired { policy, ..self.step(self.next, cause) })
    }

    /// A person let a release out of quarantine.
    ///
    /// # Errors
    ///
    /// While a commit is pending.
    pub fn lifted(&self, lift: &Lift) -> Result<Desired, NoStep> {
        self.uncommitted()?;
        let cause = Cause { by: lift.by.clone(), why: lift.why.clone() };
        Ok(Desired { quarantine: self.quarantine.without(lift), ..self.step(self.next, cause) })
    }

    /// Every digest that it names as something to judge by.
    pub fn judged_by(&self) -> impl Iterator<Item = Digest> {
        let stands = [self.stands, self.would_stand()].into_iter().flatten();
        stands.map(|stands| stands.release.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::armed::ArmedView;
    use crate::member::{BootId, MemberName};
    use crate::policy::Terms;

    fn name(name: &str) -> MemberName {
        MemberName::new(name).unwrap()
    }

    fn cause() -> Cause {
        Cause { by: "a test".into(), why: "it asks".into() }
    }

    fn release(number: u64) -> Release {
        Release { number, digest: Digest::of(&number.to_le_bytes()) }
    }

    fn founded() -> Desired {
        let voters = ["a", "b", "c"].map(name).into();
        let members = Members::new(voters, [].into()).unwrap();
        let desired = Desired::founded(members, Policy::new(Terms::default()).unwrap(), cause());
        desired.timed_by(Timekeeper { member: name("a"), boot: BootId(1) }, cause()).unwrap()
    }

    fn count(of: &Desired, count: usize) -> ArmedView {
        ArmedView { epoch: of.last(), count, as_of: Revision(9) }
    }

    fn through(desired: &Desired) -> Desired {
        let majority = count(desired, 2).majority(desired.members()).unwrap();
        desired.armed(&majority, cause()).unwrap().settle(cause()).unwrap()
    }

    fn forward(desired: &Desired, number: u64) -> Desired {
        let admitted = desired.quarantine().admit(release(number)).unwrap();
        let prepared = desired.prepare(admitted, cause()).unwrap();
        through(&prepared.commit(FleetInstant(5), cause()).unwrap())
    }

    #[test]
    fn forward_twice_and_back_once_and_no_further() {
        let two = forward(&forward(&founded(), 1), 2);
        assert_eq!((two.stands().unwrap().epoch, two.before()), (Epoch(2), Some(release(1))));
        let back = two.fall_back(FleetInstant(9), cause()).unwrap();
        let first = Stands { epoch: Epoch(3), release: release(1), since: FleetInstant(9) };
        assert_eq!(back.would_stand(), Some(first));
        let back = through(&back);
        assert_eq!(back.stands(), Some(first));
        assert_eq!(back.fall_back(FleetInstant(9), cause()), Err(NoStep::NothingBefore));
        assert!(back.quarantine().admit(release(2)).is_none());
        let lift = Lift { digest: release(2).digest, by: "a person".into(), why: "it was the disk".into() };
        assert!(back.lifted(&lift).unwrap().quarantine().admit(release(2)).is_some());
    }

    #[test]
    fn what_no_majority_armed_for_never_was() {
        let one = forward(&founded(), 1);
        let admitted = one.quarantine().admit(release(2)).unwrap();
        let committed = one.prepare(admitted, cause()).unwrap().commit(FleetInstant(5), cause()).unwrap();
        let none = count(&committed, 1).majority(committed.members()).unwrap_err();
        let void = committed.void(&none, cause()).unwrap();
        assert_eq!((void.stands(), void.before(), void.last()), (one.stands(), None, Epoch(2)));
        assert_eq!(void.void(&none, cause()), Err(NoStep::NotUnderWay));
    }

    #[test]
    fn while_a_commit_is_pending_nothing_else_changes() {
        let one = forward(&forward(&founded(), 1), 2);
        let back = one.fall_back(FleetInstant(9), cause()).unwrap();
        let keeper = Timekeeper { member: name("b"), boot: BootId(1) };
        assert_eq!(back.timed_by(keeper, cause()), Err(NoStep::UnderWay));
        assert_eq!(back.fall_back(FleetInstant(9), cause()), Err(NoStep::UnderWay));
        assert_eq!(back.settle(cause()), Err(NoStep::NotUnderWay));
        assert_eq!(back.with_members(back.members().clone(), cause()), Err(NoStep::UnderWay));
        assert_eq!(back.with_policy(back.policy().clone(), cause()), Err(NoStep::UnderWay));
    }

    #[test]
    fn members_change_by_one_vote_and_timing_stays() {
        let area = founded();
        let with = |voters: &[&str]| {
            Members::new(voters.iter().map(|voter| name(voter)).collect(), [].into()).unwrap()
        };
        assert!(area.with_members(with(&["a", "b", "c", "d"]), cause()).is_ok());
        assert_eq!(area.with_members(with(&["a", "b", "d"]), cause()), Err(NoStep::TooManyVotes));
        let mut terms = Terms::default();
        terms.timing.freshness.0 += 1;
        let other = Policy::new(terms).unwrap();
        assert_eq!(area.with_policy(other, cause()), Err(NoStep::TimingStays));
    }

    #[test]
    fn a_record_reads_back_and_one_that_makes_no_sense_does_not() {
        let two = forward(&forward(&founded(), 1), 2);
        let back = two.fall_back(FleetInstant(9), cause()).unwrap();
        for record in [&founded(), &two, &back] {
            let text = serde_json::to_string(record).unwrap();
            assert_eq!(serde_json::from_str::<Desired>(&text).unwrap(), *record);
        }
        let text = serde_json::to_string(&back).unwrap();
        let nothing_before = text.replacen(
            &format!("\"before\":{}", serde_json::to_string(&release(1)).unwrap()),
            "\"before\":null",
            1,
        );
        assert_ne!(text, nothing_before);
        assert!(serde_json::from_str::<Desired>(&nothing_before).is_err());
        assert!(serde_json::from_str::<Desired>(&text.replace("\"last\":3", "\"last\":2")).is_err());
    }
}
