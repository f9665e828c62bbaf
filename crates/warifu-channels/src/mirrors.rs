//! Places with the same releases, asked in turn: one that is silent, behind or lying delays nobody for long.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use warifu_trust::{
    FetchError, OnHand, OpenError, OpenedRelease, TrustedState, UnixSeconds, VerifiedNew, VerifiedRelease,
};

use crate::channel::Channel;
use crate::joined::Joined;
use crate::read::{ReadError, fetch_beside, fetch_fallback, fetch_new, open};

/// One place, and what people call it.
pub struct Mirror {
    name: String,
    channel: Box<dyn Channel + Send + Sync>,
    standing: Standing,
}

/// How often a place has lately given nothing that holds.
#[derive(Default)]
struct Standing {
    /// How many times in a row.
    failed: AtomicU32,
    /// For how many looks it is asked after the others.
    looks_last: AtomicU32,
}

/// For so many looks a place is asked last at most, however often it failed: what the others keep back is
/// heard from it soon after.
const LONGEST_LAST: u32 = 4;

impl Standing {
    fn is_last(&self) -> bool {
        self.looks_last.load(Ordering::Relaxed) > 0
    }

    /// A look begins: whether it is asked after the others in this one.
    fn begin(&self) -> bool {
        let less = |looks: u32| looks.checked_sub(1);
        self.looks_last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }

    fn failed(&self) {
        let times = self.failed.fetch_add(1, Ordering::Relaxed).min(LONGEST_LAST.ilog2());
        self.looks_last.store(1 << times, Ordering::Relaxed);
    }

    fn gave(&self) {
        self.failed.store(0, Ordering::Relaxed);
        self.looks_last.store(0, Ordering::Relaxed);
    }
}

impl Mirror {
    /// The channel that is called `name`.
    pub fn new(name: impl Into<String>, channel: Box<dyn Channel + Send + Sync>) -> Self {
        Mirror { name: name.into(), channel, standing: Standing::default() }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Places that should hold the same releases.
///
/// Each look begins at another one, so that a place that fell behind is noticed at the next look, and goes on
/// at the others only when what the first says does not hold, or it says nothing. One that failed is asked
/// after the others for a look, then for two, and for four at most, so that it cannot hold up each look; all
/// the same it is asked as long as nobody else gives anything. All of them are read by one [`TrustedState`]:
/// what one of them showed, another cannot take back.
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

/// What one of the places gave, or the last of several, and which of those that were asked failed.
#[derive(Debug)]
pub struct Given<T, E> {
    /// What came.
    pub value: T,
    /// Which place gave it.
    pub by: usize,
    /// Those that were asked before; of content, also those that lacked some of it.
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
        let order = self.begin();
        self.ask(&order, |channel| open(channel, state, now))
    }

    /// The same, and asks on while what is offered is not release `number`: the place whose turn it is may be
    /// behind. When none offers it, what comes is the newest that holds, of equals the first.
    ///
    /// # Errors
    ///
    /// [`Nobody`].
    pub fn open_release(
        &self,
        number: u64,
        state: &mut TrustedState,
        now: UnixSeconds,
    ) -> Result<Given<OpenedRelease, OpenError>, Nobody<OpenError>> {
        let order = self.begin();
        let mut newest: Option<Given<OpenedRelease, OpenError>> = None;
        let mut passed_over = Vec::new();
        for place in order {
            match self.ask(&[place], |channel| open(channel, state, now)) {
                Ok(given) if given.value.release().release == number => {
                    return Ok(Given { passed_over, ..given });
                }
                Ok(given) => {
                    let is_newer = newest.as_ref().is_none_or(|it| {
                        let (it, given) = (&it.value, &given.value);
                        // Of the same release, whoever knows that it was withdrawn.
                        let known =
                            |opened: &OpenedRelease| (opened.release().release, opened.withdrawn().is_some());
                        known(given) > known(it)
                    });
                    if is_newer {
                        newest = Some(given);
                    }
                }
                Err(Nobody(asked)) => passed_over.extend(asked),
            }
        }
        match newest {
            Some(given) => Ok(Given { passed_over, ..given }),
            None => Err(Nobody(passed_over)),
        }
    }

    /// Reads the content of `opened` beside what is `held`, beginning at `first`. It is the same bytes
    /// wherever they come from: a file that one place lacks comes from the next, and no file comes twice.
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
        self.join(first, |channel| fetch_beside(channel, opened, held.clone()))
    }

    /// The same of what is new of `opened` for who has the rest lie where it is.
    ///
    /// # Errors
    ///
    /// [`Nobody`].
    pub fn fetch_new(
        &self,
        opened: &OpenedRelease,
        first: usize,
        held: &OnHand,
    ) -> Result<Given<VerifiedNew, FetchError>, Nobody<FetchError>> {
        self.join(first, |channel| fetch_new(channel, opened, held.clone()))
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
        self.join(first, |channel| fetch_fallback(channel, opened))
    }

    /// The places from the one whose turn it is on, those that failed lately after the others.
    fn begin(&self) -> Vec<usize> {
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        let (last, others): (Vec<_>, Vec<_>) =
            self.from(first).partition(|place| self.places[*place].standing.begin());
        [others, last].concat()
    }

    /// The same from `first` on, in the course of a look.
    fn order(&self, first: usize) -> Vec<usize> {
        let (last, others): (Vec<_>, Vec<_>) =
            self.from(first).partition(|place| self.places[*place].standing.is_last());
        [others, last].concat()
    }

    fn from(&self, first: usize) -> impl Iterator<Item = usize> + '_ {
        let count = self.places.len();
        (0..count).map(move |step| (first % count + step) % count)
    }

    /// Reads content from all of them as one place, beginning at `first`.
    fn join<T>(
        &self,
        first: usize,
        question: impl FnOnce(&dyn Channel) -> Result<T, ReadError<FetchError>>,
    ) -> Result<Given<T, FetchError>, Nobody<FetchError>> {
        let order = self.order(first);
        let joined =
            Joined::of(order.iter().map(|place| -> &dyn Channel { self.places[*place].channel.as_ref() }));
        let asked = question(&joined);
        let (gave, amiss) = joined.finish();
        let (by, count) = (order[gave], order.len());
        let mut passed_over: Vec<_> = order
            .into_iter()
            .zip(amiss)
            .filter_map(|(place, error)| Some(PassedOver { place, error: error? }))
            .collect();
        passed_over.iter().for_each(|it| self.places[it.place].standing.failed());
        match asked {
            Ok(value) => {
                if passed_over.iter().all(|it| it.place != by) {
                    self.places[by].standing.gave();
                }
                Ok(Given { value, by, passed_over })
            }
            Err(error) => {
                // The verdict is on what the last one gave, or all of them say what is amiss.
                if passed_over.len() < count && passed_over.iter().all(|it| it.place != by) {
                    self.places[by].standing.failed();
                    passed_over.push(PassedOver { place: by, error });
                }
                Err(Nobody(passed_over))
            }
        }
    }

    /// Asks one after the other, in this `order`, until one gives what holds.
    fn ask<T, E>(
        &self,
        order: &[usize],
        mut question: impl FnMut(&dyn Channel) -> Result<T, ReadError<E>>,
    ) -> Result<Given<T, E>, Nobody<E>> {
        let mut passed_over = Vec::new();
        for by in order.iter().copied() {
            let Mirror { channel, standing, .. } = &self.places[by];
            match question(channel.as_ref()) {
                Ok(value) => {
                    standing.gave();
                    return Ok(Given { value, by, passed_over });
                }
                Err(error) => {
                    standing.failed();
                    passed_over.push(PassedOver { place: by, error });
                }
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
    fn what_lies_in_halves_at_two_places_comes_from_both() {
        let (world, good) = published();
        let (one, other) = (good.clone(), good.clone());
        let content: Vec<_> = good.files().into_keys().filter(|path| path.starts_with("targets/")).collect();
        assert!(content.len() > 3);
        for (at, path) in content.iter().enumerate() {
            [&one, &other][at % 2].remove(path);
        }
        let mirrors = of(&[&one, &other]);
        let opened = mirrors.open(&mut world.reader(), now()).unwrap();
        let fetched = mirrors.fetch(&opened.value, opened.by, &OnHand::default()).unwrap();
        assert_eq!(fetched.value.transfer().whole, content.len());
        let lacking: Vec<_> = fetched.passed_over.iter().map(|it| it.place).collect();
        assert_eq!(lacking, [0, 1], "each is told");
        let is_missing =
            |it: &PassedOver<FetchError>| matches!(it.error, ReadError::Verdict(FetchError::Missing { .. }));
        assert!(fetched.passed_over.iter().all(is_missing));
        // What nobody has is nobody's.
        other.remove(&content[0]);
        one.remove(&content[0]);
        let Nobody(passed_over) =
            of(&[&one, &other]).fetch(&opened.value, 0, &OnHand::default()).unwrap_err();
        assert!(passed_over.len() == 2 && passed_over.iter().all(is_missing));
    }

    /// Counts what it is asked, and says nothing that holds.
    #[derive(Clone, Default)]
    struct Wrong(std::sync::Arc<AtomicUsize>);

    impl Channel for Wrong {
        fn read_in(
            &self,
            path: &warifu_trust::ChannelPath,
            _: u64,
            _: &crate::Look,
        ) -> Result<Option<Vec<u8>>, crate::ChannelError> {
            self.0.fetch_add(1, Ordering::SeqCst);
            let is_root = *path == warifu_trust::ChannelPath::root(2);
            Ok(Some(b"no root".to_vec()).filter(|_| is_root))
        }
    }

    #[test]
    fn a_mirror_that_fails_again_and_again_is_asked_last_and_not_forgotten() {
        let (world, good) = published();
        let wrong = Wrong::default();
        let mirrors = Mirrors::new(
            Mirror::new("wrong", Box::new(wrong.clone())),
            vec![Mirror::new("good", Box::new(good))],
        );
        let (mirrors, mut state) = (mirrors.beginning_at(0), world.reader());
        let asked: Vec<_> = (0..18)
            .map(|_| {
                let before = wrong.0.load(Ordering::SeqCst);
                assert_eq!(mirrors.open(&mut state, now()).unwrap().by, 1);
                wrong.0.load(Ordering::SeqCst) > before
            })
            .collect();
        // Its turn is every other look; then it is left out for one, for two, for four.
        let looks: Vec<_> = (0..18).filter(|look| asked[*look]).collect();
        assert_eq!(looks, [0, 2, 6, 12]);
        // What it alone has is asked of it all the same.
        let alone = Mirrors::new(Mirror::new("wrong", Box::new(wrong.clone())), Vec::new());
        for _ in 0..3 {
            let before = wrong.0.load(Ordering::SeqCst);
            assert!(alone.open(&mut state, now()).is_err());
            assert!(wrong.0.load(Ordering::SeqCst) > before);
        }
    }

    #[test]
    fn who_wants_one_release_is_given_it_by_whoever_has_it() {
        let (world, behind) = published();
        let newest = behind.clone();
        world.publish_next(&newest);
        let of_release = |number, first| {
            let mirrors = of(&[&behind, &newest]).beginning_at(first);
            let given = mirrors.open_release(number, &mut world.reader(), now()).unwrap();
            (given.value.release().release, given.by, given.passed_over.len())
        };
        assert_eq!(of_release(2, 0), (2, 1, 0), "the first is behind");
        assert_eq!(of_release(2, 1), (2, 1, 0));
        assert_eq!(of_release(1, 0), (1, 0, 0));
        // When nobody has it: the newest, and whoever takes that one back is passed over.
        assert_eq!(of_release(7, 0), (2, 1, 0));
        assert_eq!(of_release(7, 1), (2, 1, 1));
        let lost = of(&[&MemoryChannel::default(), &newest]);
        let given = lost.open_release(2, &mut world.reader(), now()).unwrap();
        assert_eq!((given.by, given.passed_over.len()), (1, 1));
    }

    #[test]
    fn when_none_holds_each_says_why() {
        let (world, _) = published();
        let mirrors = of(&[&MemoryChannel::default(), &MemoryChannel::default()]);
        let Nobody(passed_over) = mirrors.open(&mut world.reader(), now()).unwrap_err();
        assert_eq!(passed_over.iter().map(|it| it.place).collect::<Vec<_>>(), [0, 1]);
    }
}
