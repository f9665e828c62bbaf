//! Releases come, wait, prove themselves and are fallen back from, in any order and at the same time: an
//! older one never replaces a newer one, unless by falling back.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use warifu_checker::log::now;
use warifu_checker::release::ReleaseContent;
use warifu_checker::said::Said;
use warifu_checker::source::{Offer, ReleaseSource, SourceError};
use warifu_checker::state::{Disk, RefusedFor, WriteStep};
use warifu_checker::swap::{Outcome, Swapper, Wanted};
use warifu_claims::ClaimFile;
use warifu_claims::movement::Institution;
use warifu_trust::{MasterContent, ReleaseRef, UnixSeconds};

use crate::line::{JUNE, Line, release, release_at, release_of};
use crate::masters::{bad, good, procedures};
use crate::world::{OnShelf, Shelf, Source, alone, alone_at, alone_on, claim_file};

fn running(swapper: &Swapper) -> u64 {
    swapper.active().map_or(0, |active| active.id.release)
}

type Work = Mutex<Option<Box<dyn FnOnce() + Send>>>;

fn work(work: &Work) {
    let work = work.lock().unwrap().take();
    work.into_iter().for_each(|work| work());
}

/// A channel at which something else happens while it is opened, and while it is read.
#[derive(Default)]
struct Meanwhile {
    shelf: Arc<Shelf>,
    opened: Work,
    fetched: Work,
}

/// The same, read by a checker.
struct Channel(Arc<Meanwhile>);

/// What it offers.
struct Offered<'a>(OnShelf, &'a Work);

impl Offer for Offered<'_> {
    fn id(&self) -> ReleaseRef {
        self.0.id()
    }

    fn fetch(&self) -> Result<ReleaseContent, SourceError> {
        work(self.1);
        self.0.fetch()
    }

    fn fetch_fallback(&self) -> Result<Option<ReleaseContent>, SourceError> {
        self.0.fetch_fallback()
    }
}

impl ReleaseSource for Channel {
    fn open(&self, _: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        work(&self.0.opened);
        let content =
            self.0.shelf.offered().ok_or_else(|| SourceError::Unavailable(Said::new("empty", "空")))?;
        Ok(Box::new(Offered(OnShelf(content, None), &self.0.fetched)))
    }

    fn withdrawn(&self, _: ReleaseRef) -> Option<Said> {
        None
    }

    fn again(&self, id: ReleaseRef, _: UnixSeconds) -> Result<ReleaseContent, SourceError> {
        self.0.shelf.again(id)
    }
}

/// Release 1 judges and release 2 waits until then.
fn waiting(swapper: &Swapper, shelf: &Shelf) -> UnixSeconds {
    shelf.offer(release(1, &good()));
    swapper.poll(now(), Wanted::ByItself);
    let later = now().plus_days(1);
    shelf.offer(release_at(2, &good(), Some(later)));
    assert_eq!(swapper.poll(now(), Wanted::ByItself), Outcome::Waiting { release: 2, until: later });
    later
}

/// While a channel that is slow is opened, or read, the instant of another release comes.
#[test]
fn what_waits_judges_in_time_while_a_channel_is_read() {
    let of: [fn(&Meanwhile) -> &Work; 2] = [|it| &it.opened, |it| &it.fetched];
    for of in of {
        let directory = tempfile::tempdir().unwrap();
        let source = Arc::new(Meanwhile::default());
        let swapper = Arc::new(alone_at(directory.path(), Channel(Arc::clone(&source))));
        let later = waiting(&swapper, &source.shelf);
        source.shelf.offer(release(3, &good()));
        let (ticking, ticked) = channel();
        let elsewhere = Arc::clone(&swapper);
        *of(&source).lock().unwrap() = Some(Box::new(move || {
            let (done, until) = channel();
            std::thread::spawn(move || done.send(elsewhere.tick(later)));
            ticking.send(until.recv_timeout(Duration::from_secs(30))).unwrap();
        }));
        assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 3, .. }));
        let ticked = ticked.recv().unwrap();
        assert!(matches!(ticked, Ok(Some(Outcome::Activated { release: 2, .. }))), "{ticked:?}");
        assert_eq!(running(&swapper), 3);
        // All of it is there, although what nobody needed was cleared away meanwhile.
        swapper.confirm(3, "当直の判断".parse().unwrap(), now()).unwrap();
        drop(swapper);
        assert_eq!(running(&alone_at(directory.path(), Channel(source))), 3);
    }
}

/// Its instant comes while a newer one is being activated.
#[test]
fn a_release_that_waited_does_not_replace_a_newer_one() {
    let (directory, shelf) = (tempfile::tempdir().unwrap(), Arc::new(Shelf::default()));
    let meanwhile: Arc<Work> = Arc::default();
    let written = Arc::clone(&meanwhile);
    let disk = Disk::failing(move |step, path: &Path| {
        if step == WriteStep::Flush && path.file_name().is_some_and(|name| name == "checker.json") {
            work(&written);
        }
        None
    });
    let swapper = Arc::new(alone_on(disk, directory.path(), Source(Arc::clone(&shelf))));
    let later = waiting(&swapper, &shelf);
    shelf.offer(release(3, &good()));
    let (ticking, ticked) = channel();
    let started = Arc::new(AtomicBool::new(false));
    let elsewhere = (Arc::clone(&swapper), Arc::clone(&started));
    *meanwhile.lock().unwrap() = Some(Box::new(move || {
        std::thread::spawn(move || {
            let (swapper, started) = elsewhere;
            started.store(true, Ordering::SeqCst);
            let _ = ticking.send(swapper.tick(later));
        });
        while !started.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        // The tick comes as far as it can while the poll is at work.
        (0..20_000).for_each(|_| std::thread::yield_now());
    }));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 3, .. }));
    assert_eq!(ticked.recv().unwrap(), None, "nothing waits any more");
    assert_eq!(running(&swapper), 3);
}

/// The metadata of a channel says what is newest; were it ever wrong, the order holds here too.
#[test]
fn a_channel_that_goes_back_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop({
        let swapper = alone(directory.path(), &[release(2, &good())]);
        swapper.poll(now(), Wanted::ByItself);
        swapper
    });
    for number in [1, 2] {
        let swapper = alone(directory.path(), &[release(number, &bad())]);
        let Outcome::Refused(refused) = swapper.poll(now(), Wanted::ByItself) else {
            panic!("release {number} was taken")
        };
        assert_eq!(refused.refused_for, RefusedFor::Trust);
        assert!(refused.why.en.contains("not newer than release 2"), "{}", refused.why.en);
        assert_eq!(running(&swapper), 2);
    }
}

#[test]
fn after_a_fall_back_nothing_older_than_what_was_left_is_taken() {
    let directory = tempfile::tempdir().unwrap();
    let shelf = Arc::new(Shelf::default());
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    for number in [1, 3] {
        shelf.offer(release(number, &good()));
        swapper.poll(now(), Wanted::ByItself);
    }
    assert_eq!(swapper.fall_back(Said::new("test", "試験"), None, now()), Ok(1));
    shelf.offer(release(2, &good()));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Refused(_)));
    shelf.offer(release(4, &good()));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 4, .. }));
}

/// How many releases there are in a test of random steps.
const RELEASES: usize = 40;

/// How many steps each thread does when everybody acts at once.
const STEPS: usize = 150;

/// What somebody does to a checker.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The channel offers the release with this number.
    Offer { number: u64 },
    /// The poller, or an operator's `swap`, looks.
    Poll { asked: bool },
    /// The clock reaches the instant of everything that waits.
    Tick,
    /// A claim file is judged.
    Judge,
    /// An operator falls back.
    FallBack,
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..RELEASES as u64).prop_map(|number| Step::Offer { number }),
        4 => any::<bool>().prop_map(|asked| Step::Poll { asked }),
        2 => Just(Step::Tick),
        2 => Just(Step::Judge),
        1 => Just(Step::FallBack),
    ]
}

/// The wrong master and the right one.
static MASTERS: LazyLock<[MasterContent; 2]> =
    LazyLock::new(|| [&bad(), &good()].map(|rows| procedures(rows)));

/// Releases that follow one another, of each whether it is right and whether it waits.
fn releases(of: impl IntoIterator<Item = (bool, bool)>) -> Vec<ReleaseContent> {
    let line = Line::default();
    let release = |(number, (is_right, waits)): (u64, (bool, bool))| {
        let master = MASTERS[usize::from(is_right)].clone();
        line.publish(&release_of(number, vec![master], waits.then(|| start().plus_days(1))))
    };
    (1..).zip(of).map(release).collect()
}

fn start() -> UnixSeconds {
    // What waits until a day later judges on the day on which it was made.
    UnixSeconds::new(JUNE - 2 * 86_400)
}

/// Does `step`; what was activated by it.
fn act(
    swapper: &Swapper,
    shelf: &Shelf,
    releases: &[ReleaseContent],
    file: &ClaimFile,
    step: Step,
) -> Option<u64> {
    let outcome = match step {
        Step::Offer { number } => {
            shelf.put(releases[number as usize - 1].clone());
            return None;
        }
        Step::Poll { asked } => {
            Some(swapper.poll(start(), if asked { Wanted::Newest } else { Wanted::ByItself }))
        }
        Step::Tick => swapper.tick(start().plus_days(2)),
        Step::Judge => {
            if let Some(active) = swapper.active() {
                for institution in [&b"13,1,0000001"[..], b"13,1,0000002"] {
                    if swapper.observe(&active, file, Institution::of(Some(institution)), start()) {
                        swapper.settle(start());
                    }
                }
            }
            None
        }
        Step::FallBack => {
            let _ = swapper.fall_back(Said::new("test", "試験"), None, start());
            None
        }
    };
    match outcome {
        Some(Outcome::Activated { release, .. }) => Some(release),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// One after the other: each activation is of a release newer than every one before.
    #[test]
    fn activations_only_go_forward(
        of in proptest::collection::vec(any::<(bool, bool)>(), RELEASES),
        steps in proptest::collection::vec(steps(), 1..80),
    ) {
        let releases = releases(of);
        let directory = tempfile::tempdir().unwrap();
        let shelf = Arc::new(Shelf::default());
        let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
        let file = ClaimFile::read(&claim_file(1, 3));
        let mut newest = 0;
        for step in steps {
            let before = running(&swapper);
            match act(&swapper, &shelf, &releases, &file, step) {
                Some(release) => {
                    prop_assert!(release > newest, "{release} was activated after {newest}");
                    newest = release;
                    prop_assert_eq!(running(&swapper), release);
                }
                None => {
                    let after = running(&swapper);
                    let may_go_back = matches!(step, Step::Judge | Step::FallBack);
                    let is_right = after == before || may_go_back && after < before;
                    prop_assert!(is_right, "{step:?}: {before} to {after}");
                }
            }
            let on_record = swapper.record().running().release().map_or(0, |running| running.id.release);
            prop_assert_eq!(on_record, running(&swapper));
        }
    }
}

/// Everybody at once: what one thread sees run is never older than what it saw before, unless a fall back was
/// under way; and no release is activated twice.
#[test]
fn at_the_same_time_activations_only_go_forward() {
    for falls_back in [false, true] {
        let releases = releases((0..4 * STEPS).map(|n| (!falls_back || n % 2 == 0, n % 3 == 0)));
        let directory = tempfile::tempdir().unwrap();
        let shelf = Arc::new(Shelf::default());
        let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
        let file = ClaimFile::read(&claim_file(1, 3));
        let (begun, ended) = (AtomicU64::new(0), AtomicU64::new(0));
        let activated = Mutex::new(Vec::new());
        let work = |thread: u64| {
            // A small generator: the steps are the same each time, their interleaving is not.
            let mut random = 0x9E37_79B9_7F4A_7C15u64.wrapping_mul(thread + 1);
            let mut own = 0;
            for _ in 0..STEPS {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let die = random >> 33;
                let step = match die % 10 {
                    0..=2 => {
                        // Mostly one of the next two, now and then an old one.
                        let newest = swapper.record().floor().max(Some(running(&swapper)));
                        let newest = newest.unwrap_or_default();
                        let number = if die & 64 == 0 { newest / 2 + 1 } else { newest + 1 + (die >> 8) % 2 };
                        let number = number.min(releases.len() as u64);
                        Step::Offer { number }
                    }
                    3..=5 => Step::Poll { asked: die & 64 == 0 },
                    6 | 7 => Step::Tick,
                    8 if falls_back => Step::FallBack,
                    _ if falls_back => Step::Judge,
                    _ => Step::Tick,
                };
                let goes_back = u64::from(matches!(step, Step::FallBack | Step::Judge));
                let falls_before = ended.load(Ordering::SeqCst);
                let before = running(&swapper);
                begun.fetch_add(goes_back, Ordering::SeqCst);
                let release = act(&swapper, &shelf, &releases, &file, step);
                let after = running(&swapper);
                if begun.load(Ordering::SeqCst) == falls_before {
                    assert!(after >= before, "from {before} to {after}");
                }
                ended.fetch_add(goes_back, Ordering::SeqCst);
                if let Some(release) = release {
                    assert!(release > own, "{release} was activated after {own}");
                    own = release;
                    activated.lock().unwrap().push(release);
                }
            }
        };
        std::thread::scope(|scope| (0..4).for_each(|thread| _ = scope.spawn(move || work(thread))));
        let activated = activated.into_inner().unwrap();
        let distinct: BTreeSet<u64> = activated.iter().copied().collect();
        assert_eq!(distinct.len(), activated.len(), "{activated:?}");
        assert!(activated.len() > 5, "{activated:?}");
        if !falls_back {
            assert_eq!(distinct.last(), Some(&running(&swapper)));
        }
    }
}
