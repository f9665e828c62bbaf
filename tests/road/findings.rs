//! Findings that can be worked through: the same by every way in which they are given.

use crate::stage::{Stage, checkout};

/// More wrong dates than were ever kept of one code, in a full of comments, and a file that is right.
fn stage() -> Stage {
    let stage = Stage::new();
    let row = |serial: u32, date: &str| {
        let mut fields = vec!["0"; 30];
        let (serial, key) = (serial.to_string(), format!("81{serial:07}"));
        fields[..9].copy_from_slice(&["0", "C", "8", "10", &serial, "2", "摘要", "4", "ﾃｷﾖｳ"]);
        (fields[20], fields[21], fields[22]) = (date, "99999999", &key);
        fields[23..].fill("");
        format!("\"{}\"\r\n", fields.join("\",\""))
    };
    let encode = |text: &str| warifu_masters::charset::Charset::Windows31J.encode(text).unwrap();
    let bad: String = (1..=1_234).map(|serial| row(serial, "=1+1")).collect();
    stage.write("bad.csv", encode(&bad));
    stage.write("clean.csv", encode(&row(1, "20240601")));
    stage
}

#[test]
fn every_way_has_every_finding() {
    let stage = stage();
    let document = stage.warifu("--json validate bad.csv clean.csv").ends(1).json();
    let findings = &document["files"][0]["findings"];
    let list = findings["list"].as_array().unwrap();
    let all = findings["counts"].as_object().unwrap().values().map(|it| it.as_u64().unwrap()).sum::<u64>();
    assert!(list.len() as u64 == all && all > 1_234 && findings["left_out"] == 0, "{}", findings["counts"]);
    let rank = |severity: &str| ["deny", "warn", "note"].iter().position(|it| *it == severity);
    let ranks: Vec<_> = findings["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| rank(it["severity"].as_str().unwrap()))
        .collect();
    assert!(ranks.is_sorted() && !ranks.is_empty(), "{ranks:?}");

    let ways = "--csv f.csv --html f.html --junit f.xml --sarif f.sarif --github";
    let ran = stage.warifu(&format!("validate --lang ja bad.csv clean.csv {ways}")).ends(1);
    let read = |name: &str| std::fs::read_to_string(stage.path(name)).unwrap();
    assert_eq!(read("f.csv").lines().count() as u64, all + 1);
    assert!(read("f.csv").starts_with("\u{feff}ファイル,区分,コード"));
    assert!(!read("f.csv").contains(",=1+1"), "a spreadsheet would compute it");
    let annotated = ran.out.lines().filter(|line| line.starts_with("::")).count();
    assert_eq!(annotated as u64, all);
    let sarif: serde_json::Value = serde_json::from_str(&read("f.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len() as u64, all);
    let page = read("f.html");
    assert!(page.contains("<h2>bad.csv</h2>") && page.contains("<h2>clean.csv</h2><p>指摘なし"));
    assert!(read("f.xml").contains("classname=\"clean.csv\" name=\"指摘なし\""));

    // People see the counts first, and how to see the rest.
    let told: Vec<&str> = ran.err.lines().collect();
    assert!(told[0].starts_with("bad.csv: 指摘 "), "{}", told[0]);
    assert!(ran.err.contains("--all ですべて表示"), "{}", ran.err);
    assert!(told.len() < 100, "{}", told.len());
    let all_told = stage.warifu("validate --lang ja bad.csv --all").ends(1).err;
    assert!(all_told.lines().count() as u64 > all, "{}", all_told.lines().count());
}

#[test]
fn what_judges_a_build_is_told_what_could_not_run() {
    let stage = stage();
    let ran = stage.warifu("validate none.csv --junit f.xml --sarif f.sarif --github").ends(2);
    assert!(ran.out.starts_with("::error title=warifu::"), "{}", ran.out);
    let junit = std::fs::read_to_string(stage.path("f.xml")).unwrap();
    assert!(junit.contains("errors=\"1\"") && junit.contains("none.csv"), "{junit}");
    let sarif = std::fs::read_to_string(stage.path("f.sarif")).unwrap();
    assert!(sarif.contains("\"executionSuccessful\": false"), "{sarif}");
}

#[test]
fn where_a_list_cannot_be_written_nothing_is_done_first() {
    let stage = stage();
    let ran = stage.warifu("validate clean.csv --csv none/f.csv").ends(2);
    assert!(ran.err.contains("none") && !ran.out.contains("clean.csv: ok"), "{}{}", ran.out, ran.err);
    stage.warifu("validate clean.csv --csv f --html f").ends(2);
    assert!(!stage.path("f").exists());
}

#[test]
fn import_check_and_draft_give_them_too() {
    let stage = stage();
    let demo = checkout().join("masters/demo").display().to_string();
    stage.warifu("init masters").ends(0);
    let imported =
        format!("import --repo masters --series r06 {demo}/2024-06/s_ALL20240531.csv --junit i.xml");
    stage.warifu(&imported).ends(0);
    stage.warifu("import --repo masters --series r06 bad.csv --dated 2024-06-01 --csv i.csv").ends(1);
    assert!(std::fs::read_to_string(stage.path("i.csv")).unwrap().lines().count() > 1_234);
    stage.warifu("check --repo masters --junit c.xml").ends(0);
    let junit = std::fs::read_to_string(stage.path("c.xml")).unwrap();
    assert!(junit.contains("<testsuite name=\"r06/procedure\""), "{junit}");
    let help = stage.warifu("release draft --help").ends(0).out;
    assert!(help.contains("--findings-html") && help.contains("--sarif"), "{help}");
}
