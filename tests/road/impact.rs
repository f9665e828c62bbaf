//! What a draft changes in claims is known before anybody signs it: the claims, and no others.

use std::path::Path;

use serde_json::Value;

use crate::past::moved;
use crate::releases::{PLACE, draft_accepting, publish, published_procedures, pull, sign};
use crate::stage::{Stage, data};

/// r06 procedures published, and in the repository one point of 初診料 less, for all its days.
fn one_point_less(stage: &Stage, data: &Path) {
    published_procedures(stage);
    let full = std::fs::read(data.join("procedure/s_ALL20240531.csv")).unwrap();
    let lines = full.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let is_it = line.windows(11).any(|at| at == b"\"111000110\"")
            || line.windows(11).any(|at| at == b",111000110,");
        if is_it { replaced(line, b"291.00", b"290.00") } else { line.to_vec() }
    });
    stage.write("wrong.csv", lines.collect::<Vec<_>>().concat());
    stage
        .warifu("diff {data}/procedure/s_ALL20240531.csv wrong.csv --form differential -o s_20240621.csv")
        .ends(0);
    stage.warifu("import --repo kikin --series r06 s_20240621.csv").ends(0);
    draft_accepting(stage, "second");
}

fn replaced(line: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    match line.windows(from.len()).position(|part| part == from) {
        Some(at) => [&line[..at], to, &line[at + from.len()..]].concat(),
        None => line.to_vec(),
    }
}

/// Units of the sample in which the fee stands beside an addition: what they come to changes with it.
const IN_UNITS: u64 = 2;

/// How many records of a claim file claim 初診料 at so many points, alone in its unit as in all of the sample,
/// and how many times together.
fn uses(claims: &[u8], points: &str) -> (u64, u64) {
    let text = String::from_utf8_lossy(claims);
    let (mut uses, mut times) = (0, 0);
    for line in text.lines() {
        let fields: Vec<_> = line.split(',').collect();
        if fields[0] == "SI" && fields[3] == "111000110" && fields[5] == points {
            uses += 1;
            times += fields[6].parse::<u64>().unwrap();
        }
    }
    (uses, times)
}

#[test]
fn what_must_be_judged_again_is_told_before_anybody_signs() {
    let Some(data) = data("the impact of a draft") else { return };
    let stage = Stage::new();
    one_point_less(&stage, &data);
    // The sample as it is claims 288 points; one institution claims 291, one 290.
    let sample = moved(&data, "202406");
    let claiming = |points: &str, institution: &str| {
        let text = sample.split_inclusive(|byte| *byte == b'\n').map(|line| {
            let is_it = line.windows(11).any(|at| at == b",111000110,");
            if is_it { replaced(line, b",288,", format!(",{points},").as_bytes()) } else { line.to_vec() }
        });
        let bytes = text.collect::<Vec<_>>().concat();
        replaced(&bytes, b",0000000,", format!(",{institution},").as_bytes())
    };
    let (all, times) = uses(&sample, "288");
    assert!(all > 10, "{all}");
    std::fs::create_dir_all(stage.path("claims/deeper")).unwrap();
    stage.write("claims/a.UKE", claiming("291", "1111111"));
    stage.write("claims/deeper/b.uke", claiming("290", "2222222"));
    // Of May, which r06 does not govern here; another file; and one that is no claim file.
    stage.write("claims/deeper/may.UKE", moved(&data, "202405"));
    stage.write("claims/notes.txt", "RE,1");
    stage.write("claims/broken.UKE", "nothing");

    let impact = format!("release impact second {PLACE} --claims claims");
    let ran = stage.warifu(&format!("{impact} -o list.csv --json")).ends(0);
    assert!(ran.err.contains("broken.UKE holds no claim"), "{}", ran.err);
    let told = ran.json();
    assert_eq!((&told["published"], &told["draft"]), (&1.into(), &2.into()));
    assert_eq!((&told["files"], &told["institutions"]), (&3.into(), &3.into()));
    assert_eq!(told["not_read"].as_array().unwrap().len(), 1);
    let turned = |turn: &str, points: u64| {
        let sum = &told["turns"][turn];
        assert_eq!(
            (sum["uses"].as_u64(), sum["points"].as_u64()),
            (Some(all), Some(times * points)),
            "{told}"
        );
    };
    turned("right-to-error", 291);
    turned("error-to-right", 290);
    let others: u64 =
        told["turns"].as_object().unwrap().values().map(|sum| sum["uses"].as_u64().unwrap()).sum();
    // Other turns: from one error to another.
    assert_eq!(others, 2 * (all + IN_UNITS));
    let codes = told["codes"].as_array().unwrap();
    assert_eq!(
        (codes.len(), &codes[0]["code"], &codes[0]["institutions"]),
        (1, &"111000110".into(), &2.into())
    );

    // The worklist has these and no others, in the order of the files.
    let list = std::fs::read_to_string(stage.path("list.csv")).unwrap();
    let lines: Vec<Vec<&str>> = list.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len() as u64, 2 * (all + IN_UNITS));
    let is_alone = |line: &&Vec<&str>| ["right-to-error", "error-to-right"].contains(&line[8]);
    let lines: Vec<_> = lines.iter().filter(is_alone).collect();
    assert_eq!(lines.len() as u64, 2 * all);
    let all_of = |file: &str, institution: &str, turn: &str, from: usize| {
        for line in &lines[from..from + all as usize] {
            assert_eq!((line[0], line[1], line[5]), (institution, file, "111000110"), "{line:?}");
            assert_eq!((line[8], line[12], line[13]), (turn, "r06 291", "r06 290"), "{line:?}");
        }
    };
    all_of("claims/a.UKE", "12-1-1111111", "right-to-error", 0);
    all_of("claims/deeper/b.uke", "12-1-2222222", "error-to-right", all as usize);
    // A spreadsheet computes nothing of it, whatever files are called.
    stage.shell("cp -r claims =claims").ends(0);
    stage.warifu(&format!("release impact second {PLACE} --claims =claims -o formulas.csv")).ends(0);
    let formulas = std::fs::read_to_string(stage.path("formulas.csv")).unwrap();
    assert!(formulas.lines().skip(1).all(|line| line.contains(",'=claims/")), "{formulas}");

    // A line names the claim: its number, and the line of its item.
    let claims = claiming("291", "1111111");
    let named = String::from_utf8_lossy(&claims)
        .lines()
        .nth(lines[0][3].parse::<usize>().unwrap() - 1)
        .map(str::to_owned);
    assert!(named.unwrap().starts_with("SI,") && lines[0][2] == "1", "{:?}", lines[0]);

    // The same as JSON, and as a page with nothing of a patient.
    stage.warifu(&format!("{impact} -o list.json")).ends(0);
    let document: Value = serde_json::from_slice(&std::fs::read(stage.path("list.json")).unwrap()).unwrap();
    assert_eq!(document["worklist"].as_array().unwrap().len(), 2 * (all + IN_UNITS) as usize);
    let mut summary = told.clone();
    summary.as_object_mut().unwrap().remove("schema");
    assert_eq!(document["summary"], summary);
    let ran = stage.warifu(&format!("--lang ja {impact} -o list.html")).ends(0);
    assert!(ran.out.contains("再確認が必要"), "{}", ran.out);
    let page = std::fs::read_to_string(stage.path("list.html")).unwrap();
    assert!(page.contains("初診料") && page.contains("right to error") && page.contains("正 → 誤"), "{page}");
    assert!(!page.contains("カキクケコ") && !page.contains("<script"), "{page}");
    assert_eq!(page.matches("<td>12-1-1111111<").count() as u64, all + IN_UNITS);

    // Nothing to judge: refused, and no empty list that would say that all is well.
    std::fs::create_dir(stage.path("none")).unwrap();
    let none = stage.warifu(&format!("release impact second {PLACE} --claims none -o none.csv")).ends(1);
    assert!(none.err.contains("no claim file could be judged"), "{}", none.err);
    assert!(!stage.path("none.csv").exists());
    stage.warifu(&format!("{impact} -o list.txt")).ends(2);
}

#[test]
fn an_answer_names_what_judged_and_explain_says_which_record_made_the_difference() {
    let Some(data) = data("receipts of a check") else { return };
    let stage = Stage::new();
    one_point_less(&stage, &data);
    let sample = moved(&data, "202406");
    let answered = |checker: &crate::stage::Checker, name: &str| {
        let (_, lines) = checker.check(&sample);
        let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        stage.write(name, text);
        lines.last().unwrap().clone()
    };
    let checker = stage.serve("--poll 3600");
    let first = answered(&checker, "a.jsonl");
    sign(&stage, "second", "kikin", "aoki", 0);
    pull(&stage);
    sign(&stage, "second", "kokuho", "baba", 0);
    publish(&stage, "second", 0);
    stage.run("warifu-checker", &format!("swap --socket {}", checker.socket)).ends(0);
    let second = answered(&checker, "b.jsonl");
    assert_eq!((&first["release"], &second["release"]), (&1.into(), &2.into()));
    for (field, differs) in [("manifest", true), ("masters", true), ("checks", false), ("program", false)] {
        assert!(first[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {first}");
        assert_eq!(first[field] != second[field], differs, "{field}: {first} {second}");
    }

    let explain = |more: &str, status| stage.run("warifu-checker", &format!("explain {more}")).ends(status);
    assert!(explain("a.jsonl a.jsonl", 0).out.contains("no finding differs"));
    let told = explain("a.jsonl b.jsonl --state state --json", 1).json();
    let (all, _) = uses(&sample, "288");
    let differences = told["differences"].as_array().unwrap();
    assert_eq!(differences.len() as u64, all + IN_UNITS, "{told}");
    // A unit of several records is told by its last one, which is not the one that changed: not explained.
    let alone: Vec<_> = differences.iter().filter(|one| one["cause"]["by"] == "records").collect();
    assert_eq!(alone.len() as u64, all, "{told}");
    for one in alone {
        let record = &one["cause"]["records"][0];
        assert_eq!((&record["code"], &record["series"]), (&"111000110".into(), &"r06".into()), "{one}");
        assert_eq!((&record["what"], &record["first"]), (&"points".into(), &"2024-06-01".into()), "{one}");
        assert_eq!((&record["old"], &record["new"]), (&"291.00".into(), &"290.00".into()), "{one}");
    }
    // Without the releases the findings tell.
    let told = explain("a.jsonl b.jsonl", 1);
    assert!(told.out.contains("as the findings tell: 291 → 290"), "{}", told.out);
    assert!(explain("--lang ja a.jsonl b.jsonl", 1).out.contains("指摘から判断"));
    stage.write("c.jsonl", "no answer");
    explain("a.jsonl c.jsonl", 2);
}
