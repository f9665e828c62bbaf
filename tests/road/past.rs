//! The past is signed: what a release changes for days that have been is refused unless it is accepted by
//! name, told to the other side, and the same for whoever computes it.

use std::path::Path;

use serde_json::Value;

use crate::releases::{
    PLACE, classes_of_the_past, draft_accepting, publish, published_procedures, pull, sign,
};
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
    assert!(ran.err.contains("procedure/bed_count_class: "), "{}", ran.err);
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
    stage.warifu(&format!("release changes --repo kokuho {PLACE} -o changes.csv")).ends(0);
    let list = std::fs::read_to_string(stage.path("changes.csv")).unwrap();
    assert!(list.starts_with("kind,code,what,first,last,old,new,published\n"), "{list}");
    assert!(list.lines().count() > 300, "{}", list.lines().count());

    sign(&stage, "second", "kikin", "aoki", 0);
    sign(&stage, "second", "kokuho", "baba", 0);
    publish(&stage, "second", 0);
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
    sign(&stage, "future", "kikin", "aoki", 0);
    sign(&stage, "future", "kokuho", "baba", 0);
    publish(&stage, "future", 0);
    let checker = stage.serve("--poll 3600");
    assert_eq!(checker.status()["running"]["release"], 2, "{}", checker.status());

    // What is left is the past, and nothing else.
    let left = stage.warifu(&format!("release changes --repo kikin {PLACE} --json")).ends(0);
    let left: Value = serde_json::from_str(&left.out).unwrap();
    assert!(left["past"].as_u64().unwrap() > 300, "{left}");
    assert_eq!((left["past_and_future"].clone(), left["future"].clone()), (0.into(), 0.into()));
    draft_accepting(&stage, "past");
    sign(&stage, "past", "kikin", "aoki", 0);
    sign(&stage, "past", "kokuho", "baba", 0);
    publish(&stage, "past", 0);
    stage.run("warifu-checker", &format!("swap --url {}", checker.url)).ends(0);
    assert_eq!(checker.status()["running"]["release"], 3, "{}", checker.status());
    // Nothing is left.
    let left = stage.warifu(&format!("release changes --repo kikin {PLACE} -o none.csv")).ends(0);
    assert!(left.out.starts_with("0 changes"), "{}", left.out);
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
