//! Files that were fetched, and what lets something pass in them: the release that both signed, and never a
//! `release.json` that anybody may have laid beside them.

use serde_json::json;

use crate::releases::{PLACE, clone, draft, house, signed_and_published};
use crate::stage::{Stage, checkout};
use warifu_values::digest::Digest;

/// The code of a comment that is not made of its parts.
const WRONG: &str = "820990009";

#[test]
fn what_is_let_pass_in_a_fetched_file_is_what_both_signed() {
    let stage = Stage::new();
    house(&stage);
    stage.warifu("init kikin").ends(0);
    let demo = checkout().join("masters/demo/2024-06/c_ALL20240531.csv");
    let comments = std::fs::read_to_string(demo).unwrap();
    stage.write("c_ALL20240531.csv", comments.replacen("820990002", WRONG, 1));
    let accept = "--accept set/comment-code=known";
    stage.warifu(&format!("import --repo kikin --series r06 {accept} c_ALL20240531.csv")).ends(0);
    clone(&stage);
    draft(&stage, "waived");
    signed_and_published(&stage, "waived");
    stage.warifu("channel fetch channel --root root.json -o taken").ends(0);
    let manifest = std::fs::read_to_string(stage.path("taken/release.json")).unwrap();
    let parsed: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let form = &parsed["masters"][0]["formats"]["kikin"];
    let file = format!("taken/{}", form["file_name"].as_str().unwrap());

    fetched_again(&stage, &file);

    // The folder alone proves nothing: it says as what to judge, and what to do.
    let ran = stage.warifu(&format!("validate {file}")).ends(1);
    assert!(ran.out.contains("as release 1 (not verified; add --channel and --root)"), "{}", ran.out);
    assert!(
        ran.err.contains("would let 1 of these pass") && ran.err.contains("give --channel"),
        "{}",
        ran.err
    );
    let ran = stage.warifu(&format!("validate {file} --json")).ends(1);
    assert_eq!(ran.json()["files"][0]["release"], json!({ "release": 1, "signed": false }));

    // The channel does.
    let ran = stage.warifu(&format!("validate {file} {PLACE}")).ends(0);
    assert!(ran.out.contains("as release 1, signed by both"), "{}", ran.out);
    let ran = stage.warifu(&format!("validate {file} {PLACE} --json")).ends(0);
    assert_eq!(ran.json()["files"][0]["release"], json!({ "release": 1, "signed": true }));

    // Another file under a manifest that lists it lets itself pass nowhere.
    let mut forged = std::fs::read(stage.path(&file)).unwrap();
    let at = forged.windows(WRONG.len()).position(|bytes| bytes == WRONG.as_bytes()).unwrap();
    forged[at + WRONG.len() - 1] = b'8';
    std::fs::create_dir(stage.path("forged")).unwrap();
    let signed_sha256 = form["sha256"].as_str().unwrap();
    let listing = manifest.replace(signed_sha256, &Digest::of(&forged).to_string());
    stage.write("forged/release.json", listing);
    stage.write("forged/c.csv", forged);
    let ran = stage.warifu("validate forged/c.csv").ends(1);
    assert!(ran.out.contains("as release 1 (not verified"), "{}", ran.out);
    let ran = stage.warifu(&format!("validate forged/c.csv {PLACE}")).ends(1);
    assert!(ran.err.contains("in no signed release of this channel"), "{}", ran.err);
}

/// Into the folder of before: nothing of a person is touched, and a pipe is waited on by nobody. Into a
/// folder of somebody else: nothing.
fn fetched_again(stage: &Stage, file: &str) {
    let fetch = |into: &str| format!("channel fetch channel --root root.json -o {into}");
    let ran = stage.warifu(&fetch("taken")).ends(0);
    assert!(ran.err.contains("release 1 came in") && ran.err.contains("1 on hand"), "{}", ran.err);
    let (manifest, name) = (stage.path("taken/release.json"), file.rsplit('/').next().unwrap());
    // A manifest that anybody laid there moves no file of a person.
    let before = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, before.replace(name, "notes.txt")).unwrap();
    stage.write("taken/notes.txt", "of a person");
    let ran = stage.warifu(&fetch("taken")).ends(2);
    assert!(ran.err.contains("is not known to have had"), "{}", ran.err);
    assert!(stage.path("taken/notes.txt").exists() && !stage.path("taken/superseded").exists());
    std::fs::write(&manifest, &before).unwrap();

    for (into, is) in [("waived", "is the draft"), ("kikin", "is a repository"), ("channel", "is a channel")]
    {
        let ran = stage.warifu(&fetch(into)).ends(2);
        assert!(ran.err.contains(is) && ran.err.contains("Nothing was written"), "{}", ran.err);
    }
    let whole = std::fs::read(stage.path(file)).unwrap();
    std::fs::remove_file(stage.path(file)).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(stage.path(file)).status().unwrap().success());
    let ran = stage.warifu(&fetch("taken")).ends(2);
    assert!(ran.err.contains("is no regular file"), "{}", ran.err);
    std::fs::remove_file(stage.path(file)).unwrap();
    stage.warifu(&fetch("taken")).ends(0);
    assert_eq!(std::fs::read(stage.path(file)).unwrap(), whole);
}
