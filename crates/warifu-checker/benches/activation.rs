//! From a bundle on a medium to the release judging claims, and how much of that is verification:
//! `cargo bench -p warifu-checker --bench activation -- BEFORE BUNDLE ROOT [RUNS]`. BEFORE is the channel's
//! folder when the release before was the newest, BUNDLE the bundle of the next one.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made has nothing to go on with")]

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use warifu_channels::{Address, Floor, Mirror, Mirrors, Network, Patience};
use warifu_checker::log::{Log, now};
use warifu_checker::release::ReleaseContent;
use warifu_checker::said::Said;
use warifu_checker::source::{Offer, ReleaseSource, SourceError, TrustSource};
use warifu_checker::state::{Recent, StateDirectory};
use warifu_checker::swap::{Gates, Outcome, Swapper, Wanted};
use warifu_claims::movement::Enough;
use warifu_masters::schema::Schemas;
use warifu_trust::{ReleaseRef, UnixSeconds};
use warifu_values::digest::Digest;

/// How long the parts of one activation took.
#[derive(Debug, Clone, Copy, Default)]
struct Took {
    /// Signatures, versions, freshness.
    opening: Duration,
    /// Reading, unpacking and comparing every byte.
    fetching: Duration,
    /// Of that, the digests.
    digests: Duration,
    all: Duration,
}

/// A source that is timed.
struct Timed {
    source: TrustSource,
    took: Arc<Mutex<Took>>,
}

struct TimedOffer<'a> {
    offer: Box<dyn Offer + 'a>,
    took: Arc<Mutex<Took>>,
}

impl Offer for TimedOffer<'_> {
    fn id(&self) -> ReleaseRef {
        self.offer.id()
    }

    fn fetch(&self) -> Result<ReleaseContent, SourceError> {
        let began = Instant::now();
        let content = self.offer.fetch()?;
        let mut took = self.took.lock().unwrap();
        took.fetching += began.elapsed();
        let began = Instant::now();
        for (_, part) in content.parts() {
            std::hint::black_box(Digest::of(&part.read().unwrap()));
        }
        took.digests += began.elapsed();
        Ok(content)
    }

    fn fetch_fallback(&self) -> Result<Option<ReleaseContent>, SourceError> {
        self.offer.fetch_fallback()
    }
}

impl ReleaseSource for Timed {
    fn open(&self, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        let began = Instant::now();
        let offer = self.source.open(now)?;
        self.took.lock().unwrap().opening += began.elapsed();
        Ok(Box::new(TimedOffer { offer, took: Arc::clone(&self.took) }))
    }

    fn withdrawn(&self, id: ReleaseRef) -> Option<Said> {
        self.source.withdrawn(id)
    }

    fn again(&self, id: ReleaseRef, now: UnixSeconds) -> Result<ReleaseContent, SourceError> {
        self.source.again(id, now)
    }
}

/// Takes what is newest at `channel` into the state in `state`.
fn take(channel: &str, root: &[u8], state: &Path) -> Took {
    let took = Arc::new(Mutex::new(Took::default()));
    let network = Network::plain(Patience::ONCE, now);
    let channel = Mirror::new("the channel", Address::parse(channel, &network).unwrap().channel());
    let directory = StateDirectory::open(state).unwrap();
    let mirrors = Mirrors::new(channel, Vec::new());
    let source = TrustSource::new(mirrors, root, Floor::default(), &directory.trusted()).unwrap();
    let source = Box::new(Timed { source, took: Arc::clone(&took) });
    let recent = Arc::new(Recent::open(directory.recent(), 0).unwrap());
    let gates = Gates { probation: Enough { files: 1, institutions: 1, uses: 1 } };
    let schemas = Schemas::built_in().unwrap();
    let swapper =
        Swapper::resume(directory, Some(source), recent, schemas, gates, Log::default(), now()).unwrap();
    let began = Instant::now();
    let outcome = swapper.poll(now(), Wanted::ByItself);
    let all = began.elapsed();
    assert!(matches!(outcome, Outcome::Activated { .. }), "{outcome:?}");
    let mut took = *took.lock().unwrap();
    // Taken here once more, to know it; not a part of the way.
    took.all = all - took.digests;
    took
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [before, bundle, root, rest @ ..] = arguments.as_slice() else { panic!("BEFORE BUNDLE ROOT [RUNS]") };
    let runs: usize = rest.first().map_or(9, |runs| runs.parse().unwrap());
    let root = std::fs::read(root).unwrap();
    let mut all: Vec<Took> = (0..runs)
        .map(|_| {
            let state = tempfile::tempdir().unwrap();
            take(before, &root, state.path());
            take(bundle, &root, state.path())
        })
        .collect();
    let share = |took: &Took| (took.opening + took.digests).as_secs_f64() / took.all.as_secs_f64();
    all.sort_by(|one, other| share(one).total_cmp(&share(other)));
    let middle = all[runs / 2];
    let mut out = std::io::stdout().lock();
    writeln!(out, "{middle:.1?} (the median run of {runs}, by the share)").unwrap();
    writeln!(
        out,
        "verification: {:.1} % of the way from the bundle to active ({:.1} to {:.1} %)",
        100.0 * share(&middle),
        100.0 * share(&all[0]),
        100.0 * share(&all[runs - 1])
    )
    .unwrap();
}
