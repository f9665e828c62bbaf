//! Where a channel stands now, as signers and the release manager see it before they add to it.

use std::collections::BTreeMap;

use crate::chain::{self, Verified};
use crate::channel::{Channel, ChannelPath};
use crate::limits;
use crate::manifest::Manifest;
use crate::open::{Freshness, OpenError};
use crate::refusal::Refusal;
use crate::root::SignedRoot;
use crate::state::TrustedState;
use crate::targets::{ReleaseRef, TargetEntry, Use};

/// A channel's newest root, release and versions, verified except for freshness: renewing what has expired
/// must be possible.
#[derive(Debug, Clone)]
pub struct Tip {
    pub(crate) root: SignedRoot,
    /// Roots that the channel does not have yet, in order.
    pub(crate) new_roots: Vec<SignedRoot>,
    pub(crate) published: Option<Verified>,
    /// `timestamp.json` exactly as read; the publication replaces this and nothing else.
    pub(crate) timestamp_file: Option<Vec<u8>>,
    /// What interrupted publications left behind above the published versions; never pointed at.
    pub(crate) leftovers: BTreeMap<ChannelPath, Vec<u8>>,
    pub(crate) next_targets: u64,
    pub(crate) next_snapshot: u64,
}

impl Tip {
    /// Reads where `channel` stands, from what `state` trusts.
    ///
    /// # Errors
    ///
    /// [`OpenError::Unreachable`], [`OpenError::Missing`], [`OpenError::Refused`].
    pub fn read(channel: &dyn Channel, state: &TrustedState) -> Result<Self, OpenError> {
        let mut roots = state.roots.clone();
        chain::walk_roots(channel, &mut roots, &state.policy)?;
        let timestamp_file = chain::read(channel, &ChannelPath::timestamp(), limits::TIMESTAMP_BYTES)?;
        let published = match timestamp_file {
            None => None,
            Some(_) => Some(chain::verify_under_any(&roots, channel, Freshness::IgnoreExpired)?),
        };
        let recorded = state.release().map_or(0, |recorded| recorded.release);
        let offered = published.as_ref().map_or(0, |published| published.listing.current.release);
        if offered < recorded {
            return Err(Refusal::Rollback { what: "release", recorded, offered }.into());
        }
        // A root that the channel lacks, as the first one does at first, is published along with the next release.
        let mut new_roots = Vec::new();
        for root in &roots {
            if chain::read(channel, &ChannelPath::root(root.version()), limits::ROOT_BYTES)?.is_none() {
                new_roots.push(root.clone());
            }
        }
        let mut leftovers = BTreeMap::new();
        let versions = published
            .as_ref()
            .map_or((0, 0), |published| (published.listing.version, published.snapshot_version));
        let next_targets =
            first_free(channel, versions.0, ChannelPath::targets, limits::TARGETS_BYTES, &mut leftovers)?;
        let next_snapshot =
            first_free(channel, versions.1, ChannelPath::snapshot, limits::SNAPSHOT_BYTES, &mut leftovers)?;
        let root = roots.pop().unwrap_or_else(|| state.root().clone());
        Ok(Tip { root, new_roots, published, timestamp_file, leftovers, next_targets, next_snapshot })
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

    /// The newest root.
    pub fn root(&self) -> &SignedRoot {
        &self.root
    }

    /// The release published now; the next one names it as its previous.
    pub fn release(&self) -> Option<ReleaseRef> {
        self.published.as_ref().map(|published| published.listing.current)
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

    /// What the files beside the release are that a proposal's list goes on carrying: the whole current release
    /// when a newer one is proposed, the same fallback again when the current one is renewed.
    pub(crate) fn carried(&self, manifest: &Manifest) -> Vec<TargetEntry> {
        let Some(published) = &self.published else { return Vec::new() };
        let listing = &published.listing;
        let carried = if manifest.release == listing.current.release { Use::Fallback } else { Use::Current };
        listing
            .entries
            .values()
            .filter(|entry| entry.used_for == carried)
            .map(|entry| TargetEntry { used_for: Use::Fallback, ..entry.clone() })
            .collect()
    }
}

/// The first version above `published` for which the channel has no file. A file above the published version is
/// what an interrupted publication left; it can be finished with the same bytes but never overwritten.
fn first_free(
    channel: &dyn Channel,
    published: u64,
    path: fn(u64) -> ChannelPath,
    limit_bytes: u64,
    leftovers: &mut BTreeMap<ChannelPath, Vec<u8>>,
) -> Result<u64, OpenError> {
    let mut version = published.saturating_add(1);
    for _ in 0..limits::LEFTOVERS {
        match chain::read(channel, &path(version), limit_bytes)? {
            None => break,
            Some(bytes) => leftovers.insert(path(version), bytes),
        };
        version = version.saturating_add(1);
    }
    Ok(version)
}
