//! Reading the manifest of a release that lists no longer name: by the digest that a verified manifest has of
//! it.

use std::collections::VecDeque;

use warifu_values::digest::Digest;

use crate::flaw::Flaw;
use crate::limits;
use crate::metadata::{ChannelPath, ReleaseRef};
use crate::names::TargetName;
use crate::read::fetch_error::FetchError;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::release::Manifest;

/// The walk that reads the manifest of an earlier release. Files of a channel are not taken away, so it lies
/// where it was published; who has its digest from what both signed needs no list.
#[must_use = "nothing is read before the walk is at its end"]
pub struct FetchingEarlier {
    need: Need,
    release: ReleaseRef,
}

impl FetchingEarlier {
    /// Of `release`, one that a verified manifest names ([`Manifest::releases_before`]).
    pub fn begin(release: ReleaseRef) -> Self {
        let path = ChannelPath::content(release.manifest, &TargetName::manifest(release.release));
        FetchingEarlier { need: Need::new(path, limits::MANIFEST_BYTES), release }
    }
}

impl Walk for FetchingEarlier {
    type Done = Manifest;
    type Error = FetchError;

    fn need(&self) -> &Need {
        &self.need
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        let FetchingEarlier { need, release } = self;
        let Some(bytes) = need.taken(answer)? else { return Err(FetchError::Missing { path: need.path }) };
        if Digest::of(&bytes) != release.manifest {
            return Err(Refusal::Mismatch { file: need.path.to_string() }.into());
        }
        let malformed = |what: Flaw| Refusal::Malformed { file: need.path.to_string(), what };
        let manifest = Manifest::from_bytes(&bytes).map_err(|error| malformed(Flaw::because(&error)))?;
        if manifest.release != release.release {
            return Err(malformed(Flaw::release(manifest.release)).into());
        }
        Ok(Step::Done(manifest))
    }
}

/// The walk along the manifests of earlier releases, in their order, until one is what is looked for: which
/// it is. One that the channel lacks is passed over; whatever else stands in the way of seeing one is told.
#[must_use = "nothing is read before the walk is at its end"]
pub struct FindingEarlier<F> {
    asked: FetchingEarlier,
    left: VecDeque<ReleaseRef>,
    is_it: F,
}

impl<F: FnMut(&Manifest) -> bool> FindingEarlier<F> {
    /// Of the `releases` that a verified manifest names ([`Manifest::releases_before`]) the first of which
    /// `is_it` holds; no walk when there are none.
    pub fn begin(releases: impl IntoIterator<Item = ReleaseRef>, is_it: F) -> Option<Self> {
        FindingEarlier::next(releases.into_iter().collect(), is_it)
    }

    fn next(mut left: VecDeque<ReleaseRef>, is_it: F) -> Option<Self> {
        let asked = FetchingEarlier::begin(left.pop_front()?);
        Some(FindingEarlier { asked, left, is_it })
    }
}

impl<F: FnMut(&Manifest) -> bool> Walk for FindingEarlier<F> {
    type Done = Option<ReleaseRef>;
    type Error = FetchError;

    fn need(&self) -> &Need {
        self.asked.need()
    }

    fn ahead(&self) -> Vec<Need> {
        self.left.iter().map(|release| FetchingEarlier::begin(*release).need).collect()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        let FindingEarlier { asked, left, mut is_it } = self;
        let release = asked.release;
        match asked.feed(answer) {
            Ok(Step::Done(manifest)) if is_it(&manifest) => return Ok(Step::Done(Some(release))),
            Ok(Step::Next(asked)) => return Ok(Step::Next(FindingEarlier { asked, left, is_it })),
            Ok(Step::Done(_)) | Err(FetchError::Missing { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(FindingEarlier::next(left, is_it).map_or(Step::Done(None), Step::Next))
    }
}
