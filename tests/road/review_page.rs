//! The page of `diff --form html`, opened in a browser as reviewers open it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use warifu_rules::review::RiskKind;
use warifu_values::lang::Lang;

use crate::browser::{Browser, Shown};
use crate::stage::{Stage, checkout, data};

/// Reviewers would wait two seconds; a machine that compiles beside it gets more.
const OPENED_WITHIN_MS: u64 = 10_000;

fn page(stage: &Stage, old: &Path, new: &Path, more: &str) -> PathBuf {
    let (old, new) = (old.display(), new.display());
    stage.warifu(&format!("diff {old} {new} --form html -o review.html --force {more}")).ends(0);
    stage.path("review.html")
}

#[test]
fn the_document_lists_every_kind_of_risk_in_its_order() {
    let table: String = RiskKind::ALL
        .iter()
        .map(|kind| {
            let level = kind.level().word(Lang::En);
            format!("| `{kind}` | {level} | {} | {} |\n", kind.title(Lang::En), kind.title(Lang::Ja))
        })
        .collect();
    let document = std::fs::read_to_string(checkout().join("docs/review.md")).unwrap();
    assert!(document.contains(&table), "docs/review.md has not this table:\n{table}");
}

/// Nothing went wrong on the page, and it asked nobody for anything.
#[track_caller]
fn in_order(shown: &Shown) {
    assert!(shown.console.is_empty(), "{:?}", shown.console);
    assert!(shown.asked.is_empty(), "{:?}", shown.asked);
    assert!(!shown.dom.contains("data-error="), "{}", shown.data("error"));
}

/// `page` with a script that runs after its own, as somebody who clicks.
pub(crate) fn with_script(page: &Path, script: &str) -> PathBuf {
    let text = std::fs::read_to_string(page).unwrap();
    let nonce = text.split("<script nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let ours = format!("<script nonce=\"{nonce}\">{script}</script></body>");
    let path = page.with_extension("clicked.html");
    std::fs::write(&path, text.replace("</body>", &ours)).unwrap();
    path
}

#[test]
fn blanks_that_nobody_sees_are_said_of_each_value() {
    let Some(browser) = Browser::find("blanks on the review page") else { return };
    let stage = Stage::new();
    let old = checkout().join("masters/demo/2024-06/c_ALL20240531.csv");
    let mut text = std::fs::read_to_string(&old).unwrap();
    // A name that ends in blanks, kana that became a blank, kana that went.
    for (before, after) in [
        ("\"見本自由記載\"", "\"見本自由記載　　\""),
        ("\"12\",\"ﾐﾎﾝﾃｲｹｲｺﾒﾝﾄA\"", "\"1\",\" \""),
        ("\"12\",\"ﾐﾎﾝﾃｲｹｲｺﾒﾝﾄB\"", "\"0\",\"\""),
    ] {
        assert!(text.contains(before), "{before}");
        text = text.replace(before, after);
    }
    let new = stage.path("c_ALL20240614.csv");
    std::fs::write(&new, text).unwrap();
    let page = page(&stage, &old, &new, "--lang ja");
    for width in [1280, 390] {
        let shown = browser.open(&page, "", width);
        in_order(&shown);
        let seen = shown.seen();
        assert!(seen.contains("<span class=\"ends\">（末尾に空白 2 字）</span>"), "{seen}");
        assert!(seen.contains("<span class=\"ends\">（空白 1 字のみ）</span>"), "{seen}");
        assert!(seen.contains("<i class=\"none\">空</i>"), "{seen}");
    }
    let english = browser.open(&page, "#lang=en", 1280).seen();
    assert!(english.contains("(blanks at the end: 2)") && english.contains("(nothing but blanks: 1)"));
}

#[test]
fn the_page_of_the_revision_of_2024_opens_and_finds() {
    let what = "the review page of 7,519 changed records";
    let (Some(data), Some(browser)) = (data(what), Browser::find(what)) else { return };
    let stage = Stage::new();
    let procedure = |name: &str| data.join("procedure").join(name);
    let page = page(&stage, &procedure("s_ALL20220218.csv"), &procedure("s_ALL20240531.csv"), "--lang ja");
    let bytes = std::fs::metadata(&page).unwrap().len();

    let shown = browser.open(&page, "", 1280);
    in_order(&shown);
    let opened = shown.number("ready-ms");
    let _ = writeln!(std::io::stderr(), "review page: {bytes} bytes, first records after {opened} ms");
    assert!(opened < OPENED_WITHIN_MS, "{opened} ms");
    assert!(bytes < 4_000_000, "{bytes} bytes");
    assert_eq!((shown.number("fits"), shown.number("shown")), (11_349, 60));
    let seen = shown.seen();
    for expected in ["医科診療行為マスター 変更点の確認", "<b>7,519</b>", "<b>2,614</b>", "<b>1,216</b>"]
    {
        assert!(seen.contains(expected), "{expected}");
    }

    // What is paid for one of another thing is told by its name.
    assert!(seen.contains("127 <span class=\"means\">椎弓</span>"), "a unit is not a number");
    // A revision of thousands of records is not thousands of pages.
    for (choices, most) in [("", 12), ("#kind=changed", 60)] {
        let paper = stage.path("review.pdf");
        browser.print(&page, choices, &paper);
        let pages = Browser::pages(&paper);
        assert!((2..=most).contains(&pages), "{pages} pages of {choices:?}");
    }

    for (choices, fits) in [
        ("#kind=changed", 7519),
        ("#kind=removed", 1216),
        ("#risk=amount/large:points", 41),
        ("#column=points", 1623),
        ("#column=points&move=100,900", 12),
        ("#q=160216450", 1),
        // Half-width kana, full-width letters, and hiragana find the same.
        ("#q=ｶﾞﾝｹﾞﾉﾑ%20プロファイリング", 4),
        ("#q=がんげのむ%20ﾌﾟﾛﾌｧｲﾘﾝｸﾞ", 4),
        ("#q=no-such-record", 0),
    ] {
        let shown = browser.open(&page, choices, 1280);
        in_order(&shown);
        assert_eq!(shown.number("fits"), fits, "{choices}");
    }
}

#[test]
fn a_page_that_asks_the_network_would_be_seen() {
    let Some(browser) = Browser::find("that the browser tells what a page asks for") else { return };
    let stage = Stage::new();
    let page = stage.write("asks.html", "<!doctype html><img src=\"http://asked.example/x.png\">");
    assert_eq!(browser.open(&page, "", 1280).asked, ["http://asked.example/x.png"]);
}

#[test]
fn the_page_of_the_demonstration_is_complete_in_both_languages_and_on_paper() {
    let Some(browser) = Browser::find("the review page of the demonstration") else { return };
    let stage = Stage::new();
    let demo = checkout().join("masters/demo");
    // The faulty file of the demonstration against the right one.
    let (old, new) = (demo.join("2024-06/s_ALL20240531.csv"), demo.join("wrong/s_ALL20240531.csv"));
    let page = page(&stage, &old, &new, "--lang en");
    let source = std::fs::read_to_string(&page).unwrap();
    assert!(!source.contains("http:") && !source.contains("https:"), "the page names no address");

    for (choices, lang, word) in [("", "en", "Look at these first"), ("#lang=ja", "ja", "先に確認する変更")]
    {
        for width in [1280, 390] {
            let shown = browser.open(&page, choices, width);
            in_order(&shown);
            let seen = shown.seen();
            assert!(seen.contains(&format!("<html lang=\"{lang}\"")) && seen.contains(word), "{choices}");
        }
    }

    // Somebody changes the language, chooses a risk, and drops it again; nothing is wider than the window.
    let clicks = "const click = (what) => document.querySelector(what).click();
        const told = document.documentElement.dataset;
        told.before = told.fits;
        click('[data-lang=ja]');
        click('.risk [data-choose=risk]');
        told.chosen = told.fits + ' ' + decodeURIComponent(location.hash);
        click('[data-drop=\"\"]');
        told.after = told.fits + location.hash;
        document.querySelectorAll('details').forEach((fold) => { fold.open = true; });
        told.wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;";
    for width in [1280, 390] {
        let shown = browser.open(&with_script(&page, clicks), "", width);
        in_order(&shown);
        let chosen = shown.data("chosen");
        assert!(chosen.contains("risk=") && chosen.contains("lang=ja"), "{chosen}");
        assert_eq!(shown.data("after"), format!("{}#lang=ja", shown.data("before")));
        assert_eq!(shown.number("wide"), 0, "at {width}");
    }

    // The records are printed when that is asked for.
    let paper = stage.path("review.pdf");
    let pages = |choices: &str| {
        browser.print(&page, choices, &paper);
        Browser::pages(&paper)
    };
    let (summary, all) = (pages(""), pages("#print=all"));
    assert!(summary > 0 && summary < all, "{summary} {all}");
    for (choices, kind) in [("", "summary"), ("#print=all", "all"), ("#kind=changed", "chosen")] {
        assert_eq!(browser.open(&page, choices, 1280).data("paper"), kind);
    }

    // What changed stands before the digests, and no label breaks inside of a word.
    let lines = "const words = [...document.querySelectorAll('#compared tbody th')].flatMap((cell) => {
            const text = cell.firstChild;
            const found = text.data.indexOf('ファイル');
            if (found < 0) return [];
            const word = document.createRange();
            word.setStart(text, found);
            word.setEnd(text, found + 4);
            return [word.getClientRects().length];
        });
        document.documentElement.dataset.lines = words.join(' ');";
    let shown = browser.open(&with_script(&page, lines), "#lang=ja", 390);
    assert_eq!(shown.data("lines"), "1 1", "ファイル and ファイルの SHA-256 at 390 px");
    let seen = shown.seen();
    assert!(seen.find("id=\"first\"").unwrap() < seen.find("正準形の SHA-256").unwrap());
}

#[test]
fn a_plot_is_drawn_where_there_is_something_to_plot() {
    let Some(browser) = Browser::find("plots of few movements") else { return };
    let stage = Stage::new();
    let demo = std::fs::read_to_string(checkout().join("masters/demo/2024-06/s_ALL20240531.csv")).unwrap();
    let old = stage.write("old.csv", &demo);
    let new = stage.write("new.csv", demo.replacen("291.00", "297.00", 1));
    let seen = browser.open(&page(&stage, &old, &new, "--lang en"), "", 1280).seen();
    assert!(!seen.contains("id=\"scatter\"") && seen.contains("Movements of points"), "{seen}");
    assert!(seen.contains("+2.1 %"), "the one movement is told: {seen}");
    let Some(data) = data("a plot of many movements") else { return };
    let material = |name: &str| data.join("material").join(name);
    let page = page(&stage, &material("t_ALL20230317.csv"), &material("t_ALL20240315.csv"), "");
    assert!(browser.open(&page, "", 1280).seen().contains("id=\"scatter\""));
}

#[test]
fn what_a_record_holds_is_shown_and_never_run() {
    let Some(browser) = Browser::find("hostile text in a review page") else { return };
    let stage = Stage::new();
    let demo = std::fs::read_to_string(checkout().join("masters/demo/2024-06/s_ALL20240531.csv")).unwrap();
    let hostile = "</script><script>document.title='run'</script><img src=x onerror=document.title='run'>\
                   <!-- <script> {{data}} \u{2028} &amp;";
    let old = stage.write("old.csv", &demo);
    let new = stage.write("new.csv", demo.replacen("\"初診料\"", &format!("\"{hostile}\""), 1));
    let shown = browser.open(&page(&stage, &old, &new, ""), "", 1280);
    in_order(&shown);
    let seen = shown.seen();
    assert!(seen.contains("&lt;/script&gt;&lt;script&gt;document.title='run'"), "it is shown as it is");
    assert!(!seen.contains("<img") && !seen.contains("<title>run"), "it is not run");
    assert_eq!(shown.number("fits"), 1);
}

/// The page's records as `diff --json` has them, put together from its shared cells.
fn records_of(data: &Value) -> Vec<Value> {
    let list = |value: &Value| -> Vec<Value> { value.as_array().unwrap().clone() };
    let number = |value: &Value| value.as_u64().unwrap() as usize;
    let (columns, cells) = (list(&data["columns"]), list(&data["cells"]));
    let record = |record: &Value| {
        let fate = record[0].as_str().unwrap();
        let own = list(&record[3]);
        let base = if ["added", "removed"].contains(&fate) { list(&data["base"][fate]) } else { Vec::new() };
        let by_column: BTreeMap<usize, &Value> = base
            .iter()
            .chain(&own)
            .map(|cell| (number(&cells[number(cell)][0]), &cells[number(cell)]))
            .collect();
        let fields: Vec<Value> = by_column
            .iter()
            .filter(|(_, cell)| cell[1] != cell[2])
            .map(|(column, cell)| json!({ "field": columns[*column][0], "old": cell[1], "new": cell[2] }))
            .collect();
        let change = if ["abolished", "class"].contains(&fate) { "changed" } else { fate };
        json!({ "change": change, "key": record[1], "label": record[2], "fields": fields })
    };
    list(&data["records"]).iter().map(record).collect()
}

#[test]
fn the_page_says_of_every_record_what_the_json_says() {
    let stage = Stage::new();
    let demo = checkout().join("masters/demo");
    let mut pairs = vec![
        (demo.join("2024-05/s_ALL20240501.csv"), demo.join("2024-06/s_ALL20240531.csv")),
        (demo.join("2024-06/s_ALL20240531.csv"), demo.join("2024-05/s_ALL20240501.csv")),
    ];
    if let Some(data) = data("the review page's data on published files") {
        let comment = |name: &str| data.join("comment").join(name);
        pairs.push((comment("c_ALL20240412.csv"), comment("c_ALL20240531.csv")));
        let material = |name: &str| data.join("material").join(name);
        pairs.push((material("t_ALL20230317.csv"), material("t_ALL20240315.csv")));
    }
    for (old, new) in pairs {
        let data = data_of(&std::fs::read_to_string(page(&stage, &old, &new, "")).unwrap());
        let (old, new) = (old.display(), new.display());
        let json = stage.warifu(&format!("diff {old} {new} --json")).ends(0).json();
        assert_eq!(data["summary"], json["summary"], "{new}");
        assert!(json!(records_of(&data)) == json["records"], "{old} {new}");
    }
}

/// The data that a page carries.
fn data_of(page: &str) -> Value {
    let data = page.split("id=\"data\">").nth(1).unwrap().split("</script>").next().unwrap();
    serde_json::from_str(data).unwrap()
}

#[test]
fn a_review_of_two_commits_names_them_and_looks_into_the_other_masters() {
    let stage = Stage::new();
    let demo = checkout().join("masters/demo/2024-06");
    let files = |name: &str| demo.join(name).display().to_string();
    stage.warifu("init repo --series r06=procedure:2024-06-01,comment:2024-06-01").ends(0);
    for name in ["c_ALL20240531.csv", "s_ALL20240531.csv", "s_20240614.csv"] {
        stage.warifu(&format!("import --repo repo --series r06 {}", files(name))).ends(0);
    }
    let ran = stage.warifu("diff --repo repo HEAD~1:procedure HEAD:procedure --form html").ends(0);
    let data = data_of(&ran.out);
    assert_eq!(data["old"]["file"], "s_ALL20240531.csv");
    assert_eq!(data["new"]["file"], "s_20240614.csv");
    assert_eq!((data["new"]["series"].as_str(), data["new"]["role"].as_str()), (Some("r06"), None));
    assert_eq!(data["new"]["commit"].as_str().map(str::len), Some(40));
    assert_eq!(data["masters"]["comment"]["en"], "comment master");
}
