//! A damaged disk: what ran is fetched again before anything else is taken, and nothing is taken as a first
//! release because a disk forgot what ran before it.

use std::path::Path;
use std::sync::Arc;

use warifu_checker::log::now;
use warifu_checker::release::ReleaseContent;
use warifu_checker::swap::{NotDecided, Outcome, Swapper, Wanted};
use warifu_trust::UnixSeconds;

use crate::line::{Draft, JUNE, Line, release, release_at};
use crate::masters::{bad, good};
use crate::world::{Shelf, Source, alone_at};

/// Release 3 with every price wrong on days that have been, which nobody signed.
fn wrong() -> Draft {
    Draft { created: UnixSeconds::new(JUNE + 30 * 86_400), ..release(3, &bad()) }
}

fn one() -> Draft {
    release(1, &good())
}

/// The same in everything but a title.
fn two() -> Draft {
    let mut rows = good();
    rows.push((190_000_010, "5.00"));
    release(2, &rows)
}

struct Disk {
    directory: tempfile::TempDir,
    shelf: Arc<Shelf>,
    ran: Vec<ReleaseContent>,
}

impl Disk {
    /// A disk on which `drafts` were taken one after the other; each proved itself.
    fn after(drafts: &[Draft]) -> Disk {
        let directory = tempfile::tempdir().unwrap();
        let shelf = Arc::new(Shelf::after(Line::default()));
        let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
        let mut ran = Vec::new();
        for draft in drafts {
            shelf.offer(draft.clone());
            ran.extend(shelf.offered());
            assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Activated { .. }));
            if swapper.record().running().previous().is_some() {
                swapper.confirm(draft.number, "試験".parse().unwrap(), now()).unwrap();
            }
        }
        drop(swapper);
        Disk { directory, shelf, ran }
    }

    fn start(&self) -> Swapper {
        alone_at(self.directory.path(), Source(Arc::clone(&self.shelf)))
    }

    /// Turns one bit of a file that `release` has and no other one.
    fn damage(&self, release: usize) {
        let parts = |content: &ReleaseContent| -> Vec<_> {
            content.parts().map(|(part, _)| part.content.sha256).collect()
        };
        let others = self.ran.iter().enumerate().filter(|(at, _)| *at != release).map(|(_, of)| parts(of));
        let others: Vec<_> = others.flatten().collect();
        let own = parts(&self.ran[release]).into_iter().find(|part| !others.contains(part)).unwrap();
        let file = self.directory.path().join("content").join(own.to_string());
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&file, bytes).unwrap();
    }
}

fn running(swapper: &Swapper) -> Option<u64> {
    swapper.active().map(|active| active.id.release)
}

fn lost(swapper: &Swapper) -> Option<u64> {
    swapper.record().lost().map(|lost| lost.installed.id.release)
}

#[test]
fn what_ran_is_fetched_again_and_compared_with_before_anything_else() {
    let disk = Disk::after(&[one()]);
    disk.damage(0);
    disk.shelf.offer(wrong());
    disk.shelf.list_fallback(disk.ran[0].clone());
    let swapper = disk.start();
    assert_eq!((running(&swapper), lost(&swapper)), (None, Some(1)));
    let Outcome::Refused(refused) = swapper.poll(now(), Wanted::ByItself) else { panic!("taken") };
    assert!(refused.why.en.starts_with("the past:"), "{}", refused.why.en);
    assert_eq!((running(&swapper), lost(&swapper)), (Some(1), None));
    drop(swapper);
    assert_eq!(running(&disk.start()), Some(1), "it is on disk again");
}

#[test]
fn while_it_is_not_to_be_had_the_one_before_judges_and_nothing_else_is_taken() {
    let disk = Disk::after(&[one(), two()]);
    disk.damage(1);
    disk.shelf.offer(wrong());
    for _ in 0..2 {
        let swapper = disk.start();
        assert_eq!((running(&swapper), lost(&swapper)), (Some(1), Some(2)));
        for wanted in [Wanted::ByItself, Wanted::Newest, Wanted::Release(3)] {
            let Outcome::Held { release: 3, why, .. } = swapper.poll(now(), wanted) else {
                panic!("not held")
            };
            assert!(why.en.contains("warifu-checker give-up 2 --reason"), "{}", why.en);
        }
        assert_eq!((running(&swapper), lost(&swapper)), (Some(1), Some(2)));
    }
    let swapper = disk.start();
    disk.shelf.list_fallback(disk.ran[1].clone());
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Refused(_)));
    assert_eq!((running(&swapper), lost(&swapper)), (Some(2), None));
    // What stood in for it is the one before it again.
    assert_eq!(swapper.fall_back(swapper_why(), None, now()), Ok(1));
}

fn swapper_why() -> warifu_checker::said::Said {
    warifu_checker::said::Said::new("a test", "試験")
}

#[test]
fn what_somebody_put_back_judges_after_a_restart() {
    let disk = Disk::after(&[one(), two()]);
    disk.damage(1);
    assert_eq!(lost(&disk.start()), Some(2));
    disk.damage(1);
    let swapper = disk.start();
    assert_eq!((running(&swapper), lost(&swapper)), (Some(2), None));
    assert_eq!(swapper.record().running().previous().map(|before| before.id.release), Some(1));
}

#[test]
fn an_operator_gives_up_what_is_lost_by_name_and_with_a_reason() {
    let disk = Disk::after(&[one()]);
    disk.damage(0);
    disk.shelf.offer(release(3, &bad()));
    let swapper = disk.start();
    assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Held { .. }));
    let reason = || "ディスク障害。配信元にも旧版なし".parse().unwrap();
    assert_eq!(swapper.give_up(3, reason(), now()), Err(NotDecided::NotLost(3)));
    swapper.give_up(1, reason(), now()).unwrap();
    let told = std::fs::read_to_string(disk.directory.path().join("reports/decisions.json")).unwrap();
    assert!(told.contains("given-up") && told.contains("ディスク障害"), "{told}");
    assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Activated { release: 3, .. }));
    drop(swapper);
    assert_eq!(running(&disk.start()), Some(3));
    assert!("".parse::<warifu_checker::state::Reason>().is_err());
}

/// The disk fails while the checker runs: what the gate compares with is fetched again too.
#[test]
fn a_disk_that_fails_meanwhile_keeps_no_release_from_its_gate() {
    let disk = Disk::after(&[one()]);
    let swapper = disk.start();
    disk.damage(0);
    disk.shelf.offer(two());
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Unavailable { .. }));
    disk.shelf.list_fallback(disk.ran[0].clone());
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 2, .. }));
}

#[test]
fn a_first_start_before_the_instant_judges_by_the_release_before() {
    let directory = tempfile::tempdir().unwrap();
    let later = now().plus_days(1);
    let line = Line::default();
    let before = line.publish(&one());
    let shelf = Arc::new(Shelf::after(line));
    shelf.offer(release_at(2, &good(), Some(later)));
    let start = |path: &Path| alone_at(path, Source(Arc::clone(&shelf)));
    let swapper = start(directory.path());
    // The fallback could not be had at the first look.
    assert_eq!(swapper.poll(now(), Wanted::ByItself), Outcome::Waiting { release: 2, until: later });
    assert_eq!(running(&swapper), None);
    shelf.list_fallback(before);
    assert_eq!(swapper.poll(now(), Wanted::ByItself), Outcome::Waiting { release: 2, until: later });
    assert_eq!(running(&swapper), Some(1));
    assert!(matches!(swapper.tick(later), Some(Outcome::Activated { release: 2, .. })));
    // And at once, where it lists one.
    let directory = tempfile::tempdir().unwrap();
    let swapper = start(directory.path());
    assert_eq!(swapper.poll(now(), Wanted::ByItself), Outcome::Waiting { release: 2, until: later });
    assert_eq!(running(&swapper), Some(1));
}
