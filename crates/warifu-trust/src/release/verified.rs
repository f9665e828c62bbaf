//! A release with its content, every byte with the digest that both organisations signed.

use warifu_values::digest::Digest;

use crate::metadata::ReleaseRef;
use crate::release::manifest::{Manifest, MasterEntry};

/// A release with its content in memory.
#[derive(Debug, Clone)]
pub struct VerifiedRelease {
    manifest: Manifest,
    digest: Digest,
    /// One for each of the manifest's masters, in its order.
    masters: Vec<Vec<u8>>,
}

impl VerifiedRelease {
    /// `masters` were compared with the manifest, and the manifest with `digest`.
    pub(crate) fn of(manifest: Manifest, digest: Digest, masters: Vec<Vec<u8>>) -> Self {
        VerifiedRelease { manifest, digest, masters }
    }

    /// The manifest that both signed.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The release's number and its manifest's digest.
    pub fn release(&self) -> ReleaseRef {
        ReleaseRef { release: self.manifest.release, manifest: self.digest }
    }

    /// The canonical bytes of one master.
    pub fn master(&self, series: &str, kind: &str) -> Option<&[u8]> {
        let found = |(entry, _): &(&MasterEntry, &[u8])| entry.series == series && entry.kind == kind;
        self.masters().find(found).map(|(_, bytes)| bytes)
    }

    /// Every master with its canonical bytes, in the manifest's order.
    pub fn masters(&self) -> impl Iterator<Item = (&MasterEntry, &[u8])> {
        self.manifest.masters.iter().zip(self.masters.iter().map(Vec::as_slice))
    }
}
