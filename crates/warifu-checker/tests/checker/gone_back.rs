//! Going back to a release by its number, and going back or being confirmed while the disk does not answer.

use std::sync::Arc;
use std::time::Duration;

use warifu_checker::log::now;
use warifu_checker::said::Said;
use warifu_checker::state::{Phase, Reason};
use warifu_checker::swap::{NotFallenBack, NothingBefore, Outcome, Swapper, Wanted};
use warifu_claims::ClaimFile;
use warifu_claims::movement::Institution;

use crate::line::{Line, release, release_of};
use crate::masters::{bad, good, series};
use crate::world::{Shelf, Shut, Source, alone, alone_at, alone_on, claim_file, until};

fn reason() -> Reason {
    "当直の判断".parse().unwrap()
}

fn why() -> Said {
    Said::new("a test", "試験")
}

fn number(swapper: &Swapper) -> Option<u64> {
    swapper.active().map(|active| active.id.release)
}

fn earlier(swapper: &Swapper) -> Vec<u64> {
    swapper.record().earlier().iter().map(|installed| installed.id.release).collect()
}

fn held(swapper: &Swapper) -> Vec<u64> {
    swapper.record().all_held().iter().map(|held| held.id.release).collect()
}

/// Good rows and one more, so that each number is a release of its own.
fn rows(more: u64) -> Vec<(u32, &'static str)> {
    let mut rows = good();
    rows.push((190_000_010 + u32::try_from(more).unwrap(), "5.00"));
    rows
}

struct Years {
    directory: tempfile::TempDir,
    shelf: Arc<Shelf>,
}

impl Years {
    fn begin() -> Years {
        let shelf = Arc::new(Shelf::after(Line::default()));
        Years { directory: tempfile::tempdir().unwrap(), shelf }
    }

    fn start(&self) -> Swapper {
        alone_at(self.directory.path(), Source(Arc::clone(&self.shelf)))
    }

    /// Releases up to `last`, each confirmed before the next.
    fn confirmed(last: u64) -> (Years, Swapper) {
        let years = Years::begin();
        let swapper = years.start();
        for number in 1..=last {
            years.shelf.offer(release(number, &rows(number)));
            let outcome = swapper.poll(now(), Wanted::ByItself);
            assert!(matches!(outcome, Outcome::Activated { .. }), "{outcome:?}");
            if number > 1 {
                swapper.confirm(number, reason(), now()).unwrap();
            }
        }
        (years, swapper)
    }

    fn manifests(&self) -> usize {
        std::fs::read_dir(self.directory.path().join("manifests")).unwrap().count()
    }
}

/// Back to one of years ago: it judges also after a restart, everything newer is held, and the log of acts
/// tells it.
#[test]
fn an_older_confirmed_release_is_gone_back_to_by_its_number() {
    let (years, swapper) = Years::confirmed(6);
    // Three before the one that runs: 5 in memory, and on disk 4 and 3.
    assert_eq!((earlier(&swapper), years.manifests()), (vec![4, 3], 4));
    drop(swapper);
    let swapper = years.start();
    let not_there = |release| Err(NotFallenBack::NotThere { release, there: vec![5, 4, 3] });
    for other in [1, 2, 6, 7] {
        assert_eq!(swapper.fall_back_to(other, why(), now()), not_there(other));
    }
    assert!(NotFallenBack::NotThere { release: 7, there: vec![5, 4] }.said().en.contains("5, 4"));
    assert_eq!(swapper.fall_back_to(3, why(), now()), Ok(3));
    let mut swapper = swapper;
    for _ in 0..2 {
        assert_eq!((number(&swapper), held(&swapper), earlier(&swapper)), (Some(3), vec![4, 5, 6], vec![]));
        assert_eq!(swapper.active().map(|active| active.phase()), Some(Phase::Confirmed));
        assert_eq!(swapper.fall_back(why(), None, now()), Err(NothingBefore));
        // Who typed it twice is told what runs.
        let nothing = swapper.fall_back_by_hand(why(), now()).unwrap_err();
        assert_eq!(nothing, NotFallenBack::NothingBefore { runs: Some(3), there: vec![] });
        assert!(nothing.said().ja.starts_with("稼働中はリリース 3 です。"), "{}", nothing.said().ja);
        assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Held { release: 6, .. }));
        drop(swapper);
        swapper = years.start();
    }
    let log = std::fs::read_to_string(years.directory.path().join("audit.jsonl")).unwrap();
    assert!(log.contains("fall-back") && log.contains(r#""from":"6","release":"3""#), "{log}");
    // A newer one that is confirmed ends the holds, and nothing that was held is gone back to.
    years.shelf.offer(release(7, &rows(7)));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 7, .. }));
    assert_eq!(
        swapper.fall_back_to(5, why(), now()),
        Err(NotFallenBack::NotThere { release: 5, there: vec![3] })
    );
    swapper.confirm(7, reason(), now()).unwrap();
    assert_eq!((held(&swapper), swapper.fall_back_to(3, why(), now())), (vec![], Ok(3)));
}

/// Neither what one organisation took away nor what the disk lost is gone back to; the others are named.
#[test]
fn what_was_withdrawn_or_is_damaged_is_not_gone_back_to() {
    let (years, swapper) = Years::confirmed(4);
    let id = |release| {
        let record = swapper.record();
        let found = record.to_go_back_to().find(|installed| installed.id.release == release).cloned();
        found.unwrap().id
    };
    years.shelf.withdraw(id(2).into(), "wrong");
    let Err(NotFallenBack::NotUsable { release: 2, there, .. }) = swapper.fall_back_to(2, why(), now())
    else {
        panic!("withdrawn")
    };
    assert_eq!(there, [3, 1]);
    let manifest = years.directory.path().join("manifests").join(id(1).manifest.to_string());
    std::fs::write(manifest, "damaged").unwrap();
    let Err(NotFallenBack::NotUsable { release: 1, there, .. }) = swapper.fall_back_to(1, why(), now())
    else {
        panic!("damaged")
    };
    assert_eq!((there, number(&swapper)), (vec![3], Some(4)));
    assert_eq!(swapper.fall_back_to(3, why(), now()), Ok(3));
}

/// The disk stands still while a release that has proven itself is written: judges go on, and somebody goes
/// back at once. What is on disk afterwards is what happened.
#[test]
fn no_judge_and_no_fall_back_waits_for_a_disk() {
    let (directory, shelf) = (tempfile::tempdir().unwrap(), Arc::new(Shelf::after(Line::default())));
    let shut = Arc::new(Shut::default());
    let swapper = Arc::new(alone_on(shut.disk(), directory.path(), Source(Arc::clone(&shelf))));
    for number in [1, 2] {
        shelf.offer(release(number, &rows(number)));
        swapper.poll(now(), Wanted::ByItself);
    }
    let active = swapper.active().unwrap();
    assert_eq!((active.id.release, active.phase()), (2, Phase::Probation));
    shut.set(true);
    let (file, institutions) = (ClaimFile::read(&claim_file(1, 5)), [&b"13,1,0000001"[..], b"13,1,0000002"]);
    let judge = || {
        let mut of = institutions.iter().cycle();
        let see = || swapper.observe(&active, &file, Institution::of(of.next().copied()), now());
        std::iter::repeat_with(see).take(200).filter(|is_to_be_settled| *is_to_be_settled).count()
    };
    // Two hundred files, and one of them asks that somebody see to it.
    let (told, judged) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let judge = &judge;
        scope.spawn(move || told.send(judge()).unwrap());
        let seen = judged.recv_timeout(Duration::from_secs(30));
        // Nobody may wait for ever where this fails.
        if seen.is_err() {
            shut.set(false);
        }
        assert_eq!(seen, Ok(1), "a judge waits for a disk");
    });
    let settling = {
        let swapper = Arc::clone(&swapper);
        std::thread::spawn(move || swapper.settle(now()))
    };
    let falling = {
        let swapper = Arc::clone(&swapper);
        std::thread::spawn(move || swapper.fall_back(why(), None, now()))
    };
    until("back", || number(&swapper) == Some(1));
    assert_eq!(held(&swapper), [2]);
    assert!(!settling.is_finished() || !falling.is_finished(), "the disk was not in the way");
    shut.set(false);
    settling.join().unwrap();
    assert_eq!(falling.join().unwrap(), Ok(1));
    assert_eq!(number(&swapper), Some(1));
    drop(swapper);
    let again = alone_at(directory.path(), Source(shelf));
    assert_eq!((number(&again), held(&again)), (Some(1), vec![2]));
}

/// What two releases share is in memory once, and is told once.
#[test]
fn the_memory_of_two_releases_alike_but_for_one_master_counts_the_others_once() {
    let may = series("r04", "2024-04-01", Some("2024-05-31"), &good());
    let june = |rows: &[(u32, &str)]| series("r06", "2024-06-01", None, rows);
    let (directory, shelf) = (tempfile::tempdir().unwrap(), Arc::new(Shelf::after(Line::default())));
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    let takes = |number, masters| {
        shelf.offer(release_of(number, masters, None));
        let outcome = swapper.poll(now(), Wanted::ByItself);
        assert!(matches!(outcome, Outcome::Activated { release, .. } if release == number), "{outcome:?}");
        swapper.snapshot_bytes()
    };
    let one = takes(1, vec![may.clone(), june(&good())]);
    let both = takes(2, vec![may, june(&bad())]);
    let of_june = {
        let directory = tempfile::tempdir().unwrap();
        let swapper = alone(directory.path(), &[release_of(1, vec![june(&good())], None)]);
        swapper.poll(now(), Wanted::ByItself);
        swapper.snapshot_bytes()
    };
    assert!(0 < of_june && of_june < one);
    assert_eq!(both, one + of_june);
}
