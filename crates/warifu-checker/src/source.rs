//! Where releases come from. The real source is a channel read through [`warifu_trust`].

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use warifu_trust::{
    DirectoryChannel, FetchError, OpenError, OpenedRelease, Policy, ReleaseRef, StateError, StateStore,
    TrustedState, UnixSeconds, open,
};

use crate::release::ReleaseContent;
use crate::said::Said;

/// Why there is no release to take, split by what the caller does next. What runs goes on in every case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceError {
    /// Try again later: the channel does not answer or holds nothing yet.
    Unavailable(Said),
    /// The channel's metadata has expired: nothing new is taken, people are told.
    Stale(Said),
    /// Trust is refused.
    Refused(Said),
}

/// A release that may be moved to, its content not read yet.
pub trait Offer: Send {
    /// Which one.
    fn id(&self) -> ReleaseRef;

    /// Reads its content, every byte by its digest.
    ///
    /// # Errors
    /// [`SourceError`].
    fn fetch(self: Box<Self>) -> Result<ReleaseContent, SourceError>;
}

/// Where releases come from.
pub trait ReleaseSource: Send + Sync {
    /// The newest release; `now` is the caller's clock.
    ///
    /// # Errors
    /// [`SourceError`].
    fn open(&self, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError>;
}

/// A channel in a directory, and what was trusted of it before.
#[derive(Debug)]
pub struct TrustSource {
    channel: DirectoryChannel,
    store: StateStore,
    state: Mutex<TrustedState>,
}

impl TrustSource {
    /// Reads `channel`; `root` is the pinned root file's bytes, and `trusted` the directory that remembers
    /// what was accepted.
    ///
    /// # Errors
    /// [`StateError`]: the root is not sound, or what is remembered does not verify.
    pub fn new(channel: &Path, root: &[u8], trusted: &Path) -> Result<Self, StateError> {
        let store = StateStore::new(trusted);
        let state = store.load(root, Policy::default())?;
        Ok(TrustSource { channel: DirectoryChannel::new(channel), store, state: Mutex::new(state) })
    }
}

struct ChannelOffer<'a> {
    opened: OpenedRelease,
    channel: &'a DirectoryChannel,
}

impl Offer for ChannelOffer<'_> {
    fn id(&self) -> ReleaseRef {
        self.opened.release()
    }

    fn fetch(self: Box<Self>) -> Result<ReleaseContent, SourceError> {
        match self.opened.fetch(self.channel) {
            Ok(release) => Ok(ReleaseContent::from(&release)),
            Err(error @ FetchError::Unreachable(_)) => Err(SourceError::Unavailable(Said::of(&error))),
            Err(error @ FetchError::Refused(_)) => Err(SourceError::Refused(Said::of(&error))),
        }
    }
}

impl ReleaseSource for TrustSource {
    fn open(&self, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = open(&self.channel, &mut state, now);
        // Also after a refusal: a new root, and with it a revocation, must not be forgotten.
        if let Err(error) = self.store.save(&state) {
            return Err(SourceError::Unavailable(Said::of(&error)));
        }
        match opened {
            Ok(opened) => Ok(Box::new(ChannelOffer { opened, channel: &self.channel })),
            Err(error @ OpenError::Stale { .. }) => Err(SourceError::Stale(Said::of(&error))),
            Err(error) if error.is_trust_refusal() => Err(SourceError::Refused(Said::of(&error))),
            Err(error) => Err(SourceError::Unavailable(Said::of(&error))),
        }
    }
}

/// The newest release of `channel`, trusting nothing but `root`: for a check without a running checker.
///
/// # Errors
/// [`SourceError`].
pub fn newest(channel: &Path, root: &[u8], now: UnixSeconds) -> Result<ReleaseContent, SourceError> {
    let pinned = TrustedState::pin(root, Policy::default());
    let mut state = pinned.map_err(|error| SourceError::Refused(Said::of(&error)))?;
    let channel = DirectoryChannel::new(channel);
    match open(&channel, &mut state, now) {
        Ok(opened) => Box::new(ChannelOffer { opened, channel: &channel }).fetch(),
        Err(error) if error.is_trust_refusal() => Err(SourceError::Refused(Said::of(&error))),
        Err(error) => Err(SourceError::Unavailable(Said::of(&error))),
    }
}
