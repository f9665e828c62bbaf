//! Where releases come from. The real source is a channel read through [`warifu_trust`].

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use warifu_channels::{Address, Channel, ReadError, StateStore, fetch, fetch_fallback, open};
use warifu_trust::{
    Made, OpenError, OpenedRelease, Policy, ReleaseRef, Says, TrustError, TrustedState, UnixSeconds, reopen,
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
    pinned: Vec<u8>,
    /// Where it is remembered.
    store: StateStore,
    /// Whether what is learnt is written there.
    remembers: bool,
    /// What is remembered, or why it cannot be read or believed.
    state: Mutex<Result<TrustedState, SourceError>>,
}

impl TrustSource {
    /// Reads the channel at `address`; `root` is the pinned root file's bytes, and `trusted` the
    /// directory that remembers what was accepted.
    ///
    /// What is remembered may be damaged: then nothing is taken until somebody has mended it, and each look
    /// says why. What runs need not wait for that.
    ///
    /// # Errors
    /// [`SourceError::Refused`]: the root is not sound.
    pub fn new(address: &Address, root: &[u8], trusted: &Path) -> Result<Self, SourceError> {
        TrustedState::pin(root, Policy::default()).map_err(|error| SourceError::of(&error))?;
        let (channel, store) = (address.channel(), StateStore::new(trusted));
        let state = Mutex::new(remembered(&store, root));
        Ok(TrustSource { channel, pinned: root.to_vec(), store, remembers: true, state })
    }

    /// The same, but what is learnt is forgotten: nothing on disk changes.
    #[must_use]
    pub fn forgetful(self) -> Self {
        TrustSource { remembers: false, ..self }
    }
}

/// What `store` holds.
fn remembered(store: &StateStore, root: &[u8]) -> Result<TrustedState, SourceError> {
    store.load(root, Policy::default()).map_err(|error| SourceError::of(&error))
}

struct ChannelOffer<'a> {
    opened: OpenedRelease,
    channel: &'a (dyn Channel + Send + Sync),
}

impl Offer for ChannelOffer<'_> {
    fn id(&self) -> ReleaseRef {
        self.opened.release()
    }

    fn fetch(&self) -> Result<ReleaseContent, SourceError> {
        match fetch(self.channel, &self.opened) {
            Ok(release) => Ok(ReleaseContent::from(release)),
            Err(error) => Err(SourceError::of(&error)),
        }
    }

    fn fetch_fallback(&self) -> Result<Option<ReleaseContent>, SourceError> {
        let fetched = fetch_fallback(self.channel, &self.opened);
        Ok(fetched.map_err(|error| SourceError::of(&error))?.map(ReleaseContent::from))
    }
}

impl TrustSource {
    /// What is remembered. What could not be read is looked at again: it may have been mended.
    fn state(&self) -> MutexGuard<'_, Result<TrustedState, SourceError>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_err() {
            *state = remembered(&self.store, &self.pinned);
        }
        state
    }

    /// Opens the channel by `state`, which remembers it.
    fn open_by(&self, state: &mut TrustedState, now: UnixSeconds) -> Result<ChannelOffer<'_>, SourceError> {
        let opened = open(self.channel.as_ref(), state, now);
        // Also after a refusal: a new root, and with it a revocation, must not be forgotten.
        if self.remembers {
            self.store.save(state).map_err(|error| SourceError::Unavailable(Said::of(&error)))?;
        }
        let opened = opened.map_err(|error| match SourceError::of_opening(&error) {
            SourceError::Refused(why) => SourceError::Refused(with_revocations(why, state)),
            other => other,
        })?;
        Ok(ChannelOffer { opened, channel: self.channel.as_ref() })
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
        match &mut *self.state() {
            Ok(state) => Ok(Box::new(self.open_by(state, now)?)),
            Err(damaged) => Err(damaged.clone()),
        }
    }

    fn withdrawn(&self, id: ReleaseRef) -> Option<Said> {
        self.state().as_ref().ok()?.statements().withdrawal(id).map(said)
    }

    fn again(&self, id: ReleaseRef, now: UnixSeconds) -> Result<ReleaseContent, SourceError> {
        let mut state = self.state();
        let state = state.as_mut().map_err(|damaged| damaged.clone())?;
        // What was opened before may list it while the channel has gone on, or has expired.
        let before = reopen(state).ok().map(|opened| ChannelOffer { opened, channel: self.channel.as_ref() });
        if let Some(Ok(Some(content))) = before.map(|before| listed(&before, id)) {
            return Ok(content);
        }
        listed(&self.open_by(state, now)?, id)?.ok_or_else(|| {
            SourceError::Unavailable(Said::new(
                "the channel lists it neither as its newest release nor as the one to fall back to",
                "配信元の最新リリースでも戻り先リリースでもありません",
            ))
        })
    }
}

/// The newest release at `address`, trusting nothing but `root`: for a check without a running checker.
///
/// # Errors
/// [`SourceError`].
pub fn newest(address: &Address, root: &[u8], now: UnixSeconds) -> Result<ReleaseContent, SourceError> {
    let pinned = TrustedState::pin(root, Policy::default());
    let mut state = pinned.map_err(|error| SourceError::of(&error))?;
    let channel = address.channel();
    match open(channel.as_ref(), &mut state, now) {
        Ok(opened) => {
            if let Some(made) = opened.withdrawn() {
                return Err(SourceError::Refused(said(made)));
            }
            ChannelOffer { opened, channel: channel.as_ref() }.fetch()
        }
        Err(error) => Err(SourceError::of_opening(&error)),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use warifu_channels::{Network, Patience};
    use warifu_trust::ReadingTip;
    use warifu_trust::testing::{Shelf, World, drive, now};

    use super::*;

    /// A channel on disk with one release more than `shelf` holds.
    fn publish(world: &World, shelf: &mut Shelf, folder: &Path) {
        let tip = drive(ReadingTip::begin(&world.reader()), shelf).unwrap();
        shelf.write(&world.release(&tip));
        for (path, bytes) in &shelf.0 {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    #[test]
    fn what_is_damaged_takes_nothing_and_is_mended_without_a_restart() {
        let (world, mut shelf) = (World::new(), Shelf::default());
        let folder = tempfile::tempdir().unwrap();
        let (channel, trusted) = (folder.path().join("channel"), folder.path().join("trusted"));
        publish(&world, &mut shelf, &channel);
        let network = Network::from_environment(Patience::ONCE, now, |_| None).unwrap();
        let address = Address::parse(OsStr::new(channel.as_os_str()), &network).unwrap();
        let source = || TrustSource::new(&address, world.root.bytes(), &trusted);
        assert_eq!(source().unwrap().open(now()).unwrap().id().release, 1);

        let file = trusted.join("trusted-state.json");
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        publish(&world, &mut shelf, &channel);
        let source = source().unwrap();
        let Err(SourceError::Refused(why)) = source.open(now()) else { panic!("taken") };
        assert!(why.say(Lang::En).contains("trusted-state.json"), "{why:?}");
        assert!(why.say(Lang::Ja).contains("バックアップ"), "{why:?}");
        // What is damaged stays for whoever looks into it.
        assert_eq!(std::fs::read(&file).unwrap().len(), whole.len() / 2);

        std::fs::write(&file, &whole).unwrap();
        assert_eq!(source.open(now()).unwrap().id().release, 2);
        assert!(TrustSource::new(&address, b"no root", &trusted).is_err());
    }
}
