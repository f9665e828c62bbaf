//! The statements that are known, and what follows from them.

use std::collections::BTreeSet;

use crate::keys::KeyId;
use crate::metadata::ReleaseRef;
use crate::organisation::{Organisation, PerOrganisation};
use crate::statement::made::Made;
use crate::statement::says::Says;
use crate::statement::signed::StatementFile;

/// The statements of both organisations that a reader has verified. They are never forgotten: a channel that
/// keeps one back changes nothing for whoever has seen it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statements {
    pub(crate) held: Vec<StatementFile>,
    /// The number of the last file of each that was looked at, statement or not.
    pub(crate) seen: PerOrganisation<u64>,
}

impl Statements {
    /// All of them, in the order in which they were seen.
    pub fn made(&self) -> impl Iterator<Item = &Made> {
        self.held.iter().map(StatementFile::made)
    }

    /// Why `release` is not to be used, when an organisation says so.
    pub fn withdrawal(&self, release: ReleaseRef) -> Option<&Made> {
        // A key that its own organisation took away says nothing about releases any more.
        let revoked = self.revoked();
        let of = |made: &&Made| made.says == Says::Withdrawn { release } && !revoked.contains(&made.key);
        self.made().find(of)
    }

    /// The keys that count for nothing any more.
    pub fn revoked(&self) -> BTreeSet<KeyId> {
        let key = |made: &Made| match made.says {
            Says::Revoked { key } => Some(key),
            Says::Withdrawn { .. } => None,
        };
        self.made().filter_map(key).collect()
    }

    /// The number under which `organisation`'s next statement is put.
    pub fn next(&self, organisation: Organisation) -> u64 {
        self.seen.of(organisation).saturating_add(1)
    }

    /// Takes in all that another run saw.
    pub(crate) fn absorb(&mut self, other: Statements) {
        for organisation in Organisation::BOTH {
            let seen = (*self.seen.of(organisation)).max(*other.seen.of(organisation));
            *self.seen.of_mut(organisation) = seen;
        }
        for statement in other.held {
            if !self.held.contains(&statement) {
                self.held.push(statement);
            }
        }
    }
}
