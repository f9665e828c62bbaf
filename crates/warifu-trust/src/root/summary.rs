//! What a root says, for people.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::organisation::{Organisation, PerOrganisation};
use crate::root::table::RoleTable;
use crate::time::UnixSeconds;

/// What a root lets a key do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootPower {
    /// Change the root, with others.
    ChangeRoot,
    /// Sign Kikin's half of a release.
    SignForKikin,
    /// Sign Kokuho's half.
    SignForKokuho,
    /// Publish what both signed.
    Publish,
}

impl RootPower {
    /// All, the farthest-reaching first.
    pub const ALL: [RootPower; 4] =
        [RootPower::ChangeRoot, RootPower::SignForKikin, RootPower::SignForKokuho, RootPower::Publish];
}

impl Speak for RootPower {
    fn say(&self, lang: Lang) -> String {
        match self {
            RootPower::ChangeRoot => say!(lang, "changes of the root", "ルートの変更"),
            RootPower::SignForKikin => say!(lang, "Kikin's half of a release", "支払基金の署名"),
            RootPower::SignForKokuho => say!(lang, "Kokuho's half of a release", "国保中央会の署名"),
            RootPower::Publish => say!(lang, "publishing", "公開"),
        }
    }
}

/// A key in a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootKey {
    /// The holder.
    pub name: String,
    /// Whose person the holder is; none for automation.
    pub organisation: Option<Organisation>,
    /// The key, in groups to be read out.
    pub fingerprint: String,
    /// What it may do.
    pub may: Vec<RootPower>,
}

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
    /// Every key, by name.
    pub keys: Vec<RootKey>,
}

impl RootSummary {
    pub(super) fn of(table: &RoleTable) -> Self {
        // Keys are ordered by id, which says nothing to people.
        let names = |ids: Vec<_>| {
            let mut names: Vec<_> = ids.into_iter().map(|id| table.holder_name(id)).collect();
            names.sort();
            names
        };
        let may = |id| {
            let roles = [&table.root, &table.release.kikin, &table.release.kokuho, &table.timestamp];
            let powers = RootPower::ALL.into_iter().zip(roles);
            powers.filter(|(_, role)| role.keys.contains_key(id)).map(|(power, _)| power).collect()
        };
        let mut keys: Vec<_> = table
            .holders
            .iter()
            .map(|(id, holder)| RootKey {
                name: holder.name.clone(),
                organisation: holder.organisation,
                fingerprint: id.read_out(),
                may: may(id),
            })
            .collect();
        keys.sort_by(|a, b| (a.organisation, &a.name).cmp(&(b.organisation, &b.name)));
        RootSummary {
            keys,
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

    /// How many signatures it takes.
    pub fn threshold(&self, power: RootPower) -> u32 {
        match power {
            RootPower::ChangeRoot => self.root_threshold,
            RootPower::SignForKikin => self.release_threshold.kikin,
            RootPower::SignForKokuho => self.release_threshold.kokuho,
            RootPower::Publish => 1,
        }
    }
}
