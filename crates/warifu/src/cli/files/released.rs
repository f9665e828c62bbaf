//! The release that a file belongs to: proven by a channel, or only said by the `release.json` beside it.

use std::path::Path;

use serde::Serialize;
use serde::ser::SerializeStruct as _;
use warifu::release::RELEASE_FILE;
use warifu_trust::{Found, Manifest, MasterEntry, Place, VerifiedRelease, find_in_release, limits};
use warifu_values::digest::Digest;
use warifu_values::judgement::LetPass;
use warifu_values::lang::Lang;
use warifu_values::say;

/// The release that wrote a file, and the file's entry in it.
pub(super) enum Released {
    /// The manifest that `channel fetch` leaves lies beside the file and lists these very bytes. Whoever can
    /// write the folder can write it: it says what the file was made of, and lets nothing pass.
    Said { release: u64, entry: MasterEntry },
    /// A release that both organisations signed lists these bytes.
    Signed { release: u64, entry: MasterEntry },
}

impl Released {
    /// Where the bytes of `file` stand: in the verified `releases`, when a channel was named, else in the
    /// manifest beside it.
    pub(super) fn find(releases: Option<&[VerifiedRelease]>, file: &Path, sha256: Digest) -> Option<Self> {
        let signed = releases.unwrap_or_default().iter().find_map(|release| find_in_release(release, sha256));
        match signed {
            Some(Found { release, place: Place::Master { entry, .. } }) => {
                Some(Released::Signed { release, entry: entry.clone() })
            }
            _ => Released::beside(file, sha256),
        }
    }

    fn beside(file: &Path, sha256: Digest) -> Option<Self> {
        let beside = file.parent()?.join(RELEASE_FILE);
        let manifest =
            Manifest::from_bytes(&warifu_files::read(&beside, limits::MANIFEST_BYTES).ok()?).ok()?;
        let lists = |entry: &&MasterEntry| entry.formats.values().any(|form| form.sha256 == sha256);
        let entry = manifest.masters.iter().find(lists)?.clone();
        Some(Released::Said { release: manifest.release, entry })
    }

    /// What the release says of the file.
    pub(super) fn entry(&self) -> &MasterEntry {
        match self {
            Released::Said { entry, .. } | Released::Signed { entry, .. } => entry,
        }
    }

    /// What both organisations let pass in it: nothing that is not signed.
    pub(super) fn let_pass(&self) -> &[LetPass] {
        match self {
            Released::Said { .. } => &[],
            Released::Signed { entry, .. } => &entry.let_pass,
        }
    }

    /// What the manifest beside the file would let pass if it were signed; for telling people, never for a
    /// verdict.
    pub(super) fn unproven_let_pass(&self) -> &[LetPass] {
        match self {
            Released::Said { entry, .. } => &entry.let_pass,
            Released::Signed { .. } => &[],
        }
    }

    /// As what the file was judged; `looked` is whether a channel was looked into.
    pub(super) fn say(&self, looked: bool, lang: Lang) -> String {
        match self {
            Released::Signed { release, .. } => {
                say!(lang, "as release {release}, signed by both", "両者が署名したリリース {release} の内容")
            }
            Released::Said { release, .. } if looked => say!(
                lang,
                "as release {release} (not verified: in no signed release of this channel)",
                "リリース {release} の内容（未検証: このチャンネルの署名済みリリースになし）"
            ),
            Released::Said { release, .. } => say!(
                lang,
                "as release {release} (not verified; add --channel and --root)",
                "リリース {release} の内容（未検証。--channel と --root で検証できます）"
            ),
        }
    }
}

impl Serialize for Released {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (release, signed) = match self {
            Released::Said { release, .. } => (release, false),
            Released::Signed { release, .. } => (release, true),
        };
        let mut object = serializer.serialize_struct("Released", 2)?;
        object.serialize_field("release", release)?;
        object.serialize_field("signed", &signed)?;
        object.end()
    }
}
