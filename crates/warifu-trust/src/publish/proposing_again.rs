//! The published release as a proposal, to be signed anew.

use crate::flaw::Flaw;
use crate::publish::tip::Tip;
use crate::read::{Answer, FetchError, Need, ReadingFiles, Step, Walk};
use crate::refusal::Refusal;
use crate::release::{Proposal, ProposalError};

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
        let files = ReadingFiles::begin(&published.listing, published.listing.current)?;
        Ok(Some(ProposingAgain(files)))
    }
}

/// The walk that reads the published release's own manifest and blobs.
#[must_use = "nothing is read before the walk is at its end"]
pub struct ProposingAgain(ReadingFiles);

impl Walk for ProposingAgain {
    type Done = Proposal;
    type Error = FetchError;

    fn need(&self) -> &Need {
        self.0.need()
    }

    fn ahead(&self) -> Vec<Need> {
        self.0.ahead()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        let files = match self.0.feed(answer)? {
            Step::Next(next) => return Ok(Step::Next(ProposingAgain(next))),
            Step::Done(files) => files,
        };
        let names = files.manifest.parts().map(|part| part.blob.clone());
        let blobs = names.zip(files.blobs).collect();
        let proposal = Proposal::from_files(&files.manifest_bytes, blobs).map_err(|error| match error {
            ProposalError::Blob(refusal) => refusal,
            error => Refusal::Malformed { file: "release.json".into(), what: Flaw::because(&error) },
        })?;
        Ok(Step::Done(proposal))
    }
}
