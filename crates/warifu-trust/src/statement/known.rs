//! The statements that are known, and what follows from them.

use std::collections::{BTreeMap, BTreeSet};

use crate::keys::KeyId;
use crate::limits;
use crate::metadata::ReleaseRef;
use crate::organisation::Organisation;
use crate::statement::made::Made;
use crate::statement::says::Says;
use crate::statement::signed::StatementFile;

/// The statements of both organisations that a reader has verified, by their numbers. They are never
/// forgotten: a channel that keeps one back changes nothing for whoever has heard it. What did not verify is
/// not remembered: it is asked for again, as it may have been cut on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statements {
    held: BTreeMap<(Organisation, u64), StatementFile>,
}

impl Statements {
    /// All of them, by organisation and number.
    pub fn made(&self) -> impl Iterator<Item = &Made> {
        self.held.values().map(StatementFile::made)
    }

    /// Those that count: what a key says after its own organisation took it away does not, what it said
    /// before stands.
    pub(super) fn counted(&self) -> Vec<&Made> {
        let (mut counted, mut gone) = (Vec::new(), BTreeSet::new());
        // In the order of their numbers; each organisation takes away its own keys only.
        for made in self.made() {
            if gone.contains(&made.key) {
                continue;
            }
            if let Says::Revoked { key } = made.says {
                gone.insert(key);
            }
            counted.push(made);
        }
        counted
    }

    /// Why `release` is not to be used, when an organisation says so.
    pub fn withdrawal(&self, release: ReleaseRef) -> Option<&Made> {
        self.counted().into_iter().find(|made| made.says == Says::Withdrawn { release })
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

    /// The first number after `number` at which nothing of `organisation` is held; none after the last there
    /// may be.
    pub(crate) fn missing_after(&self, organisation: Organisation, number: u64) -> Option<u64> {
        (number + 1..=limits::STATEMENTS).find(|number| !self.held.contains_key(&(organisation, *number)))
    }

    /// Takes in what `organisation` says under `number`.
    pub(crate) fn hear(&mut self, organisation: Organisation, number: u64, statement: StatementFile) {
        if (1..=limits::STATEMENTS).contains(&number) {
            self.held.entry((organisation, number)).or_insert(statement);
        }
    }

    /// Each with its organisation and number.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (Organisation, u64, &StatementFile)> {
        self.held.iter().map(|((organisation, number), statement)| (*organisation, *number, statement))
    }

    /// Takes in all that another run heard.
    pub(crate) fn absorb(&mut self, other: Statements) {
        for (place, statement) in other.held {
            self.held.entry(place).or_insert(statement);
        }
    }
}
