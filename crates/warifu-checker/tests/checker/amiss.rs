//! What is amiss is told by its cause, and by no other: in the status, on the page, in the metrics.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use warifu_checker::cause::Cause;
use warifu_checker::history::Did;
use warifu_checker::log::{Event, Level, now};
use warifu_checker::page::{Act, alarms, offered};
use warifu_checker::said::Said;
use warifu_checker::service::{Doors, Queue, Requests, Status};
use warifu_checker::state::Disk;
use warifu_checker::swap::{Outcome, Swapper, Wanted};
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak as _};

use crate::killed::{PROGRAM, Running, published};
use crate::line::{Draft, JUNE, Line, release};
use crate::masters::{bad, good};
use crate::world::{Checker, Shelf, Source, alone_at, alone_on};

fn status(swapper: &Swapper) -> Status {
    Status::of(swapper, Requests::default(), Queue::default(), Doors::default(), now())
}

fn on_the_page(status: &Status) -> String {
    let told = alarms(status, Lang::Ja).into_iter();
    told.map(|it| format!("{}: {} {} {}\n", it.word, it.what, it.why.unwrap_or_default(), it.next)).collect()
}

/// Whether the page tells `cause` by its word, its sentence and its advice, which stand with the cause.
fn is_told_by_its_cause(status: &Status, cause: Cause, release: Option<u64>) -> bool {
    let (word, what, next) = (cause.word().ja, cause.what().ja + "。", cause.next_step(release).ja + "。");
    alarms(status, Lang::Ja).iter().any(|it| (&it.word, &it.what, &it.next) == (&word, &what, &next))
}

/// A checker that judges by release 1, on a disk that is full when the word is given.
fn on_a_disk_that_fills() -> (tempfile::TempDir, Arc<Shelf>, Swapper, Arc<AtomicBool>) {
    let (directory, is_full) = (tempfile::tempdir().unwrap(), Arc::new(AtomicBool::new(false)));
    let asked = Arc::clone(&is_full);
    let fails =
        move |_, _: &Path| asked.load(Ordering::Relaxed).then(|| std::io::ErrorKind::StorageFull.into());
    let shelf = Arc::new(Shelf::after(Line::default()));
    let swapper = alone_on(Disk::failing(fails), directory.path(), Source(Arc::clone(&shelf)));
    shelf.offer(release(1, &good()));
    swapper.poll(now(), Wanted::ByItself);
    (directory, shelf, swapper, is_full)
}

#[test]
fn a_full_disk_is_told_as_one_and_not_as_the_networks() {
    let (directory, shelf, swapper, is_full) = on_a_disk_that_fills();
    is_full.store(true, Ordering::Relaxed);
    let mut more = good();
    more.push((190_000_010, "5.00"));
    shelf.offer(release(2, &more));
    let outcome = swapper.poll(now(), Wanted::Newest);
    assert!(matches!(outcome, Outcome::Unavailable { cause: Cause::DiskFull, .. }), "{outcome:?}");
    let told = status(&swapper);
    assert!(told.causes().contains(&Cause::DiskFull) && !told.causes().contains(&Cause::Channel));
    let said = told.say(Lang::Ja);
    assert!(said.contains("ディスク満杯: ") && said.contains("ディスクの空きを確保し"), "{said}");
    let page = on_the_page(&told);
    assert!(page.starts_with("ディスク満杯: ") && !page.contains("ネットワーク"), "{page}");

    // The record is not written either, from the first thing that would go into it.
    fs::remove_file(directory.path().join("reserve")).unwrap();
    let _ = swapper.freeze("試験".parse().unwrap(), now());
    let said = status(&swapper).say(Lang::Ja);
    assert!(said.contains("未記録（ディスク満杯）: "), "{said}");
    assert!(said.contains("ディスクの空きがありません") && !said.contains("disk is full"), "{said}");
    let page = on_the_page(&status(&swapper));
    assert!(page.contains("未記録: ") && page.contains("ディスクの空きを確保し"), "{page}");

    is_full.store(false, Ordering::Relaxed);
    let _ = swapper.thaw("試験".parse().unwrap(), now());
    assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Activated { release: 2, .. }));
    assert_eq!(status(&swapper).causes(), [].into());
}

/// What was decided is on disk by the room that was kept for it; the next may find none.
#[test]
fn a_reserve_that_is_used_up_is_told_until_there_is_room_again() {
    let (directory, is_full) = (tempfile::tempdir().unwrap(), Arc::new(AtomicBool::new(false)));
    let (reserve, asked) = (directory.path().join("reserve"), Arc::clone(&is_full));
    let fails = move |_, path: &Path| {
        let has_no_room = asked.load(Ordering::Relaxed) && (path == reserve || reserve.exists());
        has_no_room.then(|| std::io::ErrorKind::StorageFull.into())
    };
    let shelf = Arc::new(Shelf::after(Line::default()));
    let swapper = alone_on(Disk::failing(fails), directory.path(), Source(Arc::clone(&shelf)));
    shelf.offer(release(1, &good()));
    swapper.poll(now(), Wanted::ByItself);
    assert_eq!((swapper.not_written(), swapper.no_reserve()), (None, None));
    is_full.store(true, Ordering::Relaxed);
    swapper.freeze("試験".parse().unwrap(), now()).unwrap();
    let told = status(&swapper);
    assert_eq!(told.not_written, None, "the freeze is on disk");
    assert_eq!(told.no_reserve.as_ref().map(|amiss| amiss.cause), Some(Cause::DiskFull));
    assert!(told.causes().contains(&Cause::DiskFull));
    let (en, ja) = (told.say(Lang::En), told.say(Lang::Ja));
    assert!(en.contains("NO RESERVE (disk full): ") && en.contains("make room on the disk"), "{en}");
    assert!(ja.contains("予備領域なし（ディスク満杯）: ") && ja.contains("ディスクの空きを確保し"), "{ja}");
    assert!(on_the_page(&told).contains("予備領域なし: "), "{}", on_the_page(&told));
    let _ = swapper.tick(now());
    assert!(swapper.no_reserve().is_some(), "there is no more room than before");
    is_full.store(false, Ordering::Relaxed);
    let _ = swapper.tick(now().plus_days(1));
    assert_eq!((swapper.no_reserve(), status(&swapper).no_reserve), (None, None));
    assert!(directory.path().join("reserve").exists());
}

/// Whom to call hangs on these words.
#[test]
fn a_refusal_says_whether_it_is_for_the_data_or_for_trust() {
    let directory = tempfile::tempdir().unwrap();
    let shelf = Arc::new(Shelf::after(Line::default()));
    let swapper = alone_at(directory.path(), Source(Arc::clone(&shelf)));
    shelf.offer(release(1, &good()));
    swapper.poll(now(), Wanted::ByItself);
    let created = UnixSeconds::new(JUNE + 30 * 86_400);
    shelf.offer(Draft { created, ..release(2, &bad()) });
    assert_eq!(swapper.poll(now(), Wanted::ByItself).exit_status(), 1);
    let (ja, en) = (status(&swapper).say(Lang::Ja), status(&swapper).say(Lang::En));
    assert!(ja.contains("）: リリース 2: ") && !ja.contains("信頼による拒否"), "{ja}");
    assert!(en.contains("\nrefused for its data at "), "{en}");
    assert!(on_the_page(&status(&swapper)).contains("データによる拒否: "));
    shelf.refuse("the signatures do not suffice");
    assert_eq!(swapper.poll(now(), Wanted::ByItself).exit_status(), 3);
    let (ja, en) = (status(&swapper).say(Lang::Ja), status(&swapper).say(Lang::En));
    assert!(ja.contains("\n信頼による拒否（") && !ja.contains("データによる拒否"), "{ja}");
    assert!(en.contains("\nrefused for trust at "), "{en}");
    assert_eq!(status(&swapper).causes(), [Cause::Trust].into());
}

#[test]
fn what_was_withdrawn_is_not_lifted_here() {
    let checker = Checker::start(1000, 16);
    checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    let id = checker.shelf.offer(release(2, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    checker.shelf.withdraw(id, "wrong points");
    let outcome = checker.swapper.poll(now(), Wanted::ByItself);
    assert!(matches!(outcome, Outcome::Held { release: 2, cause: Cause::Withdrawn, .. }), "{outcome:?}");
    let told = checker.client.status().unwrap();
    assert_eq!(told.running.as_ref().map(|running| running.id.release), Some(1));
    for said in [told.say(Lang::Ja), on_the_page(&told), outcome.said().unwrap().ja] {
        assert!(!said.contains("unhold") && !said.contains("保留"), "{said}");
        assert!(said.contains("新しいリリースを待ってください"), "{said}");
    }
    assert!(told.say(Lang::Ja).contains("\n取下げ: リリース 2: "));
    assert!(!offered(&told, Lang::Ja).iter().any(|offered| offered.act == Act::Unhold));
    // Whoever does it all the same is not told that it was done.
    let refused = checker.client.unhold(2, &"試験".parse().unwrap()).unwrap_err();
    let refused = format!("{refused:?}");
    assert!(refused.contains("取り下げられたため、再び使用することはできません: wrong points"), "{refused}");
    assert!(checker.status().decisions.is_empty(), "nothing was decided");
    assert_eq!(told.causes(), [Cause::Withdrawn].into());
    // Nor is what it goes back to any more: it judges on, as there is none.
    checker.shelf.withdraw(told.running.unwrap().id.into(), "wrong points too");
    checker.swapper.poll(now(), Wanted::ByItself);
    let told = checker.client.status().unwrap();
    let page = on_the_page(&told);
    assert!(page.starts_with("取下げ: ") && page.contains("戻り先がありません"), "{page}");
}

#[test]
fn a_freeze_is_told_as_one_and_no_release_is_held_by_it() {
    let checker = Checker::start(1000, 16);
    checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    checker.swapper.freeze("試験".parse().unwrap(), now()).unwrap();
    checker.shelf.offer(release(2, &good()));
    for wanted in [Wanted::ByItself, Wanted::Newest] {
        let outcome = checker.swapper.poll(now(), wanted);
        assert!(matches!(outcome, Outcome::Held { release: 2, cause: Cause::Frozen, .. }), "{outcome:?}");
        let said = outcome.said().unwrap();
        assert!(!said.ja.contains("保留") && said.ja.contains("凍結"), "{}", said.ja);
        assert!(!said.en.contains("held"), "{}", said.en);
    }
    let acts = checker.swapper.history().history().acts;
    assert!(!acts.iter().any(|act| act.act == Did::Held), "{acts:?}");
    let told = checker.status();
    assert_eq!(told.causes(), [Cause::Frozen].into());
    assert!(is_told_by_its_cause(&told, Cause::Frozen, None), "{}", on_the_page(&told));
    assert!(on_the_page(&told).contains(" から: 試験"), "{}", on_the_page(&told));
}

#[test]
fn where_nothing_judges_the_status_says_so_to_programs_too() {
    let checker = Checker::start(1000, 16);
    assert_eq!(checker.client.status().unwrap().exit_status(), 1);
    checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    assert_eq!(checker.client.status().unwrap().exit_status(), 0);
    // Nothing was before it: that is said, and not that nothing runs.
    let why = checker.client.replay().unwrap_err();
    assert!(format!("{why:?}").contains("比較できる前のリリースがありません"), "{why:?}");
}

#[test]
fn what_an_operator_decides_is_no_alarm() {
    assert_eq!((Event::FallBack.level(), Event::FallBackByOperator.level()), (Level::Error, Level::Warn));
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    let log = at.join("log");
    let running = Running::telling(at, &["--log", "json"], fs::File::create(&log).unwrap().into());
    crate::killed::publish_release(&world, channel.as_ref(), &line);
    running.client().swap(Some(2)).unwrap();
    running.client().fall_back().unwrap();
    let told = fs::read_to_string(&log).unwrap();
    assert!(told.contains("\"fall_back.by_operator\"") && !told.contains("\"fall_back\""), "{told}");
}

/// What follows is said before it is done, and somebody says that it is to be done.
#[test]
fn giving_up_asks_and_says_what_follows() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    drop(published(at));
    drop(Running::start(at));
    for entry in fs::read_dir(at.join("state/content")).unwrap() {
        fs::write(entry.unwrap().path(), b"").unwrap();
    }
    fs::rename(at.join("channel"), at.join("elsewhere")).unwrap();
    let running = Running::start(at);
    let give_up = |more: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(["give-up", "1", "--reason", "ディスク交換", "--lang", "ja", "--state", "state"]);
        let output = command.args(more).current_dir(at).stdin(Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = give_up(&[]);
    assert_eq!(code, Some(2), "nobody could be asked");
    assert!(said.contains("取り消しはできません") && said.contains("次のリリースを初回として"), "{said}");
    assert!(running.client().status().unwrap().lost.is_some());
    assert_eq!(give_up(&["--yes"]).0, Some(0));
    assert!(running.client().status().unwrap().lost.is_none());
}

/// A file of this machine is damaged: nobody else is called for it.
#[test]
fn a_damaged_file_of_this_machine_is_no_refusal_for_trust() {
    for file in ["root.json", "state/trusted/trusted-state.json"] {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path();
        drop(published(at));
        drop(Running::start(at));
        fs::write(at.join(file), b"{\"signed\":").unwrap();
        let running = Running::start(at);
        let outcome = running.client().swap(None).unwrap();
        assert!(matches!(outcome, Outcome::Unavailable { cause: Cause::Damaged, .. }), "{outcome:?}");
        let told = running.client().status().unwrap();
        assert_eq!((told.causes(), &told.refused), ([Cause::Damaged].into(), &None));
        for said in [told.say(Lang::Ja), on_the_page(&told), outcome.said().unwrap().ja] {
            assert!(said.contains(file), "which file: {said}");
            assert!(!said.contains("信頼による拒否") && !said.contains("リリース管理者"), "{said}");
        }
        // What was withdrawn is nowhere else.
        assert!(told.say(Lang::Ja).contains("取り下げられたかどうかはここでは分かりません"));
        assert!(told.say(Lang::Ja).contains("warifu-checker repair"));
        assert!(is_told_by_its_cause(&told, Cause::Damaged, None), "{}", on_the_page(&told));
    }
}

#[test]
fn what_is_amiss_beside_releases_is_told_too() {
    let checker = Checker::start(1000, 16);
    checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    let why = Said::new("checker.toml:3:1: …", "checker.toml:3:1: …");
    checker.service.tell_not_in_force(Some(why));
    let told = checker.client.status().unwrap();
    assert_eq!(told.causes(), [Cause::Configuration].into());
    assert!(on_the_page(&told).starts_with("設定未反映: "), "{}", on_the_page(&told));
    assert!(told.say(Lang::Ja).starts_with("設定未反映: checker.toml:3:1: …"), "{}", told.say(Lang::Ja));
    let watched = format!("http://{}/metrics", checker.watched());
    let metrics = || ureq::get(&watched).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(metrics().contains("\nwarifu_amiss{cause=\"configuration\"} 1\n"));
    assert!(metrics().contains("\nwarifu_amiss{cause=\"program\"} 0\n"));
    checker.service.tell_not_in_force(None);
    // Those who watch may be given what was made a moment ago.
    checker.until("not told any more", |_| metrics().contains("\nwarifu_amiss{cause=\"configuration\"} 0\n"));
}
