//! Where releases come from. The real source is a channel read through [`warifu_trust`].

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use warifu_channels::{Address, Channel, Floor, ReadError, StateStore, fetch, fetch_fallback, open};
use warifu_trust::{
    Made, OpenError, OpenedRelease, ReleaseRef, Says, TrustError, TrustedState, UnixSeconds, VerifiedRelease,
    reopen,
};
use warifu_values::lang::{Lang, Speak as _};

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

impl SourceError {
    /// Trust is refused, or it could not be asked.
    fn of(error: &impl TrustError) -> Self {
        let said = Said::of(error);
        if error.is_trust_refusal() { SourceError::Refused(said) } else { SourceError::Unavailable(said) }
    }

    /// The same of a channel that was opened, which may also be stale.
    fn of_opening(error: &ReadError<OpenError>) -> Self {
        match error {
            ReadError::Verdict(OpenError::Stale { .. }) => SourceError::Stale(Said::of(error)),
            error => SourceError::of(error),
        }
    }
}

/// A release that may be moved to, its content not read yet.
pub trait Offer: Send {
    /// Which one.
    fn id(&self) -> ReleaseRef;

    /// Reads its content, every byte by its digest.
    ///
    /// # Errors
    /// [`SourceError`].
    fn fetch(&self) -> Result<ReleaseContent, SourceError>;

    /// The same of the release that both organisations list as the one to fall back to; none when they list
    /// none.
    ///
    /// # Errors
    /// [`SourceError`].
    fn fetch_fallback(&self) -> Result<Option<ReleaseContent>, SourceError>;
}

/// Where releases come from.
pub trait ReleaseSource: Send + Sync {
    /// The newest release; `now` is the caller's clock.
    ///
    /// # Errors
    /// [`SourceError`].
    fn open(&self, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError>;

    /// Why `id` is not to be used, when one organisation has withdrawn it: as far as was heard, whatever
    /// came of opening the channel.
    fn withdrawn(&self, id: ReleaseRef) -> Option<Said>;

    /// The content of `id`, which judged here before, every byte by its digest: no question whether it may be
    /// moved to.
    ///
    /// # Errors
    /// [`SourceError`]; [`SourceError::Unavailable`] also when it is neither the newest nor the one to fall
    /// back to.
    fn again(&self, id: ReleaseRef, now: UnixSeconds) -> Result<ReleaseContent, SourceError>;
}

/// A channel, and what was trusted of it before.
pub struct TrustSource {
    channel: Box<dyn Channel + Send + Sync>,
    /// Where it is remembered; nowhere when nothing on disk may change.
    store: Option<StateStore>,
    state: Mutex<TrustedState>,
    floor: Floor,
}

impl TrustSource {
    /// Reads the channel at `address`; `root` is the pinned root file's bytes, `floor` what this side demands
    /// whatever the root says, and `trusted` the directory that remembers what was accepted.
    ///
    /// # Errors
    /// [`SourceError::Unavailable`]: what is remembered cannot be read.
    /// [`SourceError::Refused`]: the root is not sound, or what is remembered does not verify.
    pub fn new(address: &Address, root: &[u8], floor: Floor, trusted: &Path) -> Result<Self, SourceError> {
        let channel = address.channel();
        let store = StateStore::new(trusted);
        let state = store.load(root, floor.policy()).map_err(|error| SourceError::of(&error))?;
        Ok(TrustSource { channel, store: Some(store), state: Mutex::new(state), floor })
    }

    /// The same, but what is learnt is forgotten: nothing on disk changes.
    #[must_use]
    pub fn forgetful(self) -> Self {
        TrustSource { store: None, ..self }
    }
}

struct ChannelOffer<'a> {
    opened: OpenedRelease,
    channel: &'a (dyn Channel + Send + Sync),
    floor: &'a Floor,
}

impl ChannelOffer<'_> {
    /// The content of what was read, when this side's policy takes it.
    fn taken(&self, release: VerifiedRelease) -> Result<ReleaseContent, SourceError> {
        self.floor.check(release.manifest()).map_err(|error| SourceError::of(&error))?;
        Ok(ReleaseContent::from(release))
    }
}

impl Offer for ChannelOffer<'_> {
    fn id(&self) -> ReleaseRef {
        self.opened.release()
    }

    fn fetch(&self) -> Result<ReleaseContent, SourceError> {
        match fetch(self.channel, &self.opened) {
            Ok(release) => self.taken(release),
            Err(error) => Err(SourceError::of(&error)),
        }
    }

    fn fetch_fallback(&self) -> Result<Option<ReleaseContent>, SourceError> {
        let fetched = fetch_fallback(self.channel, &self.opened);
        fetched.map_err(|error| SourceError::of(&error))?.map(|release| self.taken(release)).transpose()
    }
}

impl TrustSource {
    /// Opens the channel by `state`, which remembers it.
    fn open_by(&self, state: &mut TrustedState, now: UnixSeconds) -> Result<ChannelOffer<'_>, SourceError> {
        let opened = open(self.channel.as_ref(), state, now);
        // Also after a refusal: a new root, and with it a revocation, must not be forgotten.
        if let Some(store) = &self.store {
            store.save(state).map_err(|error| SourceError::Unavailable(Said::of(&error)))?;
        }
        let opened = opened.map_err(|error| match SourceError::of_opening(&error) {
            SourceError::Refused(why) => SourceError::Refused(with_revocations(why, state)),
            other => other,
        })?;
        Ok(ChannelOffer { opened, channel: self.channel.as_ref(), floor: &self.floor })
    }
}

/// A refusal, and the keys that were taken away: they may be why.
fn with_revocations(why: Said, state: &TrustedState) -> Said {
    let revoked = state.statements().made().filter(|made| matches!(made.says, Says::Revoked { .. }));
    revoked.fold(why, |why, made| why.then(&said(made)))
}

fn said(made: &Made) -> Said {
    Said::new(made.say(Lang::En), made.say(Lang::Ja))
}

/// The content of `id`, where `offer` lists it.
fn listed(offer: &ChannelOffer<'_>, id: ReleaseRef) -> Result<Option<ReleaseContent>, SourceError> {
    match () {
        () if offer.opened.release() == id => offer.fetch().map(Some),
        () if offer.opened.fallback() == Some(id) => offer.fetch_fallback(),
        () => Ok(None),
    }
}

impl ReleaseSource for TrustSource {
    fn open(&self, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Box::new(self.open_by(&mut state, now)?))
    }

    fn withdrawn(&self, id: ReleaseRef) -> Option<Said> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.statements().withdrawal(id).map(said)
    }

    fn again(&self, id: ReleaseRef, now: UnixSeconds) -> Result<ReleaseContent, SourceError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // What was opened before may list it while the channel has gone on, or has expired.
        let (channel, floor) = (self.channel.as_ref(), &self.floor);
        let before = reopen(&state).ok().map(|opened| ChannelOffer { opened, channel, floor });
        if let Some(Ok(Some(content))) = before.map(|before| listed(&before, id)) {
            return Ok(content);
        }
        listed(&self.open_by(&mut state, now)?, id)?.ok_or_else(|| {
            SourceError::Unavailable(Said::new(
                "the channel lists it neither as its newest release nor as the one to fall back to",
                "配信元の最新リリースでも戻り先リリースでもありません",
            ))
        })
    }
}

/// The newest release at `address`, trusting nothing but `root`, as far as `floor` takes it: for a check
/// without a running checker.
///
/// # Errors
/// [`SourceError`].
pub fn newest(
    address: &Address,
    root: &[u8],
    floor: &Floor,
    now: UnixSeconds,
) -> Result<ReleaseContent, SourceError> {
    let pinned = TrustedState::pin(root, floor.policy());
    let mut state = pinned.map_err(|error| SourceError::of(&error))?;
    let channel = address.channel();
    match open(channel.as_ref(), &mut state, now) {
        Ok(opened) => {
            if let Some(made) = opened.withdrawn() {
                return Err(SourceError::Refused(said(made)));
            }
            ChannelOffer { opened, channel: channel.as_ref(), floor }.fetch()
        }
        Err(error) => Err(SourceError::of_opening(&error)),
    }
}
