//! What a reader has verified before and will not go back behind.

use warifu_values::digest::Digest;

use crate::metadata::ReleaseRef;
use crate::read::verified_chain::{MetadataFiles, VerifiedChain};
use crate::refusal::Refusal;
use crate::root::{Policy, SignedRoot};
use crate::statement::Statements;
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
    /// What each organisation said alone.
    pub(crate) statements: Statements,
    /// What this side signed last, whether it was published or not.
    pub(crate) signed: Option<ReleaseRef>,
    /// The manifest of the release published before a rotation, as people told it to each other. Never saved.
    pub(crate) vouched: Option<Digest>,
}

/// The release accepted last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) files: MetadataFiles,
    pub(crate) current: ReleaseRef,
    /// The versions of targets, snapshot and timestamp.
    pub(crate) versions: [u64; 3],
}

impl Recorded {
    pub(crate) fn of(verified: &VerifiedChain) -> Self {
        let versions = [verified.listing.version, verified.snapshot_version, verified.timestamp_version];
        Recorded { files: verified.files.clone(), current: verified.listing.current, versions }
    }
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
        let known_time = UnixSeconds::EPOCH;
        Ok(TrustedState {
            policy,
            roots: vec![root],
            recorded: None,
            known_time,
            statements: Statements::default(),
            signed: None,
            vouched: None,
        })
    }

    /// The root that it began with.
    pub fn pinned(&self) -> &SignedRoot {
        &self.roots[0]
    }

    /// What is demanded of every root.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The newest root known.
    pub fn root(&self) -> &SignedRoot {
        &self.roots[self.roots.len() - 1]
    }

    /// The release accepted last.
    pub fn release(&self) -> Option<ReleaseRef> {
        self.recorded.as_ref().map(|recorded| recorded.current)
    }

    /// What each organisation said alone.
    pub fn statements(&self) -> &Statements {
        &self.statements
    }

    /// The latest instant known; no clock is believed that shows an earlier one.
    pub fn known_time(&self) -> UnixSeconds {
        self.known_time
    }

    /// Remembers what a channel holds, fresh or not.
    pub(crate) fn record_tip(&mut self, verified: &VerifiedChain) {
        self.recorded = Some(Recorded::of(verified));
    }

    pub(crate) fn record(&mut self, verified: &VerifiedChain, now: UnixSeconds) {
        self.recorded = Some(Recorded::of(verified));
        self.known_time = self.known_time.max(now);
    }

    /// What this side signed last.
    pub fn signed(&self) -> Option<ReleaseRef> {
        self.signed
    }

    /// Somebody compared this digest by voice with people who remember the release that was published before
    /// a rotation: a new signer, who has no memory of it, may sign it anew.
    #[must_use]
    pub fn vouching(self, manifest: Digest) -> Self {
        TrustedState { vouched: Some(manifest), ..self }
    }

    /// Remembers that this side signed `release`.
    pub fn remember_signed(&mut self, release: ReleaseRef) {
        self.signed = Some(release);
    }

    /// Takes in what another run of this side's programs saved meanwhile, so that saving goes back behind
    /// nothing: the longer line of roots, the newer release, the later instant.
    ///
    /// # Errors
    ///
    /// [`Refusal::OtherContent`] when the two saw one number with different content.
    pub fn absorb(&mut self, saved: TrustedState) -> Result<(), Refusal> {
        // Both lines begin with the same pinned root; the shorter one has seen less.
        if saved.root().version() >= self.root().version() {
            self.roots = saved.roots;
        }
        self.known_time = self.known_time.max(saved.known_time);
        self.statements.absorb(saved.statements);
        let number = |signed: Option<ReleaseRef>| signed.map_or(0, |signed| signed.release);
        if number(saved.signed) > number(self.signed) {
            self.signed = saved.signed;
        }
        let Some(theirs) = saved.recorded else { return Ok(()) };
        match &self.recorded {
            Some(ours) if ours.current.release == theirs.current.release => {
                if ours.current.manifest != theirs.current.manifest {
                    let release = ours.current.release;
                    self.recorded = Some(theirs);
                    return Err(Refusal::OtherContent { release });
                }
                if ours.versions >= theirs.versions {
                    return Ok(());
                }
            }
            Some(ours) if ours.current.release > theirs.current.release => return Ok(()),
            _ => {}
        }
        self.recorded = Some(theirs);
        Ok(())
    }
}
