//! What follows from what was told of releases: what was confirmed, what is not to be taken again, and how
//! far it ever went.

use std::collections::BTreeMap;

use warifu_trust::UnixSeconds;

use crate::state::frozen::Frozen;
use crate::state::reason::Reason;
use crate::state::record::Record;
use crate::state::running::Running;
use crate::state::witness::{Seen, Tells, Witnesses};

/// By what it is known that a release was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Record,
    Log,
    History,
}

/// A release that was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Confirmed {
    pub(super) release: u64,
    pub(super) since: UnixSeconds,
    pub(super) by: By,
}

/// What is known of releases.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// What was confirmed, the last one last.
    pub(super) confirmed: Vec<Confirmed>,
    /// What fell back or was held, and since when.
    pub(super) held: BTreeMap<u64, UnixSeconds>,
    /// Nothing is activated.
    pub(super) frozen: Option<Frozen>,
    /// The newest that ever judged.
    pub(super) newest: Option<u64>,
}

impl Told {
    /// By all that the witnesses tell.
    pub(super) fn by(witnesses: &Witnesses) -> Told {
        let mut told = Told::default().and_then(witnesses.acts());
        told.newest = told.newest.max(witnesses.judged());
        told
    }

    /// What `record` knows of what was confirmed. What it holds is asked of it.
    pub(super) fn known_to(record: &Record) -> Told {
        let running = match record.running() {
            Running::Confirmed { release, .. } => Some(release),
            Running::Nothing | Running::OnProbation { .. } => None,
        };
        let before = record.running().previous();
        let oldest_first = record.earlier().iter().rev().chain(before).chain(running);
        let confirmed =
            oldest_first.map(|it| Confirmed { release: it.id.release, since: it.since, by: By::Record });
        Told { confirmed: confirmed.collect(), newest: record.newest(), ..Told::default() }
    }

    /// The same, and what these acts tell after it.
    #[must_use]
    pub(super) fn and_then(mut self, acts: &[Seen]) -> Told {
        acts.iter().for_each(|seen| self.take(seen));
        self
    }

    /// The same, and what `other` does not let be taken: where it is not known which of both is newer.
    #[must_use]
    pub(super) fn without_what_is_held_by(self, other: Told) -> Told {
        Told { held: other.held, frozen: other.frozen, newest: self.newest.max(other.newest), ..self }
    }

    /// Whether any release judged.
    pub(super) fn of_any(&self) -> bool {
        !self.confirmed.is_empty()
    }

    fn take(&mut self, seen: &Seen) {
        let at = seen.at;
        let last = self.confirmed.last().map(|it| it.release);
        match seen.tells {
            // A first release is confirmed at once; of any other it was not.
            Tells::TakenBack(release) => drop(self.confirmed.pop_if(|it| it.release == release)),
            Tells::Held(_) if seen.is_withdrawn => {}
            Tells::Held(release) => drop(self.held.insert(release, at)),
            Tells::Unheld(release) => drop(self.held.remove(&release)),
            Tells::Activated(release) => {
                if self.confirmed.is_empty() {
                    self.confirms(release, seen);
                }
                self.newest = self.newest.max(Some(release));
            }
            Tells::WentBack { to, from } => {
                self.leaves(to, from.or(self.newest), at);
                self.newest = self.newest.max(from);
                self.confirms(to, seen);
            }
            // Something went back that could not be written down.
            Tells::Judges(release) | Tells::Ended(release) if last > Some(release) => {
                self.leaves(release, None, at);
                self.confirms(release, seen);
            }
            Tells::Judges(release) => self.confirms(release, seen),
            // It may have been on probation.
            Tells::Ended(_) => {}
            Tells::Frozen => {
                let reason = seen.reason.clone().unwrap_or_else(Reason::not_known);
                let own = Frozen::new(reason, None, at);
                self.frozen = Some(Frozen::beside(&own, self.frozen.as_ref()));
            }
            Tells::Thawed => self.frozen = None,
        }
    }

    /// Whatever is newer than `to` is not to be taken again.
    fn leaves(&mut self, to: u64, from: Option<u64>, at: UnixSeconds) {
        let left = self.confirmed.iter().map(|it| it.release).chain(from).filter(|left| *left > to);
        self.held.extend(left.map(|left| (left, at)));
    }

    /// What judges and is confirmed ends what held older ones, and is not held.
    fn confirms(&mut self, release: u64, seen: &Seen) {
        let by = if seen.number.is_some() { By::Log } else { By::History };
        self.confirmed.push(Confirmed { release, since: seen.at, by });
        self.held.retain(|held, _| *held > release);
        self.newest = self.newest.max(Some(release));
    }
}
