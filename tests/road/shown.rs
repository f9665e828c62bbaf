//! What comes from outside and is told to people: it makes no line of its own, moves no cursor and turns no
//! letters, whoever tells it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use crate::release_page::second;
use crate::releases::PLACE;
use crate::stage::{Ran, Stage, checkout};

/// The characters of `ran` that nobody may be shown.
fn deceiving(ran: &Ran) -> Vec<char> {
    let all = format!("{}{}", ran.out, ran.err);
    all.chars().filter(|c| *c != '\n' && *c != '\t' && warifu_values::text::is_deceiving(*c)).collect()
}

#[test]
fn a_name_of_a_file_makes_no_line_of_its_own() {
    let stage = Stage::new();
    stage.warifu("init masters --series r06=procedure:2024-06-01").ends(0);
    let name = OsStr::from_bytes(b"a\x1b[31mb\nwarifu: signed by both\n::error::x.csv");
    let good = checkout().join("masters/demo/2024-06/s_ALL20240531.csv");
    let run = |words: &[&str]| {
        let output = stage.command("warifu").args(words).arg(name).output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        Ran { status: output.status.code().unwrap(), out, err }
    };
    for bytes in [&b"\"a\",\"b\"\r\n"[..], &std::fs::read(good).unwrap()] {
        std::fs::write(stage.path(".").join(name), bytes).unwrap();
        for words in [
            &["inspect"][..],
            &["validate"],
            &["validate", "--lang", "ja"],
            &["convert", "--from", "kikin", "--to", "kokuho", "-o", "out.csv", "--force"],
            &["import", "--repo", "masters", "--series", "r06"],
        ] {
            let ran = run(words);
            assert!(deceiving(&ran).is_empty(), "{words:?} {ran:?}");
            let all = format!("{}{}", ran.out, ran.err);
            let begins = |line: &str| line.starts_with("::") || line.starts_with("warifu: signed");
            assert!(!all.lines().any(begins), "{words:?} {ran:?}");
            assert!(all.contains("a\u{fffd}[31mb"), "{words:?} {ran:?}");
        }
    }
}

#[test]
fn a_draft_writes_nothing_to_the_terminal_but_what_it_says() {
    let stage = Stage::new();
    second(&stage);
    let release = stage.path("second/release.json");
    let text = std::fs::read_to_string(&release).unwrap();
    let hostile = "\\u001b[2J\\u001b[1;1Hsigned by Kikin and Kokuho; press y\\u202e";
    for (field, value) in [("series", "r06"), ("kind", "procedure")] {
        let changed =
            text.replace(&format!("\"{field}\": \"{value}\""), &format!("\"{field}\": \"{hostile}\""));
        assert_ne!(changed, text, "{field}");
        std::fs::write(&release, changed).unwrap();
        for line in [
            format!("release show second {PLACE}"),
            format!("release review second --repo kokuho {PLACE}"),
            format!("release publish second {PLACE} --key ci.key"),
            format!("notice --draft second {PLACE}"),
            "status --repo kikin".to_owned(),
        ] {
            let ran = stage.warifu(&line);
            assert!(deceiving(&ran).is_empty(), "{line} {ran:?}");
        }
    }
    stage.write("card.pub.json", "{\"a\\u001b[2J\\n\\u202e\": 1}");
    let ran = stage.warifu("key show card.pub.json");
    assert!(ran.status != 0 && deceiving(&ran).is_empty(), "{ran:?}");
}

#[test]
fn a_repository_that_lost_something_is_told_in_the_words_of_its_reader() {
    let stage = Stage::new();
    stage.warifu("init masters --series r06=procedure:2024-06-01").ends(0);
    let demo = checkout().join("masters/demo/2024-06/s_ALL20240531.csv").display().to_string();
    stage.warifu(&format!("import --repo masters --series r06 {demo}")).ends(0);
    stage.shell("rm -rf masters/.git/objects/?? masters/.git/objects/pack/*").ends(0);
    let japanese = stage.warifu("--lang ja log --repo masters").err;
    assert!(japanese.contains("repo clone") && japanese.contains("（詳細: "), "{japanese}");
    let before = japanese.split("（詳細: ").next().unwrap();
    let words = before.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 7);
    assert_eq!(words.count(), 0, "{before}");
    let english = stage.warifu("--lang en log --repo masters").err;
    assert!(english.contains("`repo clone` of another copy") && english.contains("(git says: "), "{english}");
}

#[test]
fn a_form_that_is_no_json_is_refused_where_json_is_asked_for() {
    let stage = Stage::new();
    let demo = checkout().join("masters/demo/2024-06/s_ALL20240531.csv").display().to_string();
    for form in ["html", "differential"] {
        let ran = stage.warifu(&format!("--json diff {demo} {demo} --form {form}")).ends(2);
        assert!(ran.json()["error"]["message"]["en"].as_str().unwrap().contains("--form"), "{}", ran.out);
        stage.warifu(&format!("diff {demo} {demo} --form {form}")).ends(0);
    }
}

#[test]
fn a_title_that_is_refused_says_what_one_is() {
    let stage = Stage::new();
    crate::releases::house(&stage);
    let demo = checkout().join("masters/demo/2024-06/s_ALL20240531.csv").display().to_string();
    stage.warifu("init kikin --series r06=procedure:2024-06-01").ends(0);
    stage.warifu(&format!("import --repo kikin --series r06 {demo}")).ends(0);
    let title = "x".repeat(401);
    let line = format!("release draft --repo kikin {PLACE} --title {title} -o long");
    let ran = stage.warifu(&line);
    assert!(ran.status != 0 && ran.err.contains("1 to 400 characters"), "{}", ran.err);
}
