//! A release's content: the manifest and the canonical bytes of its masters, each with the digest it names.

use warifu_trust::{Manifest, ManifestError, MasterEntry, ReleaseRef, VerifiedRelease};
use warifu_values::digest::Digest;

/// A manifest with the bytes it lists. Made only where every byte was compared with its digest.
#[derive(Debug, Clone)]
pub struct ReleaseContent {
    id: ReleaseRef,
    manifest: Manifest,
    masters: Vec<Vec<u8>>,
}

/// Bytes that a manifest does not list, or lists otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotThatContent {
    /// A master's bytes are missing or other ones.
    #[error("{series}/{kind}: the content is not what the manifest of release {release} lists")]
    Master {
        /// The release.
        release: u64,
        /// The master's series.
        series: String,
        /// The master's kind.
        kind: String,
    },
    /// The manifest has no digest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

impl ReleaseContent {
    /// `masters` in the manifest's order.
    ///
    /// # Errors
    /// [`NotThatContent`] names the first master whose bytes are missing or have another digest.
    pub fn new(manifest: Manifest, masters: Vec<Vec<u8>>) -> Result<Self, NotThatContent> {
        let id = ReleaseRef { release: manifest.release, manifest: manifest.digest()? };
        for (at, entry) in manifest.masters.iter().enumerate() {
            let bytes = masters.get(at);
            if bytes.is_none_or(|bytes| Digest::of(bytes) != entry.canonical.sha256) {
                return Err(NotThatContent::Master {
                    release: id.release,
                    series: entry.series.clone(),
                    kind: entry.kind.clone(),
                });
            }
        }
        Ok(ReleaseContent { id, manifest, masters })
    }

    /// Its number and the digest of its manifest.
    pub fn id(&self) -> ReleaseRef {
        self.id
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The masters with their canonical bytes, in the manifest's order.
    pub fn masters(&self) -> impl Iterator<Item = (&MasterEntry, &[u8])> {
        self.manifest.masters.iter().zip(self.masters.iter().map(Vec::as_slice))
    }

    /// The same, giving the bytes away: a parser takes them over without a copy.
    pub fn into_masters(self) -> impl Iterator<Item = (MasterEntry, Vec<u8>)> {
        self.manifest.masters.into_iter().zip(self.masters)
    }
}

impl From<&VerifiedRelease> for ReleaseContent {
    fn from(release: &VerifiedRelease) -> Self {
        let masters = release.masters().map(|(_, bytes)| bytes.to_vec()).collect();
        ReleaseContent { id: release.release(), manifest: release.manifest().clone(), masters }
    }
}
