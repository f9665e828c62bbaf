//! The statements that are known, and what follows from them.

use std::collections::{BTreeMap, BTreeSet};

use crate::keys::KeyId;
use crate::limits;
use crate::metadata::{ReleaseRef, Speaker};
use crate::organisation::Organisation;
use crate::statement::made::Made;
use crate::statement::says::Says;
use crate::statement::signed::StatementFile;

/// The statements of both organisations that a reader has verified, by their numbers. They are never
/// forgotten: a channel that keeps one back changes nothing for whoever has heard it. What did not verify is
/// not remembered: it is asked for again, as it may have been cut on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statements {
    /// Under whose name, and with which number: those under an organisation's come first.
    held: BTreeMap<(Speaker, u64), StatementFile>,
}

impl Statements {
    /// All of them, those under an organisation's name first, by number.
    pub fn made(&self) -> impl Iterator<Item = &Made> {
        self.held.values().map(StatementFile::made)
    }

    /// Those that count: what a key says after its own organisation took it away does not, what it said
    /// before stands.
    pub(super) fn counted(&self) -> Vec<&Made> {
        let (mut counted, mut gone) = (Vec::new(), BTreeSet::new());
        let mut own = Vec::new();
        // In the order of their numbers; each organisation takes away its own keys only.
        for ((speaker, _), statement) in &self.held {
            let made = statement.made();
            if gone.contains(&made.key) {
                continue;
            }
            if let Speaker::Key(_) = speaker {
                own.push(made);
                continue;
            }
            if let Says::Revoked { key } = made.says {
                gone.insert(key);
            }
            counted.push(made);
        }
        // Under names of their own nobody speaks before another: who is taken away there by anybody that was
        // not taken away before, says nothing more.
        let is_revocation = |made: &&Made| matches!(made.says, Says::Revoked { .. });
        let (revocations, others): (Vec<&Made>, Vec<&Made>) = own.into_iter().partition(is_revocation);
        for made in revocations {
            if let Says::Revoked { key } = made.says {
                gone.insert(key);
            }
            counted.push(made);
        }
        counted.extend(others.into_iter().filter(|made| !gone.contains(&made.key)));
        counted
    }

    /// Why `release` is not to be used, when an organisation says so.
    pub fn withdrawal(&self, release: ReleaseRef) -> Option<&Made> {
        self.withdrawals(release).next()
    }

    /// The same by everybody who says so.
    pub fn withdrawals(&self, release: ReleaseRef) -> impl Iterator<Item = &Made> {
        self.counted().into_iter().filter(move |made| made.says == Says::Withdrawn { release })
    }

    /// Who of `organisation` said this already, and it counts.
    pub fn said(&self, organisation: Organisation, says: &Says) -> Option<&Made> {
        self.counted().into_iter().find(|made| made.organisation == organisation && made.says == *says)
    }

    /// The keys that count for nothing any more.
    pub fn revoked(&self) -> BTreeSet<KeyId> {
        let key = |made: &Made| match made.says {
            Says::Revoked { key } => Some(key),
            Says::Withdrawn { .. } | Says::Reviewed { .. } => None,
        };
        self.counted().into_iter().filter_map(key).collect()
    }

    /// Whether `statement` was heard.
    pub fn hold(&self, statement: &StatementFile) -> bool {
        self.held.values().any(|held| held == statement)
    }

    /// The first number after `number` at which nothing is held under the name of `speaker`; none after the
    /// last there may be.
    pub(crate) fn missing_after(&self, speaker: Speaker, number: u64) -> Option<u64> {
        (number + 1..=speaker.last()).find(|number| !self.held.contains_key(&(speaker, *number)))
    }

    /// Takes in what is said under this name and number.
    pub(crate) fn hear(&mut self, speaker: Speaker, number: u64, statement: StatementFile) {
        if (1..=speaker.last()).contains(&number) {
            self.keep((speaker, number), statement);
        }
    }

    /// Keeps it, where there is room: what is remembered stays below [`limits::STATE_BYTES`].
    fn keep(&mut self, place: (Speaker, u64), statement: StatementFile) {
        let is_of_key = |place: &(Speaker, u64)| matches!(place.0, Speaker::Key(_));
        let of_keys = self.held.keys().filter(|place| is_of_key(place)).count() as u64;
        if !is_of_key(&place) || of_keys < limits::STATEMENTS_OF_KEYS {
            self.held.entry(place).or_insert(statement);
        }
    }

    /// Each with whose name it is under, and its number.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (Speaker, u64, &StatementFile)> {
        self.held.iter().map(|((speaker, number), statement)| (*speaker, *number, statement))
    }

    /// Takes in all that another run heard.
    pub(crate) fn absorb(&mut self, other: Statements) {
        for (place, statement) in other.held {
            self.keep(place, statement);
        }
    }
}
