//! A root that has all the signatures it needs.

use crate::keys::KeyId;
use crate::keys::PublicKey;
use crate::metadata::Envelope;
use crate::organisation::Organisation;
use crate::refusal::Refusal;
use crate::root::file::read;
use crate::root::summary::RootSummary;
use crate::root::table::RoleTable;

/// A root signed by its own officers, and by the previous root's when it was made to follow one.
#[derive(Debug, Clone)]
pub struct SignedRoot {
    bytes: Vec<u8>,
    table: RoleTable,
}

impl SignedRoot {
    pub(super) fn of(envelope: &Envelope, table: RoleTable) -> Self {
        SignedRoot { bytes: envelope.to_bytes(), table }
    }

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

    /// Whose key it is.
    pub fn holder(&self, key: KeyId) -> Option<String> {
        self.table.holders.get(&key).map(|holder| holder.name.clone())
    }

    /// The ids of all keys in it.
    pub fn key_ids(&self) -> Vec<KeyId> {
        self.table.holders.keys().copied().collect()
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
