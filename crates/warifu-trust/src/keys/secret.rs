//! Secret keys: made, kept under a passphrase, used to sign. The only file that touches one.
//!
//! At rest: PKCS#8 in PEM, `ENCRYPTED PRIVATE KEY` (RFC 5958), PBES2 with scrypt and AES-256-CBC (RFC 8018,
//! RFC 7914), so `openssl pkey -in FILE -pubout` reads it.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::pem::PemLabel;
use pkcs8::der::{Decode, SecretDocument};
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, ObjectIdentifier, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use crate::keys::key_error::KeyError;
use crate::keys::passphrase::Passphrase;
use crate::keys::public::PublicKey;
use crate::keys::signer::{Signer, SignerError};
use crate::limits;

/// id-Ed25519 (RFC 8410, section 3).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// scrypt N = 2^14, r = 8: 16 MiB. OpenSSL 3 refuses more than 32 MiB by default; the lower N is paid back by
/// p = 5, the pairing of the OWASP password storage cheat sheet.
const SCRYPT_LOG_N: u8 = 14;
const SCRYPT_R: u32 = 8;
const SCRYPT_P: u32 = 5;

/// A file may ask for at most 2^18 x 8 x 128 bytes = 256 MiB, gone through once: above, it is an attack on
/// the reader. That takes about a second, five times what a key of this crate takes.
const MOST_SCRYPT_N: u64 = 1 << 18;
const MOST_SCRYPT_WORK: u64 = MOST_SCRYPT_N * 8;

/// The same reason, for files made elsewhere with PBKDF2: about as long.
const MOST_PBKDF2_ROUNDS: u32 = 2_000_000;

/// Less protects nothing: what OpenSSL takes by itself with either derivation.
const LEAST_PBKDF2_ROUNDS: u32 = 2_048;
const LEAST_SCRYPT_WORK: u64 = (1 << 14) * 8;

/// Whether `bytes` are a secret key in PEM, protected or not, readable or not.
pub(crate) fn is_secret_key_file(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes));
    text.trim_start().starts_with("-----BEGIN ") && text.contains("PRIVATE KEY-----")
}

/// The secret half of a key. `Debug` shows the public half; the bytes are wiped when dropped.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// [`KeyError::NoRandomness`].
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        fill_with_randomness(&mut *seed)?;
        Ok(SecretKey::from_seed(&seed))
    }

    /// The key of a seed of 32 bytes, which the caller took from good randomness. For tests, any seed does.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        SecretKey(SigningKey::from_bytes(seed))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey::of(self.0.verifying_key())
    }

    /// The key file: PEM text that opens with `passphrase`. Takes a fifth of a second on purpose.
    ///
    /// # Errors
    ///
    /// [`KeyError::NoRandomness`] or [`KeyError::Protection`].
    pub fn to_encrypted_pem(&self, passphrase: &Passphrase) -> Result<Zeroizing<String>, KeyError> {
        let (mut salt, mut iv) = ([0; 16], [0; 16]);
        fill_with_randomness(&mut salt)?;
        fill_with_randomness(&mut iv)?;
        let cost =
            scrypt::Params::new(SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P).map_err(|_| KeyError::UnusualProtection)?;
        let protection = pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv)
            .map_err(|error| KeyError::Protection(error.into()))?;

        // CurvePrivateKey ::= OCTET STRING (RFC 8410, section 7), inside PKCS#8's own OCTET STRING.
        let mut inner = Zeroizing::new(vec![0x04, 32]);
        let seed = Zeroizing::new(self.0.to_bytes());
        inner.extend_from_slice(&*seed);
        let failed = |error: pkcs8::der::Error| KeyError::Protection(error.into());
        let private_key = OctetStringRef::new(&inner).map_err(failed)?;
        let algorithm = AlgorithmIdentifierRef { oid: ED25519, parameters: None };
        let document = PrivateKeyInfoRef::new(algorithm, private_key)
            .encrypt_with_params(protection, passphrase.as_bytes())
            .map_err(KeyError::Protection)?;
        document.to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF).map_err(failed)
    }

    /// Opens a key file with its passphrase. Files that `openssl genpkey -algorithm ed25519 -aes-256-cbc`
    /// made are read too.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongPassphrase`], [`KeyError::NotEncrypted`], [`KeyError::NotASecretKeyFile`],
    /// [`KeyError::UnusualProtection`], [`KeyError::NotEd25519`].
    pub fn from_encrypted_pem(pem: &str, passphrase: &Passphrase) -> Result<Self, KeyError> {
        if pem.len() as u64 > limits::KEY_FILE_BYTES {
            return Err(KeyError::NotASecretKeyFile);
        }
        let (label, document) = SecretDocument::from_pem(pem).map_err(|_| KeyError::NotASecretKeyFile)?;
        match label {
            EncryptedPrivateKeyInfoRef::PEM_LABEL => {}
            "PRIVATE KEY" => return Err(KeyError::NotEncrypted),
            _ => return Err(KeyError::NotASecretKeyFile),
        }
        let encrypted = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes())
            .map_err(|_| KeyError::NotASecretKeyFile)?;
        check_cost(&encrypted)?;
        // Any failure from here on is a wrong passphrase as far as anyone can tell: CBC has no seal of its
        // own.
        let opened = encrypted.decrypt(passphrase.as_bytes()).map_err(|_| KeyError::WrongPassphrase)?;
        let info = PrivateKeyInfoRef::from_der(opened.as_bytes()).map_err(|_| KeyError::WrongPassphrase)?;
        if info.algorithm.oid != ED25519 {
            return Err(KeyError::NotEd25519);
        }
        let inner =
            <&OctetStringRef>::from_der(info.private_key.as_bytes()).map_err(|_| KeyError::NotEd25519)?;
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(inner.as_bytes().try_into().map_err(|_| KeyError::NotEd25519)?);
        Ok(SecretKey::from_seed(&seed))
    }
}

impl Signer for SecretKey {
    fn public(&self) -> PublicKey {
        SecretKey::public(self)
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        Ok(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {:?})", self.public())
    }
}

/// Refuses a file that would make its reader compute for minutes or hold gigabytes, and numbers that no key
/// file has: RFC 7914 wants N a power of two above 1, and the reader behind this one ends the program at 0.
fn check_cost(encrypted: &EncryptedPrivateKeyInfoRef<'_>) -> Result<(), KeyError> {
    let parameters = encrypted.encryption_algorithm.pbes2().ok_or(KeyError::UnusualProtection)?;
    let bearable = match (parameters.kdf.scrypt(), parameters.kdf.pbkdf2()) {
        (Some(scrypt), _) => {
            let rounds = u64::from(scrypt.block_size).saturating_mul(scrypt.parallelization.into());
            let work = scrypt.cost_parameter.saturating_mul(rounds);
            let is_cost = scrypt.cost_parameter > 1 && scrypt.cost_parameter.is_power_of_two();
            is_cost
                && rounds > 0
                && scrypt.cost_parameter <= MOST_SCRYPT_N
                && scrypt.block_size <= 8
                && (LEAST_SCRYPT_WORK..=MOST_SCRYPT_WORK).contains(&work)
        }
        (None, Some(pbkdf2)) => (LEAST_PBKDF2_ROUNDS..=MOST_PBKDF2_ROUNDS).contains(&pbkdf2.iteration_count),
        (None, None) => false,
    };
    if bearable { Ok(()) } else { Err(KeyError::UnusualProtection) }
}

/// The one place where the operating system's randomness comes in.
fn fill_with_randomness(bytes: &mut [u8]) -> Result<(), KeyError> {
    getrandom::fill(bytes).map_err(KeyError::NoRandomness)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.into()).unwrap()
    }

    #[test]
    fn a_key_file_opens_with_its_passphrase_only() {
        let key = SecretKey::generate().unwrap();
        let pem = key.to_encrypted_pem(&passphrase("正しい馬 battery")).unwrap();
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        let again = SecretKey::from_encrypted_pem(&pem, &passphrase("正しい馬 battery")).unwrap();
        assert_eq!(again.public(), key.public());
        for wrong in ["a", "b", "c", "正しい馬 batterY"] {
            let refused = SecretKey::from_encrypted_pem(&pem, &passphrase(wrong));
            assert!(matches!(refused, Err(KeyError::WrongPassphrase)), "{refused:?}");
        }
    }

    #[test]
    fn an_empty_passphrase_is_refused() {
        assert!(matches!(Passphrase::new(String::new()), Err(KeyError::EmptyPassphrase)));
        assert!(matches!(Passphrase::new("  ".into()), Err(KeyError::EmptyPassphrase)));
        for short in ["elevenchars", "elevenchars   ", "十一文字のパスフレーズ"] {
            assert!(matches!(Passphrase::chosen(short.into()), Err(KeyError::ShortPassphrase)), "{short}");
        }
        assert!(Passphrase::chosen("twelve chars".into()).is_ok());
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = SecretKey::from_seed(&[7; 32]);
        assert!(!format!("{key:?}").contains("0707"));
        assert!(!format!("{:?}", passphrase("hidden")).contains("hidden"));
    }

    #[test]
    fn an_unprotected_key_is_named_as_such() {
        // RFC 8410, section 10.3.
        let pem = "-----BEGIN PRIVATE KEY-----\n\
                   MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                   -----END PRIVATE KEY-----\n";
        assert!(matches!(SecretKey::from_encrypted_pem(pem, &passphrase("x")), Err(KeyError::NotEncrypted)));
        let other = SecretKey::from_encrypted_pem("hello", &passphrase("x"));
        assert!(matches!(other, Err(KeyError::NotASecretKeyFile)));
    }

    /// Found by fuzzing: scrypt's N is 0 in it.
    #[test]
    fn a_key_file_with_a_cost_of_nothing_is_refused() {
        let pem = include_str!("../../../../fuzz/corpus/key/scrypt-0.pem");
        let refused = SecretKey::from_encrypted_pem(pem, &passphrase("x"));
        assert!(matches!(refused, Err(KeyError::UnusualProtection)), "{refused:?}");
    }

    #[test]
    fn a_key_file_that_one_round_protects_is_refused() {
        let refused = |protection: pbes2::Parameters| {
            let encrypted_data = OctetStringRef::new(&[0; 48]).unwrap();
            let encrypted =
                EncryptedPrivateKeyInfoRef { encryption_algorithm: protection.into(), encrypted_data };
            check_cost(&encrypted).is_err()
        };
        let pbkdf2 = |rounds| {
            refused(pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(rounds, &[0; 16], [0; 16]).unwrap())
        };
        assert!(pbkdf2(1) && pbkdf2(2_047) && !pbkdf2(2_048));
        let scrypt = |log_n, p| {
            let cost = scrypt::Params::new(log_n, 8, p).unwrap();
            refused(pbes2::Parameters::generate_scrypt_aes256cbc(cost, &[0; 16], [0; 16]).unwrap())
        };
        assert!(scrypt(1, 1) && scrypt(13, 1) && !scrypt(14, 1));
    }

    #[test]
    fn a_key_file_that_would_keep_its_reader_busy_is_refused() {
        let refused = |log_n, p| {
            let cost = scrypt::Params::new(log_n, 8, p).unwrap();
            let protection = pbes2::Parameters::generate_scrypt_aes256cbc(cost, &[0; 16], [0; 16]).unwrap();
            let encrypted_data = OctetStringRef::new(&[0; 48]).unwrap();
            let encrypted =
                EncryptedPrivateKeyInfoRef { encryption_algorithm: protection.into(), encrypted_data };
            check_cost(&encrypted).is_err()
        };
        assert!(!refused(SCRYPT_LOG_N, SCRYPT_P) && !refused(18, 1));
        // 256 MiB sixteen times over is ten seconds.
        assert!(refused(18, 2) && refused(18, 16) && refused(19, 1));
    }
}
