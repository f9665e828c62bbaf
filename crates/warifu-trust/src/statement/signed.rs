//! A statement as a file, signed by one person and verified under a root.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;
use warifu_values::text::is_plain;

use crate::error::spoken_error;
use crate::keys::{KeyId, Signature, Signer, SignerError};
use crate::metadata::Speaker;
use crate::organisation::Organisation;
use crate::root::RoleTable;
use crate::root::SignedRoot;
use crate::statement::dsse::{self, Envelope};
use crate::statement::made::Made;
use crate::statement::says::{Payload, Says};
use crate::time::UnixSeconds;

/// A statement that was signed, as it lies on a channel: a DSSE envelope around an in-toto statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementFile {
    bytes: Vec<u8>,
    made: Made,
}

/// Why nothing was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementError {
    /// The key stands for neither organisation in the newest root.
    NobodysKey {
        /// Its short id.
        key: String,
    },
    /// The key to be revoked is none of the signer's organisation.
    NotItsKey {
        /// Its short id.
        key: String,
        /// The signer's organisation.
        organisation: Organisation,
    },
    /// The reason is blank, too long or hides something.
    Reason,
    /// The signer gave no signature.
    Signer(SignerError),
}

impl Speak for StatementError {
    fn say(&self, lang: Lang) -> String {
        match self {
            StatementError::NobodysKey { key } => say!(
                lang,
                "the key {key} speaks for neither organisation in the newest root; use a release signer's \
                 or an officer's",
                "鍵 {key} は最新のルートでどちらの団体の鍵でもありません。署名担当者または責任者の鍵を使ってください"
            ),
            StatementError::NotItsKey { key, organisation } => {
                let organisation = organisation.say(lang);
                say!(
                    lang,
                    "{key} is no key of {organisation}; each organisation revokes its own keys only",
                    "{key} は{organisation}の鍵ではありません。失効できるのは自団体の鍵だけです"
                )
            }
            StatementError::Reason => say!(
                lang,
                "the reason must be text of 1 to 400 characters that all show",
                "理由は 1～400 文字で、見えない文字を含まないように書いてください"
            ),
            StatementError::Signer(error) => error.say(lang),
        }
    }
}

spoken_error!(
    StatementError,
    |error| !matches!(error, StatementError::Signer(_) | StatementError::Reason),
    |_| None
);

/// The organisation for which `key` may speak: that of a release signer or an officer.
pub(crate) fn speaks_for(table: &RoleTable, key: KeyId) -> Option<Organisation> {
    let has_say = [&table.root, &table.release.kikin, &table.release.kokuho]
        .iter()
        .any(|role| role.keys.contains_key(&key));
    table.holders.get(&key).filter(|_| has_say).and_then(|holder| holder.organisation)
}

/// The names under which the people of `organisation` speak when those under its own are used up.
pub(crate) fn speakers(root: &SignedRoot, organisation: Organisation) -> impl Iterator<Item = Speaker> {
    let table = root.table();
    let its = move |key: &&KeyId| speaks_for(table, **key) == Some(organisation);
    table.holders.keys().filter(its).map(|key| Speaker::Key(*key))
}

impl StatementFile {
    /// `signer` says this, for the organisation that the newest root lists the key under.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn sign(
        root: &SignedRoot,
        signer: &dyn Signer,
        says: Says,
        reason: &str,
        at: UnixSeconds,
    ) -> Result<Self, StatementError> {
        let key = signer.public().id();
        let table = root.table();
        let organisation =
            speaks_for(table, key).ok_or_else(|| StatementError::NobodysKey { key: key.short() })?;
        if let Says::Revoked { key } = &says
            && table.holders.get(key).and_then(|holder| holder.organisation) != Some(organisation)
        {
            return Err(StatementError::NotItsKey { key: key.short(), organisation });
        }
        if !is_plain(reason) {
            return Err(StatementError::Reason);
        }
        let payload = Payload { organisation, says, at, reason: reason.to_owned() };
        let bytes = payload.to_bytes();
        let signature = Signature::over(&dsse::message(&bytes), signer).map_err(StatementError::Signer)?;
        Ok(StatementFile { bytes: dsse::write(&bytes, &signature), made: made(payload, table, key) })
    }

    /// Reads a file that lies under the name of `speaker`; none when nobody who may speak so, and whom `root`
    /// lists, made it. What is no statement says nothing: whoever can put one there could as well have kept
    /// it back.
    pub(crate) fn verify(bytes: &[u8], speaker: Speaker, root: &SignedRoot) -> Option<Self> {
        let envelope = Envelope::read(bytes)?;
        let table = root.table();
        let holder = table.holders.get(&envelope.by)?;
        let organisation = speaks_for(table, envelope.by)?;
        let may = [Speaker::Of(organisation), Speaker::Key(envelope.by)].contains(&speaker);
        if !may || !envelope.holds(&holder.key) {
            return None;
        }
        let payload = Payload::read(&envelope.payload)?;
        let of_it = match &payload.says {
            Says::Revoked { key } => table.holders.get(key).and_then(|holder| holder.organisation),
            Says::Withdrawn { .. } | Says::Reviewed { .. } => Some(organisation),
        };
        let is_its = payload.organisation == organisation && of_it == Some(organisation);
        is_its.then(|| StatementFile { made: made(payload, table, envelope.by), bytes: bytes.to_vec() })
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it says, and who does.
    pub fn made(&self) -> &Made {
        &self.made
    }
}

fn made(payload: Payload, table: &RoleTable, key: KeyId) -> Made {
    let Payload { organisation, says, at, reason } = payload;
    Made { organisation, says, at, reason, by: table.holder_name(key), key }
}
