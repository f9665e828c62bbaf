//! Public keys, their ids, and the card on which a holder hands one to others.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::names::is_plain_text;
use crate::organisation::Organisation;
use crate::{canonical, limits};

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
        let bytes = canonical::to_bytes(&self.to_tuf()).unwrap_or_default();
        KeyId(Digest::of(&bytes))
    }

    /// The key object of TUF (specification 1.0, section 4.2).
    pub(crate) fn to_tuf(self) -> Value {
        json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": self.to_string()}})
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

/// A public key with its holder, as one person hands it to the others (a small JSON file).
///
/// `{"organisation":"kikin","name":"Aoki Hanako","keytype":"ed25519","scheme":"ed25519","public":"<64 hex>"}`;
/// `organisation` is absent for the release manager's automation key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCard {
    /// Whose person holds the key; none for an automation key.
    pub organisation: Option<Organisation>,
    /// The holder, as the others know them.
    pub name: String,
    /// The key.
    pub public: PublicKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organisation: Option<Organisation>,
    name: String,
    keytype: String,
    scheme: String,
    public: PublicKey,
}

impl KeyCard {
    /// Reads a card's file.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotACard`] when it is none; [`KeyError::BadName`] when the holder's name is empty, longer
    /// than [`limits::TEXT_CHARS`] or holds control characters.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() as u64 > limits::KEY_FILE_BYTES {
            return Err(KeyError::NotACard("longer than a key card ever is".into()));
        }
        let card: CardFile = canonical::from_slice(bytes).map_err(|error| {
            KeyError::NotACard(
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string),
            )
        })?;
        if card.keytype != "ed25519" || card.scheme != "ed25519" {
            return Err(KeyError::NotEd25519);
        }
        if !is_plain_text(&card.name) {
            return Err(KeyError::BadName);
        }
        Ok(KeyCard { organisation: card.organisation, name: card.name, public: card.public })
    }

    /// The card's file: indented JSON with a final line break.
    pub fn to_bytes(&self) -> Vec<u8> {
        let file = CardFile {
            organisation: self.organisation,
            name: self.name.clone(),
            keytype: "ed25519".into(),
            scheme: "ed25519".into(),
            public: self.public,
        };
        let mut bytes = serde_json::to_vec_pretty(&file).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// Why a key could not be made, read or opened.
#[derive(Debug)]
pub enum KeyError {
    /// The passphrase is empty or blank.
    EmptyPassphrase,
    /// The passphrase does not open this key file (or the file was changed).
    WrongPassphrase,
    /// The file holds a secret key that nothing protects.
    NotEncrypted,
    /// The file is no PKCS#8 "ENCRYPTED PRIVATE KEY" in PEM.
    NotASecretKeyFile,
    /// The file asks for another or a far costlier derivation than this crate writes.
    UnusualProtection,
    /// The key is of another type than Ed25519.
    NotEd25519,
    /// No 32-byte Ed25519 point as 64 lower-case hexadecimal digits, or a weak one.
    NoPublicKey,
    /// The file is no key card; the text says where.
    NotACard(String),
    /// The holder's name is empty, too long or holds control characters.
    BadName,
    /// The operating system gave no randomness.
    NoRandomness(getrandom::Error),
    /// The protection could not be computed.
    Protection(pkcs8::Error),
}

impl Speak for KeyError {
    fn say(&self, lang: Lang) -> String {
        match self {
            KeyError::EmptyPassphrase => say!(
                lang,
                "the passphrase is empty; choose one, because whoever finds the file could sign",
                "パスフレーズが空です。ファイルを見つけた人が署名できてしまうため、必ず設定してください"
            ),
            KeyError::WrongPassphrase => say!(
                lang,
                "the passphrase does not open this key file; try again",
                "パスフレーズが違うため鍵ファイルを開けません。もう一度入力してください"
            ),
            KeyError::NotEncrypted => say!(
                lang,
                "this secret key is not protected by a passphrase; protect it with `openssl pkcs8 -topk8 -scrypt`",
                "この秘密鍵はパスフレーズで保護されていません。`openssl pkcs8 -topk8 -scrypt` で保護してください"
            ),
            KeyError::NotASecretKeyFile => say!(
                lang,
                "not a secret key file (PEM \"ENCRYPTED PRIVATE KEY\")",
                "秘密鍵ファイル(PEM 形式の \"ENCRYPTED PRIVATE KEY\")ではありません"
            ),
            KeyError::UnusualProtection => say!(
                lang,
                "the key file's protection is of a kind or cost that is not accepted; write it again with scrypt N=16384 and AES-256-CBC",
                "鍵ファイルの保護方式または計算量を受け付けられません。scrypt N=16384 と AES-256-CBC で作り直してください"
            ),
            KeyError::NotEd25519 => {
                say!(lang, "the key is not an Ed25519 key", "鍵の種類が Ed25519 ではありません")
            }
            KeyError::NoPublicKey => say!(
                lang,
                "not an Ed25519 public key (64 lower-case hexadecimal digits)",
                "Ed25519 公開鍵(小文字の16進64桁)ではありません"
            ),
            KeyError::NotACard(what) => {
                say!(lang, "not a key card: {what}", "公開鍵カードではありません: {what}")
            }
            KeyError::BadName => say!(
                lang,
                "the holder's name must be 1 to {} characters without control characters",
                "保持者名は制御文字を含まない1〜{}文字にしてください",
                limits::TEXT_CHARS
            ),
            KeyError::NoRandomness(_) => {
                say!(lang, "the operating system gave no randomness", "OS から乱数を得られませんでした")
            }
            KeyError::Protection(_) => {
                say!(lang, "the key file could not be protected", "鍵ファイルを保護できませんでした")
            }
        }
    }
}

spoken_error!(KeyError, |_| false, |error| match error {
    KeyError::NoRandomness(source) => Some(source),
    KeyError::Protection(source) => Some(source),
    _ => None,
});

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 1.
    const RFC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    #[test]
    fn a_key_id_is_the_one_python_securesystemslib_computes() {
        let key: PublicKey = RFC_KEY.parse().unwrap();
        let text = format!(
            "{{\"keytype\":\"ed25519\",\"keyval\":{{\"public\":\"{RFC_KEY}\"}},\"scheme\":\"ed25519\"}}"
        );
        assert_eq!(key.id().0, Digest::of(text.as_bytes()));
    }

    #[test]
    fn weak_points_and_upper_case_are_refused() {
        assert!(PublicKey::from_bytes(&[0; 32]).is_err());
        let mut identity = [0; 32];
        identity[0] = 1;
        assert!(PublicKey::from_bytes(&identity).is_err());
        assert!(RFC_KEY.to_uppercase().parse::<PublicKey>().is_err());
    }

    #[test]
    fn a_card_reads_back_and_takes_nothing_more() {
        let card = KeyCard {
            organisation: Some(Organisation::Kikin),
            name: "青木 花子".into(),
            public: RFC_KEY.parse().unwrap(),
        };
        assert_eq!(KeyCard::from_bytes(&card.to_bytes()).unwrap(), card);
        let more = String::from_utf8(card.to_bytes()).unwrap().replace("\"name\"", "\"x\":1,\"name\"");
        assert!(matches!(KeyCard::from_bytes(more.as_bytes()), Err(KeyError::NotACard(_))));
    }
}
