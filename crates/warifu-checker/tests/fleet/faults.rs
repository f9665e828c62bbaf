//! What is wrong with one member alone is that member's trouble: a release that reaches it damaged, a clock
//! that is wrong.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::area::{APART, Area, Otherwise, overlap, turned_away};
use crate::faketime::faketime;

/// A copy of the channel as it is now.
fn copied(area: &Area, to: &Path) {
    let done = Command::new("cp").arg("-rT").arg(area.channel_folder()).arg(to).status();
    assert!(done.unwrap().success());
}

/// The manifest of a release in a channel.
fn manifest(channel: &Path, release: u64) -> std::path::PathBuf {
    let ends = format!(".release-{release}.json");
    let mut files = channel.join("targets").read_dir().unwrap().map(|file| file.unwrap().path());
    files.find(|path| path.to_string_lossy().ends_with(&ends)).unwrap()
}

#[test]
fn a_release_that_reaches_one_member_damaged_is_that_members_trouble() {
    let Some(mut area) = Area::founded(3) else { return };
    let own = area.path("own-channel");
    copied(&area, &own);
    area.start_otherwise(2, Otherwise { channel: Some(own.clone()), ..Otherwise::default() });
    area.until_all_judge_by(1);

    // It cannot go along, and says so; all others wait for it, and nobody is turned away meanwhile.
    let ((), judged) = area.while_claims_come(|area| {
        area.publish();
        let staged = area.path("staged");
        copied(area, &staged);
        let damaged = manifest(&staged, 2);
        let mut bytes = std::fs::read(&damaged).unwrap();
        bytes[9] ^= 1;
        std::fs::write(&damaged, bytes).unwrap();
        // What comes last is what leads to the others.
        let done = Command::new("cp").arg("-rT").arg(&staged).arg(&own).status();
        assert!(done.unwrap().success());
        area.until("waited for", || area.status()["comes"]["waits_for"]["first"] == json!(["m2"]));
    });
    assert_eq!(turned_away(&judged), BTreeMap::new(), "{}", area.told());
    assert!(judged.iter().all(|it| it.release == Some(1)));
    area.until("told why", || {
        let status = area.status();
        let seen = status["members"].as_array().unwrap().iter().find(|it| it["name"] == "m2").unwrap();
        seen["announced"]["refusal"]["code"] == "refused-trust"
    });

    // A person does without it: the others move, and it is out of service rather than wrong.
    let reason = ["--reason", "a test does without it"];
    area.until("let go", || {
        area.fleet(&[&["acknowledge", "--member", "m2"], &reason[..]].concat()).status.success()
    });
    area.until("two by 2", || (0..2).all(|at| area.judges_by(at) == Some(2)));
    area.until("out of service", || area.code_at(2).is_some());
    assert_eq!(area.judges_by(2), None);

    // Once its channel is whole it comes along by itself.
    std::fs::copy(manifest(&area.channel_folder(), 2), manifest(&own, 2)).unwrap();
    area.until_all_judge_by(2);
}

#[test]
fn clocks_that_are_seconds_apart_part_no_answers() {
    let Some(library) = faketime() else { return };
    let Some(mut area) = Area::founded(3) else { return };
    for (at, shows) in [(1, "+2s"), (2, "-2s")] {
        let environment = vec![
            ("LD_PRELOAD", library.clone().into()),
            ("FAKETIME", shows.into()),
            // What a member counts by is told by the other clock.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
        ];
        area.start_otherwise(at, Otherwise { environment, ..Otherwise::default() });
    }
    area.until_all_judge_by(1);
    area.until("seen to be apart", || {
        let seen = area.seen_by(&area.members[0]);
        let members = seen["picture"]["members"].as_array().unwrap().clone();
        let ahead: Vec<i64> = members.iter().filter_map(|it| it["clock_ahead_ms"].as_i64()).collect();
        ahead.len() == 3 && ahead.iter().max().unwrap() - ahead.iter().min().unwrap() > 3_900
    });
    let ((), judged) = area.while_claims_come(|area| {
        area.publish();
        area.until_all_judge_by(2);
    });
    assert_eq!(turned_away(&judged), BTreeMap::new(), "{}", area.told());
    let apart = overlap(&judged, 1, 2);
    eprintln!("clocks 4 s apart: two releases for {apart:?}");
    assert!(apart <= APART, "{apart:?}\n{}", area.told());
}
