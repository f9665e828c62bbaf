//! What a reader holds already: it is not read again, and patches are made out of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use warifu_values::digest::Digest;

use crate::metadata::{Listing, TargetEntry};
use crate::names::TargetName;
use crate::release::{Content, Manifest, VerifiedRelease};

/// Contents that a reader holds: the manifest and the parts of the release before. Each is known by the
/// digest that is taken of it here, so what was damaged meanwhile is no base of anything. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct OnHand(Arc<BTreeMap<Digest, Vec<u8>>>);

impl OnHand {
    /// These contents.
    pub fn of(contents: impl IntoIterator<Item = Vec<u8>>) -> Self {
        OnHand(Arc::new(contents.into_iter().map(|bytes| (Digest::of(&bytes), bytes)).collect()))
    }

    /// A release, or those of its `parts` that are held: with its manifest, which comes as a patch too.
    pub fn of_release(manifest: &Manifest, parts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        OnHand::of(parts.into_iter().chain(manifest.to_bytes().ok()))
    }

    /// The very bytes that are wanted, where they are held.
    pub(crate) fn content(&self, wanted: Content) -> Option<&[u8]> {
        self.by_digest(wanted.sha256).filter(|bytes| bytes.len() as u64 == wanted.bytes)
    }

    pub(crate) fn by_digest(&self, sha256: Digest) -> Option<&[u8]> {
        self.0.get(&sha256).map(Vec::as_slice)
    }

    /// The shortest patch in `listing` from something held to `wanted`, and from what.
    pub(crate) fn patch<'l>(
        &self,
        listing: &'l Listing,
        wanted: Digest,
    ) -> Option<(Digest, &'l TargetEntry)> {
        let from = |base: &Digest| Some((*base, listing.entries.get(&TargetName::patch(*base, wanted))?));
        self.0.keys().filter_map(from).min_by_key(|(_, entry)| entry.bytes)
    }
}

impl VerifiedRelease {
    /// All of it, for who reads the next release.
    pub fn on_hand(&self) -> OnHand {
        OnHand::of_release(self.manifest(), self.parts().map(|(_, bytes)| bytes.to_vec()))
    }
}
