//! One screen: what is here, what waits, and what to type next; looked at, and nothing written.

use std::collections::BTreeMap;
use std::path::Path;

use unicode_width::UnicodeWidthStr as _;

use crate::releases::{PLACE, house, publish, sign};
use crate::stage::{Stage, checkout};

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => drop(found.insert(path.clone(), std::fs::read(&path).unwrap())),
            }
        }
    }
    found
}

fn codes(document: &serde_json::Value) -> Vec<String> {
    let waiting = document["waiting"].as_array().unwrap();
    waiting.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

fn demo(name: &str) -> String {
    checkout().join("masters/demo").join(name).display().to_string()
}

#[test]
fn without_a_command_one_is_told_where_one_is_or_how_to_begin() {
    let stage = Stage::new();
    let greeting = stage.warifu("").ends(0).out;
    assert_eq!(greeting.lines().count(), 3, "{greeting}");
    assert!(greeting.contains("warifu init DIR") || greeting.contains("init DIR"), "{greeting}");
    let greeting = stage.warifu("--lang ja").ends(0).out;
    assert!(greeting.lines().count() == 3 && greeting.contains("始めるには"), "{greeting}");
    stage.warifu("init masters").ends(0);
    let here = stage.warifu("--repo masters").ends(0).out;
    assert!(here.contains("no masters are here yet"), "{here}");
    let here = here.replace(" \\\n      ", " ");
    assert!(here.contains("import --repo masters --series SERIES FILE..."), "{here}");
    stage.warifu("status").ends(2);
}

#[test]
fn a_month_is_told_step_by_step_on_one_screen_and_nothing_is_written() {
    let stage = Stage::new();
    house(&stage);
    stage.warifu("init kikin").ends(0);
    stage.warifu(&format!("import --repo kikin --series r06 {}", demo("2024-06/s_ALL20240531.csv"))).ends(0);
    let look = || stage.warifu(&format!("status --repo kikin {PLACE} --json")).ends(0).json();
    assert_eq!(stage.warifu("status --repo kikin --json").ends(0).json()["schema"], "warifu/status/1");
    assert_eq!(codes(&look()), ["unreleased"]);

    stage.warifu(&format!("release draft --repo kikin {PLACE} --title first -o first")).ends(0);
    let first = look();
    assert_eq!(codes(&first), ["signatures"]);
    assert_eq!(first["drafts"][0]["kikin"]["not_signed"], serde_json::json!(["abe", "aoki"]));
    sign(&stage, "first", "kikin", "aoki", 0);
    let waiting = &look()["waiting"][0];
    assert!(waiting["en"].as_str().unwrap().contains("Kokuho lacks 1 of baba, bito"), "{waiting}");
    sign(&stage, "first", "kikin", "baba", 0);
    assert_eq!(codes(&look()), ["publish"]);
    publish(&stage, "first", 0);
    assert_eq!(codes(&look()), Vec::<String>::new());

    // What came in since, what was taken back, what was changed by hand.
    stage.warifu(&format!("import --repo kikin --series r06 {}", demo("2024-06/s_20240614.csv"))).ends(0);
    let since = look();
    assert_eq!(since["last_release"]["imports"][0]["file"], "s_20240614.csv");
    assert_eq!(since["last_release"]["known_by"], "signed");
    stage.warifu("undo --repo kikin").ends(0);
    assert_eq!(codes(&look()), ["undone"]);
    // What somebody took back was wrong, as a rule: it is the last thing that is asked for.
    stage.warifu(&format!("import --repo kikin --series r06 {}", demo("2024-06/c_ALL20240531.csv"))).ends(0);
    assert_eq!(codes(&look()), ["unreleased", "undone"]);
    std::fs::create_dir(stage.path("kikin/rules")).unwrap();
    stage.write("kikin/rules/own.toml", "");
    assert_eq!(codes(&look()), ["changed-files", "unreleased", "undone"]);

    let before = files(&stage.path("."));
    for lang in ["en", "ja"] {
        for width in ["60", "80"] {
            let line = format!("COLUMNS={width} warifu status --lang {lang} --repo kikin {PLACE}");
            let screen = stage.shell(&line).ends(0).out;
            assert!(screen.lines().count() <= 24, "{screen}");
            let most: usize = width.parse().unwrap();
            let wide = screen.lines().find(|line| line.width() > most);
            // A single word of a command is never broken.
            assert!(wide.is_none_or(|line| line.trim().split(' ').count() <= 2), "{width}: {wide:?}");
        }
    }
    assert_eq!(files(&stage.path(".")), before, "something was written");

    // Without a channel only what somebody names is said, and how it is known.
    let named = stage.warifu("status --repo kikin --release first").ends(0).out;
    assert!(named.contains("as first says, not verified"), "{named}");
    let none = stage.warifu("status --repo kikin").ends(0).out;
    assert!(none.contains("No release is known here"), "{none}");
    // A channel that is none is told, and the rest is shown all the same.
    let lost = stage.warifu("status --repo kikin --channel nowhere --root root.json --json").ends(0).json();
    assert_eq!(codes(&lost)[0], "channel");
    assert_eq!(lost["masters"][1]["kind"], "procedure");
}

#[test]
fn a_draft_that_is_older_than_what_came_in_says_so_before_it_is_signed() {
    let stage = Stage::new();
    house(&stage);
    stage.warifu("init kikin").ends(0);
    stage.warifu(&format!("import --repo kikin --series r06 {}", demo("2024-06/s_ALL20240531.csv"))).ends(0);
    stage.warifu(&format!("release draft --repo kikin {PLACE} --title first -o first")).ends(0);
    stage.warifu(&format!("import --repo kikin --series r06 {}", demo("2024-06/s_20240614.csv"))).ends(0);
    let sign = format!("release sign first --repo kikin {PLACE} --key aoki.key --lang ja");
    let signed = stage.warifu(&sign).ends(0).out;
    let (told, done) = (signed.find("この草案の後に 1 件取り込まれています"), signed.find("署名ファイル: "));
    assert!(told.is_some() && told < done, "{signed}");
}
