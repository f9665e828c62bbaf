//! The past is signed: what a release changes for days that have been is refused unless it is accepted by
//! name, told to the other side, and the same for whoever computes it.

use std::path::Path;

use serde_json::Value;

use crate::browser::Browser;
use crate::releases::{
    PLACE, classes_of_the_past, clone, draft, draft_accepting, house, published_procedures, pull,
    signed_and_published,
};
use crate::review_page::with_script;
use crate::stage::{Stage, data};

/// Procedures of r06 published, and a differential that reaches back imported on top.
fn published(stage: &Stage) {
    published_procedures(stage);
    stage
        .warifu(
            "import --repo kikin --series r06 {data}/procedure/s_20240621.csv \
        {data}/procedure/s_20240628.csv",
        )
        .ends(0);
    pull(stage);
}

#[test]
fn the_past_is_accepted_by_name_or_left() {
    let Some(_) = data("changes of the past") else { return };
    let stage = Stage::new();
    published(&stage);
    let ran = stage.warifu(&format!("release draft --repo kikin {PLACE} --title second -o second")).ends(1);
    assert!(ran.err.contains("procedure/bed_count_class (病床数区分): 124 changes"), "{}", ran.err);
    assert!(ran.err.contains("--accept-past procedure/"), "{}", ran.err);
    assert!(!stage.path("second").exists());
    let japanese = stage
        .warifu(&format!("--lang ja release draft --repo kikin {PLACE} --title second -o second"))
        .ends(1);
    assert!(japanese.err.contains("承認されていません"), "{}", japanese.err);

    // All but one class, one that is not there, and no reason.
    let classes = classes_of_the_past(&stage);
    let some = classes.split_once(',').unwrap().1;
    let why = "--reason correction --source notice-2";
    let draft_with = |classes: &str, why: &str, status: i32| {
        let past = format!("--accept-past {classes} {why}");
        stage
            .warifu(&format!("release draft --repo kikin {PLACE} --title second -o second {past}"))
            .ends(status)
    };
    draft_with(some, why, 1);
    draft_with(&format!("{classes},procedure/points/111000110"), why, 2);
    draft_with(&classes, "", 2);
    draft_with(&classes, why, 0);

    // The other side sees it before all else, and in a list.
    let review = stage.warifu(&format!("release review second --repo kokuho {PLACE}")).ends(0);
    let first = review.out.find("RETROACTIVE CHANGES").unwrap();
    assert!(first < review.out.find("release 2: second").unwrap(), "{}", review.out);
    assert!(review.out.contains("correction (notice-2)"), "{}", review.out);
    page_of(&stage);
    let command = format!("--lang ja release changes --repo kokuho {PLACE} -o changes.csv");
    let told = stage.warifu(&command).ends(0);
    assert!(told.err.contains(" 件を出力しました: ") && told.err.contains("changes.csv"), "{}", told.err);
    let list = std::fs::read_to_string(stage.path("changes.csv")).unwrap();
    assert!(list.starts_with("\u{feff}区分,コード,名称,診療日（初日）,"), "{list}");
    assert!(list.lines().count() > 300, "{}", list.lines().count());

    signed_and_published(&stage, "second");
}

/// The page of the draft `second`, as a reviewer opens and prints it.
fn page_of(stage: &Stage) {
    let Some(browser) = Browser::find("the page of a release's changes") else { return };
    let page = stage.path("changes.html");
    stage
        .warifu(&format!("--lang ja release review second --repo kokuho {PLACE} --html changes.html"))
        .ends(0);
    // A class that has what is looked for is opened.
    let find = "const find = document.getElementById('find');
        find.value = '特定妥結率再診料';
        find.dispatchEvent(new Event('input', { bubbles: true }));";
    let shown = browser.open(&with_script(&page, find), "", 1280);
    assert!(shown.console.is_empty() && shown.asked.is_empty(), "{:?} {:?}", shown.console, shown.asked);
    let seen = shown.seen();
    let places = [
        "リリース 2「second」の変更点",
        "<h2 class=\"grave\" tabindex=\"-1\">遡及変更",
        "procedure/bed_count_class（病床数区分）",
        "（notice-2）",
        "特定妥結率再診料",
        "以降の変更",
    ];
    let places: Vec<_> =
        places.iter().map(|text| seen.find(text).unwrap_or_else(|| panic!("{text}"))).collect();
    assert!(places[1] < places[2] && places[2] < places[5], "{places:?}");
    browser.print(&page, "", &stage.path("changes.pdf"));
    assert!(std::fs::metadata(stage.path("changes.pdf")).unwrap().len() > 100_000);
}

#[test]
fn what_reaches_back_can_wait_for_a_later_release() {
    let Some(_) = data("a release of the future alone") else { return };
    let stage = Stage::new();
    published(&stage);
    let future = format!("release draft --repo kikin {PLACE} --title future -o future --future-only");
    stage.warifu(&future).ends(0);
    let show = stage.warifu(&format!("release show future {PLACE} --json")).ends(0);
    let shown: Value = serde_json::from_str(&show.out).unwrap();
    let changes = &shown["manifest"]["changes"];
    assert_eq!((changes["past"].clone(), changes["past_and_future"].clone()), (0.into(), 0.into()));
    signed_and_published(&stage, "future");
    let checker = stage.serve("--poll 3600");
    assert_eq!(checker.status()["running"]["release"], 2, "{}", checker.status());

    // What is left is the past, and nothing else.
    let left = stage.warifu(&format!("release changes --repo kikin {PLACE} --json")).ends(0);
    let left: Value = serde_json::from_str(&left.out).unwrap();
    assert!(left["past"].as_u64().unwrap() > 300, "{left}");
    assert_eq!((left["past_and_future"].clone(), left["future"].clone()), (0.into(), 0.into()));
    draft_accepting(&stage, "past");
    signed_and_published(&stage, "past");
    stage.run("warifu-checker", &format!("swap --socket {}", checker.socket)).ends(0);
    assert_eq!(checker.status()["running"]["release"], 3, "{}", checker.status());
    // Nothing is left.
    let left = stage.warifu(&format!("release changes --repo kikin {PLACE} -o none.csv")).ends(0);
    assert!(left.out.starts_with("0 changes"), "{}", left.out);
}

#[test]
fn a_series_that_ended_long_ago_is_left_out_by_name() {
    let Some(data) = data("a series left out by its age") else { return };
    let stage = Stage::new();
    house(&stage);
    let series = "--series r02=procedure:2020-04-01..2022-03-31,material:2020-04-01..2022-03-31 \
                  --series r04=material:2022-04-01 --series r06=procedure:2024-06-01";
    stage.warifu(&format!("init kikin {series}")).ends(0);
    clone(&stage);
    for (series, file) in [
        ("r02", "procedure/s_ALL20220218.csv"),
        ("r02", "material/t_ALL20211216.csv"),
        ("r04", "material/t_ALL20231130.csv"),
        ("r06", "procedure/s_ALL20240531.csv"),
    ] {
        stage.warifu(&format!("import --repo kikin --series {series} {{data}}/{file}")).ends(0);
    }
    let released = |draft: &str| {
        pull(&stage);
        signed_and_published(&stage, draft);
    };
    draft(&stage, "first");
    released("first");
    let checker = stage.serve("--poll 3600");
    let claims = std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let not_held = |answer: &[Value]| {
        let is_of = |line: &&Value| line["code"] == "claim/master-not-held" && line["record"] == "SI";
        answer.iter().filter(is_of).count()
    };
    let (release, answer) = checker.check(&claims);
    assert_eq!((release, not_held(&answer)), (1, 0));

    let config = stage.path("kikin/warifu.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}\n[release]\nkeep_series_years = 3\n")).unwrap();
    stage.git("kikin", &["commit", "--quiet", "--all", "--message", "three years are kept"]);
    // Left as it is, where the past is left as it is.
    let future = stage
        .warifu(&format!("release draft --repo kikin {PLACE} --title future -o future --future-only"))
        .ends(0);
    assert!(!future.err.contains("is left out"), "{}", future.err);
    let second = format!("release draft --repo kikin {PLACE} --title second -o second");
    let ran = stage.warifu(&second).ends(1);
    assert!(ran.err.contains("--accept-past material/series,procedure/series "), "{}", ran.err);
    let ran = stage
        .warifu(&format!(
            "{second} --accept-past material/series,procedure/series --reason old --source law-5"
        ))
        .ends(0);
    assert!(ran.err.contains("r02/procedure is left out"), "{}", ran.err);
    let shown = stage.warifu(&format!("release show second {PLACE} --json")).ends(0).json();
    let held = shown["manifest"]["masters"].as_array().unwrap();
    let held: Vec<_> = held.iter().map(|master| (&master["series"], &master["kind"])).collect();
    assert_eq!(
        format!("{held:?}"),
        "[(String(\"r04\"), String(\"material\")), (String(\"r06\"), String(\"procedure\"))]"
    );
    released("second");

    stage.run("warifu-checker", &format!("swap --socket {}", checker.socket)).ends(0);
    let (release, answer) = checker.check(&claims);
    assert_eq!(release, 2);
    assert!(not_held(&answer) > 5, "{answer:?}");
    assert!(answer.iter().all(|line| line["code"] != "claim/points"), "{answer:?}");
    // June 2024 is judged as before.
    let (_, late) = checker.check(&moved(&data, "202406"));
    assert_eq!(not_held(&late), 0);
}

/// The sample claims with every month of theirs in another month.
pub(crate) fn moved(data: &Path, month: &str) -> Vec<u8> {
    let sample = std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let (from, to) = (b"202110", month.as_bytes());
    let mut moved = sample;
    for at in 0..moved.len() - from.len() {
        if moved[at..].starts_with(from) {
            moved[at..at + from.len()].copy_from_slice(to);
        }
    }
    moved
}
