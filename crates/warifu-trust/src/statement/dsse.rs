//! The envelope: DSSE 1.0.2 (Dead Simple Signing Envelope) around one in-toto statement.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::canonical;
use crate::keys::{KeyId, PublicKey, Signature};

/// What the payload is.
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// An envelope with one signature: each organisation's statement is one person's word.
pub(super) struct Envelope {
    pub(super) payload: Vec<u8>,
    pub(super) by: KeyId,
    signature: Vec<u8>,
}

/// What is signed: the type and the payload, each with its length before it, so that neither can run into the
/// other (protocol, "PAE").
pub(super) fn message(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// The envelope's file.
pub(super) fn write(payload: &[u8], signature: &Signature) -> Vec<u8> {
    let file = json!({
        "payload": STANDARD.encode(payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{ "keyid": signature.by.id().to_string(), "sig": STANDARD.encode(signature.bytes) }],
    });
    file.to_string().into_bytes()
}

impl Envelope {
    /// Reads one strictly; nothing is verified yet. The key id is a hint, as DSSE has it: it only says which
    /// key is tried.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let file = canonical::parse_strict(bytes).ok()?;
        let file = file.as_object().filter(|file| file.len() == 3)?;
        if file.get("payloadType")?.as_str()? != PAYLOAD_TYPE {
            return None;
        }
        let [signature] = file.get("signatures")?.as_array()?.as_slice() else { return None };
        let signature = signature.as_object().filter(|signature| signature.len() == 2)?;
        let text = |value: Option<&Value>| value?.as_str().map(ToOwned::to_owned);
        Some(Envelope {
            payload: STANDARD.decode(text(file.get("payload"))?).ok()?,
            by: KeyId(text(signature.get("keyid"))?.parse().ok()?),
            signature: STANDARD.decode(text(signature.get("sig"))?).ok()?,
        })
    }

    /// Whether `key` signed the payload.
    pub(super) fn holds(&self, key: &PublicKey) -> bool {
        key.verifies(&message(&self.payload), &self.signature)
    }
}
