//! What a statement says.

use serde::{Deserialize, Serialize};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;
use warifu_values::text::is_plain;

use crate::keys::KeyId;
use crate::metadata::ReleaseRef;
use crate::organisation::Organisation;
use crate::statement::in_toto::{Statement, subject};
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

const WITHDRAWAL: &str = "urn:warifu:withdrawal:1";
const POST_REVIEW: &str = "urn:warifu:post-review:1";
const REVOCATION: &str = "urn:warifu:key-revocation:1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Predicate {
    organisation: Organisation,
    at: UnixSeconds,
    reason: String,
}

impl Payload {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let (predicate_type, (name, sha256)) = match &self.says {
            Says::Withdrawn { release } => (WITHDRAWAL, subject(*release)),
            Says::Reviewed { release } => (POST_REVIEW, subject(*release)),
            Says::Revoked { key } => (REVOCATION, ("key".to_owned(), key.0)),
        };
        let Payload { organisation, at, reason, .. } = self.clone();
        let predicate = Predicate { organisation, at, reason };
        Statement { name, sha256, predicate_type: predicate_type.to_owned(), predicate }.to_bytes()
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let statement: Statement<Predicate> = Statement::read(bytes)?;
        let says = match statement.predicate_type.as_str() {
            WITHDRAWAL => Says::Withdrawn { release: statement.release()? },
            POST_REVIEW => Says::Reviewed { release: statement.release()? },
            REVOCATION if statement.name == "key" => Says::Revoked { key: KeyId(statement.sha256) },
            _ => return None,
        };
        let Predicate { organisation, at, reason } = statement.predicate;
        is_plain(&reason).then_some(Payload { organisation, says, at, reason })
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
