//! Who says something of a release that needs no place in a root: whoever asks has a list of those whose word
//! counts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::keys::{KeyCard, KeyId, Signature, Signer};
use crate::limits;
use crate::metadata::ReleaseRef;
use crate::statement::dsse::{self, Envelope};
use crate::statement::in_toto::{Statement, subject};
use crate::statement::signed::StatementError;

/// Whose word counts, in the order in which they were named; no key and no name twice, or one
/// would count for two.
#[derive(Debug, Clone, Default)]
pub struct Receivers {
    cards: Vec<KeyCard>,
    by_key: BTreeMap<KeyId, usize>,
}

impl Receivers {
    /// These.
    ///
    /// # Errors
    ///
    /// The name of whoever stands there twice, or whose key does.
    pub fn of(cards: Vec<KeyCard>) -> Result<Self, String> {
        let (mut by_key, mut names) = (BTreeMap::new(), BTreeSet::new());
        for (at, card) in cards.iter().enumerate() {
            if by_key.insert(card.public.id(), at).is_some() || !names.insert(&card.name) {
                return Err(card.name.clone());
            }
        }
        Ok(Receivers { cards, by_key })
    }

    /// They, in their order.
    pub fn cards(&self) -> &[KeyCard] {
        &self.cards
    }

    fn by(&self, key: KeyId) -> Option<&KeyCard> {
        self.by_key.get(&key).map(|at| &self.cards[*at])
    }

    /// What one of them signed of a release, as a predicate of `predicate_type`; none when none of them did.
    pub(super) fn verify<P: DeserializeOwned>(
        &self,
        bytes: &[u8],
        predicate_type: &str,
    ) -> Option<(ReleaseRef, P, &KeyCard)> {
        if bytes.len() as u64 > limits::STATEMENT_BYTES {
            return None;
        }
        let envelope = Envelope::read(bytes)?;
        let card = self.by(envelope.by)?;
        if !envelope.holds(&card.public) {
            return None;
        }
        let statement: Statement<P> = Statement::read(&envelope.payload)?;
        let release = statement.release()?;
        (statement.predicate_type == predicate_type).then_some((release, statement.predicate, card))
    }
}

/// `predicate`, said of `release`: a DSSE envelope around an in-toto statement.
///
/// # Errors
///
/// [`StatementError::Signer`].
pub(super) fn sign_of<P: Serialize>(
    release: ReleaseRef,
    predicate_type: &str,
    predicate: P,
    signer: &dyn Signer,
) -> Result<Vec<u8>, StatementError> {
    let ((name, sha256), predicate_type) = (subject(release), predicate_type.to_owned());
    let payload = Statement { name, sha256, predicate_type, predicate }.to_bytes();
    let signature = Signature::over(&dsse::message(&payload), signer).map_err(StatementError::Signer)?;
    Ok(dsse::write(&payload, &signature))
}
