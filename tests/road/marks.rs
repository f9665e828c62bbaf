//! What is said of a release everywhere in the same words: what is out of the ordinary about it, whether it
//! is a draft, and by which words it is compared.

use serde_json::Value;
use warifu_values::lang::Lang;
use warifu_values::phrase::Phrase;

use crate::release_page::{data_of, phrase_of, second};
use crate::releases::{PLACE, classes_of_the_past, publish, sign};
use crate::stage::{Stage, left_out};

const NOTICE: &str = "notice --channel channel --root root.json";

#[test]
fn a_notice_never_says_that_both_signed_before_both_did() {
    let stage = Stage::new();
    second(&stage);
    let notice = |more: &str| stage.warifu(&format!("{NOTICE} --draft second {more}")).ends(0).out;
    let is_draft = || {
        let document: Value = serde_json::from_str(&notice("--json")).unwrap();
        document["is_draft"].as_bool().unwrap()
    };
    let both =
        |lang: &str| if lang == "ja" { "両団体が署名した" } else { "Both organisations signed" };
    let heads = |stage: &Stage, signed: [[&str; 2]; 2], is_signed: bool| {
        for (lang, [kikin, kokuho]) in [("ja", signed[0]), ("en", signed[1])] {
            let text = stage.warifu(&format!("--lang {lang} {NOTICE} --draft second")).ends(0).out;
            let head: Vec<&str> = text.lines().take(3).collect();
            assert!(head[2].contains(kikin) && head[2].contains(kokuho), "{text}");
            assert_eq!(text.contains(both(lang)), is_signed, "{text}");
            let page = format!("{lang}.html");
            stage.warifu(&format!("--force --lang {lang} {NOTICE} --draft second -o {page}")).ends(0);
            let page = std::fs::read_to_string(stage.path(&page)).unwrap();
            assert!(page.contains(&format!("<p class=\"draft\">{}</p>", head[2])), "{page}");
            assert_eq!(page.contains(both(lang)), is_signed, "{page}");
        }
    };
    heads(
        &stage,
        [["草案です", "支払基金 0/1、国保中央会 0/1"], ["DRAFT", "Kikin 0 of 1, Kokuho 0 of 1"]],
        false,
    );
    assert!(is_draft());
    sign(&stage, "second", "kikin", "aoki", 0);
    heads(&stage, [["草案です", "支払基金 1/1"], ["DRAFT", "Kikin 1 of 1, Kokuho 0 of 1"]], false);
    sign(&stage, "second", "kokuho", "baba", 0);
    heads(&stage, [["草案です", "国保中央会 1/1"], ["DRAFT", "Kikin 1 of 1, Kokuho 1 of 1"]], true);
    assert!(is_draft());
    publish(&stage, "second", 0);
    assert!(!is_draft() && !notice("").contains("DRAFT") && notice("").contains(both("en")));
    assert_eq!(notice("--lang ja"), stage.warifu(&format!("--lang ja {NOTICE}")).ends(0).out);
}

#[test]
fn a_draft_that_is_published_is_told_as_published() {
    let stage = Stage::new();
    second(&stage);
    let (digest, phrase) = phrase_of(&stage, "second");
    // Somebody has the draft as it was before anybody signed.
    stage.shell("cp -r second unsigned").ends(0);
    sign(&stage, "second", "kikin", "aoki", 0);
    sign(&stage, "second", "kokuho", "baba", 0);
    publish(&stage, "second", 0);
    for draft in ["second", "unsigned"] {
        for line in
            [format!("release show {draft} {PLACE}"), format!("release review {draft} --repo kokuho {PLACE}")]
        {
            let told = stage.warifu(&line).ends(0).out;
            assert!(told.contains("release 2 is published, signed by both"), "{told}");
            assert!(told.contains("warifu release show"), "{told}");
            assert!(told.contains("signed: Kikin 1 of 1, Kokuho 1 of 1"), "{told}");
            assert!(phrase.lines(Lang::En).iter().all(|words| told.contains(words)), "{told}");
            let told = stage.warifu(&format!("--lang ja {line}")).ends(0).out;
            assert!(told.contains("リリース 2 は両団体が署名し、公開済みです"), "{told}");
        }
        // Nobody signs it again.
        let line = format!("release sign {draft} --repo kikin {PLACE} --key aoki.key");
        assert!(stage.warifu(&line).ends(3).err.contains("release 2 is published"));
    }
    publish(&stage, "second", 0);
    // What is published is compared by the same words.
    for line in ["release show", "channel verify channel"] {
        let place = if line.starts_with("release") { PLACE } else { "--root root.json" };
        for lang in [Lang::Ja, Lang::En] {
            let told = stage.warifu(&format!("--lang {} {line} {place}", lang.code())).ends(0).out;
            assert!(told.contains(&digest.to_string()), "{told}");
            assert!(phrase.lines(lang).iter().all(|words| told.contains(words)), "{told}");
        }
        let document = stage.warifu(&format!("--json {line} {place}")).ends(0).json();
        assert_eq!(document["phrase"], serde_json::to_value(phrase).unwrap(), "{line}");
    }
    // Drafted anew, it is a draft again, which nobody has signed.
    stage.warifu(&format!("release renew --repo kikin {PLACE} -o renewed")).ends(0);
    let renewed = stage.warifu(&format!("release show renewed {PLACE}")).ends(0).out;
    assert!(renewed.contains("signed: Kikin 0 of 1") && !renewed.contains("is published"), "{renewed}");
    assert_eq!(phrase, Phrase::of(&digest));
}

#[test]
fn what_is_out_of_the_ordinary_is_said_on_the_screen_in_a_pipe_and_on_the_page() {
    let stage = Stage::new();
    second(&stage);
    let classes = classes_of_the_past(&stage);
    let graver = "--emergency hurry --not-a-successor because --activate-at 2099-01-01T00:00:00+09:00";
    let accepted = format!("--accept-past {classes} --reason revision --source notice-1");
    let line = format!("release draft --repo kikin {PLACE} --title marked -o marked {graver} {accepted}");
    stage.warifu(&line).ends(0);
    let review = format!("release review marked --repo kokuho {PLACE}");
    stage.warifu(&format!("{review} --html marked.html")).ends(0);
    let told = data_of(&stage.path("marked.html"));
    let told = told["release"]["marks"].as_array().unwrap();
    assert_eq!(told.len(), 3, "{told:?}");
    let has_script = stage.shell("command -v script && command -v stty").status == 0;
    for (lang, words) in [
        ("ja", ["緊急リリース: hurry", "後に続くものではない: because", "適用開始 令和81年1月1日 0時00分"]),
        ("en", ["EMERGENCY: hurry", "NOT A SUCCESSOR of", "in force from 2099-01-01 00:00"]),
    ] {
        let piped = stage.warifu(&format!("--lang {lang} {review}")).ends(0).out;
        let marks: Vec<&str> = told.iter().map(|mark| mark[lang].as_str().unwrap()).collect();
        for (mark, words) in marks.iter().zip(words) {
            assert!(mark.contains(words), "{mark}");
            assert!(piped.lines().any(|line| line.trim() == *mark), "{mark}: {piped}");
        }
        if !has_script {
            left_out("a review on a terminal", "no `script` or `stty` on this machine");
            continue;
        }
        let line = format!("stty rows 24 cols 80; warifu --lang {lang} {review}");
        let screen = stage.shell(&format!("script -qec '{line}' /dev/null")).ends(0).out;
        assert!(marks.iter().all(|mark| screen.contains(mark)), "{screen}");
    }
}
