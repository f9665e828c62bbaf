//! One signed metadata file: `{"signatures":[{"keyid","sig"}],"signed":{...}}` (TUF 1.0, section 4.2.1).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use warifu_values::digest::Digest;

use crate::flaw::Flaw;
use crate::keys::{KeyId, PublicKey, Signature, Signer, SignerError};
use crate::tally::Tally;
use crate::{canonical, limits};
use warifu_values::say;

/// The keys of one role and how many of them must sign.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RoleKeys {
    pub(crate) keys: BTreeMap<KeyId, PublicKey>,
    pub(crate) threshold: u32,
}

/// A metadata file that was read strictly or is being signed.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) signed: Value,
    /// What the signatures cover.
    message: Vec<u8>,
    /// By key id, so that the file's bytes do not depend on the order in which people signed.
    signatures: BTreeMap<KeyId, String>,
}

impl Envelope {
    /// A file that nobody has signed yet; `None` when `signed` holds something that has no canonical form.
    pub(crate) fn unsigned(signed: Value) -> Option<Self> {
        let message = canonical::to_bytes(&signed)?;
        Some(Envelope { signed, message, signatures: BTreeMap::new() })
    }

    /// Reads a file strictly. Refused besides bad JSON: fields other than the two, more than
    /// [`limits::SIGNATURES`] signatures, a key id that signs twice or is no digest.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Flaw> {
        let value = canonical::parse_strict(bytes).map_err(|error| Flaw::json(canonical::cause(&error)))?;
        let Value::Object(mut file) = value else {
            return Err(Flaw::said(|lang| say!(lang, "not an object", "オブジェクトではありません")));
        };
        let lacks = |what: &str| Flaw::said(|lang| say!(lang, "no {what}", "{what} がありません"));
        let signed =
            file.remove("signed").filter(Value::is_object).ok_or_else(|| lacks("object `signed`"))?;
        let Some(Value::Array(list)) = file.remove("signatures") else {
            return Err(lacks("list `signatures`"));
        };
        if let Some(other) = file.keys().next() {
            return Err(Flaw::said(|lang| {
                say!(
                    lang,
                    "an unknown field {other:?} beside `signed`",
                    "`signed` のほかに不明な項目 {other:?} があります"
                )
            }));
        }
        if list.len() > limits::SIGNATURES {
            let most = limits::SIGNATURES;
            return Err(Flaw::said(|lang| {
                say!(lang, "more than {most} signatures", "署名が {most} 件を超えています")
            }));
        }
        let mut signatures = BTreeMap::new();
        for entry in &list {
            let text = |field: &str| entry.get(field).and_then(Value::as_str);
            let (Some(id), Some(signature)) = (text("keyid"), text("sig")) else {
                return Err(Flaw::said(|lang| {
                    say!(
                        lang,
                        "a signature without `keyid` or `sig`",
                        "`keyid` か `sig` のない署名があります"
                    )
                }));
            };
            let id = KeyId(id.parse().map_err(|_| {
                Flaw::said(|lang| {
                    say!(lang, "a key id that is no SHA-256 digest", "鍵 ID が SHA-256 ではありません")
                })
            })?);
            if signatures.insert(id, signature.to_owned()).is_some() {
                return Err(Flaw::said(|lang| {
                    say!(lang, "the key {id} signs twice", "鍵 {id} の署名が重複しています")
                }));
            }
        }
        let message = canonical::to_bytes(&signed).ok_or_else(Flaw::no_canonical_form)?;
        Ok(Envelope { signed, message, signatures })
    }

    /// Signs, or signs again with the same result: Ed25519 is deterministic.
    /// Only a signature that was verified goes in.
    pub(crate) fn sign(&mut self, signer: &dyn Signer) -> Result<(), SignerError> {
        let Signature { by, bytes } = Signature::over(&self.message, signer)?;
        let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.signatures.insert(by.id(), hex);
        Ok(())
    }

    /// Puts a signature in that was made elsewhere. Whether it holds, [`Envelope::signers`] says.
    pub(crate) fn add(&mut self, by: KeyId, hex: String) {
        self.signatures.insert(by, hex);
    }

    /// The signature of this key, as it stands in the file.
    pub(crate) fn signature_of(&self, by: KeyId) -> Option<&String> {
        self.signatures.get(&by)
    }

    /// The same content, signed by nobody.
    pub(crate) fn without_signatures(&self) -> Envelope {
        Envelope { signatures: BTreeMap::new(), ..self.clone() }
    }

    /// Takes all signatures off but these.
    pub(crate) fn keep(&mut self, signers: &BTreeSet<KeyId>) {
        self.signatures.retain(|id, _| signers.contains(id));
    }

    /// The keys of `role` whose signature holds. Counted by raw key, each once.
    pub(crate) fn signers(&self, role: &RoleKeys) -> BTreeSet<KeyId> {
        let mut counted = BTreeSet::new();
        let mut signers = BTreeSet::new();
        for (id, key) in &role.keys {
            let Some(signature) = self.signatures.get(id).and_then(|hex| from_hex(hex)) else { continue };
            if key.verifies(&self.message, &signature) && counted.insert(key.to_bytes()) {
                signers.insert(*id);
            }
        }
        signers
    }

    /// How many of `role` signed, and how many must.
    pub(crate) fn tally(&self, role: &RoleKeys) -> Tally {
        let have = u32::try_from(self.signers(role).len()).unwrap_or(u32::MAX);
        Tally { have, need: role.threshold }
    }

    /// The digest of what the signatures cover.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(&self.message)
    }

    /// Whether `other` signs the same content.
    pub(crate) fn same_content(&self, other: &Envelope) -> bool {
        self.message == other.message
    }

    /// Takes the signatures off whose key is in none of `roles`: nothing unknown is carried along and signed
    /// over.
    pub(crate) fn keep_signers_of(&mut self, roles: &[&RoleKeys]) {
        let known: BTreeSet<KeyId> = roles.iter().flat_map(|role| self.signers(role)).collect();
        self.signatures.retain(|id, _| known.contains(id));
    }

    /// The file.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let signatures: Vec<Value> =
            self.signatures.iter().map(|(id, hex)| json!({"keyid": id.to_string(), "sig": hex})).collect();
        json!({"signatures": signatures, "signed": self.signed}).to_string().into_bytes()
    }
}

/// An entry of `meta` in a snapshot or timestamp, always with length and digest.
pub(crate) fn meta_entry(version: u64, bytes: &[u8]) -> Value {
    json!({
        "version": version,
        "length": bytes.len(),
        "hashes": {"sha256": Digest::of(bytes).to_string()},
    })
}

/// 64 bytes from 128 lower-case hexadecimal digits.
fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let (front, back) = hex.split_at_checked(64)?;
    let (front, back): (Digest, Digest) = (front.parse().ok()?, back.parse().ok()?);
    Some([*front.as_bytes(), *back.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SecretKey;

    fn role(keys: &[&SecretKey], threshold: u32) -> RoleKeys {
        let keys = keys.iter().map(|key| (key.public().id(), key.public())).collect();
        RoleKeys { keys, threshold }
    }

    #[test]
    fn only_keys_of_the_role_count_and_order_does_not_matter() {
        let [a, b, stranger] = [1, 2, 3].map(|seed| SecretKey::from_seed(&[seed; 32]));
        let (mut first, mut second) =
            (Envelope::unsigned(json!({"n": 1})).unwrap(), Envelope::unsigned(json!({"n": 1})).unwrap());
        for key in [&a, &b, &stranger] {
            first.sign(key).unwrap();
        }
        for key in [&stranger, &b, &a] {
            second.sign(key).unwrap();
        }
        assert_eq!(first.to_bytes(), second.to_bytes());
        let read = Envelope::parse(&first.to_bytes()).unwrap();
        assert_eq!(read.tally(&role(&[&a, &b], 2)), Tally { have: 2, need: 2 });
        first.keep_signers_of(&[&role(&[&a], 1)]);
        assert_eq!(first.tally(&role(&[&a, &b], 2)), Tally { have: 1, need: 2 });
        assert!(!first.tally(&role(&[], 0)).holds());
    }

    #[test]
    fn a_signature_over_other_content_does_not_count() {
        let key = SecretKey::from_seed(&[1; 32]);
        let mut envelope = Envelope::unsigned(json!({"n": 1})).unwrap();
        envelope.sign(&key).unwrap();
        let forged = String::from_utf8(envelope.to_bytes()).unwrap().replace("\"n\":1", "\"n\":2");
        assert_eq!(Envelope::parse(forged.as_bytes()).unwrap().tally(&role(&[&key], 1)).have, 0);
    }

    #[test]
    fn a_file_with_anything_unexpected_is_refused() {
        let id = "0".repeat(64);
        for text in [
            "[]".to_owned(),
            r#"{"signed":{}}"#.to_owned(),
            r#"{"signed":{},"signatures":[],"more":1}"#.to_owned(),
            r#"{"signed":{},"signatures":[{"keyid":"x","sig":""}]}"#.to_owned(),
            format!(
                r#"{{"signed":{{}},"signatures":[{{"keyid":"{id}","sig":""}},{{"keyid":"{id}","sig":""}}]}}"#
            ),
        ] {
            assert!(Envelope::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
