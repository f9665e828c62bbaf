//! A release's content: the manifest and the bytes of its parts, each with the digest it names. Parts that
//! lie in the state directory stay there until somebody wants their bytes: two releases share most of them.

use std::borrow::Cow;

use warifu_trust::{
    Content, Holds, Manifest, ManifestError, MasterEntry, Part, ReleaseBytes, ReleaseRef, VerifiedRelease,
};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

pub use crate::stored::NotHad;
use crate::stored::Stored;

/// A manifest with the parts it lists. Made only where every byte was compared with its digest.
#[derive(Debug, Clone)]
pub struct ReleaseContent {
    id: ReleaseRef,
    manifest: Manifest,
    /// In the manifest's order.
    parts: Vec<PartBytes>,
}

/// The bytes of one part.
#[derive(Debug, Clone)]
pub struct PartBytes(Held);

#[derive(Debug, Clone)]
enum Held {
    InMemory(Vec<u8>),
    Stored(Stored),
}

impl PartBytes {
    /// The bytes, read where they lie.
    ///
    /// # Errors
    /// They cannot be read, or are other ones by now.
    pub fn read(&self) -> Result<Cow<'_, [u8]>, NotHad> {
        match &self.0 {
            Held::InMemory(bytes) => Ok(Cow::Borrowed(bytes)),
            Held::Stored(stored) => stored.read().map(Cow::Owned),
        }
    }

    /// The same, given away: a parser takes them over without a copy.
    ///
    /// # Errors
    /// As [`PartBytes::read`].
    pub fn into_bytes(self) -> Result<Vec<u8>, NotHad> {
        match self.0 {
            Held::InMemory(bytes) => Ok(bytes),
            Held::Stored(stored) => stored.read(),
        }
    }

    /// The bytes, where they are in memory and nowhere else.
    pub(crate) fn in_memory(&self) -> Option<&[u8]> {
        match &self.0 {
            Held::InMemory(bytes) => Some(bytes),
            Held::Stored(_) => None,
        }
    }
}

impl From<Vec<u8>> for PartBytes {
    fn from(bytes: Vec<u8>) -> Self {
        PartBytes(Held::InMemory(bytes))
    }
}

impl From<Stored> for PartBytes {
    fn from(stored: Stored) -> Self {
        PartBytes(Held::Stored(stored))
    }
}

impl Speak for NotHad {
    fn say(&self, lang: Lang) -> String {
        match self {
            NotHad::Read(error) => error.say(lang),
            NotHad::Damaged { path } => {
                let path = path.display();
                say!(lang, "{path} is not what its digest says", "{path} の内容がダイジェストと一致しません")
            }
        }
    }
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
        Ok(ReleaseContent { id, manifest, parts: in_memory(bytes) })
    }

    /// Of parts that were each compared with their digest, in the order of the manifest, which has this one.
    pub(crate) fn compared(id: ReleaseRef, manifest: Manifest, parts: Vec<PartBytes>) -> Self {
        debug_assert_eq!(manifest.parts().count(), parts.len());
        ReleaseContent { id, manifest, parts }
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
    pub fn parts(&self) -> impl Iterator<Item = (Part<'_>, &PartBytes)> {
        self.manifest.parts().zip(&self.parts)
    }

    /// The masters with the bytes of their newest state and of their timelines, in the manifest's order,
    /// given away.
    pub fn into_masters(self) -> impl Iterator<Item = (MasterEntry, PartBytes, PartBytes)> {
        let mut parts = self.parts.into_iter();
        let with_bytes = move |entry| Some((entry, parts.next()?, parts.next()?));
        self.manifest.masters.into_iter().map_while(with_bytes)
    }
}

impl From<VerifiedRelease> for ReleaseContent {
    fn from(release: VerifiedRelease) -> Self {
        let (manifest, id, bytes) = release.into_parts();
        ReleaseContent { id, manifest, parts: in_memory(bytes) }
    }
}

/// The bytes of every part, in the manifest's order.
fn in_memory(bytes: ReleaseBytes) -> Vec<PartBytes> {
    let masters = bytes.masters.into_iter().flat_map(|master| [master.canonical, master.timelines]);
    let changes = bytes.changes.into_iter();
    let changes = changes.flat_map(|changes| [changes.list].into_iter().chain(changes.earlier));
    masters.chain(changes).map(PartBytes::from).collect()
}

/// What a person calls a part.
fn name(part: &Part<'_>) -> String {
    match part.holds {
        Holds::Master(entry) => entry.name(),
        Holds::Timelines(entry) => format!("{}/{} (timelines)", entry.series, entry.kind),
        Holds::Changes => "changes".into(),
        Holds::Earlier(earlier) => format!("changes of release {}", earlier.release.release),
    }
}
