//! What timestamp and snapshot say: one entry, the next file down, with length and digest.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use warifu_values::digest::Digest;

use crate::flaw::Flaw;
use crate::limits;
use crate::refusal::Refusal;
use crate::time::UnixSeconds;
use warifu_values::say;

/// A list's entry for the next file down; length and digest are not optional here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) version: u64,
    pub(crate) bytes: u64,
    pub(crate) sha256: Digest,
}

/// The fields that timestamp and snapshot share.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    #[serde(rename = "_type")]
    type_: String,
    spec_version: String,
    pub(crate) version: u64,
    pub(crate) expires: UnixSeconds,
    meta: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MetaEntry {
    version: u64,
    length: Option<u64>,
    hashes: Option<BTreeMap<String, String>>,
}

impl Head {
    /// Reads the `signed` part of `file`, which must be of this `_type`.
    pub(crate) fn read(file: &str, type_: &str, signed: &Value) -> Result<Self, Refusal> {
        let malformed = |what: Flaw| Refusal::Malformed { file: file.into(), what };
        let head: Head =
            serde_json::from_value(signed.clone()).map_err(|error| malformed(Flaw::json(error)))?;
        if !(1..=limits::VERSION).contains(&head.version) {
            return Err(malformed(Flaw::version(head.version)));
        }
        if head.type_ != type_ || !head.spec_version.starts_with("1.") {
            return Err(malformed(Flaw::not_of(type_)));
        }
        Ok(head)
    }

    /// The one entry of `meta`, with length and digest. A second entry would be a delegated role.
    pub(crate) fn only_pin(&self, file: &str, name: &str) -> Result<Pin, Refusal> {
        let entry = self.meta.get(name).filter(|_| self.meta.len() == 1).ok_or_else(|| {
            let what = Flaw::said(|lang| {
                say!(lang, "lists other than exactly {name}", "{name} だけを記載していません")
            });
            Refusal::Malformed { file: file.into(), what }
        })?;
        let entry: MetaEntry = serde_json::from_value(entry.clone())
            .map_err(|error| Refusal::Malformed { file: file.into(), what: Flaw::json(error) })?;
        let sha256 = entry.hashes.as_ref().and_then(|hashes| hashes.get("sha256")?.parse().ok());
        match (entry.length, sha256) {
            (Some(bytes), Some(sha256)) => Ok(Pin { version: entry.version, bytes, sha256 }),
            _ => Err(Refusal::NoDigest { file: file.into() }),
        }
    }
}
