//! Builds the first root and each next one.

use std::collections::BTreeMap;

use crate::keys::KeyCard;
use crate::metadata::{Envelope, SPEC_VERSION};
use crate::organisation::{Organisation, PerOrganisation};
use crate::root::draft::RootDraft;
use crate::root::signed::SignedRoot;
use crate::root::table::{RoleTable, least_root_threshold};
use crate::root::wire::{Wire, WireHolder, WireKey, WireKeyValue, WireRole, WireRoles};
use crate::time::UnixSeconds;
use crate::unsound::{RootFault, UnsoundRoot};

/// Collects who signs what; refuses unsound tables when asked for the root.
///
/// ```
/// # use warifu_trust::*;
/// # let card = |seed, organisation, name: &str| KeyCard {
/// #     organisation, name: name.into(), public: SecretKey::from_seed(&[seed; 32]).public() };
/// # let (kikin, kokuho) = (Some(Organisation::Kikin), Some(Organisation::Kokuho));
/// let draft = RootBuilder::new(UnixSeconds::new(1_800_000_000))
///     .release_signers(Organisation::Kikin, 1, vec![card(1, kikin, "Aoki"), card(2, kikin, "Abe")])
///     .release_signers(Organisation::Kokuho, 1, vec![card(3, kokuho, "Baba"), card(4, kokuho, "Bito")])
///     .timestamp(vec![card(5, None, "release server")])
///     .first()?;
/// assert_eq!(draft.summary().root_threshold, 3);
/// # Ok::<(), UnsoundRoot>(())
/// ```
#[derive(Debug, Clone)]
pub struct RootBuilder {
    expires: UnixSeconds,
    release: PerOrganisation<(u32, Vec<KeyCard>)>,
    officers: PerOrganisation<Option<Vec<KeyCard>>>,
    root_threshold: Option<u32>,
    timestamp: Vec<KeyCard>,
}

impl RootBuilder {
    /// A table without anyone in it, valid until `expires` (two years ahead is usual).
    pub fn new(expires: UnixSeconds) -> Self {
        RootBuilder {
            expires,
            release: PerOrganisation::default(),
            officers: PerOrganisation::default(),
            root_threshold: None,
            timestamp: Vec::new(),
        }
    }

    /// Who signs releases for `organisation`, and how many of them it takes.
    #[must_use]
    pub fn release_signers(
        mut self,
        organisation: Organisation,
        threshold: u32,
        cards: Vec<KeyCard>,
    ) -> Self {
        *self.release.of_mut(organisation) = (threshold, cards);
        self
    }

    /// Who changes the root for `organisation`; without this call, its release signers do.
    #[must_use]
    pub fn root_officers(mut self, organisation: Organisation, cards: Vec<KeyCard>) -> Self {
        *self.officers.of_mut(organisation) = Some(cards);
        self
    }

    /// How many officers it takes to change the root; without this call, the least sound number:
    /// all officers of the one side plus the release threshold of the other.
    #[must_use]
    pub fn root_threshold(mut self, threshold: u32) -> Self {
        self.root_threshold = Some(threshold);
        self
    }

    /// The automation keys that publish; any one of them does.
    #[must_use]
    pub fn timestamp(mut self, cards: Vec<KeyCard>) -> Self {
        self.timestamp = cards;
        self
    }

    /// Version 1, to be pinned at every node.
    ///
    /// # Errors
    ///
    /// [`UnsoundRoot`] with every broken rule.
    pub fn first(&self) -> Result<RootDraft, UnsoundRoot> {
        self.build(1)
    }

    /// The version after `previous`; it needs the signatures of both tables' officers (TUF 1.0, section 6.1).
    ///
    /// # Errors
    ///
    /// [`UnsoundRoot`] with every broken rule.
    pub fn after(&self, previous: &SignedRoot) -> Result<RootDraft, UnsoundRoot> {
        self.build(previous.version().saturating_add(1))
    }

    fn build(&self, version: u64) -> Result<RootDraft, UnsoundRoot> {
        let officers = PerOrganisation::from_fn(|organisation| {
            self.officers.of(organisation).as_ref().unwrap_or(&self.release.of(organisation).1)
        });
        let mut book = Book::default();
        let root: Vec<String> = Organisation::BOTH
            .iter()
            .flat_map(|organisation| officers.of(*organisation).iter())
            .map(|card| book.enter(card))
            .collect();
        let roles = WireRoles {
            root: WireRole {
                threshold: self.root_threshold.unwrap_or_else(|| {
                    least_root_threshold(
                        PerOrganisation::from_fn(|organisation| {
                            u32::try_from(officers.of(organisation).len()).unwrap_or(u32::MAX)
                        }),
                        PerOrganisation::from_fn(|organisation| self.release.of(organisation).0),
                    )
                }),
                keyids: root,
            },
            targets: book.role(self.release.kikin.0, &self.release.kikin.1),
            snapshot: book.role(self.release.kokuho.0, &self.release.kokuho.1),
            timestamp: book.role(1, &self.timestamp),
        };
        let wire = Wire {
            type_: "root".into(),
            spec_version: SPEC_VERSION.into(),
            version,
            expires: self.expires,
            consistent_snapshot: true,
            keys: book.keys,
            roles,
            holders: book.holders,
        };
        let mut faults = book.faults;
        let table = match RoleTable::check(&wire) {
            Ok(table) if faults.is_empty() => table,
            Ok(_) => return Err(UnsoundRoot(faults)),
            Err(UnsoundRoot(more)) => {
                faults.extend(more);
                return Err(UnsoundRoot(faults));
            }
        };
        let unwritable = |what: &str| UnsoundRoot(vec![RootFault::Shape(what.into())]);
        let signed = serde_json::to_value(&wire).map_err(|error| unwritable(&error.to_string()))?;
        let envelope = Envelope::unsigned(signed).ok_or_else(|| unwritable("no canonical form"))?;
        Ok(RootDraft::of(envelope, table))
    }
}

/// The keys entered so far, and what cannot be seen any more once they are in a map.
#[derive(Default)]
struct Book {
    keys: BTreeMap<String, WireKey>,
    holders: BTreeMap<String, WireHolder>,
    faults: Vec<RootFault>,
}

impl Book {
    fn role(&mut self, threshold: u32, cards: &[KeyCard]) -> WireRole {
        WireRole { threshold, keyids: cards.iter().map(|card| self.enter(card)).collect() }
    }

    /// Enters a card and gives its key id. The same person's key may stand in `root` and in its
    /// organisation's release role; under another name or organisation it is a fault.
    fn enter(&mut self, card: &KeyCard) -> String {
        let id = card.public.id().to_string();
        let holder = WireHolder { name: card.name.clone(), organisation: card.organisation };
        if let Some(other) = self.holders.get(&id)
            && (other.name != holder.name || other.organisation != holder.organisation)
        {
            self.faults.push(RootFault::SameKey { holders: format!("{}, {}", other.name, holder.name) });
        }
        let key = WireKey {
            keytype: "ed25519".into(),
            scheme: "ed25519".into(),
            keyval: WireKeyValue { public: card.public.to_string() },
        };
        self.keys.insert(id.clone(), key);
        self.holders.insert(id.clone(), holder);
        id
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::lang::{Lang, Speak as _};

    use super::*;
    use crate::root::changes::RootChange;
    use crate::root::summary::RootPower;
    use crate::testing::{World, cards, key, now};

    #[test]
    fn one_person_with_two_keys_does_not_meet_a_threshold_of_two() {
        let world = World::new();
        for other in ["Aoki Hanako", "aoki  hanako", "Aoki\u{3000}Hanako", "ａｏｋｉ　ｈａｎａｋｏ"]
        {
            let mut kikin = cards(Some(Organisation::Kikin), &[1, 2].map(key));
            kikin[0].name = "Aoki Hanako".into();
            kikin[1].name = other.into();
            let kokuho = cards(Some(Organisation::Kokuho), &world.kokuho);
            let root = RootBuilder::new(now().plus_days(30))
                .release_signers(Organisation::Kikin, 2, kikin)
                .release_signers(Organisation::Kokuho, 1, kokuho)
                .timestamp(cards(None, std::slice::from_ref(&world.timestamp)));
            let UnsoundRoot(faults) = root.first().unwrap_err();
            assert!(matches!(&faults[..], [RootFault::SamePerson { .. }]), "{faults:?}");
        }
    }

    #[test]
    fn what_a_root_takes_away_or_makes_easier_comes_first() {
        let world = World::new();
        let before = world.root.summary();
        let (one, two) = (Organisation::Kikin, Organisation::Kokuho);
        let next = RootBuilder::new(now().plus_days(900))
            .release_signers(one, 1, cards(Some(one), &[2, 3, 4].map(key)))
            .release_signers(two, 1, cards(Some(two), &world.kokuho))
            .timestamp(cards(None, std::slice::from_ref(&world.timestamp)))
            .after(&world.root)
            .unwrap();
        let changes = next.summary().changes_from(&before);
        let gone = key(1).public().id().read_out();
        assert_eq!(gone.split(' ').map(str::len).collect::<Vec<_>>(), [4; 8]);
        let words: Vec<_> = changes.iter().map(|change| change.say(Lang::En)).collect();
        assert!(words[0].starts_with("REMOVED from changes of the root: kikin "), "{words:?}");
        assert!(words[0].contains(&gone) && words[1].contains(&gone), "{words:?}");
        let lowered = RootChange::Lowered { power: RootPower::SignForKikin, from: 2, to: 1 };
        assert!(changes[2..4].contains(&lowered), "{words:?}");
        assert!(matches!(changes.last(), Some(RootChange::Expires { .. })));
        assert_eq!(before.changes_from(&before), []);
        assert_eq!(next.signers(None), Vec::<String>::new());
    }
}
