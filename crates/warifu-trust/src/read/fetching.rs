//! Reading the content of an opened release, every byte against the digest that both organisations signed.

use crate::metadata::{Listing, ReleaseRef};
use crate::read::content::{ReadContent, ReadingContent};
use crate::read::fetch_error::FetchError;
use crate::read::listed::{ListedManifest, Wanted};
use crate::read::on_hand::OnHand;
use crate::read::opened::OpenedRelease;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::release::{Manifest, ReleaseBytes, VerifiedMasters, VerifiedNew, VerifiedRelease};

impl OpenedRelease {
    /// Reads the release's manifest and every blob, each against the digest and length that were signed.
    ///
    /// # Errors
    ///
    /// [`FetchError::Refused`] when the list allows no fetching; nothing partial comes out of the walk.
    pub fn fetching(&self) -> Result<Fetching, FetchError> {
        self.fetching_beside(OnHand::default())
    }

    /// The same for who holds the release before, or some of it: what is held is not read, and what both
    /// signed a patch to is made of it. A patch that gives not what was signed is of no use, and no more.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_beside(&self, on_hand: OnHand) -> Result<Fetching, FetchError> {
        Fetching::begin(self.listing(), self.release(), on_hand)
    }

    /// Reads the release's manifest and of its parts those that are not on hand: for who has the others lie
    /// where they are.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_new(&self, on_hand: OnHand) -> Result<FetchingNew, FetchError> {
        Fetching::begin_new(self.listing(), self.release(), on_hand)
    }

    /// Reads the release's manifest and its masters, neither timelines nor changes: for whoever writes files
    /// and judges nothing by days.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_masters(&self) -> Result<FetchingMasters, FetchError> {
        self.fetching_masters_beside(OnHand::default())
    }

    /// The same for who holds some of them, or of those before: see [`OpenedRelease::fetching_beside`].
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_masters_beside(&self, on_hand: OnHand) -> Result<FetchingMasters, FetchError> {
        Fetching::begin_masters(self.listing(), self.release(), on_hand)
    }

    /// The same for the release to fall back to; `None` when none is listed.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_fallback(&self) -> Result<Option<Fetching>, FetchError> {
        self.fallback().map(|release| Fetching::begin(self.listing(), release, OnHand::default())).transpose()
    }

    /// The masters of the release to fall back to; `None` when none is listed.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetching`].
    pub fn fetching_fallback_masters(&self) -> Result<Option<FetchingMasters>, FetchError> {
        let begin = |release| Fetching::begin_masters(self.listing(), release, OnHand::default());
        self.fallback().map(begin).transpose()
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

/// The walk that reads the content of a release, or what is wanted of it.
#[must_use = "nothing is fetched before the walk is at its end"]
pub struct Fetching<T = VerifiedRelease> {
    reading: ReadingContent,
    end: fn(ReadContent) -> Result<T, FetchError>,
}

/// The walk that reads what is new of a release.
pub type FetchingNew = Fetching<VerifiedNew>;

/// The walk that reads a release's masters.
pub type FetchingMasters = Fetching<VerifiedMasters>;

impl Fetching {
    pub(crate) fn begin(listing: &Listing, release: ReleaseRef, on_hand: OnHand) -> Result<Self, FetchError> {
        let reading = ReadingContent::begin(listing, release, Wanted::Everything, on_hand)?;
        Ok(Fetching { reading, end: whole })
    }
}

impl FetchingNew {
    fn begin_new(listing: &Listing, release: ReleaseRef, on_hand: OnHand) -> Result<Self, FetchError> {
        let end = |read: ReadContent| {
            Ok(VerifiedNew::of(read.manifest, read.release, read.contents, read.transfer))
        };
        Ok(Fetching { reading: ReadingContent::begin(listing, release, Wanted::New, on_hand)?, end })
    }
}

impl FetchingMasters {
    fn begin_masters(listing: &Listing, release: ReleaseRef, on_hand: OnHand) -> Result<Self, FetchError> {
        let end = |read: ReadContent| {
            // None of them was left where it lies.
            let masters = read.contents.into_iter().flatten().collect();
            Ok(VerifiedMasters::of(read.manifest, read.release, masters, read.transfer))
        };
        Ok(Fetching { reading: ReadingContent::begin(listing, release, Wanted::Masters, on_hand)?, end })
    }
}

fn whole(read: ReadContent) -> Result<VerifiedRelease, FetchError> {
    let mut contents = read.contents.into_iter();
    let bytes = ReleaseBytes::gather(&read.manifest, |part| {
        let missing = || Refusal::Mismatch { file: part.blob.to_string() };
        contents.next().flatten().ok_or_else(missing)
    })?;
    Ok(VerifiedRelease::of(read.manifest, read.release, bytes, read.transfer))
}

impl<T> Walk for Fetching<T> {
    type Done = T;
    type Error = FetchError;

    fn need(&self) -> &Need {
        self.reading.need()
    }

    fn ahead(&self) -> Vec<Need> {
        self.reading.ahead()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        let Fetching { reading, end } = self;
        Ok(match reading.feed(answer)? {
            Step::Next(reading) => Step::Next(Fetching { reading, end }),
            Step::Done(read) => Step::Done(end(read)?),
        })
    }
}
