//! A release that was opened: signed by both, in order; its content not read yet.

use crate::metadata::{Listing, ReleaseRef, TargetEntry};
use crate::organisation::PerOrganisation;
use crate::read::state::TrustedState;
use crate::read::verified_chain::VerifiedChain;
use crate::statement::{Made, Statements};
use crate::tally::Tally;
use crate::time::UnixSeconds;

/// How an opened release stands to what was recorded before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was recorded, or an older release.
    Newer,
    /// The very release that was recorded, also when its metadata was renewed.
    SameAsRecorded,
}

/// A release that both organisations signed, in the right order, fresh when [`Opening`](crate::Opening) made
/// it. Its content has not been read yet: [`OpenedRelease::fetching`].
#[derive(Debug, Clone)]
pub struct OpenedRelease {
    verified: VerifiedChain,
    standing: Standing,
    root_version: u64,
    withdrawn: Vec<Made>,
    fallback: Option<ReleaseRef>,
    statements: Statements,
}

impl OpenedRelease {
    /// Only [`Opening`](crate::Opening) and [`reopen`](crate::reopen) make one.
    pub(super) fn of(verified: VerifiedChain, standing: Standing, state: &TrustedState) -> Self {
        let known = state.statements();
        let withdrawn = known.withdrawals(verified.listing.current).cloned().collect();
        let is_withdrawn = |release: ReleaseRef| known.withdrawal(release).is_some();
        let fallback = verified.listing.fallback.filter(|release| !is_withdrawn(*release));
        let (root_version, statements) = (state.root().version(), known.clone());
        OpenedRelease { verified, standing, root_version, withdrawn, fallback, statements }
    }

    /// The release's number and its manifest's digest.
    pub fn release(&self) -> ReleaseRef {
        self.verified.listing.current
    }

    /// Who withdrew the release alone, and why. It is not to be used then: what may be, is the
    /// [fallback](OpenedRelease::fallback).
    pub fn withdrawn(&self) -> Option<&Made> {
        self.withdrawn.first()
    }

    /// The same by everybody who did.
    pub fn withdrawals(&self) -> &[Made] {
        &self.withdrawn
    }

    /// The release before, which may be fallen back to; none when it was withdrawn.
    pub fn fallback(&self) -> Option<ReleaseRef> {
        self.fallback
    }

    /// What each organisation said alone.
    pub fn statements(&self) -> &Statements {
        &self.statements
    }

    /// How it stands to what was recorded when it was opened.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// When the first of its four metadata files expires: from then on it is
    /// [`Stale`](crate::OpenError::Stale).
    pub fn expires(&self) -> UnixSeconds {
        self.verified.expires
    }

    /// Whose signatures hold, by name.
    pub fn signers(&self) -> &PerOrganisation<Vec<String>> {
        &self.verified.signers
    }

    /// How many signed of how many needed.
    pub fn halves(&self) -> PerOrganisation<Tally> {
        self.verified.halves
    }

    /// The versions of root, timestamp, snapshot and targets, for a status display.
    pub fn versions(&self) -> [u64; 4] {
        let verified = &self.verified;
        [self.root_version, verified.timestamp_version, verified.snapshot_version, verified.listing.version]
    }

    /// Every file that the release lists, also those to fall back to: what a mirror or bundle must hold.
    pub fn files(&self) -> impl Iterator<Item = &TargetEntry> {
        self.verified.listing.entries.values()
    }

    pub(crate) fn listing(&self) -> &Listing {
        &self.verified.listing
    }
}
