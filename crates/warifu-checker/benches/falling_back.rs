//! How long a fall back takes once it is decided: from the decision to the pointer moved, and to everything
//! written and told: `cargo bench -p warifu-checker --bench falling_back -- ../shared/data [TIMES]`. In one
//! process, with nothing else to do: what is measured is the path itself.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made has nothing to go on with")]
#![expect(dead_code, reason = "helpers that tests of the checker and other measurements use besides")]

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::time::{Duration, Instant};

use warifu_checker::log::{Log, now};
use warifu_checker::release::ReleaseContent;
use warifu_checker::said::Said;
use warifu_checker::source::{Offer, ReleaseSource, SourceError};
use warifu_checker::state::{Recent, StateDirectory};
use warifu_checker::swap::{Gates, Outcome, Swapper, Wanted};
use warifu_masters::schema::Schemas;
use warifu_trust::{ReleaseRef, UnixSeconds};

use line::Line;

#[path = "../tests/checker/line.rs"]
mod line;
#[path = "../tests/checker/masters.rs"]
mod masters;
mod published;

/// Offers one release, which lies in memory.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Option<ReleaseContent>>>);

impl Shelf {
    fn offered(&self) -> Result<ReleaseContent, SourceError> {
        let offered = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        offered.ok_or_else(|| SourceError::Unavailable(Said::new("nothing is offered", "なし")))
    }
}

struct Offered(ReleaseContent);

impl Offer for Offered {
    fn id(&self) -> ReleaseRef {
        self.0.id()
    }

    fn fetch(&self) -> Result<ReleaseContent, SourceError> {
        Ok(self.0.clone())
    }

    fn fetch_fallback(&self) -> Result<Option<ReleaseContent>, SourceError> {
        Ok(None)
    }
}

impl ReleaseSource for Shelf {
    fn open(&self, _: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        Ok(Box::new(Offered(self.offered()?)))
    }

    fn withdrawn(&self, _: ReleaseRef) -> Option<Said> {
        None
    }

    fn again(&self, _: ReleaseRef, _: UnixSeconds) -> Result<ReleaseContent, SourceError> {
        self.offered()
    }
}

/// From the decision on.
struct Took {
    /// Until whoever asks what judges sees the release before.
    moved: Duration,
    /// Until it is on disk and told.
    written: Duration,
}

/// Falls back from what judges.
fn fall_back(swapper: &Swapper) -> Took {
    let left = swapper.active().expect("something judges");
    let (id, ready) = (left.id, Barrier::new(2));
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            ready.wait();
            while swapper.active().is_some_and(|active| active.id == id) {
                std::hint::spin_loop();
            }
            Instant::now()
        });
        ready.wait();
        let decided = Instant::now();
        swapper.fall_back(Said::new("a measurement", "測定"), Some(&left), now()).unwrap();
        let written = decided.elapsed();
        Took { moved: watching.join().unwrap().saturating_duration_since(decided), written }
    })
}

fn main() {
    let mut out = std::io::stdout().lock();
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let data = PathBuf::from(arguments.next().expect("the folder of the published masters"));
    let times: usize = arguments.next().map_or(20, |times| times.parse().unwrap());
    let masters = [published::masters(&data), published::dearer(&data)];
    let (line, shelf) = (Line::default(), Shelf::default());
    let folder = tempfile::tempdir().unwrap();
    let directory = StateDirectory::open(folder.path()).unwrap();
    let recent = Arc::new(Recent::open(directory.recent(), 0).unwrap());
    let (schemas, source) =
        (Schemas::built_in().unwrap(), Some(Box::new(shelf.clone()) as Box<dyn ReleaseSource>));
    let swapper =
        Swapper::resume(directory, source, recent, schemas, Gates::default(), Log::default(), now()).unwrap();
    let take = |masters: &[_]| {
        let next = line.next("2026-01-05", masters.to_vec());
        *shelf.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
        let outcome = swapper.poll(now(), Wanted::ByItself);
        assert!(matches!(outcome, Outcome::Activated { .. }), "{outcome:?}");
    };
    take(&masters[0]);
    let took: Vec<Took> = (0..times)
        .map(|_| {
            take(&masters[1]);
            fall_back(&swapper)
        })
        .collect();
    let mut tell = |what: &str, of: fn(&Took) -> Duration| {
        let mut times: Vec<Duration> = took.iter().map(of).collect();
        times.sort_unstable();
        let (median, most) = (times[times.len() / 2], times.last().copied().unwrap_or_default());
        writeln!(out, "{what}: {median:.1?} (at most {most:.1?}, {} times)", times.len()).unwrap();
    };
    tell("decided to the pointer moved", |took| took.moved);
    tell("decided to written and told", |took| took.written);
}
