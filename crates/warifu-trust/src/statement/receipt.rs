//! Receipts (受領書): a receiver says which release it took, when, and what came of it.

use serde::{Deserialize, Serialize};
use warifu_values::text::is_plain;

use crate::keys::{KeyCard, Signer};
use crate::metadata::ReleaseRef;
use crate::statement::receiver::{Receivers, sign_of};
use crate::statement::signed::StatementError;
use crate::time::UnixSeconds;

/// What came of taking a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Received {
    /// Every byte is what both organisations signed.
    Verified,
    /// It was not taken, and why.
    Refused(String),
}

/// A receipt: it adds nothing and takes nothing away, so any key may make one; whose key counts, a list of
/// receivers says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The receiver, as it calls itself.
    pub receiver: String,
    /// The release.
    pub release: ReleaseRef,
    /// When, by the receiver's clock.
    pub at: UnixSeconds,
    /// What came of it.
    pub received: Received,
}

const RECEIPT: &str = "urn:warifu:receipt:1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Predicate {
    receiver: String,
    at: UnixSeconds,
    received: Received,
}

impl Receipt {
    /// The receipt's file: a DSSE envelope around an in-toto statement.
    ///
    /// # Errors
    ///
    /// [`StatementError::Reason`]: a text is blank, too long or hides something; [`StatementError::Signer`].
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, StatementError> {
        if !self.is_sound() {
            return Err(StatementError::Reason);
        }
        let Receipt { receiver, release, at, received } = self.clone();
        sign_of(release, RECEIPT, Predicate { receiver, at, received }, signer)
    }

    /// Reads a file that one of `receivers` signed, and which of them; none when nobody of them did.
    pub fn verify<'a>(bytes: &[u8], receivers: &'a Receivers) -> Option<(Receipt, &'a KeyCard)> {
        let (release, predicate, card): (_, Predicate, _) = receivers.verify(bytes, RECEIPT)?;
        let Predicate { receiver, at, received } = predicate;
        let receipt = Receipt { receiver, release, at, received };
        receipt.is_sound().then_some((receipt, card))
    }

    fn is_sound(&self) -> bool {
        let why = match &self.received {
            Received::Verified => None,
            Received::Refused(why) => Some(why),
        };
        is_plain(&self.receiver) && why.is_none_or(|why| is_plain(why))
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::digest::Digest;

    use super::*;
    use crate::keys::SecretKey;

    #[test]
    fn a_receipt_is_its_signers_and_of_one_release() {
        let key = SecretKey::from_seed(&[7; 32]);
        let card = KeyCard { organisation: None, name: "site".into(), public: key.public() };
        let other = KeyCard { public: SecretKey::from_seed(&[8; 32]).public(), ..card.clone() };
        for received in [Received::Verified, Received::Refused("期限切れ".into())] {
            let release = ReleaseRef { release: 3, manifest: Digest::of(b"m") };
            let receipt =
                Receipt { receiver: "東京".into(), release, at: UnixSeconds::new(1_780_000_000), received };
            let bytes = receipt.sign(&key).unwrap();
            let twice = Receivers::of(vec![card.clone(), KeyCard { name: "other".into(), ..card.clone() }]);
            assert_eq!(twice.unwrap_err(), "other");
            assert!(Receivers::of(vec![other.clone(), card.clone()]).is_err(), "one name");
            let other = KeyCard { name: "other".into(), ..other.clone() };
            let cards = Receivers::of(vec![other.clone(), card.clone()]).unwrap();
            assert_eq!(Receipt::verify(&bytes, &cards), Some((receipt.clone(), &cards.cards()[1])));
            assert_eq!(Receipt::verify(&bytes, &Receivers::of(vec![other]).unwrap()), None);
            let text = String::from_utf8(bytes).unwrap();
            // Another payload under the same signature.
            let (start, end) =
                (text.find("\"payload\":\"").unwrap() + 11, text.find("\",\"payloadType").unwrap());
            let forged = Receipt { receiver: "大阪".into(), ..receipt }.sign(&key).unwrap();
            let forged = String::from_utf8(forged).unwrap();
            let (from, to) =
                (forged.find("\"payload\":\"").unwrap() + 11, forged.find("\",\"payloadType").unwrap());
            let mixed = format!("{}{}{}", &text[..start], &forged[from..to], &text[end..]);
            assert_eq!(Receipt::verify(mixed.as_bytes(), &cards), None);
        }
    }
}
