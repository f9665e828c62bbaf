//! The table of roles: its form in `root.json`, and the rules by which it is sound.
//!
//! One check serves the builder and every reader, so no root can be made that is refused later, and none is
//! accepted that could not have been made here. The rules go beyond the specification; each names what it
//! stops.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::keys::{KeyId, PublicKey};
use crate::limits;
use crate::metadata::RoleKeys;
use crate::organisation::{Organisation, PerOrganisation};
use crate::root::policy::Policy;
use crate::root::wire::{Wire, WireRole};
use crate::time::UnixSeconds;
use crate::unsound::{RootFault, UnsoundRoot};
use warifu_values::text::is_plain;
use warifu_values::typed::half_width;

/// A person or automation and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) name: String,
    pub(crate) organisation: Option<Organisation>,
    pub(crate) key: PublicKey,
}

/// A sound table of roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoleTable {
    pub(crate) version: u64,
    pub(crate) expires: UnixSeconds,
    pub(crate) holders: BTreeMap<KeyId, Holder>,
    pub(crate) root: RoleKeys,
    pub(crate) release: PerOrganisation<RoleKeys>,
    pub(crate) timestamp: RoleKeys,
}

impl RoleTable {
    /// Reads the `signed` part of a `root.json`.
    pub(crate) fn read(signed: &Value) -> Result<Self, UnsoundRoot> {
        let wire: Wire = serde_json::from_value(signed.clone())
            .map_err(|error| UnsoundRoot(vec![RootFault::Shape(error.to_string())]))?;
        RoleTable::check(&wire)
    }

    /// Checks every rule and reports all that are broken.
    pub(super) fn check(wire: &Wire) -> Result<Self, UnsoundRoot> {
        let mut faults = Vec::new();
        if wire.type_ != "root" || !wire.spec_version.starts_with("1.") {
            faults.push(RootFault::Shape("not a root of TUF 1.x".into()));
        }
        if !(1..=limits::VERSION).contains(&wire.version) {
            faults.push(RootFault::Shape(format!("version {} is none", wire.version)));
        }
        if !wire.consistent_snapshot {
            // Without it, files change under a reader's feet and mixes of releases become possible.
            faults.push(RootFault::Shape("consistent_snapshot is not true".into()));
        }
        let holders = holders(wire, &mut faults);
        let root = role("root", &wire.roles.root, &holders, &mut faults);
        let release = PerOrganisation {
            kikin: role("targets", &wire.roles.targets, &holders, &mut faults),
            kokuho: role("snapshot", &wire.roles.snapshot, &holders, &mut faults),
        };
        let timestamp = role("timestamp", &wire.roles.timestamp, &holders, &mut faults);
        let table =
            RoleTable { version: wire.version, expires: wire.expires, holders, root, release, timestamp };
        table.check_organisations(&mut faults);
        table.check_root_threshold(&mut faults);
        if faults.is_empty() { Ok(table) } else { Err(UnsoundRoot(faults)) }
    }

    /// The table without these keys: they count for nothing, and the thresholds stay.
    pub(crate) fn without(&self, revoked: &BTreeSet<KeyId>) -> Self {
        let mut table = self.clone();
        let RoleTable { release: PerOrganisation { kikin, kokuho }, root, .. } = &mut table;
        for role in [kikin, kokuho, root] {
            role.keys.retain(|key, _| !revoked.contains(key));
        }
        table
    }

    /// Whether the thresholds reach what the node demands.
    pub(crate) fn check_policy(&self, policy: &Policy) -> Result<(), UnsoundRoot> {
        let mut faults = Vec::new();
        for organisation in Organisation::BOTH {
            let (threshold, least) =
                (self.release.of(organisation).threshold, *policy.least_threshold.of(organisation));
            if threshold < least {
                faults.push(RootFault::BelowPolicy { organisation, threshold, least });
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(UnsoundRoot(faults)) }
    }

    /// The holder of a key, for people: `Aoki Hanako` or the short id.
    pub(crate) fn holder_name(&self, id: KeyId) -> String {
        self.holders.get(&id).map_or_else(|| id.short(), |holder| holder.name.clone())
    }

    /// The officers of one organisation in the role `root`.
    pub(crate) fn officers(&self, organisation: Organisation) -> Vec<KeyId> {
        let of_it = |id: &&KeyId| {
            self.holders.get(id).is_some_and(|holder| holder.organisation == Some(organisation))
        };
        self.root.keys.keys().filter(of_it).copied().collect()
    }

    /// Every person's key belongs to the organisation whose role it stands in; automation stands apart.
    fn check_organisations(&self, faults: &mut Vec<RootFault>) {
        let mut wrong = |id: &KeyId, role: &'static str| {
            faults.push(RootFault::WrongOrganisation { holder: self.holder_name(*id), role });
        };
        for organisation in Organisation::BOTH {
            for id in self.release.of(organisation).keys.keys() {
                if self.holders.get(id).and_then(|holder| holder.organisation) != Some(organisation) {
                    wrong(id, organisation.role());
                }
            }
        }
        for id in self.root.keys.keys() {
            if self.holders.get(id).is_none_or(|holder| holder.organisation.is_none()) {
                wrong(id, "root");
            }
        }
        for id in self.timestamp.keys.keys() {
            let holder = self.holders.get(id);
            let in_person_role = [&self.root, &self.release.kikin, &self.release.kokuho]
                .iter()
                .any(|role| role.keys.contains_key(id));
            if in_person_role || holder.is_some_and(|holder| holder.organisation.is_some()) {
                faults.push(RootFault::TimestampIsPerson { holder: self.holder_name(*id) });
            }
        }
    }

    /// With all officers of one side and fewer of the other than its release threshold, the root must not
    /// move: else it would be the weak path to a release.
    fn check_root_threshold(&self, faults: &mut Vec<RootFault>) {
        let officers = PerOrganisation::from_fn(|organisation| {
            u32::try_from(self.officers(organisation).len()).unwrap_or(u32::MAX)
        });
        for organisation in Organisation::BOTH {
            if *officers.of(organisation) == 0 {
                faults.push(RootFault::NoKeys { role: "root" });
            }
        }
        let least = least_root_threshold(
            officers,
            PerOrganisation::from_fn(|organisation| self.release.of(organisation).threshold),
        );
        if self.root.threshold < least {
            faults.push(RootFault::RootThreshold { threshold: self.root.threshold, least });
        }
    }
}

/// The least sound root threshold: all officers of the one side plus the other side's release threshold.
pub(super) fn least_root_threshold(officers: PerOrganisation<u32>, release: PerOrganisation<u32>) -> u32 {
    let against = |one: Organisation| officers.of(one).saturating_add((*release.of(one.other())).max(1));
    against(Organisation::Kikin).max(against(Organisation::Kokuho))
}

/// A name as far as it tells people apart: spaces, case, and the width of letters and digits do not.
fn as_one(name: &str) -> String {
    half_width(name).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// The keys with their holders; only those that are sound.
fn holders(wire: &Wire, faults: &mut Vec<RootFault>) -> BTreeMap<KeyId, Holder> {
    let mut holders = BTreeMap::new();
    let mut by_raw_key: BTreeMap<[u8; 32], String> = BTreeMap::new();
    let mut by_name: BTreeSet<(Option<Organisation>, String)> = BTreeSet::new();
    for (keyid, wire_key) in &wire.keys {
        let ed25519 = wire_key.keytype == "ed25519" && wire_key.scheme == "ed25519";
        let Some(key) = wire_key.keyval.public.parse::<PublicKey>().ok().filter(|_| ed25519) else {
            faults.push(RootFault::BadKey { keyid: keyid.clone() });
            continue;
        };
        let Some(holder) = wire.holders.get(keyid).filter(|holder| is_plain(&holder.name)) else {
            faults.push(RootFault::Holder { keyid: keyid.clone() });
            continue;
        };
        // One person would count as two (CVE-2026-6966 in tough was this).
        if let Some(other) = by_raw_key.insert(key.to_bytes(), holder.name.clone()) {
            faults.push(RootFault::SameKey { holders: format!("{other}, {}", holder.name) });
        }
        // A threshold counts people: one of them with two keys would meet one of two alone.
        if holder.organisation.is_some() && !by_name.insert((holder.organisation, as_one(&holder.name))) {
            faults.push(RootFault::SamePerson { name: holder.name.clone() });
        }
        if key.id().to_string() != *keyid {
            faults.push(RootFault::KeyId { keyid: keyid.clone() });
            continue;
        }
        holders
            .insert(key.id(), Holder { name: holder.name.clone(), organisation: holder.organisation, key });
    }
    let roles = &wire.roles;
    let used: BTreeSet<&String> = [&roles.root, &roles.targets, &roles.snapshot, &roles.timestamp]
        .iter()
        .flat_map(|role| &role.keyids)
        .collect();
    for keyid in wire.keys.keys().chain(wire.holders.keys()) {
        if !used.contains(keyid) || !wire.keys.contains_key(keyid) {
            faults.push(RootFault::Holder { keyid: keyid.clone() });
        }
    }
    holders
}

fn role(
    name: &'static str,
    wire: &WireRole,
    holders: &BTreeMap<KeyId, Holder>,
    faults: &mut Vec<RootFault>,
) -> RoleKeys {
    let mut keys = BTreeMap::new();
    for keyid in &wire.keyids {
        let found = keyid.parse().ok().map(KeyId).and_then(|id| holders.get_key_value(&id));
        match found {
            Some((id, holder)) if keys.insert(*id, holder.key).is_none() => {}
            _ => faults.push(RootFault::KeyList { role: name }),
        }
    }
    let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    if count == 0 {
        faults.push(RootFault::NoKeys { role: name });
    }
    if wire.threshold == 0 || wire.threshold > count {
        faults.push(RootFault::Threshold { role: name, threshold: wire.threshold, keys: count });
    }
    RoleKeys { keys, threshold: wire.threshold }
}
