//! Signatures of every scheme that repositories use, and the digests of targets.

use graviola::hashing;
use graviola::signing::{ecdsa, eddsa, rsa};
use sha2::{Digest, Sha256, Sha384, Sha512};
use sigstore_crypto::provider::{CryptoProvider, HashContext, install_default_provider};
use sigstore_crypto::{Error, Result, SigningScheme};
use sigstore_tuf::TargetFile;
use sigstore_types::HashAlgorithm;

/// Hands the core its cryptography.
pub(crate) fn install() {
    let _ = install_default_provider(&Provider);
}

/// Whether `bytes` are the target that the metadata names.
pub(crate) fn is(target: &TargetFile, bytes: &[u8]) -> bool {
    let holds = |(name, expected): (&String, &String)| match name.as_str() {
        "sha256" => Some(hex(&Sha256::digest(bytes)) == *expected),
        "sha512" => Some(hex(&Sha512::digest(bytes)) == *expected),
        _ => None,
    };
    let known: Vec<bool> = target.hashes.iter().filter_map(holds).collect();
    bytes.len() as u64 == target.length && !known.is_empty() && known.into_iter().all(|holds| holds)
}

/// The digest by which a target's file is called in a repository with consistent snapshots.
pub(crate) fn preferred(target: &TargetFile) -> std::result::Result<&str, &'static str> {
    let first = ["sha256", "sha512"].iter().find_map(|name| target.hashes.get(*name));
    first.or_else(|| target.hashes.values().next()).map(String::as_str).ok_or("a target without a digest")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Debug)]
struct Provider;

impl CryptoProvider for Provider {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>> {
        match algorithm {
            HashAlgorithm::Sha2256 => Ok(Box::new(Context(Sha256::new()))),
            HashAlgorithm::Sha2384 => Ok(Box::new(Context(Sha384::new()))),
            HashAlgorithm::Sha2512 => Ok(Box::new(Context(Sha512::new()))),
            other => Err(Error::UnsupportedAlgorithm(format!("{other:?}"))),
        }
    }

    fn verify_raw(&self, scheme: SigningScheme, key: &[u8], data: &[u8], signature: &[u8]) -> Result<()> {
        let rsa = || rsa::VerifyingKey::from_pkcs1_der(key);
        let holds = match scheme {
            SigningScheme::Ed25519 => {
                eddsa::Ed25519VerifyingKey::from_bytes(key).and_then(|key| key.verify(signature, data))
            }
            SigningScheme::EcdsaP256Sha256 => ecdsa::VerifyingKey::<ecdsa::P256>::from_x962_uncompressed(key)
                .and_then(|key| key.verify_asn1::<hashing::Sha256>(&[data], signature)),
            SigningScheme::EcdsaP384Sha384 => ecdsa::VerifyingKey::<ecdsa::P384>::from_x962_uncompressed(key)
                .and_then(|key| key.verify_asn1::<hashing::Sha384>(&[data], signature)),
            SigningScheme::RsaPssSha256 => rsa().and_then(|key| key.verify_pss_sha256(signature, data)),
            SigningScheme::RsaPssSha384 => rsa().and_then(|key| key.verify_pss_sha384(signature, data)),
            SigningScheme::RsaPssSha512 => rsa().and_then(|key| key.verify_pss_sha512(signature, data)),
            other => return Err(Error::UnsupportedAlgorithm(format!("{other:?}"))),
        };
        holds.map_err(|_| Error::Verification("the signature does not hold".into()))
    }

    fn verify_prehashed(&self, scheme: SigningScheme, _: &[u8], _: &[u8], _: &[u8]) -> Result<()> {
        Err(Error::UnsupportedAlgorithm(format!("{scheme:?} over a digest")))
    }
}

struct Context<D>(D);

impl<D: Digest + Send> HashContext for Context<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}
