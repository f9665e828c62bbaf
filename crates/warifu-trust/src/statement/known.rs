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

    /// Why `release` is not to be used, when an organisation says so.
    pub fn withdrawal(&self, release: ReleaseRef) -> Option<&Made> {
        let of = |(place, statement): (&(Organisation, u64), &StatementFile)| {
            let is_it = statement.made().says == Says::Withdrawn { release };
            is_it && !self.is_revoked_before(*place, statement.made().key)
        };
        self.held.iter().find(|(place, statement)| of((place, statement))).map(|(_, found)| found.made())
    }

    /// Whether its own organisation had taken `key` away before it said what stands at `place`: that counts
    /// for nothing. What the key said before that stands.
    fn is_revoked_before(&self, (organisation, number): (Organisation, u64), key: KeyId) -> bool {
        let before = self.held.range((organisation, 0)..(organisation, number));
        before.into_iter().any(|(_, statement)| statement.made().says == Says::Revoked { key })
    }

    /// The keys that count for nothing any more.
    pub fn revoked(&self) -> BTreeSet<KeyId> {
        let key = |made: &Made| match made.says {
            Says::Revoked { key } => Some(key),
            Says::Withdrawn { .. } => None,
        };
        self.made().filter_map(key).collect()
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
