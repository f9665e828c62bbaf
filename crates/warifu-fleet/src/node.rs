//! A member: what it keeps, what it learns, when it arms, and by what it judges.
//!
//! It is told what the store and other members said, with the tick at which each question was *sent*, and is
//! asked what it does. Nothing of it reads a clock.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

use crate::answer::{Answer, Issued};
use crate::armed::ArmedView;
use crate::clock::Reading;
use crate::desired::{Next, Seen};
use crate::learnt::outcome_by_members;
use crate::member::{BootId, MemberName};
use crate::outcome::Outcome;
use crate::permission::Permission;
use crate::release::{Epoch, Revision};
use crate::report::{Progress, Report, Stage};
use crate::sight::{Changes, Refusal, may_follow, moves};
use crate::standing::{NotReady, Standing, judges_by};
use crate::time::{Millis, Tick};

/// What a member finds again after a crash. It is on the disk before anybody hears of what is new in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Kept {
    /// The newest record that it followed.
    pub seen: Option<Seen>,
    /// The newest commit that it armed for.
    pub issued: Option<Issued>,
}

/// What one linearizable read of the store brought: record and keys in one transaction.
#[derive(Debug, Clone)]
pub struct StoreView {
    /// The record.
    pub seen: Seen,
    /// Who armed for what the record has committed.
    pub armed: Option<ArmedView>,
}

/// A key to be written to the store, if the record there still has this revision.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "what is armed for on the disk is told to the store"]
pub struct Arm {
    /// Of whom.
    pub member: MemberName,
    /// For the commit of this epoch.
    pub epoch: Epoch,
    /// The revision of the record that committed it.
    pub expects: Revision,
}

/// A member of an area.
#[derive(Debug, Clone)]
pub struct Node {
    me: MemberName,
    boot: BootId,
    kept: Kept,
    /// Since when it has followed the record that it follows.
    since: Tick,
    /// Digests that this member verified itself.
    verified: BTreeSet<Digest>,
    /// Those of them that are in memory.
    held: BTreeSet<Digest>,
    permission: Permission,
    /// Of the pending commit.
    outcome: Option<(Epoch, Outcome)>,
    changes: Changes,
    progress: Progress,
    piloted: Millis,
}

/// What it is told.
impl Node {
    /// A member that starts at `now` with what its disk kept.
    pub fn started(me: MemberName, boot: BootId, kept: Kept, now: Tick) -> Self {
        let mut node = Node {
            me,
            boot,
            kept,
            since: now,
            verified: BTreeSet::new(),
            held: BTreeSet::new(),
            permission: Permission::none(),
            outcome: None,
            changes: Changes::default(),
            progress: Progress::Idle,
            piloted: Millis(0),
        };
        node.outcome_by_record();
        node
    }

    /// It verified this release itself.
    pub fn verified(&mut self, digest: Digest) {
        self.verified.insert(digest);
    }

    /// It has this release in memory, verified.
    pub fn holds(&mut self, digest: Digest) {
        self.verified.insert(digest);
        self.held.insert(digest);
    }

    /// It let this release go.
    pub fn let_go(&mut self, digest: &Digest) {
        self.held.remove(digest);
    }

    /// It came so far with an epoch.
    pub fn progressed(&mut self, progress: Progress) {
        self.progress = progress;
    }

    /// It has run what it prepared in the shadow for so long.
    pub fn piloted(&mut self, time: Millis) {
        self.piloted = time;
    }

    /// The store answered a read that was sent at `sent`. What was followed is to be kept
    /// ([`Node::kept`]) before anything else is done.
    ///
    /// # Errors
    ///
    /// When the record is not followed; then the read gives no permission.
    pub fn on_read(&mut self, sent: Tick, now: Tick, view: &StoreView) -> Result<(), Refusal> {
        if let Some(known) = &self.kept.seen
            && sent > self.since
            && view.seen.revision < known.revision
        {
            return Err(Refusal::StoreWentBack(known.revision, view.seen.revision));
        }
        self.follow(&view.seen, now)?;
        let Some(seen) = &self.kept.seen else { return Ok(()) };
        // What came after this read is known too, when a watch was faster; so nothing is missing.
        let timing = &seen.record.policy().terms().timing;
        self.permission = self.permission.or(Permission::by_store(sent, timing));
        if let (Next::Committed(_), Some(armed)) = (seen.record.next(), view.armed)
            && seen.revision == view.seen.revision
            && armed.epoch == seen.record.last()
            && armed.majority(seen.record.members()).is_ok()
        {
            self.outcome = Some((armed.epoch, Outcome::TakesPlace));
        }
        Ok(())
    }

    /// A watch of the store, or another member, showed a record. It gives no permission.
    ///
    /// # Errors
    ///
    /// When it is not followed.
    pub fn on_record(&mut self, now: Tick, seen: &Seen) -> Result<(), Refusal> {
        self.follow(seen, now)
    }

    /// Other members answered what was asked at `sent`. The word of this one is counted, too.
    pub fn on_answers(
        &mut self,
        sent: Tick,
        now: Tick,
        reading: Option<Reading>,
        others: &BTreeMap<MemberName, Answer>,
    ) {
        for seen in others.values().filter_map(|answer| answer.seen.as_ref()) {
            let _refused = self.follow(seen, now);
        }
        // Who goes by a record that this member does not follow speaks of another list of members, perhaps:
        // their word is not counted.
        let followed = self.kept.seen.as_ref().map(|seen| seen.revision);
        let is_known = |answer: &Answer| answer.seen.as_ref().map(|seen| seen.revision) <= followed;
        let known = others.iter().filter(|(_, answer)| is_known(answer));
        let mut answers: BTreeMap<_, _> =
            known.map(|(name, answer)| (name.clone(), answer.clone())).collect();
        answers.insert(self.me.clone(), self.answer(reading));
        let Some(Seen { record, .. }) = &self.kept.seen else { return };
        if let (Next::Committed(commit), Some(timekeeper)) = (record.next(), record.timekeeper()) {
            let epoch = record.last();
            let outcome = outcome_by_members(epoch, commit, timekeeper, &answers, record.members());
            self.outcome = self.outcome.or(outcome.map(|outcome| (epoch, outcome)));
        }
        let timing = &record.policy().terms().timing;
        let told = record.newest_told();
        let members = Permission::by_members(sent, told, &answers, record.members(), timing);
        self.permission = self.permission.or(members);
    }

    /// The store has the key that [`Node::arm`] gave for `epoch`.
    pub fn on_armed(&mut self, epoch: Epoch) {
        if let Some(issued) = &mut self.kept.issued
            && issued.epoch == epoch
        {
            issued.taken = true;
        }
    }

    fn follow(&mut self, seen: &Seen, now: Tick) -> Result<(), Refusal> {
        let known = self.kept.seen.as_ref();
        if known.is_some_and(|known| seen.revision <= known.revision) {
            // Late, or the same.
            return Ok(());
        }
        let timing = known.map(|known| known.record.policy().terms().timing);
        may_follow(known, seen, timing.as_ref(), &self.verified, &self.changes, now)?;
        if let Some(known) = known
            && let Some(to) = moves(Some(&known.record), &seen.record)
        {
            self.changes.count(to, now);
        }
        self.kept.seen = Some(seen.clone());
        self.since = now;
        self.outcome_by_record();
        Ok(())
    }

    fn outcome_by_record(&mut self) {
        let Some(Seen { record, .. }) = &self.kept.seen else { return };
        self.outcome = match record.next() {
            Next::Armed(_) => Some((record.last(), Outcome::TakesPlace)),
            Next::Committed(_) => self.outcome.filter(|(epoch, _)| *epoch == record.last()),
            Next::Nothing | Next::Preparing(_) => None,
        };
    }
}

/// What it is asked.
impl Node {
    /// Who it is.
    pub fn name(&self) -> &MemberName {
        &self.me
    }

    /// What must be on its disk.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// The record that it follows.
    pub fn seen(&self) -> Option<&Seen> {
        self.kept.seen.as_ref()
    }

    /// Whether `digest` is in its memory.
    pub fn has(&self, digest: &Digest) -> bool {
        self.held.contains(digest)
    }

    /// Arms for the pending commit, if the instant is far enough ahead: no permission that was given before
    /// now, here or by a store that did not have the commit yet, reaches it. [`Node::kept`] is on the disk
    /// before the key is written and before any other answer is given; a key that the store did not confirm
    /// is given again.
    pub fn arm(&mut self, reading: Option<Reading>) -> Option<Arm> {
        let Seen { revision, record } = self.kept.seen.as_ref()?;
        let (Next::Committed(commit), Some(new)) = (record.next(), record.would_stand()) else {
            return None;
        };
        let arm = Arm { member: self.me.clone(), epoch: new.epoch, expects: *revision };
        if let Some(issued) = self.kept.issued
            && issued.epoch >= new.epoch
        {
            return (issued.epoch == new.epoch && !issued.taken).then_some(arm);
        }
        let timing = &record.policy().terms().timing;
        let reading = reading.filter(|reading| reading.error <= timing.max_clock_error)?;
        let can = record.members().voters().contains(&self.me)
            && self.held.contains(&new.release.digest)
            && reading.instant + timing.arming_margin() <= commit.instant;
        if !can {
            return None;
        }
        self.kept.issued = Some(Issued { epoch: new.epoch, taken: false });
        self.progress = Progress::At(new.epoch, Stage::Armed);
        Some(arm)
    }

    /// What it tells a member that asks.
    pub fn answer(&self, reading: Option<Reading>) -> Answer {
        let timekeeper = self.seen().and_then(|seen| seen.record.timekeeper().cloned());
        Answer {
            seen: self.kept.seen.clone(),
            issued: self.kept.issued,
            outcome: self.outcome,
            no_earlier: timekeeper.zip(reading.map(|reading| reading.earliest())),
        }
    }

    /// What a claim meets that is received now.
    pub fn standing(&self, now: Tick, reading: Option<Reading>) -> Standing {
        let Some(Seen { record, .. }) = &self.kept.seen else {
            return Standing::NotReady(NotReady::KnowsNothing);
        };
        if !record.members().has(&self.me) {
            return Standing::NotReady(NotReady::NotAMember);
        }
        if !self.permission.holds(now) {
            return Standing::NotReady(NotReady::CutOff);
        }
        judges_by(record, self.outcome.map(|(_, outcome)| outcome), reading, &self.held)
    }

    /// For how long it may still answer, if it hears nothing more.
    pub fn permitted_for(&self, now: Tick) -> Millis {
        self.permission.left(now)
    }

    /// What it announces; of a member without a record, nothing.
    pub fn report(&self) -> Option<Report> {
        let seen = self.seen()?;
        Some(Report {
            boot: self.boot,
            seen: seen.revision,
            progress: self.progress.clone(),
            piloted: self.piloted,
        })
    }
}
