//! A release as both organisations look at it before they sign: its page, its screen, its words.

use std::path::Path;

use serde_json::Value;
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::phrase::Phrase;

use crate::browser::Browser;
use crate::releases::{PLACE, clone, draft, draft_accepting, house, pull, signed_and_published};
use crate::stage::{Stage, checkout, left_out};

/// Two masters published, and a draft that changes one of them for days that have been.
pub(crate) fn second(stage: &Stage) {
    house(stage);
    let demo = checkout().join("masters/demo/2024-06");
    let import = |name: &str| {
        let file = demo.join(name).display().to_string();
        stage.warifu(&format!("import --repo kikin --series r06 {file}")).ends(0);
    };
    stage.warifu("init kikin --series r06=procedure:2024-06-01,comment:2024-06-01").ends(0);
    clone(stage);
    import("s_ALL20240531.csv");
    import("c_ALL20240531.csv");
    pull(stage);
    draft(stage, "first");
    signed_and_published(stage, "first");
    import("s_20240614.csv");
    pull(stage);
    draft_accepting(stage, "second");
}

/// The words that the manifest of `draft` is compared by.
pub(crate) fn phrase_of(stage: &Stage, draft: &str) -> (Digest, Phrase) {
    let shown = stage.warifu(&format!("release show {draft} {PLACE} --json")).ends(0).json();
    let digest: Digest = shown["manifest_sha256"].as_str().unwrap().parse().unwrap();
    (digest, Phrase::of(&digest))
}

pub(crate) fn data_of(page: &Path) -> Value {
    let page = std::fs::read_to_string(page).unwrap();
    let data = page.split("id=\"data\">").nth(1).unwrap().split("</script>").next().unwrap();
    serde_json::from_str(data).unwrap()
}

#[test]
fn everybody_is_told_the_same_words() {
    let stage = Stage::new();
    second(&stage);
    let (digest, phrase) = phrase_of(&stage, "second");
    let review = format!("release review second --repo kokuho {PLACE}");
    for lang in [Lang::Ja, Lang::En] {
        let code = lang.code();
        let lines = phrase.lines(lang);
        for command in [review.clone(), format!("release show second {PLACE}")] {
            let told = stage.warifu(&format!("--lang {code} {command}")).ends(0).out;
            let at = told.find(&digest.to_string()).unwrap();
            let after: Vec<&str> = told[at..].lines().skip(1).take(3).collect();
            assert!(after.iter().zip(&lines).all(|(line, words)| line.ends_with(words.as_str())), "{told}");
        }
    }
    let document = stage.warifu(&format!("{review} --json --html page.html")).ends(0).json();
    assert_eq!(document["phrase"]["ja"], phrase.say(Lang::Ja));
    assert_eq!(document["phrase"]["en"], phrase.say(Lang::En));
    let data = data_of(&stage.path("page.html"));
    assert_eq!(data["release"]["phrase"], document["phrase"]);
    assert_eq!(data["release"]["manifest"], digest.to_string());
    // Beside every other digest, too: the published release's, and each master's.
    let published: Digest = document["manifest"]["previous"]["manifest"].as_str().unwrap().parse().unwrap();
    assert_eq!(data["published"]["phrase"]["ja"], Phrase::of(&published).say(Lang::Ja));
    for row in data["table"].as_array().unwrap() {
        for side in ["old", "new"] {
            let digest: Digest = row[side]["canonical"].as_str().unwrap().parse().unwrap();
            assert_eq!(row[side]["phrase"]["ja"], Phrase::of(&digest).say(Lang::Ja), "{side} of {row}");
        }
        let is_same = row["changed"].is_null();
        assert_eq!(row["old"]["canonical"] == row["new"]["canonical"], is_same, "{row}");
    }
    let signed = stage.warifu(&format!("release sign second --repo kikin {PLACE} --key aoki.key")).ends(0);
    assert!(phrase.lines(Lang::En).iter().all(|line| signed.out.contains(line)), "{}", signed.out);
}

#[test]
fn the_page_of_a_release_has_all_of_its_masters() {
    let stage = Stage::new();
    second(&stage);
    stage.warifu(&format!("--lang ja release review second --repo kokuho {PLACE} --html page.html")).ends(0);
    let page = stage.path("page.html");
    let data = data_of(&page);
    let names = |list: &str| -> Vec<String> {
        let all = data[list].as_array().unwrap().iter();
        all.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("table"), ["r06/comment", "r06/procedure"]);
    assert_eq!(names("reviews"), ["r06/procedure"], "what did not change has nothing to show");
    assert_eq!(data["reviews"][0]["summary"], data["table"][1]["changed"]);

    let Some(browser) = Browser::find("the page of a release") else { return };
    for width in [1280, 390] {
        let shown = browser.open(&page, "", width);
        assert!(shown.console.is_empty() && shown.asked.is_empty(), "{:?} {:?}", shown.console, shown.asked);
        let seen = shown.seen();
        // What reaches back and what was let pass, where to look in all masters, the masters; then digests.
        let parts = [
            "リリース 2「second」の変更点",
            "遡及変更: ",
            "承認済みの指摘（例外）",
            "全マスターで先に確認する変更",
            "<h2 tabindex=\"-1\">マスター</h2>",
            "照合するダイジェスト",
            "id=\"master-head\"><h2 tabindex=\"-1\">r06 医科診療行為マスター",
            "レコード一覧",
        ];
        let places = parts.map(|part| seen.find(part).unwrap_or_else(|| panic!("{part}: {seen}")));
        assert!(places.is_sorted(), "{places:?}");
        // Days as people write them.
        assert!(seen.contains("class=\"days\">令和6年") && !seen.contains("class=\"days\">2024-"), "{seen}");
    }
    let shown = browser.open(&page, "#lang=en&master=r06/procedure&kind=added", 1280);
    assert!(shown.console.is_empty(), "{:?}", shown.console);
    assert_eq!(shown.data("paper"), "chosen");
    let seen = shown.seen();
    assert!(
        seen.contains("Changes of release 2: second") && seen.contains("Release 1 → Release 2"),
        "{seen}"
    );
    // A summary is some pages; nothing of it is asked for by a filter.
    assert_eq!(browser.open(&page, "", 1280).data("paper"), "summary");
    browser.print(&page, "", &stage.path("page.pdf"));
    let pages = Browser::pages(&stage.path("page.pdf"));
    assert!((1..=5).contains(&pages), "{pages}");
    // Before there is a draft the same page has no manifest.
    stage.warifu(&format!("release changes --repo kikin {PLACE} --html next.html")).ends(0);
    let next = browser.open(&stage.path("next.html"), "#lang=ja", 1280);
    assert!(next.console.is_empty(), "{:?}", next.console);
    assert!(next.seen().contains("次のリリースの変更点"), "{}", next.seen());
    // A renewal is not compared with itself as if it were another.
    stage
        .warifu(&format!("--lang ja release renew --repo kikin {PLACE} -o renewed --html renewed.html"))
        .ends(0);
    let renewed = browser.open(&stage.path("renewed.html"), "", 1280);
    assert!(renewed.console.is_empty(), "{:?}", renewed.console);
    let seen = renewed.seen();
    assert!(seen.contains("公開済みのリリースの再署名") && !seen.contains("リリース 1 との比較"), "{seen}");
}

#[test]
fn a_release_is_reviewed_on_one_screen_of_a_terminal() {
    let stage = Stage::new();
    second(&stage);
    let (_, phrase) = phrase_of(&stage, "second");
    if !stage.shell("command -v script && command -v stty").status.eq(&0) {
        return left_out("a review on a terminal", "no `script` or `stty` on this machine");
    }
    for (lang, code, rows) in [(Lang::Ja, "ja", 24), (Lang::En, "en", 24), (Lang::Ja, "ja", 50)] {
        let review = format!("warifu --lang {code} release review second --repo kokuho {PLACE}");
        let typed = |more: &str| {
            let line = format!("stty rows {rows} cols 80; {review} {more}");
            stage.shell(&format!("script -qec '{line}' /dev/null")).ends(0).out.replace('\r', "")
        };
        let told = typed("");
        let cells = |line: &str| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
        let taken: usize = told.lines().map(|line| cells(line).div_ceil(80).max(1)).sum();
        assert!(taken < rows, "{taken} lines\n{told}");
        assert!(phrase.lines(lang).iter().all(|line| told.contains(line)), "{told}");
        assert!(
            told.contains("--key") && told.contains("--verbose"),
            "who is next, and where all is: {told}"
        );
        let all = typed("--verbose");
        assert!(all.lines().count() > told.lines().count() && all.contains("targets.json"), "{all}");
    }
}
