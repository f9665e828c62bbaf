//! The content of a release, every byte with the digest that both organisations signed.

use std::collections::BTreeMap;

use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};

use crate::chain::{self};
use crate::channel::{Channel, ChannelPath};
use crate::error::spoken_error;
use crate::manifest::{Manifest, MasterEntry};
use crate::names::TargetName;
use crate::open::{OpenError, OpenedRelease};
use crate::proposal::{Proposal, ProposalError};
use crate::refusal::Refusal;
use crate::targets::{Listing, ReleaseRef, TargetEntry};
use crate::tip::Tip;
use crate::{blob, limits};

/// A release with its content in memory.
#[derive(Debug, Clone)]
pub struct VerifiedRelease {
    manifest: Manifest,
    digest: Digest,
    /// One for each of the manifest's masters, in its order.
    masters: Vec<Vec<u8>>,
}

impl OpenedRelease {
    /// Reads the release's manifest and every blob, each against the digest and length that were signed.
    ///
    /// # Errors
    ///
    /// [`FetchError::Unreachable`] or [`FetchError::Refused`]; nothing partial comes out.
    pub fn fetch(&self, channel: &dyn Channel) -> Result<VerifiedRelease, FetchError> {
        self.fetch_release(channel, self.release())
    }

    /// The same for the release to fall back to; `None` when none is listed.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetch`].
    pub fn fetch_fallback(&self, channel: &dyn Channel) -> Result<Option<VerifiedRelease>, FetchError> {
        self.fallback().map(|release| self.fetch_release(channel, release)).transpose()
    }

    /// Reads only the release's manifest: what it holds, before anything large is read.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetch`].
    pub fn fetch_manifest(&self, channel: &dyn Channel) -> Result<Manifest, FetchError> {
        self.manifest_of(channel, self.release())
    }

    fn fetch_release(
        &self,
        channel: &dyn Channel,
        release: ReleaseRef,
    ) -> Result<VerifiedRelease, FetchError> {
        let manifest = self.manifest_of(channel, release)?;
        let masters = manifest.masters.iter().map(|entry| {
            let blob = self.content(channel, &entry.blob, limits::BLOB_BYTES)?;
            Ok(blob::decompress(entry.blob.as_str(), &blob, entry.canonical)?)
        });
        let masters = masters.collect::<Result<_, FetchError>>()?;
        Ok(VerifiedRelease { manifest, digest: release.manifest, masters })
    }

    fn manifest_of(&self, channel: &dyn Channel, release: ReleaseRef) -> Result<Manifest, FetchError> {
        manifest_of(self.listing(), channel, release).map(|(manifest, _)| manifest)
    }

    fn content(
        &self,
        channel: &dyn Channel,
        name: &TargetName,
        limit_bytes: u64,
    ) -> Result<Vec<u8>, FetchError> {
        content(self.listing(), channel, name, limit_bytes)
    }
}

impl Tip {
    /// The published release as a proposal, to be signed anew: its own manifest and blobs, each with the digest
    /// that both signed. Also when its signatures have expired or a signer was revoked since. `None` when nothing
    /// is published.
    ///
    /// # Errors
    ///
    /// As [`OpenedRelease::fetch`].
    pub fn propose_again(&self, channel: &dyn Channel) -> Result<Option<Proposal>, FetchError> {
        let Some(published) = &self.published else { return Ok(None) };
        let listing = &published.listing;
        let (manifest, bytes) = manifest_of(listing, channel, listing.current)?;
        let mut blobs = BTreeMap::new();
        for entry in &manifest.masters {
            let blob = content(listing, channel, &entry.blob, limits::BLOB_BYTES)?;
            blobs.insert(entry.blob.clone(), blob);
        }
        let proposal = Proposal::from_files(&bytes, blobs).map_err(|error| match error {
            ProposalError::Blob(refusal) => refusal,
            error => Refusal::Malformed { file: "release.json".into(), what: error.to_string() },
        })?;
        Ok(Some(proposal))
    }
}

/// The manifest of one listed release, and its bytes.
fn manifest_of(
    listing: &Listing,
    channel: &dyn Channel,
    release: ReleaseRef,
) -> Result<(Manifest, Vec<u8>), FetchError> {
    let name = TargetName::manifest(release.release);
    let bytes = content(listing, channel, &name, limits::MANIFEST_BYTES)?;
    let malformed = |what: String| Refusal::Malformed { file: name.to_string(), what };
    let manifest = Manifest::from_bytes(&bytes).map_err(|error| malformed(error.to_string()))?;
    if manifest.release != release.release {
        return Err(malformed(format!("it calls itself release {}", manifest.release)).into());
    }
    Ok((manifest, bytes))
}

/// One listed file, whole and with the signed digest.
fn content(
    listing: &Listing,
    channel: &dyn Channel,
    name: &TargetName,
    limit_bytes: u64,
) -> Result<Vec<u8>, FetchError> {
    let TargetEntry { sha256, bytes: length, .. } = listing.entries.get(name).ok_or_else(|| {
        Refusal::Malformed { file: "targets.json".into(), what: format!("does not list {name}") }
    })?;
    if *length > limit_bytes {
        return Err(Refusal::TooLong { file: name.to_string(), limit_bytes }.into());
    }
    let path = ChannelPath::content(*sha256, name);
    let bytes = match chain::read(channel, &path, *length) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(FetchError::Unreachable(OpenError::Missing { path })),
        Err(OpenError::Refused(refusal)) => return Err(refusal.into()),
        Err(error) => return Err(FetchError::Unreachable(error)),
    };
    if bytes.len() as u64 != *length || Digest::of(&bytes) != *sha256 {
        return Err(Refusal::Mismatch { file: path.to_string() }.into());
    }
    Ok(bytes)
}

impl VerifiedRelease {
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

/// Why content was not fetched, split by what to do next. What is running stays.
#[derive(Debug)]
pub enum FetchError {
    /// Try again.
    Unreachable(OpenError),
    /// The content is not what was signed, or more than is ever read: tell people.
    Refused(Refusal),
}

impl From<Refusal> for FetchError {
    fn from(refusal: Refusal) -> Self {
        FetchError::Refused(refusal)
    }
}

impl Speak for FetchError {
    fn say(&self, lang: Lang) -> String {
        match self {
            FetchError::Unreachable(error) => error.say(lang),
            FetchError::Refused(refusal) => refusal.say(lang),
        }
    }
}

spoken_error!(FetchError, |error| matches!(error, FetchError::Refused(_)), |error| match error {
    FetchError::Unreachable(error) => std::error::Error::source(error),
    FetchError::Refused(_) => None,
});
