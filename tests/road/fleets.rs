//! What one organisation's fleet runs is signed for the other.

use serde_json::{Value, json};

use crate::stage::Stage;

/// What `warifu-checker fleet statement` prints, at so many seconds after a time.
pub(crate) fn statement(seconds: u32) -> String {
    let released = |release: u64| json!({ "release": release, "manifest": "4".repeat(64) });
    let document = json!({
        "schema": "warifu-checker/fleet-statement/1",
        "area": "東日本", "at": format!("2026-11-24T02:00:{seconds:02}Z"), "epoch": 7,
        "release": released(4), "since": "2026-11-23T17:00:00Z",
        "members": { "all": 12, "at_it": 11, "behind": 0, "missing": 1, "refuse": 0 },
        "comes": { "release": released(5), "at": null },
        "nacks": [{ "member": "checker-07", "code": "shadow" }],
    });
    document.to_string()
}

#[test]
fn what_a_fleet_runs_is_signed_and_an_older_word_replaces_none() {
    let stage = Stage::new();
    stage.warifu("key generate fleet").ends(0);
    let sign = |file: &str, to: &str, status: i32| {
        stage.warifu(&format!("fleet sign {file} --to {to} --key fleet.key")).ends(status)
    };
    let there = || -> Value {
        serde_json::from_slice(&std::fs::read(stage.path("east/area.json")).unwrap()).unwrap()
    };
    stage.write("first.json", statement(10));
    // A place that is not mounted is not made.
    assert!(sign("first.json", "east", 2).err.contains("no folder east"));
    std::fs::create_dir(stage.path("east")).unwrap();
    assert!(sign("first.json", "east", 0).out.contains("area 東日本 runs release 4, epoch 7"));
    let first = there();
    assert_eq!(first["payloadType"], "application/vnd.in-toto+json");

    // A timer that came late on another machine.
    stage.write("older.json", statement(9));
    let left = stage.warifu("--lang ja fleet sign older.json --to east --key fleet.key").ends(0);
    assert!(left.out.contains("より新しいもの"), "{}", left.out);
    assert_eq!(there(), first);
    stage.write("newer.json", statement(11));
    sign("newer.json", "east", 0);
    assert_ne!(there(), first);

    // What is no such statement, or was changed by hand into none, is not signed.
    let wrong = |text: String, told: &str| {
        stage.write("wrong.json", text);
        let refused = sign("wrong.json", "east", 2);
        assert!(refused.err.contains(told), "{}", refused.err);
    };
    wrong(statement(12).replace("fleet-statement/1", "fleet-status/1"), "fleet-statement/1");
    wrong(statement(12).replace("\"epoch\"", "\"epoc\""), "epoc");
    wrong(statement(12).replace("東日本", "東\u{202e}本"), "characters");
    wrong("not JSON".into(), "wrong.json");
    // Nobody writes to a web server; where nothing was put is said.
    let web = sign("newer.json", "https://masters.example/east", 2);
    assert!(web.err.contains("https"), "{}", web.err);
    sign("gone.json", "east", 2);
}
