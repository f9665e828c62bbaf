//! Public keys and their ids.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

use crate::keys::key_error::KeyError;

/// An Ed25519 public key that is no weak point (RFC 8032; small-order points are refused).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key of these 32 bytes.
    ///
    /// # Errors
    ///
    /// [`KeyError::NoPublicKey`] when they are no point of the curve or a weak one.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NoPublicKey)?;
        if key.is_weak() { Err(KeyError::NoPublicKey) } else { Ok(PublicKey(key)) }
    }

    pub(crate) fn of(key: VerifyingKey) -> Self {
        PublicKey(key)
    }

    /// The 32 raw bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The key's id: SHA-256 of the canonical form of its `{keytype, keyval, scheme}` and nothing else, as
    /// securesystemslib, tough and tuf-js compute it.
    pub fn id(&self) -> KeyId {
        // TUF's key object (specification 1.0, section 4.2); written out, because nothing in it can vary in
        // form.
        let object = format!(r#"{{"keytype":"ed25519","keyval":{{"public":"{self}"}},"scheme":"ed25519"}}"#);
        KeyId(Digest::of(object.as_bytes()))
    }

    /// Whether `signature` (64 bytes) is this key's over `message`, by the strict rule: no malleable and no
    /// small-order form passes.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

/// 64 lower-case hexadecimal digits.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    /// Reads 64 lower-case hexadecimal digits. Upper case is refused: the same key would get a second id.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        // A digest has the same spelling: 32 bytes as lower-case digits.
        let bytes: Digest = text.parse().map_err(|_| KeyError::NoPublicKey)?;
        PublicKey::from_bytes(bytes.as_bytes())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The name of a public key in metadata: see [`PublicKey::id`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub(crate) Digest);

impl KeyId {
    /// Its first 128 bits in groups of four digits, to be read out: `7ab6 b86c b2c9 ...`. Nobody can make
    /// another key with the same.
    pub fn read_out(&self) -> String {
        let digits = self.0.to_string();
        let groups: Vec<&str> = (0..8).filter_map(|group| digits.get(group * 4..group * 4 + 4)).collect();
        groups.join(" ")
    }

    /// The first 12 digits, for people.
    pub fn short(&self) -> String {
        self.0.short()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 1.
    const RFC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    #[test]
    fn a_key_id_is_the_one_python_securesystemslib_computes() {
        let key: PublicKey = RFC_KEY.parse().unwrap();
        let object = serde_json::json!(
            {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": RFC_KEY}}
        );
        let canonical = crate::canonical::to_bytes(&object).unwrap();
        assert_eq!(key.id().0, Digest::of(&canonical));
    }

    #[test]
    fn weak_points_and_upper_case_are_refused() {
        assert!(PublicKey::from_bytes(&[0; 32]).is_err());
        let mut identity = [0; 32];
        identity[0] = 1;
        assert!(PublicKey::from_bytes(&identity).is_err());
        assert!(RFC_KEY.to_uppercase().parse::<PublicKey>().is_err());
    }
}
