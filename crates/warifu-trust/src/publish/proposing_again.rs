//! The published release as a proposal, to be signed anew.

use std::collections::BTreeMap;

use crate::limits;
use crate::metadata::Listing;
use crate::names::TargetName;
use crate::publish::tip::Tip;
use crate::read::{Answer, FetchError, ListedFile, ListedManifest, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::release::{Manifest, Proposal, ProposalError};

impl Tip {
    /// The published release as a proposal, to be signed anew: its own manifest and blobs, each with the
    /// digest that both signed. Also when its signatures have expired or a signer was revoked since. `None`
    /// when nothing is published.
    ///
    /// # Errors
    ///
    /// [`FetchError::Refused`] when its list allows no fetching.
    pub fn proposing_again(&self) -> Result<Option<ProposingAgain>, FetchError> {
        let Some(published) = &self.published else { return Ok(None) };
        let listing = published.listing.clone();
        let stage = Stage::Manifest(ListedManifest::find(&listing, listing.current)?);
        Ok(Some(ProposingAgain { listing, stage }))
    }
}

/// The walk that reads the published release's own manifest and blobs.
#[must_use = "nothing is read before the walk is at its end"]
pub struct ProposingAgain {
    listing: Listing,
    stage: Stage,
}

enum Stage {
    Manifest(ListedManifest),
    Blob { file: ListedFile, name: TargetName, files: Box<Files> },
}

/// What was read so far.
struct Files {
    manifest: Manifest,
    bytes: Vec<u8>,
    blobs: BTreeMap<TargetName, Vec<u8>>,
}

impl Walk for ProposingAgain {
    type Done = Proposal;
    type Error = FetchError;

    fn need(&self) -> &Need {
        match &self.stage {
            Stage::Manifest(manifest) => &manifest.file.need,
            Stage::Blob { file, .. } => &file.need,
        }
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        let ProposingAgain { listing, stage } = self;
        let files = match stage {
            Stage::Manifest(file) => {
                let (manifest, bytes) = file.take(answer)?;
                Box::new(Files { manifest, bytes, blobs: BTreeMap::new() })
            }
            Stage::Blob { file, name, mut files } => {
                files.blobs.insert(name, file.take(answer)?);
                files
            }
        };
        // Each master has a blob of its own, in the manifest's order.
        let Some(name) = files.manifest.masters.get(files.blobs.len()).map(|entry| entry.blob.clone()) else {
            let proposal = Proposal::from_files(&files.bytes, files.blobs).map_err(|error| match error {
                ProposalError::Blob(refusal) => refusal,
                error => Refusal::Malformed { file: "release.json".into(), what: error.to_string() },
            })?;
            return Ok(Step::Done(proposal));
        };
        let file = ListedFile::find(&listing, &name, limits::BLOB_BYTES)?;
        Ok(Step::Next(ProposingAgain { listing, stage: Stage::Blob { file, name, files } }))
    }
}
