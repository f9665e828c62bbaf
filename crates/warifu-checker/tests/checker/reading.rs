//! `check` as people and programs read it: the report, JSON lines, the table, and the exit status.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use warifu_values::terminal::cells;

use crate::killed::{PROGRAM, Running, published};
use crate::masters::CODES;
use crate::world::{check as over_http, file_of};

/// `check` of `file` below `at` with these options, by what is kept for these tests alone.
pub(crate) fn check(at: &Path, file: &str, options: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.current_dir(at).args(["check", file]).args(options);
    command.env("XDG_DATA_HOME", at.join("data")).env_remove("COLUMNS").output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    text(bytes).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const CHANNEL: [&str; 4] = ["--channel", "channel", "--root", "root.json"];

/// One wrong item among 408 of before the first day that the masters tell of.
fn one_wrong_among_many() -> Vec<u8> {
    let claim = |month: u32, points: u32| vec![(month, 1, 111_000_110, points)];
    let mut claims = vec![claim(202001, 100); 409];
    claims[205] = claim(202406, 101);
    file_of(1, &claims)
}

/// So many claims with every code at a point too much.
pub(crate) fn wrong_points(claims: usize) -> Vec<u8> {
    file_of(1, &vec![CODES.map(|code| (202406, 1, code, 101)).to_vec(); claims])
}

#[test]
fn one_error_among_hundreds_of_findings_stands_first_in_whatever_terminal() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    published(at);
    std::fs::write(at.join("many.uke"), one_wrong_among_many()).unwrap();
    for (lang, error, more) in
        [("ja", "エラー", "… 他 398 件（--all ですべて表示）"), ("en", "Errors", "… and 398 more: --all")]
    {
        for columns in ["60", "80"] {
            let told = Command::new(PROGRAM)
                .current_dir(at)
                .args(["check", "many.uke", "--lang", lang])
                .args(CHANNEL)
                .env("XDG_DATA_HOME", at.join("data"))
                .env("COLUMNS", columns)
                .output()
                .unwrap();
            assert_eq!(told.status.code(), Some(1));
            let told = text(&told.stdout);
            assert!(told.lines().all(|line| cells(line) <= columns.parse().unwrap()), "{told}");
            let lines: Vec<&str> = told.lines().map(str::trim).collect();
            let heading = lines.iter().position(|line| *line == error).unwrap();
            assert!(heading < 4 && lines[heading + 1].starts_with('1'), "{told}");
            assert!(lines[heading + 1].contains("claim/points"), "{told}");
            assert!(lines.contains(&more), "{told}");
            assert!(lines.len() < 50, "{told}");
        }
    }
    let all = text(&check(at, "many.uke", &["--offline", "--all", "--lang", "en"]).stdout);
    assert!(all.lines().count() > 409 && !all.contains("--all"), "{all}");
}

/// A clerk saved it in an editor, or gave another file, or did not say by what: each is told in one line.
#[test]
fn a_file_that_is_no_claim_file_is_told_by_what_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    published(at);
    let claims = one_wrong_among_many();
    let claims = [&claims[..], "CO,11,2,830000001,見本\r\n".as_bytes()].concat();
    std::fs::write(at.join("utf8.uke"), claims).unwrap();
    std::fs::write(at.join("masters.csv"), "\"0\",\"S\"\r\n").unwrap();
    std::fs::write(at.join("whole.uke"), one_wrong_among_many()).unwrap();
    for (file, says) in [("utf8.uke", "UTF-8"), ("masters.csv", "請求ファイルではない")] {
        let told = check(at, file, &[&CHANNEL[..], &["--lang", "ja"]].concat());
        let errors = text(&told.stderr);
        assert!(errors.contains(says), "{file}: {errors}");
        assert_eq!(told.status.code(), Some(1));
    }
    let told = check(at, "whole.uke", &["--offline", "--lang", "ja"]);
    assert!(!text(&told.stderr).contains("whole.uke"), "{}", text(&told.stderr));
    let told = check(at, "whole.uke", &["--lang", "ja"]);
    let errors = text(&told.stderr);
    assert_eq!(told.status.code(), Some(2));
    assert!(errors.contains("--channel 配信元 --root root.json") && errors.contains("--offline"), "{errors}");
}

#[test]
fn json_is_whole_and_what_the_service_answers() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    published(at);
    std::fs::write(at.join("many.uke"), one_wrong_among_many()).unwrap();
    let given = check(at, "many.uke", &[&CHANNEL[..], &["--json"]].concat());
    assert_eq!(given.status.code(), Some(1));
    let given = lines(&given.stdout);
    let running = Running::start(at);
    let answered = over_http(running.address, &one_wrong_among_many());
    assert_eq!(given, answered.lines);
    let (summary, findings) = given.split_last().unwrap();
    assert_eq!((&summary["schema"], &summary["left_out"], findings.len()), (&1.into(), &0.into(), 409));
    let codes: Vec<_> = summary["codes"].as_array().unwrap().iter().collect();
    assert_eq!((&codes[0]["code"], &codes[0]["findings"]), (&"claim/points".into(), &1.into()));
    assert_eq!((&codes[1]["findings"], &codes[1]["claims"]), (&408.into(), &408.into()));
    assert!(codes.iter().all(|code| code["en"].is_string() && code["ja"].is_string()));
    for finding in findings {
        for field in ["code", "severity", "claim", "line", "record", "item", "release", "month", "en", "ja"] {
            assert!(
                !finding[field].is_null() || (field == "month" && !finding["day"].is_null()),
                "{finding}"
            );
        }
    }

    // A door gives at most 10,000 findings of a file; a command gives all of them.
    let many = wrong_points(3_000);
    std::fs::write(at.join("more.uke"), &many).unwrap();
    let answered = over_http(running.address, &many);
    assert_eq!((answered.lines.len(), &answered.summary()["left_out"]), (10_001, &2_000.into()));
    let given = lines(&check(at, "more.uke", &["--offline", "--json"]).stdout);
    assert_eq!((given.len(), &given[12_000]["left_out"]), (12_001, &0.into()));
    assert_eq!(answered.summary()["codes"][0]["findings"], given[12_000]["codes"][0]["findings"]);
    // What reading finds is given just so: 20,001 lines that are no record, and that no institution is named.
    std::fs::write(at.join("odd.uke"), b"?\n".repeat(20_001)).unwrap();
    let given = lines(&check(at, "odd.uke", &["--offline", "--json"]).stdout);
    assert_eq!((given.len(), &given[20_002]["left_out"]), (20_003, &0.into()));
}

#[test]
fn a_table_opens_in_a_spreadsheet() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    published(at);
    std::fs::write(at.join("wrong.uke"), wrong_points(2)).unwrap();
    let options = [&CHANNEL[..], &["--csv", "found.csv", "--lang", "ja"]].concat();
    let given = check(at, "wrong.uke", &options);
    assert_eq!(given.status.code(), Some(1));
    assert!(text(&given.stdout).starts_with("レセプト 2 件"), "the report is told too");
    let table = text(&std::fs::read(at.join("found.csv")).unwrap());
    let rows: Vec<&str> = table.strip_prefix('\u{feff}').unwrap().split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 9);
    assert!(
        rows[0].starts_with("レセプト番号,診療年月,コード,ASPコード,レベル,区分,内容,行,"),
        "{}",
        rows[0]
    );
    let cells: Vec<&str> = rows[1].split(',').collect();
    let line: usize = cells[7].parse().unwrap();
    assert!((2..6).contains(&line), "{}", rows[1]);
    assert_eq!(cells[..3], ["1", "2024-06", "claim/points"]);
    assert_eq!(
        cells[5..7],
        ["エラー", "101 点の請求ですが、マスターでは 100 点です。点数を確認してください"]
    );
    assert_eq!((cells[8], &cells[10..12]), ("SI", &["111000110", "診療行為"][..]));
    assert_eq!(cells[12..], ["2024-06-01", "101", "100", "r06", "1"]);
    let alone = check(at, "wrong.uke", &["--offline", "--csv", "-", "--lang", "ja"]);
    assert_eq!(text(&alone.stdout), table);
    let both = check(at, "wrong.uke", &["--offline", "--csv", "-", "--json"]);
    assert_eq!(both.status.code(), Some(2));
    // Programs are told why, as of every command.
    let why = lines(&both.stdout);
    assert_eq!((&why[0]["schema"], &why[0]["exit"]), (&"warifu-checker/error/1".into(), &2.into()));
    assert!(why[0]["error"]["message"]["en"].as_str().unwrap().contains("--csv"), "{why:?}");
    let nowhere = check(at, "wrong.uke", &["--offline", "--csv", "no/such/folder.csv"]);
    assert_eq!(nowhere.status.code(), Some(2));
}

#[test]
fn what_judges_a_build_reads_every_finding_and_why_nothing_was_judged() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    published(at);
    std::fs::write(at.join("many.uke"), one_wrong_among_many()).unwrap();
    let read = |name: &str| text(&std::fs::read(at.join(name)).unwrap());
    let lists = ["--junit", "f.xml", "--sarif", "f.sarif", "--html", "f.html", "--github", "--lang", "en"];
    let given = check(at, "many.uke", &[&CHANNEL[..], &lists].concat());
    assert_eq!(given.status.code(), Some(1));
    let told = text(&given.stdout);
    let annotated: Vec<&str> = told.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(annotated.len(), 409);
    assert!(annotated[0].starts_with("::error file=many.uke,line="), "{}", annotated[0]);
    assert!(annotated[0].contains("title=claim/points") && annotated[0].contains("[#"), "{}", annotated[0]);
    assert!(annotated[1].starts_with("::warning "), "{}", annotated[1]);
    // What was not judged is no fault of the claim.
    assert!(read("f.xml").contains("tests=\"2\" failures=\"1\" errors=\"0\""), "{}", &read("f.xml")[..300]);
    let sarif: Value = serde_json::from_str(&read("f.sarif")).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 409);
    assert_eq!(run["tool"]["driver"]["name"], "warifu-checker");
    let page = read("f.html");
    assert!(page.contains("<h2>many.uke</h2>") && page.contains("101 points") && !page.contains("<script"));

    // A build is not green because nothing could be judged.
    let lists = ["--junit", "g.xml", "--sarif", "g.sarif", "--github", "--offline"];
    let failed = check(at, "none.uke", &lists);
    assert_eq!(failed.status.code(), Some(2));
    assert!(text(&failed.stdout).starts_with("::error title=warifu-checker::"), "{}", text(&failed.stdout));
    assert!(read("g.xml").contains("errors=\"1\"") && read("g.sarif").contains("\"exitCode\": 2"));
    // Lists that cannot be written are told before anything is judged.
    for (lists, says) in [
        (["--junit", "x", "--sarif", "x"], "written twice"),
        (["--junit", "no/x", "--sarif", "y"], "no folder no"),
    ] {
        let refused = check(at, "many.uke", &[&lists[..], &["--offline", "--lang", "en"]].concat());
        assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
        assert!(text(&refused.stderr).contains(says), "{}", text(&refused.stderr));
    }
}
