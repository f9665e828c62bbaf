//! What a root says, for people.

use crate::organisation::PerOrganisation;
use crate::root::table::RoleTable;
use crate::time::UnixSeconds;

/// What a root says, for people. Names are in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootSummary {
    /// The version, from 1.
    pub version: u64,
    /// Until when it may be used to accept anything new.
    pub expires: UnixSeconds,
    /// How many officers it takes to change it.
    pub root_threshold: u32,
    /// The officers' names.
    pub officers: PerOrganisation<Vec<String>>,
    /// How many release signers it takes.
    pub release_threshold: PerOrganisation<u32>,
    /// The release signers' names.
    pub release_signers: PerOrganisation<Vec<String>>,
    /// The automation keys' names.
    pub timestamp: Vec<String>,
}

impl RootSummary {
    pub(super) fn of(table: &RoleTable) -> Self {
        // Keys are ordered by id, which says nothing to people.
        let names = |ids: Vec<_>| {
            let mut names: Vec<_> = ids.into_iter().map(|id| table.holder_name(id)).collect();
            names.sort();
            names
        };
        RootSummary {
            version: table.version,
            expires: table.expires,
            root_threshold: table.root.threshold,
            officers: PerOrganisation::from_fn(|organisation| names(table.officers(organisation))),
            release_threshold: PerOrganisation::from_fn(|one| table.release.of(one).threshold),
            release_signers: PerOrganisation::from_fn(|organisation| {
                names(table.release.of(organisation).keys.keys().copied().collect())
            }),
            timestamp: names(table.timestamp.keys.keys().copied().collect()),
        }
    }
}
