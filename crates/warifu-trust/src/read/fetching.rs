//! Reading the content of an opened release, every byte against the digest that both organisations signed.

use crate::metadata::{Listing, ReleaseRef};
use crate::read::fetch_error::FetchError;
use crate::read::listed::{ListedManifest, ReadingFiles, Wanted};
use crate::read::opened::OpenedRelease;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::release::{Manifest, ReleaseBytes, VerifiedMasters, VerifiedRelease, decompress};

impl OpenedRelease {
    /// Reads the release's manifest and every blob, each against the digest and length that were signed.
    ///
    /// # Errors
    ///
    /// [`FetchError::Refused`] when the list allows no fetching; nothing partial comes out of the walk.
    pub fn fetching(&self) -> Result<Fetching, FetchError> {
        Fetching::begin(self.listing(), self.release())
    }

    /// Reads the release's manifest and its masters, neither timelines nor changes: for whoever writes files
    /// and judges nothing by days.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_masters(&self) -> Result<FetchingMasters, FetchError> {
        Ok(FetchingMasters(ReadingFiles::begin(self.listing(), self.release(), Wanted::Masters)?))
    }

    /// The same for the release to fall back to; `None` when none is listed.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_fallback(&self) -> Result<Option<Fetching>, FetchError> {
        self.fallback().map(|release| Fetching::begin(self.listing(), release)).transpose()
    }

    /// The masters of the release to fall back to; `None` when none is listed.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_fallback_masters(&self) -> Result<Option<FetchingMasters>, FetchError> {
        let begin = |release| ReadingFiles::begin(self.listing(), release, Wanted::Masters);
        Ok(self.fallback().map(begin).transpose()?.map(FetchingMasters))
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
pub struct Fetching(ReadingFiles);

impl Fetching {
    pub(crate) fn begin(listing: &Listing, release: ReleaseRef) -> Result<Self, FetchError> {
        Ok(Fetching(ReadingFiles::begin(listing, release, Wanted::Everything)?))
    }
}

impl Walk for Fetching {
    type Done = VerifiedRelease;
    type Error = FetchError;

    fn need(&self) -> &Need {
        self.0.need()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        let files = match self.0.feed(answer)? {
            Step::Next(next) => return Ok(Step::Next(Fetching(next))),
            Step::Done(files) => files,
        };
        let mut blobs = files.blobs.into_iter();
        let bytes = ReleaseBytes::gather(&files.manifest, |part| {
            let name = part.blob.as_str();
            let blob = blobs.next().ok_or_else(|| Refusal::Mismatch { file: name.to_owned() })?;
            decompress(name, &blob, part.content)
        })?;
        Ok(Step::Done(VerifiedRelease::of(files.manifest, files.release, bytes)))
    }
}

/// The walk that reads a release's masters.
#[must_use = "nothing is fetched before the walk is at its end"]
pub struct FetchingMasters(ReadingFiles);

impl Walk for FetchingMasters {
    type Done = VerifiedMasters;
    type Error = FetchError;

    fn need(&self) -> &Need {
        self.0.need()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        let files = match self.0.feed(answer)? {
            Step::Next(next) => return Ok(Step::Next(FetchingMasters(next))),
            Step::Done(files) => files,
        };
        let mut masters = Vec::new();
        for (part, blob) in Wanted::Masters.of(&files.manifest).zip(&files.blobs) {
            masters.push(decompress(part.blob.as_str(), blob, part.content)?);
        }
        Ok(Step::Done(VerifiedMasters::of(files.manifest, files.release, masters)))
    }
}
