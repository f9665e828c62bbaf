//! The files that a list of both organisations names, and the walk through those of one release.

use warifu_values::digest::Digest;

use crate::flaw::Flaw;
use crate::limits;
use crate::metadata::{ChannelPath, Listing, ReleaseRef, TargetEntry};
use crate::names::TargetName;
use crate::read::fetch_error::FetchError;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::release::{Content, Holds, Manifest, Part};
use warifu_values::say;

/// One listed file that is asked for.
pub(crate) struct ListedFile {
    pub(crate) need: Need,
    sha256: Digest,
}

impl ListedFile {
    /// The file called `name` in `listing`.
    pub(crate) fn find(listing: &Listing, name: &TargetName, limit_bytes: u64) -> Result<Self, Refusal> {
        let TargetEntry { sha256, bytes, .. } = listing.entries.get(name).ok_or_else(|| {
            let what = Flaw::said(|lang| say!(lang, "does not list {name}", "{name} の記載がありません"));
            Refusal::Malformed { file: "targets.json".into(), what }
        })?;
        if *bytes > limit_bytes {
            return Err(Refusal::TooLong { file: name.to_string(), limit_bytes });
        }
        Ok(ListedFile { need: Need::new(ChannelPath::content(*sha256, name), *bytes), sha256: *sha256 })
    }

    /// What was signed of it.
    pub(crate) fn signed(&self) -> Content {
        Content { sha256: self.sha256, bytes: self.need.limit_bytes }
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
        let ListedManifest { file, release } = self;
        let bytes = file.take(answer)?;
        Ok((ListedManifest::parsed(release, &bytes)?, bytes))
    }

    /// The manifest in `bytes`, which have the digest that `release` has.
    pub(crate) fn parsed(release: ReleaseRef, bytes: &[u8]) -> Result<Manifest, Refusal> {
        let name = TargetName::manifest(release.release);
        let malformed = |what: Flaw| Refusal::Malformed { file: name.to_string(), what };
        let manifest = Manifest::from_bytes(bytes).map_err(|error| malformed(Flaw::because(&error)))?;
        if manifest.release != release.release {
            return Err(malformed(Flaw::release(manifest.release)));
        }
        Ok(manifest)
    }
}

/// Which parts of a release are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Everything,
    /// Every part that is not held; those that are stay where they lie.
    New,
    Masters,
}

impl Wanted {
    /// The parts of `manifest` that are wanted.
    pub(crate) fn of(self, manifest: &Manifest) -> impl Iterator<Item = Part<'_>> {
        let wanted = move |part: &Part<'_>| self != Wanted::Masters || matches!(part.holds, Holds::Master(_));
        manifest.parts().filter(wanted)
    }
}

/// The files of one release, each with the length and digest that were signed.
pub(crate) struct ReleaseFiles {
    pub(crate) manifest: Manifest,
    pub(crate) manifest_bytes: Vec<u8>,
    /// One for each part, in the manifest's order. They are not unfolded.
    pub(crate) blobs: Vec<Vec<u8>>,
}

/// The walk that reads them as they are: the manifest, then blob after blob.
#[must_use = "nothing is read before the walk is at its end"]
pub(crate) struct ReadingFiles {
    listing: Listing,
    stage: Stage,
}

enum Stage {
    Manifest(ListedManifest),
    Blob { file: ListedFile, files: Box<ReleaseFiles> },
}

impl ReadingFiles {
    pub(crate) fn begin(listing: &Listing, release: ReleaseRef) -> Result<Self, Refusal> {
        let stage = Stage::Manifest(ListedManifest::find(listing, release)?);
        Ok(ReadingFiles { listing: listing.clone(), stage })
    }
}

impl Walk for ReadingFiles {
    type Done = ReleaseFiles;
    type Error = FetchError;

    fn need(&self) -> &Need {
        match &self.stage {
            Stage::Manifest(manifest) => &manifest.file.need,
            Stage::Blob { file, .. } => &file.need,
        }
    }

    fn ahead(&self) -> Vec<Need> {
        let Stage::Blob { files, .. } = &self.stage else { return Vec::new() };
        let rest = files.manifest.parts().skip(files.blobs.len() + 1);
        let find = |part: Part<'_>| ListedFile::find(&self.listing, part.blob, limits::BLOB_BYTES).ok();
        rest.filter_map(find).map(|file| file.need).collect()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        let ReadingFiles { listing, stage } = self;
        let files = match stage {
            Stage::Manifest(file) => {
                let (manifest, manifest_bytes) = file.take(answer)?;
                Box::new(ReleaseFiles { manifest, manifest_bytes, blobs: Vec::new() })
            }
            Stage::Blob { file, mut files } => {
                files.blobs.push(file.take(answer)?);
                files
            }
        };
        let Some(part) = files.manifest.parts().nth(files.blobs.len()) else {
            return Ok(Step::Done(*files));
        };
        let file = ListedFile::find(&listing, part.blob, limits::BLOB_BYTES)?;
        Ok(Step::Next(ReadingFiles { listing, stage: Stage::Blob { file, files } }))
    }
}
