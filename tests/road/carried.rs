//! One release by every carrier that needs no other program: a web server, a bundle on media, a mirror.

use std::ffi::OsString;

use crate::releases::{Server, clone, draft, house, publish, pull, signed_and_published};
use crate::stage::{Stage, checkout};

/// A stage with a small release on its channel, and that channel behind a web server.
fn served() -> (Stage, Server) {
    let stage = Stage::new();
    house(&stage);
    stage.warifu("init kikin").ends(0);
    clone(&stage);
    let demo = checkout().join("masters/demo/2024-06/t_ALL20240531.csv").display().to_string();
    stage.warifu(&format!("import --repo kikin --series r06 {demo}")).ends(0);
    pull(&stage);
    draft(&stage, "first");
    signed_and_published(&stage, "first");
    let python = std::env::var_os("WARIFU_TEST_PYTHON").unwrap_or_else(|| OsString::from("python3"));
    let server = Server::start(&python, &stage);
    (stage, server)
}

#[test]
fn one_release_by_every_carrier() {
    let (stage, server) = served();
    let place = format!("--channel {} --root root.json", server.url);
    let by_folder = stage.warifu("channel verify channel --root root.json").ends(0).out;
    read_by_url(&stage, &server.url, &by_folder);
    read_from_a_bundle(&stage, &server.url, &by_folder);
    copied_to_a_mirror(&stage, &server.url, &by_folder);

    // The publishing side reads by the URL, too, and publishes where the files lie.
    stage.warifu(&format!("release draft --repo kikin {place} --title second -o second")).ends(0);
    stage.warifu(&format!("release review second --repo kokuho {place}")).ends(0);
    for (repo, key) in [("kikin", "aoki"), ("kokuho", "baba")] {
        stage.warifu(&format!("release sign second --repo {repo} {place} --key {key}.key")).ends(0);
    }
    for (lang, words) in [("en", "can only be read; publish to a folder"), ("ja", "読み取り専用")] {
        let publish = format!("--lang {lang} release publish second {place} --key ci.key");
        let refused = stage.warifu(&publish).ends(2);
        assert!(refused.err.contains(&server.url) && refused.err.contains(words), "{}", refused.err);
    }
    publish(&stage, "second", 0);
    mirror_is_not_set_back(&stage, &server.url);
}

fn read_by_url(stage: &Stage, url: &str, by_folder: &str) {
    assert_eq!(stage.warifu(&format!("channel verify {url} --root root.json")).ends(0).out, by_folder);
    stage.warifu(&format!("channel list {url} --root root.json")).ends(0);
    let fetched = stage.warifu(&format!("channel fetch {url} --root root.json -o taken --json")).ends(0);
    let fetched = fetched.json();
    let file = fetched["files"][0]["file"].as_str().unwrap();
    let ran = stage.warifu(&format!("inspect {file} --channel {url} --root root.json"));
    assert!(ran.out.contains("signed by both: release 1"), "{}{}", ran.out, ran.err);
}

fn read_from_a_bundle(stage: &Stage, url: &str, by_folder: &str) {
    let bundle = "--root root.json --json -o";
    let made = stage.warifu(&format!("channel bundle {url} {bundle} release.tar.zst")).ends(0).json();
    stage.warifu(&format!("channel bundle channel {bundle} again.tar.zst")).ends(0);
    let bytes = std::fs::read(stage.path("release.tar.zst")).unwrap();
    assert_eq!((&made["release"], &made["bytes"]), (&1.into(), &bytes.len().into()));
    assert!(bytes == std::fs::read(stage.path("again.tar.zst")).unwrap(), "the same bytes from everywhere");

    stage.write("renamed", &bytes);
    for channel in ["release.tar.zst", "bundle:renamed"] {
        let verified = stage.warifu(&format!("channel verify {channel} --root root.json")).ends(0);
        assert_eq!(verified.out, by_folder, "{channel}");
    }
    // A copy that was cut short, and no file.
    stage.write("cut.tar.zst", &bytes[..bytes.len() / 2]);
    let refused = stage.warifu("channel verify cut.tar.zst --root root.json").ends(3);
    assert!(refused.err.contains("cut.tar.zst is no bundle of a channel"), "{}", refused.err);
    stage.warifu("channel verify none.tar.zst --root root.json").ends(2);
}

fn copied_to_a_mirror(stage: &Stage, url: &str, by_folder: &str) {
    for _ in 0..2 {
        stage.warifu(&format!("channel copy {url} --to mirror --root root.json")).ends(0);
        let verified = stage.warifu("channel verify mirror --root root.json").ends(0);
        assert_eq!(verified.out, by_folder);
    }
}

fn mirror_is_not_set_back(stage: &Stage, url: &str) {
    stage.warifu(&format!("channel copy {url} --to mirror --root root.json")).ends(0);
    let newest = stage.warifu("channel verify mirror --root root.json").ends(0).out;
    let back = stage.warifu("channel copy release.tar.zst --to mirror --root root.json").ends(3);
    assert!(back.err.contains("rollback"), "{}", back.err);
    // Who remembers nothing is told by what is there.
    let copy = "channel copy release.tar.zst --to mirror --root root.json --state fresh";
    let back = stage.warifu(copy).ends(2);
    assert!(back.err.contains("ahead of this one; nothing was copied"), "{}", back.err);
    assert_eq!(stage.warifu("channel verify mirror --root root.json").ends(0).out, newest);

    // A checker starts on the newest by the URL, and one with a bundle on what is in it.
    let checker = stage.serve_from(url, "--poll 3600");
    assert_eq!(checker.status()["running"]["release"], 2, "{}", checker.status());
}
