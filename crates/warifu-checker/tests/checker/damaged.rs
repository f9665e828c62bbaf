//! What lies on a damaged, full or strange disk: the checker starts on what was confirmed last, says what is
//! damaged, and takes nothing new until somebody has it mended.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use warifu_checker::cause::Cause;
use warifu_checker::log::now;
use warifu_checker::said::Said;
use warifu_checker::state::{DamagedPart, Disk, Reason};
use warifu_checker::swap::{NotDecided, Outcome, Swapper, Wanted};
use warifu_values::lang::{Lang, Speak as _};

use crate::killed::{PROGRAM, Running, publish_release, published};
use crate::line::{Line, release};
use crate::masters::good;
use crate::world::{Shelf, Source, alone_at, alone_on, check, claim_file};

/// Damages a file.
type Spoil<'a> = &'a dyn Fn(&Path);

fn reason() -> Reason {
    "試験".parse().unwrap()
}

fn number(swapper: &Swapper) -> Option<u64> {
    swapper.active().map(|active| active.id.release)
}

fn rows() -> Vec<(u32, &'static str)> {
    let mut rows = good();
    rows.push((190_000_010, "5.00"));
    rows
}

/// A state folder on which release 1 and then 2 were confirmed.
fn after_two() -> (tempfile::TempDir, Arc<Shelf>) {
    let directory = tempfile::tempdir().unwrap();
    let shelf = Arc::new(Shelf::after(Line::default()));
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    shelf.offer(release(1, &good()));
    swapper.poll(now(), Wanted::ByItself);
    shelf.offer(release(2, &rows()));
    swapper.poll(now(), Wanted::ByItself);
    swapper.confirm(2, reason(), now()).unwrap();
    drop(swapper);
    (directory, shelf)
}

fn records(at: &Path) -> [PathBuf; 2] {
    ["checker.json", "checker-copy.json"].map(|name| at.join(name))
}

/// Wherever the disk fails while a checker falls back: it falls back, and a restart finds that.
#[test]
fn a_fall_back_is_never_forgotten_in_silence() {
    // Five steps for each of two copies.
    for from in 0..=10usize {
        for times in [1, usize::MAX / 2] {
            let (directory, shelf) = after_two();
            let step = Arc::new(AtomicUsize::new(usize::MAX / 2));
            let count = Arc::clone(&step);
            let disk = Disk::failing(move |_, path| {
                // The reports are for people, and written after it.
                let is_record = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ch"));
                let at = if is_record { count.fetch_add(1, Ordering::Relaxed) } else { usize::MAX };
                (from..from.saturating_add(times)).contains(&at).then(|| io::ErrorKind::StorageFull.into())
            });
            // The reserve is gone too: somebody else took the room at once.
            let _ = fs::remove_file(directory.path().join("reserve"));
            let swapper = alone_on(disk, directory.path(), Source(Arc::clone(&shelf)));
            step.store(0, Ordering::Relaxed);
            assert_eq!(swapper.fall_back(Said::new("a test", "試験"), None, now()), Ok(1));
            assert_eq!(number(&swapper), Some(1));
            // As it would be found after a power cut now.
            let copy = tempfile::tempdir().unwrap();
            let mut copying = Command::new("cp");
            copying.arg("-r").arg(directory.path()).arg(copy.path().join("state"));
            assert!(copying.status().unwrap().success());
            let found = alone_at(&copy.path().join("state"), Source(Arc::clone(&shelf)));
            // Also where no copy of the record has it: the log of acts tells.
            assert_eq!(number(&found), Some(1), "step {from}, {times} times");
            // The disk has room again: it is written by itself.
            step.store(usize::MAX / 4 * 3, Ordering::Relaxed);
            let _ = swapper.tick(now());
            assert_eq!(swapper.not_written(), None);
            drop(swapper);
            let again = alone_at(directory.path(), Source(Arc::clone(&shelf)));
            assert_eq!((number(&again), again.record().all_held().len()), (Some(1), 1));
        }
    }
}

/// Whatever of what tells is gone or damaged: it starts on what was confirmed last and says by what it knows
/// that, never on what fell back as long as anything tells of it, and takes nothing new before somebody
/// looked.
#[test]
fn any_witness_that_is_left_tells_what_ran() {
    let (directory, shelf) = after_two();
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    for (number, code) in [(3, 190_000_011), (4, 190_000_012)] {
        let mut rows = rows();
        rows.push((code, "5.00"));
        shelf.offer(release(number, &rows));
        swapper.poll(now(), Wanted::ByItself);
        swapper.confirm(number, reason(), now()).unwrap();
    }
    // On disk are 1 to 4; 3 judges, and 4 fell back.
    swapper.fall_back(Said::new("a test", "試験"), None, now()).unwrap();
    swapper.history().write().unwrap();
    drop(swapper);
    let kept = ["checker.json", "checker-copy.json", "audit.jsonl", "history.json"];
    let spoil: [Spoil<'_>; 2] = [&|path| fs::remove_file(path).unwrap(), &|path| {
        fs::write(path, b"\x00 no more").unwrap();
    }];
    for (spoiled, spoil) in (1..16).flat_map(|set| [(set, spoil[0]), (set, spoil[1])]) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("state");
        assert!(Command::new("cp").arg("-r").arg(directory.path()).arg(&at).status().unwrap().success());
        let is_spoiled = |of: usize| spoiled >> of & 1 == 1;
        (0..4).filter(|of| is_spoiled(*of)).for_each(|of| spoil(&at.join(kept[of])));
        let what = format!("spoiled: {spoiled:04b}");
        let swapper = alone_at(&at, Source(Arc::clone(&shelf)));
        let rebuilt = swapper.record().rebuilt().map(|rebuilt| rebuilt.why.clone());
        let copies = usize::from(is_spoiled(0)) + usize::from(is_spoiled(1));
        let says = match (copies, is_spoiled(2), is_spoiled(3)) {
            (0, ..) | (1, false, _) => None,
            // Whether the copy that is left is the newest, the log would tell.
            (1, true, _) => Some("whether the other one is the newest cannot be known"),
            (_, false, _) => Some("the log of acts tells"),
            (_, true, false) => Some("the history (history.json) tells"),
            (_, true, true) => Some("neither the log of acts nor the history tells"),
        };
        let runs = if spoiled == 15 { 1 } else { 3 };
        assert_eq!(number(&swapper), Some(runs), "{what}");
        let told = rebuilt.clone().map(|why| why.en);
        assert_eq!(told.is_some(), says.is_some(), "{what}: {told:?}");
        assert!(told.iter().zip(says).all(|(told, says)| told.contains(says)), "{what}: {told:?}");
        // What fell back is not taken again: not before somebody looked, and not after.
        let held = |outcome| matches!(outcome, Outcome::Held { release: 4, .. });
        assert!(held(swapper.poll(now(), Wanted::Newest)), "{what}");
        if rebuilt.is_some() && spoiled != 15 {
            swapper.repair(reason(), now()).unwrap();
            assert!(held(swapper.poll(now(), Wanted::Newest)), "{what}");
        }
    }
}

/// The older copy of the record is all that is left of it: what was decided since then is in the log of acts.
#[test]
fn an_older_copy_of_the_record_is_not_believed_alone() {
    for gone in 0..2usize {
        let (directory, shelf) = after_two();
        let paths = records(directory.path());
        let older = fs::read(&paths[0]).unwrap();
        let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
        swapper.fall_back(Said::new("a test", "試験"), None, now()).unwrap();
        swapper.freeze(reason(), now()).unwrap();
        drop(swapper);
        fs::remove_file(&paths[gone]).unwrap();
        fs::write(&paths[1 - gone], &older).unwrap();
        let mut more = rows();
        more.push((190_000_011, "5.00"));
        shelf.offer(release(3, &more));
        for _ in 0..2 {
            let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
            let record = swapper.record();
            let held: Vec<u64> = record.all_held().iter().map(|held| held.id.release).collect();
            assert_eq!((number(&swapper), held), (Some(1), vec![2]));
            assert_eq!(record.frozen().map(|frozen| frozen.reason.clone()), Some(reason()));
            assert_eq!(swapper.damages().first().map(|damage| damage.part), Some(DamagedPart::Record));
            let Outcome::Held { release: 3, cause: Cause::Damaged, .. } = swapper.poll(now(), Wanted::Newest)
            else {
                panic!("taken")
            };
        }
        let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
        swapper.repair(reason(), now()).unwrap();
        swapper.thaw(reason(), now()).unwrap();
        assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 3, .. }));
        drop(swapper);
        // What it decided itself is no news to it.
        let swapper = alone_at(directory.path(), Source(shelf));
        assert_eq!((swapper.damages(), swapper.record().frozen()), (vec![], None));
    }
}

/// With one copy of the record gone and a log that is not what was written, nobody knows whether something
/// was decided since then. It judges, takes nothing, and a repair begins the log anew.
#[test]
fn where_the_log_of_acts_is_broken_the_copy_that_is_left_is_doubted() {
    let spoil: [Spoil<'_>; 3] = [
        &|path| fs::remove_file(path).unwrap(),
        &|path| {
            let log = fs::read(path).unwrap();
            let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
            fs::write(path, [lines[0], &lines[2..].concat()].concat()).unwrap();
        },
        &|path| {
            let log = fs::read(path).unwrap();
            fs::write(path, [&b"junk\n"[..], &log].concat()).unwrap();
        },
    ];
    for spoil in spoil {
        let (directory, shelf) = after_two();
        let log = directory.path().join("audit.jsonl");
        spoil(&log);
        // Two whole copies are each other's witness.
        let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
        assert_eq!((number(&swapper), swapper.damages()), (Some(2), vec![]));
        drop(swapper);
        let (directory, shelf) = after_two();
        let log = directory.path().join("audit.jsonl");
        spoil(&log);
        fs::remove_file(&records(directory.path())[1]).unwrap();
        let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
        assert_eq!(number(&swapper), Some(2));
        let damages = swapper.damages();
        assert!(damages[0].why.en.contains("cannot be known"), "{}", damages[0].why.en);
        swapper.repair(reason(), now()).unwrap();
        assert_eq!(swapper.damages(), []);
        let entries = warifu_audit::verify(&fs::read(&log).unwrap()).unwrap();
        assert_eq!(entries.entries().last().map(|entry| entry.act), Some(warifu_audit::Act::Repair));
        drop(swapper);
        let swapper = alone_at(directory.path(), Source(shelf));
        assert_eq!((number(&swapper), swapper.damages()), (Some(2), vec![]));
    }
}

/// Both copies of the record were put back as they were before a fall back, and the log of acts is not what
/// was written: what it still tells, or the history, counts.
#[test]
fn two_older_copies_are_not_believed_beside_a_broken_log() {
    let (directory, shelf) = after_two();
    let paths = records(directory.path());
    let older = paths.each_ref().map(|path| fs::read(path).unwrap());
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    swapper.fall_back(Said::new("a test", "試験"), None, now()).unwrap();
    swapper.freeze(reason(), now()).unwrap();
    drop(swapper);
    paths.iter().zip(older).for_each(|(path, older)| fs::write(path, older).unwrap());
    let log = directory.path().join("audit.jsonl");
    let written = fs::read(&log).unwrap();
    fs::write(&log, [&b"junk\n"[..], &written].concat()).unwrap();
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    let record = swapper.record();
    let held: Vec<u64> = record.all_held().iter().map(|held| held.id.release).collect();
    assert_eq!((number(&swapper), held, record.frozen().is_some()), (Some(1), vec![2], true));
    assert_eq!(swapper.damages().first().map(|damage| damage.part), Some(DamagedPart::Record));
    // The log begins anew with what stays, for a start that has nothing else.
    swapper.repair(reason(), now()).unwrap();
    drop(swapper);
    paths.iter().for_each(|path| fs::remove_file(path).unwrap());
    let swapper = alone_at(directory.path(), Source(shelf));
    let record = swapper.record();
    let held: Vec<u64> = record.all_held().iter().map(|held| held.id.release).collect();
    assert_eq!((number(&swapper), held, record.frozen().is_some()), (Some(1), vec![2], true));
}

/// A freeze that no disk takes is told by the log of acts as soon as that can be.
#[test]
fn a_freeze_that_the_record_does_not_have_is_in_the_log() {
    let (directory, shelf) = after_two();
    let full = Disk::failing(|_, _| Some(io::ErrorKind::StorageFull.into()));
    let swapper = alone_on(full, directory.path(), Source(shelf));
    let Err(frozen @ NotDecided::FrozenNotWritten(_)) = swapper.freeze(reason(), now()) else { panic!() };
    assert!(frozen.said().ja.contains("この起動中は凍結が有効です"), "{:?}", frozen.said());
    let entries = warifu_audit::verify(&fs::read(directory.path().join("audit.jsonl")).unwrap()).unwrap();
    assert_eq!(entries.entries().last().map(|entry| entry.act), Some(warifu_audit::Act::Freeze));
}

/// Whoever thaws on a full disk is told that it stays frozen and what then, in a night shift's words.
#[test]
fn a_thaw_that_no_disk_takes_says_that_it_stays_frozen() {
    let (directory, shelf) = after_two();
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    swapper.freeze(reason(), now()).unwrap();
    drop(swapper);
    let full = Disk::failing(|_, path| {
        let own = format!("No space left on device (os error 28) at path \"{}\"", path.display());
        Some(io::Error::new(io::ErrorKind::StorageFull, own))
    });
    let swapper = alone_on(full, directory.path(), Source(shelf));
    let not = swapper.thaw(reason(), now()).unwrap_err();
    assert!(swapper.record().frozen().is_some());
    let said = not.said();
    assert!(
        said.ja.contains("反映されておらず、前の状態のまま") && said.en.contains("nothing was decided"),
        "{said:?}"
    );
    assert!(said.ja.contains("ディスクの空きがありません。"), "{said:?}");
    assert!(!said.ja.contains("os error") && !said.en.contains("os error"), "{said:?}");
}

/// A withdrawal is told by who withdrew, and no start takes it for a hold of its own.
#[test]
fn what_was_not_taken_because_it_was_withdrawn_is_no_news_to_the_record() {
    let (directory, shelf) = after_two();
    let mut more = rows();
    more.push((190_000_011, "5.00"));
    let third = shelf.offer(release(3, &more));
    shelf.withdraw(third, "wrong points");
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    let outcome = swapper.poll(now(), Wanted::ByItself);
    assert!(matches!(outcome, Outcome::Held { release: 3, cause: Cause::Withdrawn, .. }), "{outcome:?}");
    drop(swapper);
    let swapper = alone_at(directory.path(), Source(shelf));
    assert_eq!(
        (number(&swapper), swapper.damages(), swapper.record().all_held().len()),
        (Some(2), vec![], 0)
    );
}

/// A disk that takes neither the record nor the log: both are told, and both are written as soon as it does.
#[test]
fn what_was_done_on_a_full_disk_is_in_the_log_afterwards() {
    let (directory, shelf) = after_two();
    let (log, away) = (directory.path().join("audit.jsonl"), directory.path().join("away"));
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    fs::rename(&log, &away).unwrap();
    fs::create_dir(&log).unwrap();
    swapper.fall_back(Said::new("a test", "試験"), None, now()).unwrap();
    assert!(swapper.record_not_written().is_none());
    let told = swapper.not_written().unwrap();
    assert!(told.why.ja.contains("未記録の操作が 1 件"), "{}", told.why.ja);
    fs::remove_dir(&log).unwrap();
    fs::rename(&away, &log).unwrap();
    let _ = swapper.tick(now().plus_days(1));
    assert_eq!(swapper.not_written(), None);
    let entries = warifu_audit::verify(&fs::read(&log).unwrap()).unwrap();
    let last = entries.entries().last().unwrap();
    assert_eq!((last.act, &*last.subject["release"]), (warifu_audit::Act::FallBack, "1"));
    // With both copies of the record gone too, a start does not go back behind it.
    drop(swapper);
    records(directory.path()).iter().for_each(|path| fs::remove_file(path).unwrap());
    assert_eq!(number(&alone_at(directory.path(), Source(shelf))), Some(1));
}

/// The disk was full at the last look: with more room, it is time for another.
#[test]
fn a_disk_with_room_again_is_looked_at_again() {
    let (directory, shelf) = after_two();
    let free = Arc::new(AtomicUsize::new(1000));
    let (there, told) = (Arc::clone(&free), Arc::clone(&free));
    let full = move |_, _: &Path| {
        (there.load(Ordering::Relaxed) < 1 << 20).then(|| io::ErrorKind::StorageFull.into())
    };
    let disk = Disk::failing(full).with_free(move || told.load(Ordering::Relaxed) as u64);
    let swapper = alone_on(disk, directory.path(), Source(Arc::clone(&shelf)));
    assert!(!swapper.has_room_again(), "nothing was wanted yet");
    let mut more = rows();
    more.push((190_000_011, "5.00"));
    shelf.offer(release(3, &more));
    let outcome = swapper.poll(now(), Wanted::ByItself);
    assert!(matches!(outcome, Outcome::Unavailable { cause: Cause::DiskFull, .. }), "{outcome:?}");
    assert!(!swapper.has_room_again());
    free.store(1_000_000, Ordering::Relaxed);
    assert!(!swapper.has_room_again(), "what comes and goes");
    free.store(2 << 20, Ordering::Relaxed);
    assert!(swapper.has_room_again());
    let outcome = swapper.poll(now(), Wanted::ByItself);
    assert!(matches!(outcome, Outcome::Activated { release: 3, .. }), "{outcome:?}");
    assert!(!swapper.has_room_again());
}

/// A disk without any room but what the checker has put by for this.
#[test]
fn a_full_disk_has_room_for_one_fall_back() {
    let (directory, shelf) = after_two();
    let reserve = directory.path().join("reserve");
    let there = reserve.clone();
    let full = Disk::failing(move |_, _| there.exists().then(|| io::ErrorKind::StorageFull.into()));
    let swapper = alone_on(full, directory.path(), Source(Arc::clone(&shelf)));
    fs::write(&reserve, b"room").unwrap();
    swapper.fall_back(Said::new("a test", "試験"), None, now()).unwrap();
    assert_eq!(swapper.not_written(), None);
    drop(swapper);
    assert_eq!(number(&alone_at(directory.path(), Source(shelf))), Some(1));
}

/// Nothing can be written at all: it judges, and says so.
#[test]
fn a_checker_starts_on_a_disk_that_takes_nothing() {
    let (directory, shelf) = after_two();
    let full = Disk::failing(|_, _| Some(io::ErrorKind::ReadOnlyFilesystem.into()));
    let swapper = alone_on(full, directory.path(), Source(Arc::clone(&shelf)));
    assert_eq!(number(&swapper), Some(2));
    assert!(swapper.not_written().is_some());
    let mut more = rows();
    more.push((190_000_011, "5.00"));
    shelf.offer(release(3, &more));
    assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Unavailable { .. }));
    assert_eq!(number(&swapper), Some(2));
    // What an operator says against it holds, and what he says for it does not.
    let not = swapper.freeze(reason(), now()).unwrap_err();
    assert!(matches!(not, NotDecided::FrozenNotWritten(_)), "{not:?}");
    assert!(not.said().en.contains("frozen here all the same"), "{not:?}");
    assert!(swapper.record().frozen().is_some());
    assert!(matches!(swapper.thaw(reason(), now()), Err(NotDecided::NotWritten(_))));
    assert!(swapper.record().frozen().is_some());
}

/// Both copies of the record are damaged, or gone: what was confirmed last judges, and nothing else is taken
/// until somebody has looked at it, however often the checker starts.
#[test]
fn a_lost_record_is_told_and_what_was_confirmed_last_judges() {
    let spoil: [Spoil<'_>; 3] = [
        &|path| fs::write(path, b"{\"schema\":1").unwrap(),
        &|path| fs::write(path, b"").unwrap(),
        &|path| fs::remove_file(path).unwrap(),
    ];
    for spoil in spoil {
        let (directory, shelf) = after_two();
        records(directory.path()).iter().for_each(|path| spoil(path));
        let mut more = rows();
        more.push((190_000_011, "5.00"));
        shelf.offer(release(3, &more));
        for _ in 0..2 {
            let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
            assert_eq!(number(&swapper), Some(2));
            assert_eq!(swapper.damages().first().map(|damage| damage.part), Some(DamagedPart::Record));
            for wanted in [Wanted::ByItself, Wanted::Newest] {
                let Outcome::Held { release: 3, why, .. } = swapper.poll(now(), wanted) else {
                    panic!("taken")
                };
                assert!(why.en.contains("warifu-checker repair"), "{}", why.en);
            }
        }
        let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
        swapper.repair(reason(), now()).unwrap();
        assert_eq!(swapper.repair(reason(), now()), Err(NotDecided::NotDamaged));
        assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 3, .. }));
    }
}

/// Both copies of the record are gone, and so is what told of releases: whatever else outlived them, that is
/// no first start. It comes up by what it can prove, says what is lost, and takes nothing before somebody has
/// looked at it.
#[test]
fn a_folder_with_anything_of_a_checker_is_no_first_start() {
    let cut: Spoil<'_> = &|at| {
        // The first line is of a start without a release, and a whole log.
        let log = at.join("audit.jsonl");
        let whole = fs::read(&log).unwrap();
        let first = whole.split_inclusive(|byte| *byte == b'\n').next().unwrap();
        assert!(!String::from_utf8_lossy(first).contains("release") && warifu_audit::verify(first).is_ok());
        fs::write(&log, first).unwrap();
    };
    let no_log: Spoil<'_> = &|at| fs::remove_file(at.join("audit.jsonl")).unwrap();
    let no_content: Spoil<'_> = &|at| {
        ["content", "manifests"].iter().for_each(|name| fs::remove_dir_all(at.join(name)).unwrap());
    };
    let trusted: Spoil<'_> = &|at| {
        fs::create_dir_all(at.join("trusted")).unwrap();
        fs::write(at.join("trusted/trusted-state.json"), "{}").unwrap();
    };
    // The oldest release that lies there whole is taken for what ran; where none does, nothing judges.
    let spoilt: [(&[Spoil<'_>], Option<u64>); 4] = [
        (&[cut], Some(1)),
        (&[no_log], Some(1)),
        (&[cut, no_content], None),
        (&[no_log, no_content, trusted], None),
    ];
    for (case, (spoils, runs)) in spoilt.into_iter().enumerate() {
        let (directory, shelf) = after_two();
        let at = directory.path();
        records(at).iter().for_each(|path| fs::remove_file(path).unwrap());
        let _ = fs::remove_file(at.join("history.json"));
        spoils.iter().for_each(|spoil| spoil(at));
        let mut more = rows();
        more.push((190_000_011, "5.00"));
        shelf.offer(release(3, &more));
        for _ in 0..2 {
            let swapper = alone_at(at, Source(Arc::clone(&shelf)));
            assert_eq!(number(&swapper), runs, "{case}");
            let damages = swapper.damages();
            assert_eq!(damages.first().map(|it| it.part), Some(DamagedPart::Record), "{case}");
            let says =
                if runs.is_some() { "the oldest one on disk" } else { "no release lies on disk whole" };
            assert!(damages[0].why.en.contains(says), "{case}: {}", damages[0].why.en);
            let will = "the next release is taken as a first one";
            assert_eq!(damages[0].mending.en.contains(will), runs.is_none(), "{}", damages[0].mending.en);
            let outcome = swapper.poll(now(), Wanted::Newest);
            let is_held = matches!(outcome, Outcome::Held { release: 3, cause: Cause::Damaged, .. });
            assert!(is_held, "{case}: {outcome:?}");
        }
        let swapper = alone_at(at, Source(Arc::clone(&shelf)));
        swapper.repair(reason(), now()).unwrap();
        let outcome = swapper.poll(now(), Wanted::ByItself);
        assert!(matches!(outcome, Outcome::Activated { release: 3, .. }), "{case}: {outcome:?}");
    }
}

/// What both organisations list to fall back to is not taken either, where nothing that judged here is left
/// to compare it with and nobody has looked at that.
#[test]
fn with_nothing_left_the_release_before_a_withdrawn_one_is_not_taken_in_silence() {
    let (directory, shelf) = after_two();
    let at = directory.path();
    records(at).iter().for_each(|path| fs::write(path, "{").unwrap());
    ["content", "manifests"].iter().for_each(|name| fs::remove_dir_all(at.join(name)).unwrap());
    let before = shelf.offered().unwrap();
    let third = shelf.offer(release(3, &good()));
    shelf.withdraw(third, "wrong points");
    shelf.list_fallback(before);
    let swapper = alone_at(at, Source(Arc::clone(&shelf)));
    let why = &swapper.damages()[0].why.en;
    assert!(why.contains("release 2, which was confirmed last, and all others are gone"), "{why}");
    let outcome = swapper.poll(now(), Wanted::ByItself);
    assert!(matches!(outcome, Outcome::Held { release: 3, cause: Cause::Withdrawn, .. }), "{outcome:?}");
    assert_eq!(number(&swapper), None);
    swapper.repair(reason(), now()).unwrap();
    swapper.poll(now(), Wanted::ByItself);
    assert_eq!(number(&swapper), Some(2));
}

/// One copy is damaged: nobody need do anything.
#[test]
fn one_damaged_copy_is_mended_by_itself() {
    let (directory, shelf) = after_two();
    for path in records(directory.path()) {
        fs::write(&path, b"{").unwrap();
        let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
        assert_eq!((number(&swapper), swapper.damages(), swapper.not_written()), (Some(2), vec![], None));
        assert!(fs::metadata(&path).unwrap().len() > 100);
    }
}

/// What the record knows forbids an older release, whatever the channel and its own memory say.
#[test]
fn nothing_older_is_taken_than_what_ever_judged_here() {
    let (directory, shelf) = after_two();
    let older = Line::default().publish(&release(1, &rows()));
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    // Also when what ran is lost and was given up.
    for entry in fs::read_dir(directory.path().join("content")).unwrap() {
        fs::write(entry.unwrap().path(), b"").unwrap();
    }
    drop(swapper);
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    swapper.give_up(2, reason(), now()).unwrap();
    assert_eq!(number(&swapper), None);
    shelf.put(older);
    let Outcome::Refused(refused) = swapper.poll(now(), Wanted::Newest) else { panic!("taken") };
    assert!(refused.why.en.contains("not newer"), "{}", refused.why.en);
}

/// A mount point of its own has such a folder.
#[test]
fn lost_and_found_is_no_fault_in_any_folder() {
    let (directory, shelf) = after_two();
    for folder in ["", "content", "manifests", "recent", "trusted", "reports"] {
        fs::create_dir_all(directory.path().join(folder).join("lost+found/#17")).unwrap();
    }
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    assert_eq!((number(&swapper), swapper.damages(), swapper.not_written()), (Some(2), vec![], None));
    swapper.forget_claims(now()).unwrap();
    let mut more = rows();
    more.push((190_000_011, "5.00"));
    shelf.offer(release(3, &more));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 3, .. }));
    drop(swapper);
    records(directory.path()).iter().for_each(|path| fs::write(path, b"{").unwrap());
    assert_eq!(number(&alone_at(directory.path(), Source(shelf))), Some(2));
}

/// The program: each thing that it stands on is damaged in turn; it judges, says so, takes nothing, and is
/// mended by a command.
#[test]
fn what_a_checker_stands_on_is_damaged_and_mended_by_a_command() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    drop(Running::start(at));
    let trusted = at.join("state/trusted/trusted-state.json");
    let root = at.join("root.json");
    let cut = |path: &Path| {
        let whole = fs::read(path).unwrap();
        fs::write(path, &whole[..whole.len() / 2]).unwrap();
    };
    let gone = |path: &Path| fs::remove_dir_all(path.parent().unwrap()).unwrap();
    let no_copy = |path: &Path| {
        fs::remove_file(path).unwrap();
        fs::remove_file(at.join("state/trusted-copy.json")).unwrap();
    };
    let away = |path: &Path| fs::remove_file(path).unwrap();
    let spoilt: [(&Path, Spoil<'_>, DamagedPart); 5] = [
        (&trusted, &cut, DamagedPart::Trusted),
        (&trusted, &gone, DamagedPart::Trusted),
        (&trusted, &no_copy, DamagedPart::Trusted),
        (&root, &cut, DamagedPart::Root),
        (&root, &away, DamagedPart::Root),
    ];
    for (runs, (path, spoil, part)) in (1..).zip(spoilt) {
        spoil(path);
        publish_release(&world, channel.as_ref(), &line);
        let running = Running::start(at);
        assert_eq!(check(running.address, &claim_file(1, 1)).release, Some(runs), "{part:?}");
        let status = running.client().status().unwrap();
        assert_eq!(status.damaged.iter().map(|damage| damage.part).collect::<Vec<_>>(), [part]);
        assert_ne!(running.client().swap(None).map_or(9, |outcome| outcome.exit_status()), 0);
        // Nobody here knows whether what runs was withdrawn: that is no good status.
        assert_eq!(status.exit_status(), 3, "{part:?}");
        for (lang, says) in [(Lang::En, "\nWITHDRAWN OR NOT: until "), (Lang::Ja, "\n取下げの有無不明: ")]
        {
            let said = status.say(lang);
            assert!(said.contains(says), "{part:?}: {said}");
        }
        // The last look does not tell all of it once more.
        let looked = running.client().status().unwrap();
        let (told, why) = (looked.say(Lang::Ja), &looked.damaged[0].why.ja);
        assert_eq!(told.matches(why.as_str()).count(), 1, "{told}");
        assert!(!why.contains("not the JSON"), "{why}");
        let repair = |more: &[&str]| {
            let mut command = Command::new(PROGRAM);
            command
                .args(["repair", "--reason", "ディスク交換", "--lang", "ja", "--state", "state"])
                .args(more);
            command.current_dir(at);
            command.stdin(Stdio::null()).output().unwrap()
        };
        // The steps in the order in which they are told: nothing is taken that nobody has seen.
        let told = &status.damaged[0].why.ja;
        let step =
            |name: &str| told.find(&format!("warifu-checker {name} ")).unwrap_or_else(|| panic!("{told}"));
        assert!(step("freeze") < step("repair") && step("repair") < step("thaw"), "{told}");
        assert!(!told.contains("退避") && !told.contains("一覧表示"), "another way out: {told}");
        running.client().freeze(&reason()).unwrap();
        let asked = repair(&[]);
        assert_eq!(asked.status.code(), Some(2), "nobody could be asked");
        assert!(String::from_utf8_lossy(&asked.stderr).contains("修復内容"));
        let done = repair(&["--yes"]);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(0), "{part:?}: {said}");
        let status = running.client().status().unwrap();
        assert!(status.damaged.is_empty() && status.exit_status() == 0, "{part:?}");
        let seen = running.client().swap(None).unwrap();
        assert!(matches!(seen, Outcome::Held { cause: Cause::Frozen, .. }), "{seen:?}");
        running.client().thaw(&reason()).unwrap();
        // The look of every second may have been faster.
        assert_eq!(running.client().swap(None).unwrap().exit_status(), 0);
        running.client().confirm(runs + 1, &reason()).unwrap();
    }
    // With nothing to judge by, it is an error at once.
    fs::remove_dir_all(at.join("state")).unwrap();
    fs::write(&root, b"{}").unwrap();
    let started = Command::new(PROGRAM)
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--channel",
            "channel",
            "--root",
            "root.json",
            "--state",
            "state",
        ])
        .current_dir(at)
        .output()
        .unwrap();
    assert_eq!(started.status.code(), Some(3));
}
