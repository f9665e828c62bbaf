//! Which record was in force on a treatment day, from a repository: the published files of two series, and
//! what `git revert` and hands did to it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "a test changes the masters by hand")]

mod place;

use std::process::Command;

use place::{Place, base, change, comment, data, import_all};
use warifu::store::Life;
use warifu_masters::change::diff::fields_that_differ;
use warifu_masters::timeline::{Period, Row, Standing, What};
use warifu_values::day::TreatmentDay;

/// The one life of `key` that `rev` knows.
fn life(place: &Place, rev: &str, key: &str) -> Life {
    let mut lives = place.store.lives(rev, key).unwrap();
    assert_eq!(lives.len(), 1, "{key}");
    lives.remove(0)
}

/// What holds: the value of `field` and the version that says so, or what else.
fn told(life: &Life, period: &Period, field: &str) -> String {
    let name = |by| life.timeline.said(by).by.name().to_owned();
    match period.standing {
        Standing::InForce { by } => {
            let row = life.timeline.said(by).row.as_ref().unwrap();
            format!("{} {} {}", life.timeline.line(by).series, name(by), row.field(field))
        }
        Standing::Abolished { last, by } => format!("abolished {last} {}", name(by)),
        Standing::Withdrawn { by } => format!("withdrawn {}", name(by)),
        Standing::Gone { by } => format!("gone {}", name(by)),
        Standing::NotListed { by } => format!("not listed {}", name(by)),
        Standing::NotKnown(why) => format!("{why:?}"),
    }
}

fn on(life: &Life, day: &str, field: &str) -> String {
    told(life, life.timeline.on(TreatmentDay::parse(day).unwrap()).period, field)
}

/// What happened, with the version and the changes of the fields called `fields`.
fn events(life: &Life, fields: &[&str]) -> Vec<String> {
    let tell = |event: &warifu_masters::timeline::Event| {
        let changes = event.fields.iter().filter(|change| fields.contains(&change.id.as_str()));
        let changes: Vec<_> = changes.map(|change| format!(" {}>{}", change.from, change.to)).collect();
        format!("{} {:?}{}", life.timeline.said(event.source).by.name(), event.what, changes.concat())
    };
    life.timeline.life().iter().filter(|event| event.what != What::Restated).map(tell).collect()
}

/// `s_20220311` abolished 113033650 and changed 150410850, and its re-issue took both back without a word.
#[test]
fn a_differential_that_was_issued_again_says_nothing() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let files = ["s_ALL20220218", "s_20220304", "s_20220311", "s_20220318"];
    let files = files.map(|name| format!("procedure/{name}.csv"));
    import_all(&place, &data, &files.each_ref().map(String::as_str), "r04");
    let told = |rev: &str, day: &str| on(&life(&place, rev, "113033650"), day, "abolished_on");
    assert!(told("HEAD~1", "2022-05-01").starts_with("abolished"), "{}", told("HEAD~1", "2022-05-01"));
    assert!(told("HEAD", "2022-05-01").ends_with("99999999"), "{}", told("HEAD", "2022-05-01"));
    let changed = |rev: &str| events(&life(&place, rev, "150410850"), &[]);
    assert_eq!(changed("HEAD~1"), ["s_ALL20220218.csv FirstSeen", "s_20220311.csv Changed"]);
    assert_eq!(changed("HEAD"), ["s_ALL20220218.csv FirstSeen"]);
    // What the first issue said, and the last one repeats, is said by the last one.
    let state = place.store.state(&place.store.at("HEAD:r04/procedure").unwrap()).unwrap();
    let class = state.layout().position("change_class").unwrap();
    let new = (0..state.rows()).find(|row| state.bytes(*row, class) == b"3").unwrap();
    let told = events(&life(&place, "HEAD", &state.key(new)), &[]);
    assert_eq!(told, ["s_20220318.csv Introduced"]);
    let at = place.store.at("HEAD:r04/procedure").unwrap();
    let blamed = place.store.blame(&at, &state.key(new)).unwrap().unwrap();
    assert_eq!(blamed.fields[class].version, "s_20220318");
    assert!(blamed.fields.iter().all(|credit| credit.version != "s_20220311"), "{:?}", blamed.fields);
}

#[test]
fn procedure_across_the_revision_of_2024() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let r04 = ["s_ALL20220218", "s_20220331", "s_20220404"];
    let r06 = ["s_ALL20240531", "s_20240621", "s_20240628", "s_20240726"];
    let path = |name: &&str| format!("procedure/{name}.csv");
    for (series, names) in [("r04", &r04[..]), ("r06", &r06[..])] {
        let files: Vec<String> = names.iter().map(path).collect();
        import_all(&place, &data, &files.iter().map(String::as_str).collect::<Vec<_>>(), series);
    }
    let first = life(&place, "HEAD", "111000110");
    assert_eq!(on(&first, "2024-05-31", "points"), "r04 s_ALL20220218.csv 288.00");
    assert_eq!(on(&first, "2024-06-01", "points"), "r06 s_ALL20240531.csv 291.00");
    assert_eq!(on(&first, "2022-03-31", "points"), "NoSeries");
    assert_eq!(
        events(&first, &["points"]),
        ["s_ALL20220218.csv FirstSeen", "s_ALL20240531.csv CarriedOn 288.00>291.00"]
    );
    // What was known before r06 came in.
    let then = life(&place, "HEAD~4", "111000110");
    assert_eq!(on(&then, "2024-05-31", "points"), "r04 s_ALL20220218.csv 288.00");
    assert_eq!(on(&then, "2024-06-01", "points"), "NotHeld { line: 1 }");
    // Abolished with the first revision: usable on no day that r04 governs.
    let state = place.store.state(&place.store.at("HEAD~6:r04/procedure").unwrap()).unwrap();
    let last = place.store.state(&place.store.at("HEAD~5:r04/procedure").unwrap()).unwrap();
    let class = last.layout().position("change_class").unwrap();
    let row = (0..last.rows()).find(|row| last.bytes(*row, class) == b"9").unwrap();
    let key = last.key(row).into_owned();
    assert!(state.find(&key).is_some());
    let gone = life(&place, "HEAD", &key);
    assert_eq!(on(&gone, "2022-04-01", "points"), "abolished 2022-03-31 s_20220331.csv");
    assert_eq!(on(&gone, "2024-06-01", "points"), "not listed s_ALL20240531.csv");
}

#[test]
fn drugs_change_their_price_and_go_by_differentials() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let files: Vec<String> =
        place::files(&data, "drug").into_iter().filter(|file| !file.contains("sample")).collect();
    import_all(&place, &data, &files.iter().map(String::as_str).collect::<Vec<_>>(), "r06");
    let price = life(&place, "HEAD", "621984301");
    assert_eq!(on(&price, "2024-07-31", "price"), "r06 y_ALL20240321.csv 650826.00");
    assert_eq!(on(&price, "2024-08-01", "price"), "r06 y_20240717.csv 615752.00");
    assert_eq!(on(&price, "2025-04-01", "price"), "NoSeries", "r06 ends for drugs on 2025-03-31");
    assert_eq!(
        events(&price, &["price"]),
        ["y_ALL20240321.csv FirstSeen", "y_20240717.csv Changed 650826.00>615752.00"]
    );
    // A transition that is announced, then the end; the layout widens in between.
    let gone = life(&place, "HEAD", "610412126");
    assert_eq!(on(&gone, "2024-06-27", "transition_or_use_limit_on"), "r06 y_ALL20240321.csv 0");
    assert_eq!(on(&gone, "2024-09-30", "transition_or_use_limit_on"), "r06 y_20240628.csv 20240930");
    assert_eq!(on(&gone, "2024-10-01", "price"), "abolished 2024-09-30 y_20240925.csv");
    assert_eq!(
        events(&gone, &["transition_or_use_limit_on"]),
        [
            "y_ALL20240321.csv FirstSeen",
            "y_20240628.csv Changed 0>20240930",
            "y_20240925.csv Abolished { last: Some(TreatmentDay(20240930)) }",
            "y_20241018.csv Left"
        ]
    );
    // Announced on 2024-09-06, in force from 2024-10-01.
    let state = place.store.state(&place.store.at("HEAD:drug").unwrap()).unwrap();
    let row = (0..state.rows()).find(|row| state.key(*row).starts_with("67")).unwrap();
    let elective = life(&place, "HEAD", &state.key(row));
    assert_eq!(on(&elective, "2024-09-05", "elective_care_class"), "not listed y_ALL20240321.csv");
    assert_eq!(on(&elective, "2024-09-30", "elective_care_class"), "not listed y_ALL20240321.csv");
    assert_eq!(on(&elective, "2024-10-01", "elective_care_class"), "r06 y_20240906.csv 2");
    // On the last day of the series every record that is not abolished is the one of the newest state.
    let day = TreatmentDay::parse("2025-03-31").unwrap();
    for row in (0..state.rows()).step_by(487) {
        let (newest, key) = (Row::of(&state, row), state.key(row));
        let timeline = &life(&place, "HEAD", &key).timeline;
        match timeline.on(day).period.standing {
            Standing::InForce { by } => {
                let record = timeline.said(by).row.as_ref().unwrap();
                let differ: Vec<_> = fields_that_differ(record.master(), 0, newest.master(), 0).collect();
                assert!(differ.is_empty() || differ == [0], "{key}: {differ:?}, and 0 is the change class");
            }
            other => assert!(newest.field("abolished_on") != "99999999", "{key}: {other:?}"),
        }
    }
}

#[test]
fn a_comment_that_was_withdrawn_never_was_in_force() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let files = ["c_ALL20240412", "c_20240509", "c_20240524", "c_20240531", "c_20240719"];
    let files: Vec<String> = files.iter().map(|name| format!("comment/{name}.csv")).collect();
    import_all(&place, &data, &files.iter().map(String::as_str).collect::<Vec<_>>(), "r06");
    let withdrawn = life(&place, "HEAD", "850600196");
    assert_eq!(on(&withdrawn, "2024-06-01", "name"), "withdrawn c_20240531.csv");
    assert!(
        on(&life(&place, "HEAD~2", "850600196"), "2024-06-01", "name").starts_with("r06 c_ALL20240412.csv")
    );
}

fn git(place: &Place, args: &[&str]) -> bool {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.jp"];
    let done = Command::new("git").current_dir(place.path()).args(identity).args(args).output();
    done.is_ok_and(|output| output.status.success())
}

#[test]
fn an_import_that_was_taken_back_said_nothing() {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    place.import_bytes(change(1, "初診等").as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    let wrong = [change(1, "誤り"), comment("9", 30_001, "入院")].concat();
    place.import_bytes(wrong.as_bytes(), "c_20240705.csv", "r06", &[]).unwrap();
    if !git(&place, &["revert", "--no-edit", "HEAD"]) {
        return;
    }
    let first = life(&place, "HEAD", "810000001");
    assert_eq!(
        events(&first, &["name"]),
        ["c_ALL20240531.csv FirstSeen", "c_20240701.csv Changed 初診>初診等"]
    );
    assert_eq!(on(&first, "2024-07-01", "name"), "r06 c_20240701.csv 初診等");
    assert_eq!(on(&life(&place, "HEAD", "810030001"), "2024-08-01", "name"), "r06 c_ALL20240531.csv 入院");
    assert_eq!(first.newest[0].1.name(), "c_20240701.csv");
    // As it was known before it was taken back.
    assert_eq!(on(&life(&place, "HEAD~1", "810000001"), "2024-07-01", "name"), "r06 c_20240705.csv 誤り");
    // The right one, after it.
    place.import_bytes(change(1, "初診料等").as_bytes(), "c_20240708.csv", "r06", &[]).unwrap();
    let first = life(&place, "HEAD", "810000001");
    assert_eq!(on(&first, "2024-07-01", "name"), "r06 c_20240708.csv 初診料等");
    assert_eq!(events(&first, &["name"])[2..], ["c_20240708.csv Changed 初診等>初診料等"]);
}

/// The series begins with the full that stands, not with the one that was taken back.
#[test]
fn a_first_full_that_was_taken_back_begins_no_series() {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    if !git(&place, &["revert", "--no-edit", "HEAD"]) {
        return;
    }
    assert!(place.store.lives("HEAD", "810000001").unwrap().is_empty());
    let later = base().replace("20240601", "20240801");
    place.import_bytes(later.as_bytes(), "c_ALL20240701.csv", "r06", &[]).unwrap();
    let first = life(&place, "HEAD", "810000001");
    assert_eq!(events(&first, &[]), ["c_ALL20240701.csv FirstSeen"]);
    assert_eq!(on(&first, "2024-07-15", "name"), "BeforeOldest { line: 1 }");
}

#[test]
fn a_change_by_hand_is_told_by_its_commit() {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    let shard = place.path().join("masters/r06/comment/81000.csv");
    let text = std::fs::read_to_string(&shard).unwrap().replace("初診", "手書き");
    std::fs::write(&shard, text).unwrap();
    if !git(&place, &["commit", "-qam", "by hand"]) {
        return;
    }
    let first = life(&place, "HEAD", "810000001");
    let by_hand = &first.timeline.lines()[1].said()[1].by;
    assert_eq!((by_hand.file.as_deref(), by_hand.dated.to_string().as_str()), (None, "2024-05-31"));
    assert_eq!(on(&first, "2024-07-01", "name"), format!("r06 {} 手書き", &by_hand.commit[..12]));
}

/// A series that is held and that `warifu.toml` forgot leaves its days without an answer: that is an error.
#[test]
fn a_series_that_is_not_declared_any_more_is_named() {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    let file = place.path().join("warifu.toml");
    let text = std::fs::read_to_string(&file).unwrap().replace("series.r06", "series.r99");
    std::fs::write(&file, text).unwrap();
    if !git(&place, &["commit", "-qam", "rename"]) {
        return;
    }
    let error = place.store.lives("HEAD", "810000001").unwrap_err().to_string();
    assert!(error.starts_with("warifu.toml: series.r06 lacks effective.comment: write "), "{error}");
}
