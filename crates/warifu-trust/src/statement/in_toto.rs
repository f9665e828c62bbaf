//! What statements and receipts are about: in-toto Statement v1 with one subject, of strict JSON.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use warifu_values::digest::Digest;

use crate::canonical;
use crate::metadata::ReleaseRef;
use crate::names::TargetName;

const STATEMENT: &str = "https://in-toto.io/Statement/v1";

/// A statement that says `predicate` of one subject.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement<P> {
    /// What the subject is called.
    pub(super) name: String,
    pub(super) sha256: Digest,
    pub(super) predicate_type: String,
    pub(super) predicate: P,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<P> {
    #[serde(rename = "_type")]
    type_: String,
    subject: [Subject; 1],
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: P,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: Sha256,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sha256 {
    sha256: Digest,
}

/// The subject's name and digest when it is a release.
pub(super) fn subject(release: ReleaseRef) -> (String, Digest) {
    (TargetName::manifest(release.release).to_string(), release.manifest)
}

impl<P: Serialize> Statement<P> {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let Statement { name, sha256, predicate_type, predicate } = self;
        let statement = json!({
            "_type": STATEMENT,
            "subject": [{ "name": name, "digest": { "sha256": sha256 } }],
            "predicateType": predicate_type,
            "predicate": predicate,
        });
        statement.to_string().into_bytes()
    }
}

impl<P> Statement<P> {
    /// Reads one strictly.
    pub(super) fn read(bytes: &[u8]) -> Option<Self>
    where
        P: DeserializeOwned,
    {
        let Wire { type_, subject, predicate_type, predicate } = canonical::from_slice(bytes).ok()?;
        let [Subject { name, digest: Sha256 { sha256 } }] = subject;
        (type_ == STATEMENT).then_some(Statement { name, sha256, predicate_type, predicate })
    }

    /// The release that it is about.
    pub(super) fn release(&self) -> Option<ReleaseRef> {
        let number = self.name.strip_prefix("release-")?.strip_suffix(".json")?.parse().ok()?;
        // `release-07.json` is none.
        let is_its_name = self.name == TargetName::manifest(number).as_str();
        is_its_name.then_some(ReleaseRef { release: number, manifest: self.sha256 })
    }
}
