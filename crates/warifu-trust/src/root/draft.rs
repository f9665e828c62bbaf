//! A root on its way through several hands, and the root that has all the signatures it needs.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::envelope::{Envelope, Tally};
use crate::error::spoken_error;
use crate::keys::PublicKey;
use crate::limits;
use crate::organisation::{Organisation, PerOrganisation};
use crate::refusal::Refusal;
use crate::root::table::RoleTable;
use crate::secret::SecretKey;
use crate::time::UnixSeconds;

/// A sound root that is being signed, by any officer on any machine in any order: read the file, sign, write it.
#[derive(Debug, Clone)]
pub struct RootDraft {
    envelope: Envelope,
    table: RoleTable,
}

/// A root signed by its own officers, and by the previous root's when it was made to follow one.
#[derive(Debug, Clone)]
pub struct SignedRoot {
    bytes: Vec<u8>,
    table: RoleTable,
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
}

impl RootSummary {
    fn of(table: &RoleTable) -> Self {
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

impl RootDraft {
    pub(super) fn of(envelope: Envelope, table: RoleTable) -> Self {
        RootDraft { envelope, table }
    }

    /// Reads a draft that another officer may have signed already.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooLong`], [`Refusal::Malformed`] or [`Refusal::UnsoundRoot`].
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let (envelope, table) = read(bytes)?;
        Ok(RootDraft { envelope, table })
    }

    /// The draft's file; the same bytes whoever signed first.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.envelope.to_bytes()
    }

    /// What the draft says, to be shown before signing.
    pub fn summary(&self) -> RootSummary {
        RootSummary::of(&self.table)
    }

    /// Signs as an officer of this table or of `previous`. Signing twice changes nothing.
    ///
    /// # Errors
    ///
    /// [`RootSignError::NotAnOfficer`], [`RootSignError::NotTheNext`].
    pub fn sign(&mut self, key: &SecretKey, previous: Option<&SignedRoot>) -> Result<(), RootSignError> {
        self.check_follows(previous)?;
        let id = key.public().id();
        let known = |table: &RoleTable| table.root.keys.contains_key(&id);
        if !known(&self.table) && !previous.is_some_and(|previous| known(&previous.table)) {
            return Err(RootSignError::NotAnOfficer { key: id.short() });
        }
        self.envelope.sign(key);
        Ok(())
    }

    /// How many of this table's officers signed, and how many of `previous`'s.
    pub fn tally(&self, previous: Option<&SignedRoot>) -> (Tally, Option<Tally>) {
        let own = self.envelope.tally(&self.table.root);
        (own, previous.map(|previous| self.envelope.tally(&previous.table.root)))
    }

    /// The finished root. Signatures that are of neither table are taken off.
    ///
    /// # Errors
    ///
    /// [`RootSignError::NotEnough`] with the tallies; [`RootSignError::NotTheNext`].
    pub fn finish(&self, previous: Option<&SignedRoot>) -> Result<SignedRoot, RootSignError> {
        self.check_follows(previous)?;
        let (own, old) = self.tally(previous);
        if !own.holds() || old.is_some_and(|old| !old.holds()) {
            return Err(RootSignError::NotEnough { own, previous: old });
        }
        let mut envelope = self.envelope.clone();
        let mut roles = vec![&self.table.root];
        roles.extend(previous.map(|previous| &previous.table.root));
        envelope.keep_signers_of(&roles);
        Ok(SignedRoot { bytes: envelope.to_bytes(), table: self.table.clone() })
    }

    fn check_follows(&self, previous: Option<&SignedRoot>) -> Result<(), RootSignError> {
        let expected = previous.map_or(1, |previous| previous.version().saturating_add(1));
        if self.table.version == expected {
            Ok(())
        } else {
            Err(RootSignError::NotTheNext { version: self.table.version, expected })
        }
    }
}

impl SignedRoot {
    /// Reads a root that is taken as the start of trust: pinned at installation, checked by eye and digest.
    /// It must be sound and hold its own officers' signatures.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooLong`], [`Refusal::Malformed`], [`Refusal::UnsoundRoot`], [`Refusal::RootSignatures`].
    pub fn pinned(bytes: &[u8]) -> Result<Self, Refusal> {
        let (envelope, table) = read(bytes)?;
        let own = envelope.tally(&table.root);
        if own.holds() {
            Ok(SignedRoot { bytes: bytes.to_vec(), table })
        } else {
            Err(Refusal::RootSignatures { version: table.version, own, previous: None })
        }
    }

    /// Reads the root that follows this one, signed by enough officers of both tables.
    ///
    /// # Errors
    ///
    /// As [`SignedRoot::pinned`], and [`Refusal::RootVersion`].
    pub fn followed_by(&self, bytes: &[u8]) -> Result<Self, Refusal> {
        let (envelope, table) = read(bytes)?;
        let expected = self.version().saturating_add(1);
        if table.version != expected {
            return Err(Refusal::RootVersion { expected, found: table.version });
        }
        let (own, previous) = (envelope.tally(&table.root), envelope.tally(&self.table.root));
        if own.holds() && previous.holds() {
            Ok(SignedRoot { bytes: bytes.to_vec(), table })
        } else {
            Err(Refusal::RootSignatures { version: table.version, own, previous: Some(previous) })
        }
    }

    /// The file's bytes as they were read or finished.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The version, from 1.
    pub fn version(&self) -> u64 {
        self.table.version
    }

    /// For which organisation `key` signs releases, if for any.
    pub fn release_signer(&self, key: &PublicKey) -> Option<Organisation> {
        let id = key.id();
        Organisation::BOTH.into_iter().find(|side| self.table.release.of(*side).keys.contains_key(&id))
    }

    /// What it says, for people.
    pub fn summary(&self) -> RootSummary {
        RootSummary::of(&self.table)
    }

    /// Whether `other` says the same, whoever signed it.
    pub(crate) fn same_content(&self, other: &SignedRoot) -> bool {
        self.table == other.table
    }

    pub(crate) fn table(&self) -> &RoleTable {
        &self.table
    }
}

fn read(bytes: &[u8]) -> Result<(Envelope, RoleTable), Refusal> {
    let file = || "root.json".to_owned();
    if bytes.len() as u64 > limits::ROOT_BYTES {
        return Err(Refusal::TooLong { file: file(), limit_bytes: limits::ROOT_BYTES });
    }
    let envelope = Envelope::parse(bytes).map_err(|what| Refusal::Malformed { file: file(), what })?;
    let table = RoleTable::read(&envelope.signed).map_err(Refusal::UnsoundRoot)?;
    Ok((envelope, table))
}

/// Why a root draft could not be signed or finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootSignError {
    /// The key is no officer's of this root or the previous one.
    NotAnOfficer {
        /// The key's short id.
        key: String,
    },
    /// The draft does not follow the root that it was given to follow.
    NotTheNext {
        /// The draft's version.
        version: u64,
        /// The version that would follow.
        expected: u64,
    },
    /// Signatures are missing.
    NotEnough {
        /// Of this table's officers.
        own: Tally,
        /// Of the previous table's officers.
        previous: Option<Tally>,
    },
}

impl Speak for RootSignError {
    fn say(&self, lang: Lang) -> String {
        match self {
            RootSignError::NotAnOfficer { key } => say!(
                lang,
                "the key {key} is not a root officer's; sign with a key that the root lists",
                "鍵 {key} は root の責任者のものではありません。root に載っている鍵で署名してください"
            ),
            RootSignError::NotTheNext { version, expected } => say!(
                lang,
                "this root has version {version}, but version {expected} comes next; draft it again from the newest root",
                "この root の版は {version} ですが、次は {expected} です。最新の root から作り直してください"
            ),
            RootSignError::NotEnough { own, previous: None } => say!(
                lang,
                "the root is signed by {own} officers; pass the draft on to the others",
                "root の署名が不足しています({own})。他の責任者に回してください"
            ),
            RootSignError::NotEnough { own, previous: Some(previous) } => say!(
                lang,
                "the root is signed by {own} new officers and {previous} of the previous root; pass the draft on to the others",
                "root の署名が不足しています(新 {own}、旧 {previous})。他の責任者に回してください"
            ),
        }
    }
}

spoken_error!(RootSignError, |error| matches!(error, RootSignError::NotEnough { .. }), |_| None);
