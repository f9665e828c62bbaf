//! What a reader has verified before and will not go back behind.

use crate::metadata::ReleaseRef;
use crate::read::verified_chain::{MetadataFiles, VerifiedChain};
use crate::refusal::Refusal;
use crate::root::{Policy, SignedRoot};
use crate::time::UnixSeconds;

/// A reader's trust: the pinned root and those that followed, the files of the release accepted last, and the
/// latest instant at which something fresh was seen.
///
/// Everything is kept as the bytes that were signed ([`TrustedState::to_bytes`]) and verified anew when
/// loaded ([`TrustedState::from_bytes`]).
#[derive(Debug, Clone)]
pub struct TrustedState {
    pub(crate) policy: Policy,
    /// From the pinned one on; never empty.
    pub(crate) roots: Vec<SignedRoot>,
    pub(crate) recorded: Option<Recorded>,
    /// Moves only when metadata that was fresh at that instant was accepted, so one wrong clock cannot push
    /// it past the next expiry for good.
    pub(crate) known_time: UnixSeconds,
}

/// The release accepted last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) files: MetadataFiles,
    pub(crate) current: ReleaseRef,
}

impl TrustedState {
    /// The trust of a new reader that has only the pinned root.
    ///
    /// # Errors
    ///
    /// As [`SignedRoot::pinned`], and [`Refusal::UnsoundRoot`] when its thresholds lie below `policy`.
    pub fn pin(root: &[u8], policy: Policy) -> Result<Self, Refusal> {
        let root = SignedRoot::pinned(root)?;
        root.table().check_policy(&policy).map_err(Refusal::UnsoundRoot)?;
        Ok(TrustedState { policy, roots: vec![root], recorded: None, known_time: UnixSeconds::EPOCH })
    }

    /// The newest root known.
    pub fn root(&self) -> &SignedRoot {
        &self.roots[self.roots.len() - 1]
    }

    /// The release accepted last.
    pub fn release(&self) -> Option<ReleaseRef> {
        self.recorded.as_ref().map(|recorded| recorded.current)
    }

    /// The latest instant known; no clock is believed that shows an earlier one.
    pub fn known_time(&self) -> UnixSeconds {
        self.known_time
    }

    pub(crate) fn record(&mut self, verified: &VerifiedChain, now: UnixSeconds) {
        self.recorded = Some(Recorded { files: verified.files.clone(), current: verified.listing.current });
        self.known_time = self.known_time.max(now);
    }
}
