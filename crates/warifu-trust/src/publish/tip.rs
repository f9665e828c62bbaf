//! Where a channel stands now, as signers and the release manager see it before they add to it.

use std::collections::BTreeMap;

use crate::metadata::{ChannelPath, ReleaseRef, TargetEntry, Use};
use crate::publish::not_followed::NotFollowed;
use crate::read::{FetchError, Fetching, FetchingManifest, OnHand, TrustedState, VerifiedChain};
use crate::refusal::Refusal;
use crate::release::Manifest;
use crate::root::{RoleTable, SignedRoot};
use crate::statement::{Made, Statements};
use crate::time::UnixSeconds;

/// Whether the clock of whoever seals is held against the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    Held,
    Vouched,
}

/// On what the published release rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rests {
    /// On signatures of people whom the newest root lists.
    OnSignatures,
    /// Its signers were revoked since; this side remembers it from before. It can be signed anew, and nothing
    /// follows it before that.
    OnMemory,
}

/// A release whose two halves lie on a channel, and nothing points to them.
#[derive(Debug, Clone)]
pub(super) struct Orphan {
    pub(super) release: ReleaseRef,
    pub(super) snapshot_version: u64,
    pub(super) snapshot: Vec<u8>,
    /// When Kokuho's half expires.
    pub(super) snapshot_expires: UnixSeconds,
    /// When the first of the two does.
    pub(super) expires: UnixSeconds,
}

/// Until when the files of a channel hold; none where nothing is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiries {
    /// Who may sign.
    pub root: UnixSeconds,
    /// Kikin's half.
    pub targets: Option<UnixSeconds>,
    /// Kokuho's half.
    pub snapshot: Option<UnixSeconds>,
    /// That it is the newest.
    pub timestamp: Option<UnixSeconds>,
}

/// A channel's newest root, release and versions, verified except for freshness: renewing what has expired
/// must be possible.
#[derive(Debug, Clone)]
pub struct Tip {
    pub(crate) root: SignedRoot,
    /// Roots that the channel does not have yet, in order.
    pub(crate) new_roots: Vec<SignedRoot>,
    pub(crate) published: Option<VerifiedChain>,
    /// The manifest of what is published, where the channel has it.
    pub(super) manifest: Option<Manifest>,
    pub(super) rests: Rests,
    /// A release whose halves lie on a channel without `timestamp.json`: it was taken away, or the first
    /// publication was interrupted.
    pub(super) orphan: Option<Orphan>,
    /// The newest timestamp version that is remembered.
    pub(super) known_timestamp: u64,
    /// When that one runs out.
    pub(super) known_expires: Option<UnixSeconds>,
    /// `timestamp.json` exactly as read; the publication replaces this and nothing else.
    pub(crate) timestamp_file: Option<Vec<u8>>,
    /// What interrupted publications left behind above the published versions; never pointed at.
    pub(crate) leftovers: BTreeMap<ChannelPath, Vec<u8>>,
    pub(crate) next_targets: u64,
    pub(crate) next_snapshot: u64,
    pub(super) clock: Clock,
    /// What each organisation said alone.
    pub(crate) statements: Statements,
}

impl Tip {
    /// A channel on which nothing is published under `root`.
    pub(super) fn of(root: SignedRoot) -> Self {
        Tip {
            root,
            new_roots: Vec::new(),
            published: None,
            manifest: None,
            rests: Rests::OnSignatures,
            orphan: None,
            known_timestamp: 0,
            known_expires: None,
            timestamp_file: None,
            leftovers: BTreeMap::new(),
            next_targets: 1,
            next_snapshot: 1,
            clock: Clock::Held,
            statements: Statements::default(),
        }
    }

    /// The tip as it will be with `root`, which the next publication brings along: for a rotation whose new
    /// signers already sign the release.
    ///
    /// # Errors
    ///
    /// [`Refusal::RootVersion`] or [`Refusal::RootSignatures`] when `root` does not follow.
    pub fn with_new_root(mut self, root: SignedRoot) -> Result<Self, Refusal> {
        let root = self.root.followed_by(root.bytes())?;
        self.new_roots.push(root.clone());
        self.root = root;
        Ok(self)
    }

    /// The same tip for somebody who has looked at the clock and found it right: the channel's last timestamp
    /// was made with a wrong one, or the channel slept for more than 31 days.
    #[must_use]
    pub fn with_vouched_clock(self) -> Self {
        Tip { clock: Clock::Vouched, ..self }
    }

    /// Who may sign what: the newest root's table, without the keys that their organisations took away.
    pub(crate) fn table(&self) -> RoleTable {
        self.root.table().without(&self.statements.revoked())
    }

    /// The newest root.
    pub fn root(&self) -> &SignedRoot {
        &self.root
    }

    /// The release that the next one follows; `None` when nothing was ever published. Only one that people
    /// whom the newest root lists have signed is followed.
    ///
    /// # Errors
    ///
    /// [`NotFollowed::RenewFirst`] and [`NotFollowed::TimestampLost`].
    pub fn predecessor(&self) -> Result<Option<ReleaseRef>, NotFollowed> {
        match (self.release(), self.rests, &self.orphan) {
            (Some(release), Rests::OnMemory, _) => Err(NotFollowed::RenewFirst { release: release.release }),
            (None, _, Some(orphan)) => Err(NotFollowed::TimestampLost { release: orphan.release.release }),
            (release, ..) => Ok(release),
        }
    }

    /// Remembers in `state` where the channel stands, so that an older copy of it is refused from now on.
    /// It says nothing of the time: what lies there may have expired.
    pub fn remember(&self, state: &mut TrustedState) {
        state.statements.absorb(self.statements.clone());
        match &self.published {
            Some(published) if self.rests == Rests::OnSignatures => state.record_tip(published),
            _ => {}
        }
    }

    /// What each organisation said alone.
    pub fn statements(&self) -> &Statements {
        &self.statements
    }

    /// The release that may be fallen back to from the one published now.
    pub fn fallback(&self) -> Option<ReleaseRef> {
        let fallback = self.published.as_ref()?.listing.fallback?;
        self.statements.withdrawal(fallback).is_none().then_some(fallback)
    }

    /// The release that is used instead when `release` is withdrawn: nothing but what both signed before.
    pub fn falls_back_from(&self, release: ReleaseRef) -> Option<ReleaseRef> {
        let current = self.release().filter(|current| self.statements.withdrawal(*current).is_none());
        if current == Some(release) { self.fallback() } else { current }
    }

    /// Who withdrew the release published now, and why.
    pub fn withdrawn(&self) -> Option<&Made> {
        self.release().and_then(|release| self.statements.withdrawal(release))
    }

    /// The release published now.
    pub fn release(&self) -> Option<ReleaseRef> {
        self.published.as_ref().map(|published| published.listing.current)
    }

    /// Until when each of the files holds by which the release is verified that is published now.
    pub fn expiries(&self) -> Expiries {
        let published = self.published.as_ref();
        Expiries {
            root: self.root.summary().expires,
            targets: published.map(|it| it.listing.expires),
            snapshot: published.map(|it| it.snapshot_expires),
            timestamp: published.map(|it| it.timestamp_expires),
        }
    }

    /// Reads only the manifest of the release published now, against the digest that both signed. `None` when
    /// nothing is published.
    ///
    /// # Errors
    ///
    /// [`FetchError::Refused`] when its list allows no fetching.
    pub fn fetching_manifest(&self) -> Result<Option<FetchingManifest>, FetchError> {
        let begin = |published: &VerifiedChain| {
            FetchingManifest::begin(&published.listing, published.listing.current)
        };
        self.published.as_ref().map(begin).transpose()
    }

    /// Reads the release published now, whole: what the next one is compared with. `None` when nothing is
    /// published.
    ///
    /// # Errors
    ///
    /// As [`Tip::fetching_manifest`].
    pub fn fetching(&self) -> Result<Option<Fetching>, FetchError> {
        let begin = |published: &VerifiedChain| {
            Fetching::begin(&published.listing, published.listing.current, OnHand::default())
        };
        self.published.as_ref().map(begin).transpose()
    }

    /// The same of the release that is fallen back to from it; `None` where there is none.
    ///
    /// # Errors
    ///
    /// As [`Tip::fetching_manifest`].
    pub fn fetching_fallback(&self) -> Result<Option<Fetching>, FetchError> {
        let Some((published, fallback)) = self.published.as_ref().zip(self.fallback()) else {
            return Ok(None);
        };
        Fetching::begin(&published.listing, fallback, OnHand::default()).map(Some)
    }

    /// Whether `version` of Kikin's half may still be published here: above what is, and no number skipped. A
    /// signer who sealed a number far ahead would lock every reader out of the numbers between.
    pub(crate) fn takes_targets(&self, version: u64) -> bool {
        let published = self.published.as_ref().map_or(0, |published| published.listing.version);
        version > published && version <= self.next_targets
    }

    /// The same for Kokuho's half.
    pub(crate) fn takes_snapshot(&self, version: u64) -> bool {
        let published = self.published.as_ref().map_or(0, |published| published.snapshot_version);
        version > published && version <= self.next_snapshot
    }

    /// What the files beside the release are that a proposal's list goes on carrying: the whole current
    /// release when a newer one is proposed, the same fallback again when the current one is renewed or was
    /// withdrawn. Nobody falls back to what was withdrawn.
    pub(crate) fn carried(&self, manifest: &Manifest) -> Vec<TargetEntry> {
        let Some(published) = &self.published else { return Vec::new() };
        let listing = &published.listing;
        let is_renewed = manifest.release == listing.current.release;
        let carried = if is_renewed || self.withdrawn().is_some() { Use::Fallback } else { Use::Current };
        if carried == Use::Fallback
            && listing.fallback.is_some_and(|fallback| self.statements.withdrawal(fallback).is_some())
        {
            return Vec::new();
        }
        let entries = listing.entries.values();
        // Patches lead to one release, and nobody falls back by them: they stay as long as it is the current.
        let (patches, files): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.name.is_patch());
        let patches = patches.into_iter().filter(|_| is_renewed).cloned();
        let files = files.into_iter().filter(|entry| entry.used_for == carried);
        files.map(|entry| TargetEntry { used_for: Use::Fallback, ..entry.clone() }).chain(patches).collect()
    }
}
