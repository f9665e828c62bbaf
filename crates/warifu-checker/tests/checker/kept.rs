//! `check --channel`: a release that is kept and kept up to date by itself.

use std::path::Path;
use std::process::Output;

use warifu_channels::{publish_statement, read_tip};
use warifu_checker::log::now;
use warifu_checker::state::StateDirectory;
use warifu_trust::{Says, StatementFile};

use crate::killed::{publish_release, published};
use crate::reading::{check, text};
use crate::world::claim_file;

/// The release that judged, as the report says, and what was told on stderr.
#[track_caller]
fn judged(output: &Output) -> (u64, String) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    let (_, release) = out.trim().rsplit_once("by release ").unwrap_or_else(|| panic!("{out}"));
    (release.parse().unwrap(), err)
}

const FIRST: [&str; 6] = ["--lang", "en", "--channel", "channel", "--root", "root.json"];
const AGAIN: [&str; 4] = ["--lang", "en", "--channel", "channel"];
const OFFLINE: [&str; 3] = ["--lang", "en", "--offline"];

fn folder(at: &Path) -> std::path::PathBuf {
    let mut folders = std::fs::read_dir(at.join("data/warifu-checker")).unwrap();
    folders.next().unwrap().unwrap().path()
}

#[test]
fn it_keeps_itself_up_to_date_and_works_without_its_channel() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    std::fs::write(at.join("a.uke"), claim_file(1, 2)).unwrap();
    // Nothing is kept yet, and no root is known.
    for options in [&AGAIN[..], &OFFLINE] {
        let output = check(at, "a.uke", options);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("--root"), "{}", text(&output.stderr));
    }
    let (release, told) = judged(&check(at, "a.uke", &FIRST));
    assert_eq!(release, 1);
    assert!(told.contains("release 1 was taken"), "{told}");
    // The root was named once; what is current is not worth a word.
    assert_eq!(judged(&check(at, "a.uke", &AGAIN)), (1, String::new()));
    publish_release(&world, channel.as_ref(), &line);
    let (release, told) = judged(&check(at, "a.uke", &AGAIN));
    assert_eq!(release, 2);
    assert!(told.contains("release 2 was taken"), "{told}");
    assert_eq!(judged(&check(at, "a.uke", &AGAIN)), (2, String::new()));

    std::fs::rename(at.join("channel"), at.join("moved-away")).unwrap();
    for (options, silent) in [(&AGAIN[..], true), (&OFFLINE, false)] {
        let (release, told) = judged(&check(at, "a.uke", options));
        assert_eq!(release, 2);
        assert!(told.contains("the channel was last read 0 minutes ago"), "{told}");
        assert_eq!(told.contains("the channel gives nothing now"), silent, "{told}");
    }
    let ja = check(at, "a.uke", &["--lang", "ja", "--offline"]);
    assert!(text(&ja.stderr).contains("配信元を最後に確認したのは 0 分前"), "{}", text(&ja.stderr));

    // While another one brings it up to date, what is kept judges.
    std::fs::rename(at.join("moved-away"), at.join("channel")).unwrap();
    let busy = StateDirectory::open(folder(at)).unwrap();
    let (release, told) = judged(&check(at, "a.uke", &AGAIN));
    assert_eq!(release, 2);
    assert!(told.contains("another check"), "{told}");
    drop(busy);

    // What a disk lost is fetched again.
    for entry in std::fs::read_dir(folder(at).join("content")).unwrap() {
        std::fs::write(entry.unwrap().path(), b"damaged").unwrap();
    }
    let output = check(at, "a.uke", &OFFLINE);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("fetch everything anew"), "{}", text(&output.stderr));
    assert_eq!(judged(&check(at, "a.uke", &AGAIN)).0, 2);
    assert_eq!(judged(&check(at, "a.uke", &OFFLINE)).0, 2);
}

#[test]
fn nothing_older_and_nothing_unsigned_takes_the_place_of_what_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    std::fs::write(at.join("a.uke"), claim_file(1, 2)).unwrap();
    let copy = |from: &str, to: &str| {
        let copied =
            std::process::Command::new("cp").current_dir(at).args(["-r", from, to]).status().unwrap();
        assert!(copied.success());
    };
    copy("channel", "older");
    publish_release(&world, channel.as_ref(), &line);
    assert_eq!(judged(&check(at, "a.uke", &FIRST)).0, 2);
    // An older one, with all its signatures.
    let (release, told) = judged(&check(at, "a.uke", &["--lang", "en", "--channel", "older"]));
    assert_eq!(release, 2);
    assert!(told.contains("WHAT THE CHANNEL OFFERS IS NOT TAKEN"), "{told}");
    // One that nobody signed so.
    copy("channel", "forged");
    let file = at.join("forged/metadata/timestamp.json");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let forged = ["--lang", "en", "--channel", "forged"];
    let (release, told) = judged(&check(at, "a.uke", &forged));
    assert_eq!(release, 2);
    assert!(told.contains("WHAT THE CHANNEL OFFERS IS NOT TAKEN"), "{told}");
    // With nothing kept, nothing judges.
    let fresh = [&forged[..], &["--root", "root.json", "--keep", "elsewhere"]].concat();
    let output = check(at, "a.uke", &fresh);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0));
    // Another folder than that of the home is one of its own.
    let elsewhere = [&FIRST[..], &["--keep", "elsewhere"]].concat();
    assert_eq!(judged(&check(at, "a.uke", &elsewhere)).0, 2);
    assert!(at.join("elsewhere").is_dir());
}

#[test]
fn what_was_withdrawn_judges_no_more_also_without_the_channel() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    let channel = channel.as_ref();
    std::fs::write(at.join("a.uke"), claim_file(1, 2)).unwrap();
    let withdraw = || {
        let release = read_tip(channel, &world.reader()).unwrap().release().unwrap();
        let says = Says::Withdrawn { release };
        let said = StatementFile::sign(&world.root, &world.kikin[0], says, "wrong prices", now()).unwrap();
        publish_statement(channel, &said, now()).unwrap();
    };
    assert_eq!(judged(&check(at, "a.uke", &FIRST)).0, 1);
    publish_release(&world, channel, &line);
    assert_eq!(judged(&check(at, "a.uke", &AGAIN)).0, 2);
    // The one before it judges in its place.
    withdraw();
    let (release, told) = judged(&check(at, "a.uke", &AGAIN));
    assert_eq!(release, 1);
    assert!(told.contains("wrong prices"), "{told}");
    assert_eq!(judged(&check(at, "a.uke", &OFFLINE)).0, 1);

    // Of whoever begins with it, the one that both organisations list to fall back to.
    let fresh = [&FIRST[..], &["--keep", "fresh"]].concat();
    assert_eq!(judged(&check(at, "a.uke", &fresh)).0, 1);
}

#[test]
fn where_nothing_but_what_was_withdrawn_is_kept_nothing_judges() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, _) = published(at);
    std::fs::write(at.join("a.uke"), claim_file(1, 2)).unwrap();
    assert_eq!(judged(&check(at, "a.uke", &FIRST)).0, 1);
    let release = read_tip(channel.as_ref(), &world.reader()).unwrap().release().unwrap();
    let says = Says::Withdrawn { release };
    let said = StatementFile::sign(&world.root, &world.kikin[0], says, "wrong prices", now()).unwrap();
    publish_statement(channel.as_ref(), &said, now()).unwrap();
    let fresh = [&FIRST[..], &["--keep", "fresh"]].concat();
    for options in [&AGAIN[..], &OFFLINE, &fresh] {
        let output = check(at, "a.uke", options);
        let told = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0), "{options:?}: {told}");
        assert!(told.contains("wrong prices"), "{told}");
    }
}

/// What is said of a folder that nobody mends: where to begin anew, and no command of a running checker.
#[track_caller]
fn is_to_be_fetched_anew(output: &Output) {
    let told = text(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{told}");
    let (_, last) = told.trim().rsplit_once('\n').unwrap_or(("", told.trim()));
    assert!(last.contains("to fetch everything anew, delete"), "{told}");
    assert!(!last.contains("freeze") && !last.contains("repair"), "{told}");
}

#[test]
fn where_nobody_knows_what_was_withdrawn_nothing_judges() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let _published = published(at);
    std::fs::write(at.join("a.uke"), claim_file(1, 2)).unwrap();
    assert_eq!(judged(&check(at, "a.uke", &FIRST)).0, 1);
    let file = folder(at).join("trusted/trusted-state.json");
    let whole = std::fs::read(&file).unwrap();
    // Gone, and a link that leads nowhere.
    std::fs::remove_file(&file).unwrap();
    is_to_be_fetched_anew(&check(at, "a.uke", &OFFLINE));
    is_to_be_fetched_anew(&check(at, "a.uke", &AGAIN));
    std::os::unix::fs::symlink("nowhere", &file).unwrap();
    is_to_be_fetched_anew(&check(at, "a.uke", &OFFLINE));
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    is_to_be_fetched_anew(&check(at, "a.uke", &AGAIN));
    std::fs::write(&file, whole).unwrap();
    assert_eq!(judged(&check(at, "a.uke", &OFFLINE)).0, 1);
}

#[test]
fn a_lost_record_is_told_and_not_stood_on_for_ever() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    std::fs::write(at.join("a.uke"), claim_file(1, 2)).unwrap();
    assert_eq!(judged(&check(at, "a.uke", &FIRST)).0, 1);
    publish_release(&world, channel.as_ref(), &line);
    for name in ["checker.json", "checker-copy.json", "audit.jsonl", "history.json"] {
        let _ = std::fs::remove_file(folder(at).join(name));
    }
    for _ in 0..2 {
        is_to_be_fetched_anew(&check(at, "a.uke", &AGAIN));
    }
    std::fs::remove_dir_all(folder(at)).unwrap();
    assert_eq!(judged(&check(at, "a.uke", &FIRST)).0, 2);
}

#[test]
fn a_disk_that_takes_nothing_keeps_nothing_whole_from_judging() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    std::fs::write(at.join("a.uke"), claim_file(1, 2)).unwrap();
    assert_eq!(judged(&check(at, "a.uke", &FIRST)).0, 1);
    publish_release(&world, channel.as_ref(), &line);
    // Whoever tests may write everywhere; what is remembered cannot be saved for a folder in its way.
    let lock = folder(at).join("trusted/trusted-state.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    let (release, told) = judged(&check(at, "a.uke", &AGAIN));
    assert_eq!(release, 1);
    assert!(told.contains("could not be written") && told.contains("was last read"), "{told}");
    std::fs::remove_dir(&lock).unwrap();
    assert_eq!(judged(&check(at, "a.uke", &AGAIN)).0, 2);
}

#[test]
fn whoever_comes_while_another_takes_in_the_first_release_waits_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let _published = published(at);
    std::fs::write(at.join("a.uke"), claim_file(1, 2)).unwrap();
    // The folder is named after the root, and goes away again.
    assert_eq!(judged(&check(at, "a.uke", &FIRST)).0, 1);
    let kept = folder(at);
    std::fs::remove_dir_all(&kept).unwrap();
    let busy = StateDirectory::open(&kept).unwrap();
    let output = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| check(at, "a.uke", &FIRST));
        // An arrow stands before whoever waits for a lock: of this file there is no other.
        let inode = std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(kept.join("lock")).unwrap());
        let waits = |line: &str| line.contains("->") && line.contains(&format!(":{inode} "));
        while !waiting.is_finished() && !std::fs::read_to_string("/proc/locks").unwrap().lines().any(waits) {
            std::thread::yield_now();
        }
        drop(busy);
        waiting.join().unwrap()
    });
    assert_eq!(judged(&output).0, 1);
}
