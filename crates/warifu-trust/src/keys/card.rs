//! The card on which a holder hands a public key to others.

use serde::Deserialize;

use crate::keys::key_error::KeyError;
use crate::keys::public::PublicKey;
use crate::keys::secret::is_secret_key_file;
use crate::organisation::Organisation;
use crate::{canonical, limits};
use warifu_values::text::is_plain;

/// A public key with its holder, as one person hands it to the others (a small JSON file).
///
/// `{"organisation":"kikin","name":"Aoki Hanako","keytype":"ed25519","scheme":"ed25519","public":"<hex>"}`;
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CardFile {
    #[serde(default)]
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
    /// [`KeyError::SecretGiven`] of a secret key, [`KeyError::NotACard`] of other files;
    /// [`KeyError::BadName`] when the holder's name is empty, longer than [`limits::TEXT_CHARS`] or holds
    /// control characters.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if is_secret_key_file(bytes) {
            return Err(KeyError::SecretGiven);
        }
        if bytes.len() as u64 > limits::KEY_FILE_BYTES {
            return Err(KeyError::NotACard("longer than a key card ever is".into()));
        }
        let card: CardFile =
            canonical::from_slice(bytes).map_err(|error| KeyError::NotACard(canonical::cause(&error)))?;
        if card.keytype != "ed25519" || card.scheme != "ed25519" {
            return Err(KeyError::NotEd25519);
        }
        if !is_plain(&card.name) {
            return Err(KeyError::BadName);
        }
        Ok(KeyCard { organisation: card.organisation, name: card.name, public: card.public })
    }

    /// The card's file: indented JSON with a final line break.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut card = serde_json::Map::new();
        if let Some(organisation) = self.organisation {
            card.insert("organisation".into(), organisation.word().into());
        }
        let rest = [("name", self.name.clone()), ("keytype", "ed25519".into()), ("scheme", "ed25519".into())];
        card.extend(rest.map(|(field, text)| (field.to_owned(), text.into())));
        card.insert("public".into(), self.public.to_string().into());
        format!("{:#}\n", serde_json::Value::Object(card)).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 1.
    const RFC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

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
