//! Hands sigstore-tuf its cryptography: Ed25519 by the strict rule and SHA-2, nothing else.

use std::sync::Once;

use sha2::Digest as _;
use sigstore_crypto::provider::{CryptoProvider, HashContext, install_default_provider};
use sigstore_crypto::{Error, Result, SigningScheme};
use sigstore_types::HashAlgorithm;

use crate::keys::PublicKey;

/// Installs the provider, once per process. Every entry into sigstore-tuf here comes after it.
///
/// When another part of the program installed its own first, that one stays for sigstore-tuf; no signature is
/// believed on its word alone, because the envelope verifies each one strictly as well.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let _ = install_default_provider(&Provider);
    });
}

#[derive(Debug)]
struct Provider;

impl CryptoProvider for Provider {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>> {
        match algorithm {
            HashAlgorithm::Sha2256 => Ok(Box::new(Context(sha2::Sha256::new()))),
            HashAlgorithm::Sha2384 => Ok(Box::new(Context(sha2::Sha384::new()))),
            HashAlgorithm::Sha2512 => Ok(Box::new(Context(sha2::Sha512::new()))),
            other => Err(Error::UnsupportedAlgorithm(format!("{other:?}"))),
        }
    }

    fn verify_raw(&self, scheme: SigningScheme, key: &[u8], data: &[u8], signature: &[u8]) -> Result<()> {
        if !matches!(scheme, SigningScheme::Ed25519) {
            return Err(Error::UnsupportedAlgorithm(format!("{scheme:?}; only Ed25519 is accepted")));
        }
        let bytes = key.try_into().map_err(|_| Error::InvalidKey("not 32 bytes".into()))?;
        let key = PublicKey::from_bytes(bytes).map_err(|error| Error::InvalidKey(error.to_string()))?;
        if key.verifies(data, signature) {
            Ok(())
        } else {
            Err(Error::Verification("the Ed25519 signature does not hold".into()))
        }
    }

    fn verify_prehashed(&self, scheme: SigningScheme, _: &[u8], _: &[u8], _: &[u8]) -> Result<()> {
        Err(Error::UnsupportedAlgorithm(format!("{scheme:?} over a digest")))
    }
}

struct Context<D>(D);

impl<D: sha2::Digest + Send> HashContext for Context<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}
