//! Reading the content of an opened release, every byte against the digest that both organisations signed.

use warifu_values::digest::Digest;

use crate::limits;
use crate::metadata::{ChannelPath, Listing, ReleaseRef, TargetEntry};
use crate::names::TargetName;
use crate::read::fetch_error::FetchError;
use crate::read::opened::OpenedRelease;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::release::{Manifest, MasterEntry, VerifiedRelease, decompress};

/// One listed file that is asked for.
pub(crate) struct ListedFile {
    pub(crate) need: Need,
    sha256: Digest,
}

impl ListedFile {
    /// The file called `name` in `listing`.
    pub(crate) fn find(listing: &Listing, name: &TargetName, limit_bytes: u64) -> Result<Self, Refusal> {
        let TargetEntry { sha256, bytes, .. } = listing.entries.get(name).ok_or_else(|| {
            Refusal::Malformed { file: "targets.json".into(), what: format!("does not list {name}") }
        })?;
        if *bytes > limit_bytes {
            return Err(Refusal::TooLong { file: name.to_string(), limit_bytes });
        }
        Ok(ListedFile { need: Need::new(ChannelPath::content(*sha256, name), *bytes), sha256: *sha256 })
    }

    /// The file, when `answer` is it, whole and with the signed digest.
    pub(crate) fn take(self, answer: Answer) -> Result<Vec<u8>, FetchError> {
        let ListedFile { need, sha256 } = self;
        let Some(bytes) = need.taken(answer)? else { return Err(FetchError::Missing { path: need.path }) };
        if bytes.len() as u64 != need.limit_bytes || Digest::of(&bytes) != sha256 {
            return Err(Refusal::Mismatch { file: need.path.to_string() }.into());
        }
        Ok(bytes)
    }
}

/// The manifest of one listed release, asked for.
pub(crate) struct ListedManifest {
    pub(crate) file: ListedFile,
    release: ReleaseRef,
}

impl ListedManifest {
    pub(crate) fn find(listing: &Listing, release: ReleaseRef) -> Result<Self, Refusal> {
        let name = TargetName::manifest(release.release);
        Ok(ListedManifest { file: ListedFile::find(listing, &name, limits::MANIFEST_BYTES)?, release })
    }

    /// The manifest and its bytes.
    pub(crate) fn take(self, answer: Answer) -> Result<(Manifest, Vec<u8>), FetchError> {
        let bytes = self.file.take(answer)?;
        let name = TargetName::manifest(self.release.release);
        let malformed = |what: String| Refusal::Malformed { file: name.to_string(), what };
        let manifest = Manifest::from_bytes(&bytes).map_err(|error| malformed(error.to_string()))?;
        if manifest.release != self.release.release {
            return Err(malformed(format!("it calls itself release {}", manifest.release)).into());
        }
        Ok((manifest, bytes))
    }
}

impl OpenedRelease {
    /// Reads the release's manifest and every blob, each against the digest and length that were signed.
    ///
    /// # Errors
    ///
    /// [`FetchError::Refused`] when the list allows no fetching; nothing partial comes out of the walk.
    pub fn fetching(&self) -> Result<Fetching, FetchError> {
        Fetching::begin(self.listing(), self.release())
    }

    /// The same for the release to fall back to; `None` when none is listed.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_fallback(&self) -> Result<Option<Fetching>, FetchError> {
        self.fallback().map(|release| Fetching::begin(self.listing(), release)).transpose()
    }

    /// Reads only the release's manifest: what it holds, before anything large is read.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_manifest(&self) -> Result<FetchingManifest, FetchError> {
        FetchingManifest::begin(self.listing(), self.release())
    }
}

/// The walk that reads one manifest.
#[must_use = "nothing is fetched before the walk is at its end"]
pub struct FetchingManifest(ListedManifest);

impl FetchingManifest {
    pub(crate) fn begin(listing: &Listing, release: ReleaseRef) -> Result<Self, FetchError> {
        Ok(FetchingManifest(ListedManifest::find(listing, release)?))
    }
}

impl Walk for FetchingManifest {
    type Done = Manifest;
    type Error = FetchError;

    fn need(&self) -> &Need {
        &self.0.file.need
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        self.0.take(answer).map(|(manifest, _)| Step::Done(manifest))
    }
}

/// The walk that reads a release's whole content.
#[must_use = "nothing is fetched before the walk is at its end"]
pub struct Fetching {
    listing: Listing,
    release: ReleaseRef,
    stage: Stage,
}

enum Stage {
    Manifest(ListedManifest),
    Blob {
        file: ListedFile,
        /// Whose blob it is.
        entry: Box<MasterEntry>,
        manifest: Box<Manifest>,
        /// Those before it, unfolded.
        masters: Vec<Vec<u8>>,
    },
}

impl Fetching {
    fn begin(listing: &Listing, release: ReleaseRef) -> Result<Self, FetchError> {
        let stage = Stage::Manifest(ListedManifest::find(listing, release)?);
        Ok(Fetching { listing: listing.clone(), release, stage })
    }
}

impl Walk for Fetching {
    type Done = VerifiedRelease;
    type Error = FetchError;

    fn need(&self) -> &Need {
        match &self.stage {
            Stage::Manifest(manifest) => &manifest.file.need,
            Stage::Blob { file, .. } => &file.need,
        }
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        let Fetching { listing, release, stage } = self;
        let (manifest, masters) = match stage {
            Stage::Manifest(file) => (Box::new(file.take(answer)?.0), Vec::new()),
            Stage::Blob { file, entry, manifest, mut masters } => {
                let blob = file.take(answer)?;
                masters.push(decompress(entry.blob.as_str(), &blob, entry.canonical)?);
                (manifest, masters)
            }
        };
        let Some(entry) = manifest.masters.get(masters.len()).cloned().map(Box::new) else {
            return Ok(Step::Done(VerifiedRelease::of(*manifest, release.manifest, masters)));
        };
        let file = ListedFile::find(&listing, &entry.blob, limits::BLOB_BYTES)?;
        let stage = Stage::Blob { file, entry, manifest, masters };
        Ok(Step::Next(Fetching { listing, release, stage }))
    }
}
