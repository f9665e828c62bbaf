//! Whatever signs: a key in memory, or a token that never gives its key away.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::keys::public::PublicKey;

/// Something that holds an Ed25519 key and signs with it. It is not believed: each signature is verified
/// under [`Signer::public`] before it is used.
pub trait Signer {
    /// The public half of the key that signs.
    fn public(&self) -> PublicKey;

    /// The Ed25519 signature over `message`.
    ///
    /// # Errors
    ///
    /// [`SignerError::failed`] with what kept it from signing: a token that is not there, a PIN refused.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError>;
}

/// Why a signer gave no signature that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerError {
    /// It did not sign; why, in its own words.
    Failed {
        /// In English.
        en: String,
        /// 日本語.
        ja: String,
    },
    /// What it gave does not hold under its own public key.
    DoesNotHold {
        /// The key's short id.
        key: String,
    },
}

impl SignerError {
    /// It did not sign, for this reason.
    pub fn failed(reason: &dyn Speak) -> Self {
        SignerError::Failed { en: reason.say(Lang::En), ja: reason.say(Lang::Ja) }
    }
}

impl Speak for SignerError {
    fn say(&self, lang: Lang) -> String {
        match self {
            SignerError::Failed { en, ja } => {
                say!(lang, "nothing was signed: {en}", "署名できませんでした: {ja}")
            }
            SignerError::DoesNotHold { key } => say!(
                lang,
                "what the holder of the key {key} gave is not its signature; nothing was signed, check the \
                 token",
                "鍵 {key} の署名装置の出力が署名として成立しません。署名していません。装置を確認してください"
            ),
        }
    }
}

spoken_error!(SignerError, |_| false, |_| None);

/// A signature that was verified under the key that is said to have made it.
pub(crate) struct Signature {
    pub(crate) by: PublicKey,
    pub(crate) bytes: [u8; 64],
}

impl Signature {
    /// Asks `signer` to sign, and verifies what it gives by the rule that every reader verifies by.
    pub(crate) fn over(message: &[u8], signer: &dyn Signer) -> Result<Self, SignerError> {
        // Asked once: a token that is exchanged meanwhile signs under the key that was asked for, or not at
        // all.
        let by = signer.public();
        let bytes = signer.sign(message)?;
        if by.verifies(message, &bytes) {
            Ok(Signature { by, bytes })
        } else {
            Err(SignerError::DoesNotHold { key: by.id().short() })
        }
    }
}

/// Has `signer` sign what means nothing anywhere, and verifies it: whether its two halves belong together is
/// known before anybody is handed the public one.
///
/// # Errors
///
/// [`SignerError`].
pub fn prove(signer: &dyn Signer) -> Result<(), SignerError> {
    // Neither metadata, which is JSON, nor a statement, which begins with DSSE's mark.
    Signature::over(b"warifu: a key is tried\n", signer).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::secret::SecretKey;

    /// Signs with one key and shows another, as a broken or exchanged token would.
    struct Exchanged(SecretKey, SecretKey);

    impl Signer for Exchanged {
        fn public(&self) -> PublicKey {
            self.0.public()
        }

        fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
            self.1.sign(message)
        }
    }

    #[test]
    fn a_signature_that_does_not_hold_is_not_used() {
        let keys = [1, 2].map(|seed| SecretKey::from_seed(&[seed; 32]));
        assert!(Signature::over(b"m", &keys[0]).is_ok());
        let [one, other] = keys;
        assert!(prove(&one).is_ok());
        let exchanged = Exchanged(one, other);
        assert!(prove(&exchanged).is_err());
        let refused = Signature::over(b"m", &exchanged).map(|_| ()).unwrap_err();
        assert!(matches!(refused, SignerError::DoesNotHold { .. }), "{refused}");
    }
}
