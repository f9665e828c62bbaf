//! What people give in place of a root.

use serde_json::Value;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::canonical;
use crate::keys::is_secret_key_file;

/// A file of another kind, given as a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InPlaceOfRoot {
    /// A channel's file of this TUF role.
    Metadata(&'static str),
    /// One key's card.
    Card,
    /// A secret key.
    SecretKey,
}

impl InPlaceOfRoot {
    /// None of a root, and of what is known as nothing else.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        if is_secret_key_file(bytes) {
            return Some(InPlaceOfRoot::SecretKey);
        }
        let file = canonical::parse_strict(bytes).ok()?;
        if file.get("keytype").is_some() && file.get("public").is_some() {
            return Some(InPlaceOfRoot::Card);
        }
        let role = file.pointer("/signed/_type").and_then(Value::as_str)?;
        let role = ["targets", "snapshot", "timestamp"].into_iter().find(|one| *one == role)?;
        Some(InPlaceOfRoot::Metadata(role))
    }
}

impl Speak for InPlaceOfRoot {
    fn say(&self, lang: Lang) -> String {
        let what = match self {
            InPlaceOfRoot::Metadata(role) => {
                say!(lang, "a channel's {role}.json", "配信元の {role}.json")
            }
            InPlaceOfRoot::Card => say!(lang, "the card of one public key", "公開鍵カード"),
            InPlaceOfRoot::SecretKey => {
                say!(lang, "a SECRET key, which must not be passed on", "秘密鍵（他人に渡してはいけません）")
            }
        };
        say!(
            lang,
            "this file is {what}, and no root; name the root.json that `trust finish` wrote and every side \
             was handed",
            "このファイルは{what}で、ルートではありません。`trust finish` で作成し全員に配布した root.json を指定してください"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyCard, KeyError, Passphrase, SecretKey};
    use crate::refusal::Refusal;
    use crate::root::{RootDraft, SignedRoot};

    #[test]
    fn what_is_given_in_place_of_a_root_is_named() {
        let key = SecretKey::from_seed(&[7; 32]);
        let card = KeyCard { organisation: None, name: "ci".into(), public: key.public() }.to_bytes();
        let secret =
            key.to_encrypted_pem(&Passphrase::chosen("four words of length".into()).unwrap()).unwrap();
        let timestamp = br#"{"signatures":[],"signed":{"_type":"timestamp","meta":{}}}"#.to_vec();
        let given = [
            (card, InPlaceOfRoot::Card, "card of one public key"),
            (secret.as_bytes().to_vec(), InPlaceOfRoot::SecretKey, "SECRET key, which must not be passed on"),
            (timestamp, InPlaceOfRoot::Metadata("timestamp"), "timestamp.json, and no root"),
        ];
        for (bytes, expected, words) in given {
            let refused = SignedRoot::pinned(&bytes).unwrap_err();
            assert_eq!(refused, Refusal::NotARoot(expected));
            assert_eq!(RootDraft::read(&bytes).unwrap_err(), refused);
            let told = refused.say(Lang::En);
            assert!(told.contains(words) && !told.contains("malformed"), "{told}");
        }
        let refused = KeyCard::from_bytes(secret.as_bytes()).unwrap_err();
        assert!(matches!(refused, KeyError::SecretGiven), "{refused}");
    }
}
