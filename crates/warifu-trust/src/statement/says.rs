//! What a statement says.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;
use warifu_values::text::is_plain;

use crate::keys::KeyId;
use crate::metadata::ReleaseRef;
use crate::names::TargetName;
use crate::organisation::Organisation;
use crate::time::UnixSeconds;

/// What one organisation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// The release is not to be used any more: readers go back to the one before, which both signed.
    Withdrawn {
        /// The release.
        release: ReleaseRef,
    },
    /// The emergency release was reviewed afterwards; what was found is the reason.
    Reviewed {
        /// The release.
        release: ReleaseRef,
    },
    /// The key, one of its own, counts for nothing any more.
    Revoked {
        /// The key.
        key: KeyId,
    },
}

/// A statement's payload: in-toto Statement v1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payload {
    pub(super) organisation: Organisation,
    pub(super) says: Says,
    pub(super) at: UnixSeconds,
    pub(super) reason: String,
}

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const WITHDRAWAL: &str = "urn:warifu:withdrawal:1";
const POST_REVIEW: &str = "urn:warifu:post-review:1";
const REVOCATION: &str = "urn:warifu:key-revocation:1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "_type")]
    type_: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Predicate,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: Sha256,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sha256 {
    sha256: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Predicate {
    organisation: Organisation,
    at: UnixSeconds,
    reason: String,
}

impl Payload {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let (predicate_type, name, sha256) = match &self.says {
            Says::Withdrawn { release } => {
                (WITHDRAWAL, TargetName::manifest(release.release).to_string(), release.manifest)
            }
            Says::Reviewed { release } => {
                (POST_REVIEW, TargetName::manifest(release.release).to_string(), release.manifest)
            }
            Says::Revoked { key } => (REVOCATION, "key".to_owned(), key.0),
        };
        let Payload { organisation, at, reason, .. } = self;
        let statement: Value = json!({
            "_type": STATEMENT,
            "subject": [{ "name": name, "digest": { "sha256": sha256 } }],
            "predicateType": predicate_type,
            "predicate": { "organisation": organisation, "at": at, "reason": reason },
        });
        statement.to_string().into_bytes()
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let Wire { type_, subject, predicate_type, predicate } = crate::canonical::from_slice(bytes).ok()?;
        let [Subject { name, digest: Sha256 { sha256 } }] = <[Subject; 1]>::try_from(subject).ok()?;
        let says = match predicate_type.as_str() {
            WITHDRAWAL | POST_REVIEW => {
                let number = name.strip_prefix("release-")?.strip_suffix(".json")?.parse().ok()?;
                if name != TargetName::manifest(number).as_str() {
                    return None;
                }
                let release = ReleaseRef { release: number, manifest: sha256 };
                match predicate_type.as_str() {
                    WITHDRAWAL => Says::Withdrawn { release },
                    _ => Says::Reviewed { release },
                }
            }
            REVOCATION if name == "key" => Says::Revoked { key: KeyId(sha256) },
            _ => return None,
        };
        let Predicate { organisation, at, reason } = predicate;
        let is_statement = type_ == STATEMENT && is_plain(&reason);
        is_statement.then_some(Payload { organisation, says, at, reason })
    }
}

impl Speak for Says {
    fn say(&self, lang: Lang) -> String {
        match self {
            Says::Withdrawn { release: ReleaseRef { release, manifest } } => {
                let manifest = manifest.short();
                say!(
                    lang,
                    "release {release} ({manifest}) is withdrawn",
                    "リリース {release}（{manifest}）を取り下げます"
                )
            }
            Says::Reviewed { release: ReleaseRef { release, manifest } } => {
                let manifest = manifest.short();
                say!(
                    lang,
                    "the emergency release {release} ({manifest}) was reviewed afterwards",
                    "緊急リリース {release}（{manifest}）の事後確認を行いました"
                )
            }
            Says::Revoked { key } => {
                let key = key.short();
                say!(lang, "the key {key} is revoked", "鍵 {key} を失効させます")
            }
        }
    }
}
