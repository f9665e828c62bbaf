//! The TUF core, sigstore-tuf, behind our own words.

use sigstore_tuf::trusted::TrustedMetadataSet;

use crate::flaw::Flaw;
use crate::read::open_error::OpenError;
use crate::read::provider;
use crate::refusal::Refusal;
use crate::root::SignedRoot;
use crate::time::UnixSeconds;
use warifu_values::say;

/// The core after it has taken in these roots, one after the other.
pub(super) fn trusted_set(roots: &[SignedRoot]) -> Result<TrustedMetadataSet, OpenError> {
    provider::install();
    let (first, rest) = roots.split_first().ok_or_else(no_root)?;
    let mut set =
        TrustedMetadataSet::from_root(first.bytes()).map_err(|error| from_core("root.json", error))?;
    for root in rest {
        set.update_root(root.bytes()).map_err(|error| from_core("root.json", error))?;
    }
    Ok(set)
}

/// There is nothing to begin with.
pub(super) fn no_root() -> Refusal {
    Refusal::Malformed {
        file: "root.json".into(),
        what: Flaw::said(|lang| say!(lang, "no root", "ルートではありません")),
    }
}

/// The core's refusals in our words.
pub(super) fn from_core(file: &str, error: sigstore_tuf::Error) -> OpenError {
    use sigstore_tuf::Error;
    match error {
        Error::Expired { expires, .. } => {
            OpenError::Stale { file: file.into(), expired: UnixSeconds::from_jiff(expires) }
        }
        Error::Rollback { trusted, new, .. } => {
            let what = match file {
                "timestamp.json" => "timestamp.json",
                "snapshot.json" => "snapshot.json",
                _ => "targets.json",
            };
            Refusal::Rollback { what, recorded: trusted, offered: new }.into()
        }
        Error::IntegrityMismatch(_) => Refusal::Mismatch { file: file.into() }.into(),
        error => {
            let mut why = error.to_string();
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                why = format!("{why}: {cause}");
                source = cause.source();
            }
            Refusal::Core { file: file.into(), why }.into()
        }
    }
}
