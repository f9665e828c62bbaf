//! A root on its way through several hands.

use std::collections::BTreeSet;

use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::keys::{Signer, SignerError};
use crate::metadata::Envelope;
use crate::refusal::Refusal;
use crate::root::file::read;
use crate::root::signed::SignedRoot;
use crate::root::summary::RootSummary;
use crate::root::table::RoleTable;
use crate::tally::Tally;

/// A sound root that is being signed, by any officer on any machine in any order: read the file, sign, write
/// it.
#[derive(Debug, Clone)]
pub struct RootDraft {
    envelope: Envelope,
    table: RoleTable,
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

    /// The digest of what is signed, the same whoever has signed already: to be compared by voice.
    pub fn digest(&self) -> Digest {
        self.envelope.digest()
    }

    /// Who has signed it of this table's officers and of `previous`'s, by name.
    pub fn signers(&self, previous: Option<&SignedRoot>) -> Vec<String> {
        let tables = [Some(&self.table), previous.map(SignedRoot::table)];
        let names = tables
            .into_iter()
            .flatten()
            .flat_map(|table| self.envelope.signers(&table.root).into_iter().map(|id| table.holder_name(id)));
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What the draft says, to be shown before signing.
    pub fn summary(&self) -> RootSummary {
        RootSummary::of(&self.table)
    }

    /// Signs as an officer of this table or of `previous`. Signing twice changes nothing.
    ///
    /// # Errors
    ///
    /// [`RootSignError::NotAnOfficer`], [`RootSignError::AfterWhich`], [`RootSignError::NotTheNext`],
    /// [`RootSignError::Signer`].
    pub fn sign(&mut self, signer: &dyn Signer, previous: Option<&SignedRoot>) -> Result<(), RootSignError> {
        self.check_follows(previous)?;
        let id = signer.public().id();
        let known = |table: &RoleTable| table.root.keys.contains_key(&id);
        if !known(&self.table) && !previous.is_some_and(|previous| known(previous.table())) {
            return Err(RootSignError::NotAnOfficer { key: id.short() });
        }
        self.envelope.sign(signer).map_err(RootSignError::Signer)
    }

    /// How many of this table's officers signed, and how many of `previous`'s.
    pub fn tally(&self, previous: Option<&SignedRoot>) -> (Tally, Option<Tally>) {
        let own = self.envelope.tally(&self.table.root);
        (own, previous.map(|previous| self.envelope.tally(&previous.table().root)))
    }

    /// The finished root. Signatures that are of neither table are taken off.
    ///
    /// # Errors
    ///
    /// [`RootSignError::NotEnough`] with the tallies; [`RootSignError::AfterWhich`],
    /// [`RootSignError::NotTheNext`].
    pub fn finish(&self, previous: Option<&SignedRoot>) -> Result<SignedRoot, RootSignError> {
        self.check_follows(previous)?;
        let (own, old) = self.tally(previous);
        if !own.holds() || old.is_some_and(|old| !old.holds()) {
            return Err(RootSignError::NotEnough { own, previous: old });
        }
        let mut envelope = self.envelope.clone();
        let mut roles = vec![&self.table.root];
        roles.extend(previous.map(|previous| &previous.table().root));
        envelope.keep_signers_of(&roles);
        Ok(SignedRoot::of(&envelope, self.table.clone()))
    }

    fn check_follows(&self, previous: Option<&SignedRoot>) -> Result<(), RootSignError> {
        let expected = previous.map_or(1, |previous| previous.version().saturating_add(1));
        match (self.table.version, previous) {
            (version, _) if version == expected => Ok(()),
            (version, None) => Err(RootSignError::AfterWhich { version }),
            (version, Some(_)) => Err(RootSignError::NotTheNext { version, expected }),
        }
    }
}

/// Why a root draft could not be signed or finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootSignError {
    /// The key is no officer's of this root or the previous one.
    NotAnOfficer {
        /// The key's short id.
        key: String,
    },
    /// The draft follows a root, and none was given.
    AfterWhich {
        /// The draft's version.
        version: u64,
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
    /// The signer gave no signature.
    Signer(SignerError),
}

impl Speak for RootSignError {
    fn say(&self, lang: Lang) -> String {
        match self {
            RootSignError::NotAnOfficer { key } => say!(
                lang,
                "the key {key} is not a root officer's; sign with a key that the root lists",
                "鍵 {key} はルートの責任者のものではありません。ルートに載っている鍵で署名してください"
            ),
            RootSignError::AfterWhich { version } => {
                let before = version.saturating_sub(1);
                say!(
                    lang,
                    "this root has version {version} and replaces version {before}: name that \
                     one with --after",
                    "このルートは第{version}版で、第{before}版を置き換えるものです。第{before}版を --after で指定してください"
                )
            }
            RootSignError::NotTheNext { version, expected } => say!(
                lang,
                "this root has version {version}, but version {expected} comes next; draft it again from the \
                 newest root",
                "このルートの版は {version} ですが、次は {expected} です。最新のルートから作り直してください"
            ),
            RootSignError::NotEnough { own, previous: None } => say!(
                lang,
                "the root is signed by {} officers; pass the draft on to the others",
                "ルートの署名が不足しています（{}）。他の責任者に回してください",
                own.say(lang)
            ),
            RootSignError::NotEnough { own, previous: Some(previous) } => say!(
                lang,
                "the root is signed by {} new officers and {} of the previous root; pass the draft on to the \
                 others",
                "ルートの署名が不足しています（新 {}、旧 {}）。他の責任者に回してください",
                own.say(lang),
                previous.say(lang)
            ),
            RootSignError::Signer(error) => error.say(lang),
        }
    }
}

spoken_error!(RootSignError, |error| matches!(error, RootSignError::NotEnough { .. }), |_| None);
