//! A release's content: the manifest and the bytes of its parts, each with the digest it names.

use warifu_trust::{
    Content, Holds, Manifest, ManifestError, MasterBytes, MasterEntry, Part, ReleaseBytes, ReleaseRef,
    VerifiedRelease,
};

/// A manifest with the bytes it lists. Made only where every byte was compared with its digest.
#[derive(Debug, Clone)]
pub struct ReleaseContent {
    id: ReleaseRef,
    manifest: Manifest,
    bytes: ReleaseBytes,
}

/// Bytes that a manifest does not list, or lists otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotThatContent {
    /// A part's bytes are missing or other ones.
    #[error("{part}: the content is not what the manifest of release {release} lists")]
    Part {
        /// The release.
        release: u64,
        /// The part: `r06/drug`, `r06/drug (timelines)`, `changes`.
        part: String,
    },
    /// The manifest has no digest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

impl ReleaseContent {
    /// `bytes` in the manifest's order.
    ///
    /// # Errors
    /// [`NotThatContent`] names the first part whose bytes are missing or have another digest.
    pub fn new(manifest: Manifest, bytes: ReleaseBytes) -> Result<Self, NotThatContent> {
        let id = ReleaseRef { release: manifest.release, manifest: manifest.digest()? };
        let mut held = bytes.in_order();
        for part in manifest.parts() {
            if !held.next().is_some_and(|bytes| Content::of(bytes) == part.content) {
                return Err(NotThatContent::Part { release: id.release, part: name(&part) });
            }
        }
        drop(held);
        Ok(ReleaseContent { id, manifest, bytes })
    }

    /// Of parts that were each compared with their digest while they were read, and of a manifest that has
    /// this one.
    pub(crate) fn compared(id: ReleaseRef, manifest: Manifest, bytes: ReleaseBytes) -> Self {
        ReleaseContent { id, manifest, bytes }
    }

    /// Its number and the digest of its manifest.
    pub fn id(&self) -> ReleaseRef {
        self.id
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Every part with its bytes.
    pub fn parts(&self) -> impl Iterator<Item = (Part<'_>, &[u8])> {
        self.manifest.parts().zip(self.bytes.in_order())
    }

    /// The bytes of every part, given away.
    pub(crate) fn into_parts(self) -> impl Iterator<Item = Vec<u8>> {
        let masters = self.bytes.masters.into_iter().flat_map(|master| [master.canonical, master.timelines]);
        let changes = self.bytes.changes.into_iter();
        masters.chain(changes.flat_map(|changes| [changes.list].into_iter().chain(changes.earlier)))
    }

    /// The masters with their bytes, in the manifest's order, given away: a parser takes them over without a
    /// copy.
    pub fn into_masters(self) -> impl Iterator<Item = (MasterEntry, MasterBytes)> {
        self.manifest.masters.into_iter().zip(self.bytes.masters)
    }
}

impl From<VerifiedRelease> for ReleaseContent {
    fn from(release: VerifiedRelease) -> Self {
        let (manifest, id, bytes) = release.into_parts();
        ReleaseContent { id, manifest, bytes }
    }
}

/// What a person calls a part.
fn name(part: &Part<'_>) -> String {
    match part.holds {
        Holds::Master(entry) => format!("{}/{}", entry.series, entry.kind),
        Holds::Timelines(entry) => format!("{}/{} (timelines)", entry.series, entry.kind),
        Holds::Changes => "changes".into(),
        Holds::Earlier(earlier) => format!("changes of release {}", earlier.release.release),
    }
}
