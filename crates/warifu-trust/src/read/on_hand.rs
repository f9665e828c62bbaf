//! What a reader holds already: it is not read again, and patches are made out of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use warifu_values::digest::Digest;

use crate::metadata::{Listing, TargetEntry};
use crate::names::TargetName;
use crate::release::{Content, Manifest, VerifiedRelease};

/// Contents that a reader holds: the manifest and the parts of the release before. Each is known by its
/// digest, which is taken here of what is in memory, and again of what lies elsewhere when it is read; so
/// what was damaged meanwhile is no base of anything. Clones share them.
#[derive(Clone, Default)]
pub struct OnHand(Arc<BTreeMap<Digest, Held>>);

enum Held {
    InMemory(Vec<u8>),
    /// So many bytes, and who reads them.
    Stored(u64, Arc<Read>),
}

type Read = dyn Fn(Content) -> Option<Vec<u8>> + Send + Sync;

impl OnHand {
    /// These contents.
    pub fn of(contents: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let held = contents.into_iter().map(|bytes| (Digest::of(&bytes), Held::InMemory(bytes)));
        OnHand(Arc::new(held.collect()))
    }

    /// A release, or those of its `parts` that are held: with its manifest, which comes as a patch too.
    pub fn of_release(manifest: &Manifest, parts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        OnHand::of(parts.into_iter().chain(manifest.to_bytes().ok()))
    }

    /// The contents of which the reader says that they lie with him, where he compared each with its digest
    /// before. `read` is asked for those only that a patch is made out of, or that are wanted in memory.
    pub fn stored(
        contents: impl IntoIterator<Item = Content>,
        read: impl Fn(Content) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let read: Arc<Read> = Arc::new(read);
        let held = |content: Content| (content.sha256, Held::Stored(content.bytes, Arc::clone(&read)));
        OnHand(Arc::new(contents.into_iter().map(held).collect()))
    }

    /// Whether the very bytes that are wanted are held.
    pub(crate) fn has(&self, wanted: Content) -> bool {
        let bytes = self.0.get(&wanted.sha256).map(|held| match held {
            Held::InMemory(bytes) => bytes.len() as u64,
            Held::Stored(bytes, _) => *bytes,
        });
        bytes == Some(wanted.bytes)
    }

    /// The very bytes that are wanted, where they are held.
    pub(crate) fn content(&self, wanted: Content) -> Option<Cow<'_, [u8]>> {
        self.by_digest(wanted.sha256).filter(|bytes| bytes.len() as u64 == wanted.bytes)
    }

    pub(crate) fn by_digest(&self, sha256: Digest) -> Option<Cow<'_, [u8]>> {
        match self.0.get(&sha256)? {
            Held::InMemory(bytes) => Some(Cow::Borrowed(bytes)),
            Held::Stored(bytes, read) => {
                let content = Content { sha256, bytes: *bytes };
                read(content).filter(|bytes| Content::of(bytes) == content).map(Cow::Owned)
            }
        }
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

impl fmt::Debug for OnHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl VerifiedRelease {
    /// All of it, for who reads the next release.
    pub fn on_hand(&self) -> OnHand {
        OnHand::of_release(self.manifest(), self.parts().map(|(_, bytes)| bytes.to_vec()))
    }
}
