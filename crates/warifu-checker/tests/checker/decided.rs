//! What operators decide on a bad night, and what an ordinary restart does not decide.

use std::sync::Arc;

use warifu_checker::log::now;
use warifu_checker::said::Said;
use warifu_checker::state::{Decided, Phase, Reason};
use warifu_checker::swap::{NotDecided, Outcome, Swapper, Wanted};

use crate::killed::{Running, publish_release, published};
use crate::line::{Line, release, release_at};
use crate::masters::good;
use crate::world::{JudgesClaims as _, Shelf, Source, alone_at};

fn reason() -> Reason {
    "当直の判断".parse().unwrap()
}

fn number(swapper: &Swapper) -> Option<u64> {
    swapper.active().map(|active| active.id.release)
}

/// Good rows and one more, so that each number is a release of its own.
fn rows(more: u32) -> Vec<(u32, &'static str)> {
    let mut rows = good();
    rows.push((190_000_010 + more, "5.00"));
    rows
}

struct Night {
    directory: tempfile::TempDir,
    shelf: Arc<Shelf>,
}

impl Night {
    fn begin() -> Night {
        let shelf = Arc::new(Shelf::after(Line::default()));
        Night { directory: tempfile::tempdir().unwrap(), shelf }
    }

    fn start(&self) -> Swapper {
        alone_at(self.directory.path(), Source(Arc::clone(&self.shelf)))
    }

    /// What the log of acts tells, act by act.
    fn acts(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.directory.path().join("audit.jsonl")).unwrap();
        let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines.map(|line| line["act"].as_str().unwrap().to_owned()).collect()
    }
}

/// A release that takes the checker down is held; one that was there while somebody restarted it is not.
#[test]
fn ordinary_restarts_on_probation_hold_nothing_and_crashes_do() {
    for (as_it_should, held) in [(true, 0), (false, 1)] {
        let night = Night::begin();
        night.shelf.offer(release(1, &good()));
        night.start().poll(now(), Wanted::ByItself);
        night.shelf.offer(release(2, &rows(0)));
        for _ in 0..5 {
            let swapper = night.start();
            swapper.poll(now(), Wanted::ByItself);
            if as_it_should {
                assert_eq!(swapper.active().map(|active| active.phase()), Some(Phase::Probation));
                swapper.end(now());
            }
        }
        let swapper = night.start();
        assert_eq!(number(&swapper), Some(1));
        assert_eq!(swapper.record().all_held().len(), held, "{as_it_should}");
        let outcome = swapper.poll(now(), Wanted::Newest);
        assert_eq!(matches!(outcome, Outcome::Activated { release: 2, .. }), as_it_should, "{outcome:?}");
    }
}

/// The program, ended as a service manager does.
#[cfg(unix)]
#[test]
fn a_checker_that_is_told_to_end_is_no_crash() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    drop(Running::start(at));
    publish_release(&world, channel.as_ref(), &line);
    for _ in 0..4 {
        let mut running = Running::start(at);
        // The look of every second may have been faster.
        assert_eq!(running.client().swap(None).unwrap().exit_status(), 0);
        assert_eq!(running.client().status().unwrap().state, "probation");
        let process = running.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
        assert!(running.child.wait().unwrap().success());
    }
    assert!(Running::start(at).client().status().unwrap().held.is_empty());
}

/// An end as it should be tells of itself alone: a crash after it counts.
#[test]
fn a_crash_after_an_ordinary_end_counts() {
    let night = Night::begin();
    night.shelf.offer(release(1, &good()));
    night.start().poll(now(), Wanted::ByItself);
    night.shelf.offer(release(2, &rows(0)));
    let first = night.start();
    first.poll(now(), Wanted::ByItself);
    first.end(now());
    drop(first);
    for _ in 0..3 {
        night.start().poll(now(), Wanted::ByItself);
    }
    assert_eq!(night.start().record().all_held().len(), 1);
    assert!(night.acts().contains(&"stop".to_owned()));
}

#[test]
fn a_hold_is_lifted_by_hand_and_by_name() {
    let night = Night::begin();
    let swapper = night.start();
    night.shelf.offer(release(1, &good()));
    swapper.poll(now(), Wanted::ByItself);
    night.shelf.offer(release(2, &rows(0)));
    swapper.poll(now(), Wanted::ByItself);
    swapper.fall_back(Said::new("a test", "試験"), None, now()).unwrap();
    let Outcome::Held { why, .. } = swapper.poll(now(), Wanted::Newest) else { panic!("not held") };
    assert!(why.en.contains("warifu-checker unhold 2 --reason"), "{}", why.en);
    assert_eq!(swapper.unhold(1, reason(), now()), Err(NotDecided::NotHeld(1)));
    let decision = swapper.unhold(2, reason(), now()).unwrap();
    assert_eq!((decision.decided, decision.release), (Decided::Unheld, Some(2)));
    drop(swapper);
    let swapper = night.start();
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 2, .. }));
    let log = std::fs::read_to_string(night.directory.path().join("audit.jsonl")).unwrap();
    assert!(log.contains("\"unhold\"") && log.contains("当直の判断"), "{log}");
}

/// Although the look before the fall back had said the same.
#[test]
fn what_is_activated_again_is_told_again() {
    let night = Night::begin();
    let swapper = night.start();
    night.shelf.offer(release(1, &good()));
    swapper.poll(now(), Wanted::ByItself);
    night.shelf.offer(release(2, &rows(0)));
    for _ in 0..2 {
        assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Activated { release: 2, .. }));
        swapper.fall_back(Said::new("a test", "試験"), None, now()).unwrap();
        swapper.unhold(2, reason(), now()).unwrap();
    }
    let swaps = night.acts().iter().filter(|act| *act == "swap").count();
    assert_eq!(swaps, 3, "{:?}", night.acts());
}

#[test]
fn frozen_nothing_is_activated_over_restarts_and_what_is_taken_away_is_left() {
    let night = Night::begin();
    let swapper = night.start();
    night.shelf.offer(release(1, &good()));
    swapper.poll(now(), Wanted::ByItself);
    let two = night.shelf.offer(release(2, &rows(0)));
    swapper.poll(now(), Wanted::ByItself);
    swapper.confirm(2, reason(), now()).unwrap();
    assert_eq!(swapper.thaw(reason(), now()), Err(NotDecided::NotFrozen));
    swapper.freeze(reason(), now()).unwrap();
    drop(swapper);

    let swapper = night.start();
    night.shelf.offer(release(3, &rows(1)));
    for wanted in [Wanted::ByItself, Wanted::Newest, Wanted::Release(3)] {
        let Outcome::Held { release: 3, why, .. } = swapper.poll(now(), wanted) else { panic!("not held") };
        assert!(why.en.contains("frozen") && why.en.contains("当直の判断"), "{}", why.en);
    }
    assert_eq!((swapper.tick(now()), number(&swapper)), (None, Some(2)));
    night.shelf.withdraw(two, "wrong");
    swapper.poll(now(), Wanted::ByItself);
    assert_eq!(number(&swapper), Some(1), "what was withdrawn is left");
    swapper.thaw(reason(), now()).unwrap();
    // It was made ready meanwhile.
    let Some(Outcome::Activated { release: 3, .. }) = swapper.tick(now()) else { panic!("still waits") };
    assert_eq!(night.acts().iter().filter(|act| ["freeze", "thaw"].contains(&&***act)).count(), 2);
}

/// Two nights, two reasons: neither takes the other away, over a restart either, and one thaw ends both.
#[test]
fn who_freezes_what_is_frozen_adds_a_reason_and_the_first_one_stays() {
    let night = Night::begin();
    let swapper = night.start();
    let (first, second) = (now(), now().plus_days(1));
    swapper.freeze("ディスク交換".parse().unwrap(), first).unwrap();
    swapper.freeze("監査".parse().unwrap(), second).unwrap();
    drop(swapper);
    let swapper = night.start();
    let frozen = swapper.record().frozen().cloned().unwrap();
    assert_eq!((frozen.reason.as_str(), frozen.at), ("ディスク交換", first));
    let also: Vec<_> = frozen.also.iter().map(|also| (also.reason.as_str(), also.at)).collect();
    assert_eq!(also, [("監査", second)]);
    let said = frozen.said().ja;
    assert!(said.contains(": ディスク交換。ほかに ") && said.contains(": 監査。"), "{said}");
    assert_eq!(swapper.record().decisions().len(), 2);
    swapper.thaw(reason(), second).unwrap();
    assert_eq!(swapper.record().frozen(), None);
}

/// Whoever is not the first one hears who was.
#[test]
fn a_second_freeze_is_told_of_the_first() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    drop(published(at));
    let _running = Running::start(at);
    let freeze = |reason: &str| {
        let mut command = std::process::Command::new(crate::killed::PROGRAM);
        command.args(["freeze", "--lang", "en", "--reason", reason, "--state"]).arg(at.join("state"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(freeze("disk"), "");
    let told = freeze("audit");
    assert!(told.starts_with("activation is frozen already, since "), "{told}");
    assert!(told.contains(" (uid ") && told.contains("): disk; this reason is added"), "{told}");
}

/// Its instant comes while everything is frozen: it waits for both.
#[test]
fn an_instant_that_comes_while_frozen_is_waited_for_longer() {
    let night = Night::begin();
    let swapper = night.start();
    night.shelf.offer(release(1, &good()));
    swapper.poll(now(), Wanted::ByItself);
    let later = now().plus_days(1);
    night.shelf.offer(release_at(2, &good(), Some(later)));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Waiting { release: 2, .. }));
    swapper.freeze(reason(), now()).unwrap();
    assert!(matches!(swapper.tick(later), Some(Outcome::Held { release: 2, .. })));
    assert_eq!((swapper.tick(later), number(&swapper)), (None, Some(1)));
    swapper.thaw(reason(), later).unwrap();
    assert!(matches!(swapper.tick(later), Some(Outcome::Activated { release: 2, .. })));
}

/// What the kept claim files tell of the last step, and nothing is changed by asking.
#[test]
fn a_replay_changes_nothing_and_forgetting_leaves_nothing_to_replay() {
    let checker = crate::world::Checker::start(2, 16);
    checker.shelf.offer(release(1, &good()));
    checker.client.swap(None).unwrap();
    for institution in 1..=2 {
        assert_eq!(checker.check(&crate::world::claim_file(institution, 2)).status, 200);
    }
    checker.until("kept", |status| status.claims().kept_claims.files == 2);
    checker.shelf.offer(release(2, &rows(0)));
    checker.client.swap(None).unwrap();
    let before = checker.status();
    let report = checker.client.replay().unwrap();
    assert_eq!((report.release, report.against), (2, Some(1)));
    assert_eq!(report.received.map(|received| received.files), Some(2));
    let after = checker.status();
    assert_eq!(
        (&after.claims().replay, &after.running, &after.held),
        (&before.claims().replay, &before.running, &before.held)
    );
    let forgotten = checker.client.forget_claims().unwrap();
    assert_eq!(forgotten.files, 2);
    assert_eq!(checker.status().claims().kept_claims.files, 0);
    assert_eq!(checker.client.replay().unwrap().received.map_or(0, |received| received.files), 0);
}

/// Where no checker runs, kept claim files are deleted under the lock of its folder; where one runs that does
/// not answer, nothing is.
#[test]
fn claim_files_are_forgotten_without_a_checker() {
    let directory = tempfile::tempdir().unwrap();
    let (_world, _channel, _line) = published(directory.path());
    let state = directory.path().join("state");
    let forget = || {
        let mut command = std::process::Command::new(crate::killed::PROGRAM);
        command.args(["forget-claims", "--lang", "en", "--state"]).arg(&state).output().unwrap()
    };
    assert_eq!(forget().status.code(), Some(2));
    assert!(!state.exists(), "nothing is made");
    let running = Running::start(directory.path());
    crate::world::check(running.address, &crate::world::claim_file(1, 3));
    let files = || std::fs::read_dir(state.join("recent")).unwrap().count();
    let started = std::time::Instant::now();
    while files() == 0 {
        assert!(started.elapsed() < std::time::Duration::from_secs(30), "never kept");
        std::thread::yield_now();
    }
    // It runs, and its socket is gone: the lock says so.
    std::fs::rename(state.join("operator.sock"), state.join("moved")).unwrap();
    assert_eq!((forget().status.code(), files()), (Some(2), 1));
    drop(running);
    let forgotten = forget();
    assert_eq!((forgotten.status.code(), files()), (Some(0), 0));
    assert!(String::from_utf8(forgotten.stdout).unwrap().contains("1 claim file"));
    let log = std::fs::read_to_string(state.join("audit.jsonl")).unwrap();
    assert!(log.contains("forget-claims"), "{log}");
}

/// What is pasted from a message with its placeholder decides nothing.
#[test]
fn a_placeholder_is_no_reason() {
    for placeholder in ["…", "（理由）"] {
        let mut command = std::process::Command::new(crate::killed::PROGRAM);
        let refused =
            command.args(["unhold", "2", "--state", "nowhere", "--reason", placeholder]).output().unwrap();
        let why = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2));
        assert!(why.contains("write the reason itself"), "{why}");
    }
}
