//! Places with the same releases, asked in turn: one that is silent, behind or lying delays nobody for long.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};

use warifu_trust::{
    FetchError, OnHand, OpenError, OpenedRelease, TrustedState, UnixSeconds, VerifiedRelease,
};

use crate::channel::Channel;
use crate::read::{ReadError, fetch_beside, fetch_fallback, open};

/// One place, and what people call it.
pub struct Mirror {
    name: String,
    channel: Box<dyn Channel + Send + Sync>,
}

impl Mirror {
    /// The channel that is called `name`.
    pub fn new(name: impl Into<String>, channel: Box<dyn Channel + Send + Sync>) -> Self {
        Mirror { name: name.into(), channel }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Places that should hold the same releases.
///
/// Each look begins at another one, so that a place that fell behind is noticed at the next look, and goes on
/// at the others only when what the first says does not hold, or it says nothing. All of them are read by one
/// [`TrustedState`]: what one of them showed, another cannot take back.
pub struct Mirrors {
    places: Vec<Mirror>,
    turn: AtomicUsize,
}

/// A place that was asked and gave nothing that holds.
#[derive(Debug)]
pub struct PassedOver<E> {
    /// Which: its position in [`Mirrors::places`].
    pub place: usize,
    /// Why.
    pub error: ReadError<E>,
}

/// What one of the places gave, and which were asked before it.
#[derive(Debug)]
pub struct Given<T, E> {
    /// What came.
    pub value: T,
    /// Which place gave it.
    pub by: usize,
    /// Those that were asked before.
    pub passed_over: Vec<PassedOver<E>>,
}

/// No place gave anything that holds: one entry for each, in the order in which they were asked.
#[derive(Debug)]
pub struct Nobody<E>(pub Vec<PassedOver<E>>);

impl Mirrors {
    /// These places. Chance says which is asked first, so that many readers part.
    pub fn new(first: Mirror, others: Vec<Mirror>) -> Self {
        let mut places = vec![first];
        places.extend(others);
        // The keys of a `RandomState` are random.
        let chance = RandomState::new().build_hasher().finish();
        Mirrors { places, turn: AtomicUsize::new(chance as usize) }
    }

    /// The same, and the next look begins at `place`.
    #[must_use]
    pub fn beginning_at(self, place: usize) -> Self {
        Mirrors { turn: AtomicUsize::new(place), ..self }
    }

    /// The places, in the order in which they were named.
    pub fn places(&self) -> &[Mirror] {
        &self.places
    }

    /// Opens what is offered at the place whose turn it is. See [`open`]: **save `state` also after an
    /// error.**
    ///
    /// # Errors
    ///
    /// [`Nobody`].
    pub fn open(
        &self,
        state: &mut TrustedState,
        now: UnixSeconds,
    ) -> Result<Given<OpenedRelease, OpenError>, Nobody<OpenError>> {
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        self.ask(first, |channel| open(channel, state, now))
    }

    /// Reads the content of `opened` beside what is `held`, beginning at `first`; it is the same bytes
    /// wherever they come from.
    ///
    /// # Errors
    ///
    /// [`Nobody`].
    pub fn fetch(
        &self,
        opened: &OpenedRelease,
        first: usize,
        held: &OnHand,
    ) -> Result<Given<VerifiedRelease, FetchError>, Nobody<FetchError>> {
        self.ask(first, |channel| fetch_beside(channel, opened, held.clone()))
    }

    /// The same for the release to fall back to; `None` when none is listed.
    ///
    /// # Errors
    ///
    /// [`Nobody`].
    pub fn fetch_fallback(
        &self,
        opened: &OpenedRelease,
        first: usize,
    ) -> Result<Given<Option<VerifiedRelease>, FetchError>, Nobody<FetchError>> {
        self.ask(first, |channel| fetch_fallback(channel, opened))
    }

    /// Asks one after the other, `first` first, until one gives what holds.
    fn ask<T, E>(
        &self,
        first: usize,
        mut question: impl FnMut(&dyn Channel) -> Result<T, ReadError<E>>,
    ) -> Result<Given<T, E>, Nobody<E>> {
        let mut passed_over = Vec::new();
        for step in 0..self.places.len() {
            let by = (first % self.places.len() + step) % self.places.len();
            match question(self.places[by].channel.as_ref()) {
                Ok(value) => return Ok(Given { value, by, passed_over }),
                Err(error) => passed_over.push(PassedOver { place: by, error }),
            }
        }
        Err(Nobody(passed_over))
    }
}

impl fmt::Debug for Mirrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.places.iter().map(Mirror::name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use warifu_trust::testing::{World, now};

    use super::*;
    use crate::publish_root;
    use crate::testing::{MemoryChannel, Publishing as _};

    fn published() -> (World, MemoryChannel) {
        let world = World::new();
        let channel = MemoryChannel::default();
        publish_root(&channel, &world.root).unwrap();
        world.publish_next(&channel);
        (world, channel)
    }

    fn of(channels: &[&MemoryChannel]) -> Mirrors {
        let mut mirrors: Vec<_> = channels
            .iter()
            .enumerate()
            .map(|(at, channel)| Mirror::new(format!("mirror {at}"), Box::new((*channel).clone())))
            .collect();
        let others = mirrors.split_off(1);
        Mirrors::new(mirrors.remove(0), others).beginning_at(0)
    }

    #[test]
    fn a_mirror_that_is_behind_delays_by_one_look() {
        let (world, behind) = published();
        let newest = behind.clone();
        world.publish_next(&newest);
        let (mirrors, mut state) = (of(&[&behind, &newest]), world.reader());
        let seen = |state: &mut TrustedState| {
            let given = mirrors.open(state, now()).unwrap();
            (given.value.release().release, given.by, given.passed_over.len())
        };
        assert_eq!(seen(&mut state), (1, 0, 0));
        assert_eq!(seen(&mut state), (2, 1, 0));
        // And what is behind cannot take it back.
        assert_eq!(seen(&mut state), (2, 1, 1));
    }

    #[test]
    fn content_comes_from_another_when_one_lacks_it_or_lies() {
        let (world, good) = published();
        let (lacks, lies) = (good.clone(), good.clone());
        for path in good.files().into_keys().filter(|path| path.starts_with("targets/")) {
            lacks.remove(&path);
            lies.put(&path, b"something else".to_vec());
        }
        let (mirrors, mut state) = (of(&[&lacks, &lies, &good]), world.reader());
        let opened = mirrors.open(&mut state, now()).unwrap();
        assert_eq!((opened.by, opened.passed_over.len()), (0, 0));
        let fetched = mirrors.fetch(&opened.value, opened.by, &OnHand::default()).unwrap();
        assert_eq!((fetched.by, fetched.passed_over.len()), (2, 2));
        assert!(matches!(fetched.passed_over[0].error, ReadError::Verdict(FetchError::Missing { .. })));
        assert!(matches!(fetched.passed_over[1].error, ReadError::Verdict(FetchError::Refused(_))));
    }

    #[test]
    fn when_none_holds_each_says_why() {
        let (world, _) = published();
        let mirrors = of(&[&MemoryChannel::default(), &MemoryChannel::default()]);
        let Nobody(passed_over) = mirrors.open(&mut world.reader(), now()).unwrap_err();
        assert_eq!(passed_over.iter().map(|it| it.place).collect::<Vec<_>>(), [0, 1]);
    }
}
