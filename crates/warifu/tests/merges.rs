//! What another branch took in is seen as what this one did, once stock git has merged the two.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod place;

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::Command;

use place::{Place, author, base, change, comment, now};
use warifu::release::When;
use warifu::store::{ImportError, UndoRequest, Which, today};
use warifu_masters::finding::Code;

/// What git says; none, and said so, where there is no git.
fn git(folder: &Path, args: &[&str]) -> Option<String> {
    let identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.jp"];
    let Ok(output) = Command::new("git").arg("-C").arg(folder).args(identity).args(args).output() else {
        let _ = writeln!(std::io::stderr(), "left out: no git on this machine");
        return None;
    };
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

const ACCEPTED: &str = "訂正待ち";

/// Comments of r06 on `main`; those of r04 on a branch, where a finding was accepted on the way; both merged.
fn merged() -> Option<Place> {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    git(&place.path(), &["checkout", "-q", "-b", "side"])?;
    let r04 = base().replace("20240601", "20220401");
    place.import_bytes(r04.as_bytes(), "c_ALL20220331.csv", "r04", &[]).unwrap();
    let long = comment("3", 40_001, &"長".repeat(500)).replace("20240601", "20220501");
    let accept = [(Code::FieldTooLong, ACCEPTED.to_owned())];
    place.import_bytes(long.as_bytes(), "c_20220501.csv", "r04", &accept).unwrap();
    let changed = change(2, "再診等").replace("20240701", "20220601");
    place.import_bytes(changed.as_bytes(), "c_20220601.csv", "r04", &[]).unwrap();
    git(&place.path(), &["checkout", "-q", "main"])?;
    place.import_bytes(change(1, "初診等").as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    git(&place.path(), &["merge", "-q", "--no-ff", "-m", "r04 is in", "side"])?;
    Some(place)
}

fn names(place: &Place) -> Vec<String> {
    let mut names: Vec<String> = place
        .store
        .log()
        .unwrap()
        .into_iter()
        .filter(|entry| entry.taken_back.is_none())
        .map(|entry| entry.record.name)
        .collect();
    names.sort();
    names
}

const ALL: [&str; 5] =
    ["c_20220501.csv", "c_20220601.csv", "c_20240701.csv", "c_ALL20220331.csv", "c_ALL20240531.csv"];

#[test]
fn the_log_has_the_imports_of_both_branches() {
    let Some(place) = merged() else { return };
    assert_eq!(names(&place), ALL);
    let log = place.store.log().unwrap();
    let place_of = |name: &str| log.iter().position(|entry| entry.record.name == name).unwrap();
    assert!(place_of("c_20220601.csv") < place_of("c_20220501.csv"));
    assert!(place_of("c_20220501.csv") < place_of("c_ALL20220331.csv"));
    assert_eq!(place_of("c_ALL20240531.csv"), 4, "both branches came from it");
    // What the merge brought was made by the commits of the branch, not by the merge.
    let head = git(&place.path(), &["rev-parse", "HEAD"]).unwrap();
    assert!(log.iter().all(|entry| entry.commit != head.trim()));
}

#[test]
fn what_was_accepted_on_a_branch_is_signed() {
    let Some(place) = merged() else { return };
    let day = today(now());
    let checked = place.store.check("HEAD", day).unwrap();
    assert!(!checked.denies(), "what was accepted on the branch stays accepted");
    let contents =
        warifu::release::contents(&place.store, "HEAD", &["kikin".to_owned()], When::today(day)).unwrap();
    let r04 = contents.masters.iter().find(|master| master.series == "r04").unwrap();
    let passed: Vec<_> =
        r04.let_pass.iter().map(|pass| (pass.finding.as_str(), pass.reason.as_str())).collect();
    assert_eq!(passed, [("field/too-long", ACCEPTED)]);
}

#[test]
fn imports_of_a_merged_branch_can_be_taken_back_and_gone_on_from() {
    let Some(place) = merged() else { return };
    let undo = |which: Which<'_>| {
        let (author, series, dry_run) = (author(), Some("r04"), false);
        let request = UndoRequest { which, series, dry_run, author: Some(&author), now: now() };
        place.store.undo(&request).unwrap()
    };
    let undone = undo(Which::Last(NonZeroUsize::new(1).unwrap()));
    assert_eq!(undone.taken_back[0].record.name, "c_20220601.csv");
    assert_eq!(undone.left[0].record.as_ref().unwrap().name, "c_20220501.csv");
    assert_eq!(names(&place), [ALL[0], ALL[2], ALL[3], ALL[4]]);
    let next = change(1, "初診等").replace("20240701", "20220701");
    let done = place.import_bytes(next.as_bytes(), "c_20220701.csv", "r04", &[]).unwrap();
    assert_eq!(done.record.base.unwrap().state, undone.left[0].record.as_ref().unwrap().state);
    // What is in already is known, whichever branch it came by.
    let again = place.import_bytes(change(1, "初診等").as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    assert!(again.unchanged);
    let at = place.store.at("HEAD:r04/comment").unwrap();
    let blame = place.store.blame(&at, "810000001").unwrap().unwrap();
    let versions: std::collections::BTreeSet<_> = blame.fields.iter().map(|credit| &credit.version).collect();
    assert_eq!(versions.into_iter().collect::<Vec<_>>(), ["c_20220701", "c_ALL20220331"]);
}

/// Two branches that both took something into one master are two lines: git asks which, and what it is told
/// stands.
#[test]
fn of_two_lines_of_one_master_the_one_that_was_chosen_stands() {
    let Some(place) = merged() else { return };
    let path = place.path();
    git(&path, &["checkout", "-q", "-b", "other", "HEAD~1"]).unwrap();
    place.import_bytes(change(2, "再診等").as_bytes(), "c_20240705.csv", "r06", &[]).unwrap();
    git(&path, &["checkout", "-q", "main"]).unwrap();
    place.import_bytes(change(20_001, "往診等").as_bytes(), "c_20240710.csv", "r06", &[]).unwrap();
    git(&path, &["merge", "-q", "-X", "theirs", "-m", "both", "other"]).unwrap();
    // Their record of imports with the shards of both is no state that anybody made.
    assert!(place.store.check("HEAD", today(now())).unwrap().denies());
    let next = change(1, "初診料").replace("20240701", "20240801");
    let refused = place.import_bytes(next.as_bytes(), "c_20240801.csv", "r06", &[]);
    let Err(ImportError::Refused(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!(refused.findings.count(Code::StoreState), 1);
    // Whole, as the other branch had it, it stands.
    git(&path, &["checkout", "-q", "other", "--", "masters/r06", "sources/r06"]).unwrap();
    git(&path, &["commit", "-q", "--amend", "-m", "theirs"]).unwrap();
    assert!(!place.store.check("HEAD", today(now())).unwrap().denies());
    assert_eq!(
        names(&place),
        [ALL[0], ALL[1], ALL[2], "c_20240705.csv", ALL[3], ALL[4]],
        "what the other line had does not"
    );
    place.import_bytes(next.as_bytes(), "c_20240801.csv", "r06", &[]).unwrap();
}
