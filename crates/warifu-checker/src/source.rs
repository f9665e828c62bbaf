//! Where releases come from. The real source is a channel read through [`warifu_trust`].

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use warifu_channels::{Floor, Given, Mirrors, Nobody, ReadError, StateError, StateStore};
use warifu_judging::{NotTaken, named};
use warifu_trust::{
    Made, Manifest, OpenedRelease, ReleaseRef, Says, Statements, TrustError, TrustedState, UnixSeconds,
    VerifiedRelease, reopen,
};
use warifu_values::lang::{Lang, Speak as _};

use crate::beside::Beside;
use crate::cause::{Amiss, Cause};
use crate::log::Log;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::state::{Damage, SignedBy, StateDirectory};

/// Why there is no release to take, split by what the caller does next. What runs goes on in every case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceError {
    /// Try again later: the channel does not answer or holds nothing yet.
    Unavailable(Said),
    /// The channel's metadata has expired: nothing new is taken, people are told.
    Stale(Said),
    /// Trust is refused.
    Refused(Said),
    /// Something of this machine keeps it from that: its disk, or a file that this stands on.
    Here(Amiss),
}

impl From<NotTaken> for SourceError {
    fn from(why: NotTaken) -> Self {
        match why {
            NotTaken::Unavailable(said) => SourceError::Unavailable(said),
            NotTaken::Stale(said) => SourceError::Stale(said),
            NotTaken::Refused(said) => SourceError::Refused(said),
        }
    }
}

impl SourceError {
    /// Trust is refused, or it could not be asked.
    fn of(error: &impl TrustError) -> Self {
        NotTaken::of(error).into()
    }
}

/// Until when what was read of a channel holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expires {
    /// The first of its metadata files.
    pub metadata: UnixSeconds,
    /// The newest root.
    pub root: UnixSeconds,
}

/// A release that may be moved to, its content not read yet.
pub trait Offer: Send + Sync {
    /// Which one.
    fn id(&self) -> ReleaseRef;

    /// Who signed it, where that is known.
    fn signed_by(&self) -> SignedBy {
        SignedBy::default()
    }

    /// Until when it is believed, where that is known.
    fn expires(&self) -> Option<Expires> {
        None
    }

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

    /// The same for who wants release `number` and no other: where one of several places is behind, another
    /// is asked. What comes is another release when nobody offers that one.
    ///
    /// # Errors
    /// [`SourceError`].
    fn open_release(&self, _number: u64, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        self.open(now)
    }

    /// What is amiss with each place that releases are read from, though another one may have given them.
    fn troubles(&self) -> Vec<Said> {
        Vec::new()
    }

    /// What this stands on and cannot be read or believed, if there is such a thing: nothing is taken then.
    fn damage(&self) -> Option<Damage> {
        None
    }

    /// Mends that, as [`Damage::mending`] says.
    ///
    /// # Errors
    /// What keeps it from that.
    fn mend(&self) -> Result<(), Said> {
        Ok(())
    }

    /// Why `id` is not to be used, when one organisation has withdrawn it: as far as was heard, whatever
    /// came of opening the channel. It answers at once, also while the channel is being opened.
    fn withdrawn(&self, id: ReleaseRef) -> Option<Said>;

    /// The content of `id`, which judged here before, every byte by its digest: no question whether it may be
    /// moved to.
    ///
    /// # Errors
    /// [`SourceError`]; [`SourceError::Unavailable`] also when it is neither the newest nor the one to fall
    /// back to.
    fn again(&self, id: ReleaseRef, now: UnixSeconds) -> Result<ReleaseContent, SourceError>;
}

/// Where releases are read, and what was amiss with each place when it was asked last.
struct Places {
    mirrors: Mirrors,
    troubles: Mutex<Vec<Option<Said>>>,
}

impl Places {
    fn of(mirrors: Mirrors) -> Arc<Places> {
        let troubles = Mutex::new(vec![None; mirrors.places().len()]);
        Arc::new(Places { mirrors, troubles })
    }

    /// Notes what was amiss with whom.
    fn noting<T, E: TrustError>(
        &self,
        asked: Result<Given<T, E>, Nobody<E>>,
        of: impl Fn(&ReadError<E>) -> NotTaken,
    ) -> Result<Given<T, E>, SourceError> {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        let (Ok(Given { passed_over, .. }) | Err(Nobody(passed_over))) = &asked;
        for it in passed_over {
            troubles[it.place] = Some(named(&self.mirrors, it));
        }
        if let Ok(given) = &asked
            && passed_over.iter().all(|it| it.place != given.by)
        {
            troubles[given.by] = None;
        }
        asked.map_err(|nobody| NotTaken::of_nobody(&self.mirrors, &nobody, of).into())
    }
}

/// A source that others hold too, to tell it where to read from.
impl<S: ReleaseSource + ?Sized> ReleaseSource for Arc<S> {
    fn open(&self, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        (**self).open(now)
    }

    fn open_release(&self, number: u64, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        (**self).open_release(number, now)
    }

    fn troubles(&self) -> Vec<Said> {
        (**self).troubles()
    }

    fn damage(&self) -> Option<Damage> {
        (**self).damage()
    }

    fn mend(&self) -> Result<(), Said> {
        (**self).mend()
    }

    fn withdrawn(&self, id: ReleaseRef) -> Option<Said> {
        (**self).withdrawn(id)
    }

    fn again(&self, id: ReleaseRef, now: UnixSeconds) -> Result<ReleaseContent, SourceError> {
        (**self).again(id, now)
    }
}

/// A channel or its mirrors, and what was trusted of it before.
pub struct TrustSource {
    /// What is under way goes on where it began when they change.
    places: ArcSwap<Places>,
    pinned: Vec<u8>,
    /// Where it is remembered.
    store: StateStore,
    /// Whether what is learnt is written there.
    remembers: bool,
    /// What is remembered, or why it cannot be read or believed; held for as long as a look takes.
    state: Mutex<Result<TrustedState, SourceError>>,
    /// What each organisation said alone, as of the last look that ended: nobody waits for one under way.
    heard: ArcSwap<Statements>,
    floor: Floor,
    beside: Option<Beside>,
}

impl TrustSource {
    /// Reads from `mirrors`; `root` is the pinned root file's bytes, `floor` what this side demands
    /// whatever the root says, and `trusted` the directory that remembers what was accepted.
    ///
    /// What is remembered may be damaged: then nothing is taken until somebody has mended it, and each look
    /// says why. What runs need not wait for that.
    ///
    /// # Errors
    /// [`SourceError::Refused`]: the root is not sound.
    pub fn new(mirrors: Mirrors, root: &[u8], floor: Floor, trusted: &Path) -> Result<Self, SourceError> {
        TrustedState::pin(root, floor.policy()).map_err(|error| SourceError::of(&error))?;
        let places = ArcSwap::new(Places::of(mirrors));
        let store = StateStore::new(trusted);
        let state = remembered(&store, root, &floor);
        let heard = state.as_ref().map(|state| state.statements().clone()).unwrap_or_default();
        let (state, heard) = (Mutex::new(state), ArcSwap::from_pointee(heard));
        let pinned = root.to_vec();
        Ok(TrustSource { places, pinned, store, remembers: true, state, heard, floor, beside: None })
    }

    /// The same, but what is learnt is forgotten: nothing on disk changes.
    #[must_use]
    pub fn forgetful(self) -> Self {
        TrustSource { remembers: false, ..self }
    }

    /// The same for the checker whose state lies in `directory`: what it has need not come again, and how a
    /// release came is told in `log`.
    #[must_use]
    pub fn beside(self, directory: StateDirectory, log: Log) -> Self {
        TrustSource { beside: Some(Beside::of(directory, log)), ..self }
    }

    /// Reads from `mirrors` from now on: what is remembered and demanded stays.
    pub fn read_from(&self, mirrors: Mirrors) {
        self.places.store(Places::of(mirrors));
    }
}

/// What `store` holds. Where that is damaged, so is what was heard of withdrawals, and it is said.
fn remembered(store: &StateStore, root: &[u8], floor: &Floor) -> Result<TrustedState, SourceError> {
    let unknown = Said::new(
        "until then it is not known here whether what runs was withdrawn: ask both organisations",
        "復旧するまで、稼働中のリリースが取り下げられたかはここでは分かりません。両団体に確認してください",
    );
    store.load(root, floor.policy()).map_err(|error| {
        let Amiss { cause, why } = of_store(&error);
        SourceError::Here(Amiss::new(cause, why.then(&unknown)))
    })
}

/// What is amiss with the file that remembers what was accepted. It is this machine's, whatever it says.
fn of_store(error: &StateError) -> Amiss {
    let cause = match error {
        StateError::Write { source, .. } => Cause::of_disk(source),
        StateError::Read(warifu_files::ReadError::Io { .. }) => Cause::DiskFault,
        StateError::Read(_) | StateError::NotBelieved { .. } => Cause::Damaged,
    };
    Amiss::new(cause, Said::of(error))
}

struct ChannelOffer<'a> {
    opened: OpenedRelease,
    source: &'a TrustSource,
    places: Arc<Places>,
    /// When the newest root expires.
    root_expires: UnixSeconds,
    /// Where its content is read first.
    first: usize,
}

impl ChannelOffer<'_> {
    /// Whether this side's policy takes a release with this manifest.
    fn takes(&self, manifest: &Manifest) -> Result<(), SourceError> {
        self.source.floor.check(manifest).map_err(|error| SourceError::of(&error))
    }

    /// The content of what was read, when this side's policy takes it.
    fn taken(&self, release: VerifiedRelease) -> Result<ReleaseContent, SourceError> {
        self.takes(release.manifest())?;
        Ok(ReleaseContent::from(release))
    }
}

impl Offer for ChannelOffer<'_> {
    fn id(&self) -> ReleaseRef {
        self.opened.release()
    }

    fn signed_by(&self) -> SignedBy {
        let signers = self.opened.signers();
        SignedBy { kikin: signers.kikin.clone(), kokuho: signers.kokuho.clone() }
    }

    fn expires(&self) -> Option<Expires> {
        Some(Expires { metadata: self.opened.expires(), root: self.root_expires })
    }

    fn fetch(&self) -> Result<ReleaseContent, SourceError> {
        let beside = &self.source.beside;
        let stored = beside.as_ref().map(Beside::stored).unwrap_or_default();
        let fetched = self.places.mirrors.fetch_new(&self.opened, self.first, &stored.on_hand());
        let release = self.places.noting(fetched, NotTaken::of)?.value;
        if let Some(beside) = beside {
            beside.tell(self.id(), release.transfer());
        }
        self.takes(release.manifest())?;
        // Nothing was left but what lies there.
        stored.with(release).ok_or_else(|| {
            SourceError::Unavailable(Said::new("a part did not come", "取得できない部分がありました"))
        })
    }

    fn fetch_fallback(&self) -> Result<Option<ReleaseContent>, SourceError> {
        let fetched = self.places.mirrors.fetch_fallback(&self.opened, self.first);
        let given = self.places.noting(fetched, NotTaken::of)?;
        given.value.map(|release| self.taken(release)).transpose()
    }
}

impl TrustSource {
    /// What is remembered. What could not be read is looked at again: it may have been mended.
    fn state(&self) -> MutexGuard<'_, Result<TrustedState, SourceError>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_err() {
            *state = remembered(&self.store, &self.pinned, &self.floor);
            state.iter().for_each(|state| self.publish(state));
        }
        state
    }

    /// What was heard stands from now on for whoever asks.
    fn publish(&self, state: &TrustedState) {
        if **self.heard.load() != *state.statements() {
            self.heard.store(Arc::new(state.statements().clone()));
        }
    }

    /// Opens the channel by what is remembered.
    fn open_any(&self, wanted: Option<u64>, now: UnixSeconds) -> Result<ChannelOffer<'_>, SourceError> {
        match &mut *self.state() {
            Ok(state) => self.open_by(state, wanted, now),
            Err(damaged) => Err(damaged.clone()),
        }
    }

    /// Opens the channel by `state`, which remembers it; at whichever place offers release `wanted`.
    fn open_by(
        &self,
        state: &mut TrustedState,
        wanted: Option<u64>,
        now: UnixSeconds,
    ) -> Result<ChannelOffer<'_>, SourceError> {
        let places = self.places.load_full();
        let opened = match wanted {
            Some(number) => places.mirrors.open_release(number, state, now),
            None => places.mirrors.open(state, now),
        };
        self.publish(state);
        // Also after a refusal: a new root, and with it a revocation, must not be forgotten.
        if self.remembers {
            self.store.save(state).map_err(|error| SourceError::Here(of_store(&error)))?;
        }
        let given = places.noting(opened, NotTaken::of_opening).map_err(|error| match error {
            SourceError::Refused(why) => SourceError::Refused(with_revocations(why, state)),
            other => other,
        })?;
        let (root_expires, first) = (state.root().summary().expires, given.by);
        Ok(ChannelOffer { opened: given.value, source: self, places, root_expires, first })
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
        Ok(Box::new(self.open_any(None, now)?))
    }

    fn open_release(&self, number: u64, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        Ok(Box::new(self.open_any(Some(number), now)?))
    }

    fn troubles(&self) -> Vec<Said> {
        // One place alone: what came of asking it says it all.
        let places = self.places.load();
        let troubles = places.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        if troubles.len() < 2 { Vec::new() } else { troubles.iter().flatten().cloned().collect() }
    }

    fn withdrawn(&self, id: ReleaseRef) -> Option<Said> {
        self.heard.load().withdrawal(id).map(said)
    }

    fn again(&self, id: ReleaseRef, now: UnixSeconds) -> Result<ReleaseContent, SourceError> {
        let mut state = self.state();
        let state = state.as_mut().map_err(|damaged| damaged.clone())?;
        // What was opened before may list it while the channel has gone on, or has expired.
        let (places, root_expires) = (self.places.load_full(), state.root().summary().expires);
        let offered = |opened| ChannelOffer { opened, source: self, places, root_expires, first: 0 };
        let before = reopen(state).ok().map(offered);
        if let Some(Ok(Some(content))) = before.map(|before| listed(&before, id)) {
            return Ok(content);
        }
        listed(&self.open_by(state, Some(id.release), now)?, id)?.ok_or_else(|| {
            SourceError::Unavailable(Said::new(
                "the channel lists it neither as its newest release nor as the one to fall back to",
                "配信元の最新リリースでも戻り先リリースでもありません",
            ))
        })
    }
}

/// The newest release of `mirrors`, trusting nothing but `root`, as far as `floor` takes it: for a check
/// without a running checker.
///
/// # Errors
/// [`SourceError`].
pub fn newest(
    mirrors: &Mirrors,
    root: &[u8],
    floor: &Floor,
    now: UnixSeconds,
) -> Result<ReleaseContent, SourceError> {
    let pinned = TrustedState::pin(root, floor.policy());
    let mut state = pinned.map_err(|error| SourceError::of(&error))?;
    Ok(ReleaseContent::from(warifu_judging::newest(mirrors, &mut state, floor, now)?.release))
}

#[cfg(test)]
pub(crate) mod tests {
    use warifu_channels::{Address, Mirror};
    use warifu_trust::ReadingTip;
    use warifu_trust::testing::{Shelf, World, drive, now};

    use super::*;

    /// A channel on disk with one release more than `shelf` holds.
    pub(crate) fn publish(world: &World, shelf: &mut Shelf, folder: &Path) {
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
        let mirrors = || Mirrors::new(Mirror::new("it", Address::folder(&channel).channel()), Vec::new());
        let source = || TrustSource::new(mirrors(), world.root.bytes(), Floor::default(), &trusted);
        assert_eq!(source().unwrap().open(now()).unwrap().id().release, 1);

        let file = trusted.join("trusted-state.json");
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        publish(&world, &mut shelf, &channel);
        let source = source().unwrap();
        let Err(SourceError::Here(Amiss { cause: Cause::Damaged, why })) = source.open(now()) else {
            panic!("taken")
        };
        assert!(why.say(Lang::En).contains("trusted-state.json"), "{why:?}");
        assert!(why.say(Lang::Ja).contains("バックアップ"), "{why:?}");
        // Nor is what was heard of withdrawals known any more, and that is said.
        assert!(why.say(Lang::En).contains("not known here whether what runs was withdrawn"), "{why:?}");
        // What is damaged stays for whoever looks into it.
        assert_eq!(std::fs::read(&file).unwrap().len(), whole.len() / 2);

        std::fs::write(&file, &whole).unwrap();
        assert_eq!(source.open(now()).unwrap().id().release, 2);
        assert!(TrustSource::new(mirrors(), b"no root", Floor::default(), &trusted).is_err());
    }

    #[test]
    fn who_wants_one_release_is_given_it_by_a_mirror_that_has_it() {
        let (world, mut shelf) = (World::new(), Shelf::default());
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        publish(&world, &mut shelf, &at("behind"));
        publish(&world, &mut shelf, &at("newest"));
        let mirror = |name: &str| Mirror::new(name, Address::folder(&at(name)).channel());
        let mirrors = || Mirrors::new(mirror("behind"), vec![mirror("newest")]).beginning_at(0);
        let of = |trusted: &str| {
            TrustSource::new(mirrors(), world.root.bytes(), Floor::default(), &at(trusted)).unwrap()
        };
        assert_eq!(of("by-itself").open(now()).unwrap().id().release, 1);
        assert_eq!(of("asked").open_release(2, now()).unwrap().id().release, 2);
        assert_eq!(of("nobody").open_release(3, now()).unwrap().id().release, 2, "the newest there is");
    }
}
