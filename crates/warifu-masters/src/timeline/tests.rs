//! Each rule a case; then any sequence of publications against a slow answer for each day.

use std::sync::LazyLock;

use super::*;
use crate::file::read_canonical;
use crate::schema::Schemas;
use proptest::prelude::*;
use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay};

/// Class, text, changed on, abolished on.
type Fields<'a> = (&'a str, &'a str, &'a str, &'a str);

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().unwrap());

/// One invented comment.
fn comment((class, text, changed_on, abolished_on): Fields<'_>) -> Row {
    let layout = SCHEMAS.layout("comment-30").unwrap();
    let mut fields = vec![""; layout.width()];
    fields[..5].copy_from_slice(&[class, "C", "8", "10", "1"]);
    (fields[6], fields[20], fields[21]) = (text, changed_on, abolished_on);
    let canonical = format!("{}\n{}\n", layout.canonical_header(), fields.join(","));
    Row::of(&read_canonical(&SCHEMAS, "comment", canonical.into_bytes()).unwrap(), 0)
}

/// A series: effective, until, and what was published on which day.
fn line(
    series: &'static str,
    effective: &str,
    until: &str,
    said: &[(&str, Option<Fields<'_>>)],
) -> Line<&'static str> {
    let mut line = Line::new(series, EffectiveDate::parse(effective).unwrap(), TreatmentDay::parse(until));
    for (published, row) in said {
        let published = PublicationDay::parse(published).unwrap();
        line.push(Said { by: series, published, row: row.map(comment) });
    }
    line
}

/// One series from 2024-06-01.
fn r06(said: &[(&str, Option<Fields<'_>>)]) -> Timeline<&'static str> {
    Timeline::new(vec![line("r06", "20240601", "", said)])
}

/// What stands on a day: the text of the record in force, or why there is none.
fn standing(timeline: &Timeline<&'static str>, standing: Standing) -> String {
    let series = |by: Source| timeline.line(by).series.clone();
    match standing {
        Standing::InForce { by } => {
            let said = timeline.said(by);
            format!("{} of {}", said.row.as_ref().unwrap().label(), said.published)
        }
        Standing::NotListed { by } => format!("not in {}", series(by)),
        Standing::Abolished { last, .. } => format!("abolished {last}"),
        Standing::Withdrawn { by } => format!("withdrawn {}", timeline.said(by).published),
        Standing::Gone { by } => format!("gone {}", timeline.said(by).published),
        Standing::NotKnown(NotKnown::NoSeries) => "no series".to_owned(),
        Standing::NotKnown(NotKnown::NotHeld { line }) => {
            format!("{} not held", timeline.lines()[line].series)
        }
        Standing::NotKnown(NotKnown::BeforeOldest { .. }) => "unknown".to_owned(),
    }
}

/// Every period but the one before all series.
fn told(timeline: &Timeline<&'static str>) -> Vec<String> {
    let tell = |period: &Period| {
        let day = |day: Option<TreatmentDay>| day.map(|day| day.to_string()).unwrap_or_default();
        format!("{}..{} {}", day(period.first), day(period.last), standing(timeline, period.standing))
    };
    timeline.periods()[1..].iter().map(tell).collect()
}

fn life(timeline: &Timeline<&'static str>) -> Vec<String> {
    let tell = |event: &Event| {
        let fields: Vec<_> =
            event.fields.iter().map(|field| format!(" {} {}>{}", field.id, field.from, field.to)).collect();
        let from = event.from.map(|day| format!(" from {day}")).unwrap_or_default();
        let Source { line, .. } = event.source;
        let series = &timeline.lines()[line].series;
        format!(
            "{} {series} {:?}{from}{}",
            timeline.said(event.source).published,
            event.what,
            fields.concat()
        )
    };
    timeline.life().iter().map(tell).collect()
}

const OPEN: &str = "99999999";

#[test]
fn a_record_applies_from_its_day_but_not_before_its_series() {
    let timeline = r06(&[
        ("20240531", Some(("0", "一", "20200401", OPEN))),
        ("20240701", Some(("5", "二", "20240801", OPEN))),
    ]);
    assert_eq!(told(&timeline), ["2024-06-01..2024-07-31 一 of 2024-05-31", "2024-08-01.. 二 of 2024-07-01"]);
}

/// One invented row of a master of diseases: class, listed on, changed on, abolished on.
fn disease(kind: &str, (class, listed_on, changed_on, abolished_on): Fields<'_>) -> Row {
    let layout = SCHEMAS.editions(kind)[0];
    let mut fields = vec![""; layout.width()];
    fields[..4].copy_from_slice(&[class, "B", "2500013", "2500013"]);
    fields[5] = "病";
    fields[21..24].copy_from_slice(&[listed_on, changed_on, abolished_on]);
    let canonical = format!("{}\n{}\n", layout.canonical_header(), fields.join(","));
    Row::of(&read_canonical(&SCHEMAS, kind, canonical.into_bytes()).unwrap(), 0)
}

#[test]
fn what_never_changed_is_as_it_was_listed() {
    let told_by = |kind: &str, row: Fields<'_>| {
        let mut line = line("r06", "20240601", "", &[]);
        let published = PublicationDay::parse("20260101").unwrap();
        line.push(Said { by: "", published, row: Some(disease(kind, row)) });
        told(&Timeline::new(vec![line]))
    };
    assert_eq!(told_by("disease", ("0", "", "", OPEN)), ["2024-06-01.. 病 of 2026-01-01"]);
    assert_eq!(told_by("disease", ("0", "20150101", "", OPEN)), ["2024-06-01.. 病 of 2026-01-01"]);
    assert_eq!(
        told_by("disease", ("3", "20250101", "", OPEN)),
        ["2024-06-01..2024-12-31 not in r06", "2025-01-01.. 病 of 2026-01-01"]
    );
    assert_eq!(
        told_by("disease", ("5", "20150101", "20250101", OPEN)),
        ["2024-06-01..2024-12-31 unknown", "2025-01-01.. 病 of 2026-01-01"]
    );
    // Former ones: abolished long ago, and on the way out.
    assert_eq!(told_by("former-disease", ("9", "", "", "20030531")), ["2024-06-01.. abolished 2003-05-31"]);
    assert_eq!(
        told_by("former-disease", ("9", "", "20250101", "20251231")),
        [
            "2024-06-01..2024-12-31 unknown",
            "2025-01-01..2025-12-31 病 of 2026-01-01",
            "2026-01-01.. abolished 2025-12-31"
        ]
    );
}

#[test]
fn before_the_oldest_version_nothing_is_made_up() {
    let timeline = r06(&[("20250307", Some(("5", "二", "20250401", OPEN)))]);
    assert_eq!(told(&timeline), ["2024-06-01..2025-03-31 unknown", "2025-04-01.. 二 of 2025-03-07"]);
    let answer = timeline.on(TreatmentDay::parse("20250331").unwrap());
    assert_eq!(answer.after.unwrap().first, TreatmentDay::parse("20250401"));
    assert!(answer.before.is_none());
}

#[test]
fn a_new_row_was_not_there_before() {
    let timeline = r06(&[("20250307", Some(("3", "二", "20250401", OPEN)))]);
    assert_eq!(told(&timeline), ["2024-06-01..2025-03-31 not in r06", "2025-04-01.. 二 of 2025-03-07"]);
}

#[test]
fn a_record_that_the_oldest_full_lacks_is_not_listed_since_that_full_only() {
    let full = ("20240710", None);
    let timeline = r06(&[full, ("20240801", Some(("5", "一", "20240901", OPEN)))]);
    assert_eq!(
        told(&timeline),
        [
            "2024-06-01..2024-07-09 unknown",
            "2024-07-10..2024-08-31 not in r06",
            "2024-09-01.. 一 of 2024-08-01"
        ]
    );
}

#[test]
fn the_newest_publication_that_speaks_about_a_day_holds() {
    let timeline = r06(&[
        ("20240531", Some(("0", "一", "20240601", OPEN))),
        ("20240701", Some(("5", "二", "20240801", OPEN))),
        ("20240820", Some(("5", "二の訂正", "20240801", OPEN))),
        ("20240830", Some(("5", "三", "20240715", OPEN))),
    ]);
    assert_eq!(told(&timeline), ["2024-06-01..2024-07-14 一 of 2024-05-31", "2024-07-15.. 三 of 2024-08-30"]);
}

#[test]
fn an_announced_change_that_comes_again_with_a_later_day_is_moved() {
    let announced = [
        ("20240531", Some(("0", "一", "20240601", OPEN))),
        ("20240701", Some(("5", "二", "20240801", OPEN))),
    ];
    let moved = r06(&[&announced[..], &[("20240710", Some(("5", "二", "20240901", OPEN)))]].concat());
    assert_eq!(told(&moved), ["2024-06-01..2024-08-31 一 of 2024-05-31", "2024-09-01.. 二 of 2024-07-10"]);
    // It was in force by then: its days have passed.
    let later = r06(&[&announced[..], &[("20240810", Some(("5", "二", "20240901", OPEN)))]].concat());
    assert_eq!(told(&later)[1], "2024-08-01..2024-08-31 二 of 2024-07-01");
    // Another change on top of the announced one, which stays.
    let stacked = r06(&[&announced[..], &[("20240710", Some(("5", "三", "20240901", OPEN)))]].concat());
    assert_eq!(told(&stacked)[1], "2024-08-01..2024-08-31 二 of 2024-07-01");
}

#[test]
fn the_last_usable_day_is_usable() {
    let timeline = r06(&[
        ("20240531", Some(("0", "一", "20240601", OPEN))),
        ("20240912", Some(("9", "一", "20241001", "20240930"))),
        ("20241001", None),
    ]);
    assert_eq!(
        told(&timeline),
        ["2024-06-01..2024-09-30 一 of 2024-05-31", "2024-10-01.. abolished 2024-09-30"]
    );
    assert_eq!(
        life(&timeline),
        [
            "2024-05-31 r06 FirstSeen from 2024-06-01",
            "2024-09-12 r06 Abolished { last: Some(TreatmentDay(20240930)) }",
            "2024-10-01 r06 Left"
        ]
    );
}

#[test]
fn an_abolished_row_that_keeps_its_day_says_the_same() {
    let timeline = r06(&[("20240731", Some(("9", "一", "20240615", "20240930")))]);
    assert_eq!(
        told(&timeline),
        [
            "2024-06-01..2024-06-14 unknown",
            "2024-06-15..2024-09-30 一 of 2024-07-31",
            "2024-10-01.. abolished 2024-09-30"
        ]
    );
    // After a version with the same day and fields it says the end only.
    let timeline = r06(&[
        ("20240701", Some(("5", "一", "20240615", OPEN))),
        ("20240731", Some(("9", "一", "20240615", "20240930"))),
    ]);
    assert_eq!(told(&timeline)[1], "2024-06-15..2024-09-30 一 of 2024-07-01");
    // Its day is the one after its end: since when it was so is not told.
    let timeline = r06(&[("20240731", Some(("9", "一", "20241001", "20240930")))]);
    assert_eq!(told(&timeline), ["2024-06-01..2024-09-30 unknown", "2024-10-01.. abolished 2024-09-30"]);
}

#[test]
fn abolished_and_there_again_leaves_a_gap() {
    let timeline = r06(&[
        ("20240531", Some(("0", "一", "20240601", OPEN))),
        ("20240720", Some(("9", "一", "20240801", "20240731"))),
        ("20240901", None),
        ("20241010", Some(("3", "二", "20241101", OPEN))),
    ]);
    assert_eq!(
        told(&timeline),
        [
            "2024-06-01..2024-07-31 一 of 2024-05-31",
            "2024-08-01..2024-10-31 abolished 2024-07-31",
            "2024-11-01.. 二 of 2024-10-10"
        ]
    );
    assert_eq!(life(&timeline)[3], "2024-10-10 r06 CameAgain from 2024-11-01");
}

#[test]
fn an_abolition_that_a_full_takes_back_did_not_happen() {
    let timeline = r06(&[
        ("20240531", Some(("0", "一", "20240601", OPEN))),
        ("20240720", Some(("9", "一", "20240801", "20240731"))),
        ("20240725", Some(("0", "一", "20240601", OPEN))),
    ]);
    assert_eq!(told(&timeline), ["2024-06-01.. 一 of 2024-07-25"]);
}

#[test]
fn a_withdrawn_entry_never_was_in_force() {
    let timeline = r06(&[
        ("20240306", None),
        ("20240312", Some(("3", "一", "20240601", OPEN))),
        ("20240321", Some(("1", "一", "20240601", OPEN))),
        ("20240329", None),
    ]);
    assert_eq!(told(&timeline), ["2024-06-01.. withdrawn 2024-03-21"]);
    assert_eq!(
        life(&timeline),
        [
            "2024-03-12 r06 Introduced from 2024-06-01",
            "2024-03-21 r06 Withdrawn from 2024-06-01",
            "2024-03-29 r06 Left"
        ]
    );
}

#[test]
fn a_row_that_vanishes_without_a_word_is_gone_from_that_publication_on() {
    let timeline = r06(&[
        ("20240531", Some(("0", "一", "20240601", OPEN))),
        ("20240701", Some(("5", "二", "20241201", OPEN))),
        ("20240815", None),
    ]);
    assert_eq!(told(&timeline), ["2024-06-01..2024-08-14 一 of 2024-05-31", "2024-08-15.. gone 2024-08-15"]);
    assert_eq!(life(&timeline)[2], "2024-08-15 r06 Vanished from 2024-08-15");
}

#[test]
fn an_abolition_without_a_day_is_no_last_day() {
    let timeline = r06(&[
        ("20240531", Some(("0", "一", "20240601", OPEN))),
        ("20240815", Some(("9", "一", "20240601", OPEN))),
    ]);
    assert_eq!(told(&timeline)[1], "2024-08-15.. gone 2024-08-15");
    assert_eq!(life(&timeline)[1], "2024-08-15 r06 Abolished { last: None }");
}

#[test]
fn series_overlap_in_publication_and_not_in_force() {
    let r04 = line(
        "r04",
        "20220401",
        "20240531",
        &[
            ("20220218", Some(("0", "旧", "20200401", OPEN))),
            ("20240516", Some(("5", "旧二", "20240516", OPEN))),
        ],
    );
    let r06 = line("r06", "20240601", "", &[("20240306", Some(("5", "新", "20240601", OPEN)))]);
    let timeline = Timeline::new(vec![r06, r04]);
    assert_eq!(
        told(&timeline),
        [
            "2022-04-01..2024-05-15 旧 of 2022-02-18",
            "2024-05-16..2024-05-31 旧二 of 2024-05-16",
            "2024-06-01.. 新 of 2024-03-06"
        ]
    );
    assert_eq!(
        life(&timeline),
        [
            "2022-02-18 r04 FirstSeen from 2022-04-01",
            "2024-03-06 r06 CarriedOn from 2024-06-01 name 旧>新",
            "2024-05-16 r04 Changed from 2024-05-16 name 旧>旧二"
        ]
    );
}

#[test]
fn a_series_that_is_not_held_and_days_that_no_series_governs_are_not_known() {
    let r04 = line("r04", "20220401", "20240430", &[("20220218", Some(("0", "旧", "20200401", OPEN)))]);
    let r06 = line("r06", "20240601", "20260531", &[]);
    let timeline = Timeline::new(vec![r04, r06]);
    assert_eq!(
        told(&timeline),
        [
            "2022-04-01..2024-04-30 旧 of 2022-02-18",
            "2024-05-01..2024-05-31 no series",
            "2024-06-01..2026-05-31 r06 not held",
            "2026-06-01.. no series"
        ]
    );
    // Without a last day the next series ends the one before.
    let r04 = line("r04", "20220401", "", &[("20220218", Some(("0", "旧", "20200401", OPEN)))]);
    let timeline = Timeline::new(vec![r04, line("r06", "20240601", "", &[])]);
    assert_eq!(told(&timeline), ["2022-04-01..2024-05-31 旧 of 2022-02-18", "2024-06-01.. r06 not held"]);
}

#[test]
fn a_code_that_the_next_series_lacks_is_not_carried_on() {
    let r04 = line("r04", "20220401", "20240531", &[("20220218", Some(("0", "旧", "20200401", OPEN)))]);
    let r06 =
        line("r06", "20240601", "", &[("20240531", None), ("20240801", Some(("3", "新", "20240901", OPEN)))]);
    let timeline = Timeline::new(vec![r04, r06]);
    assert_eq!(
        told(&timeline),
        [
            "2022-04-01..2024-05-31 旧 of 2022-02-18",
            "2024-06-01..2024-08-31 not in r06",
            "2024-09-01.. 新 of 2024-08-01"
        ]
    );
    assert_eq!(
        life(&timeline)[1..],
        ["2024-05-31 r06 NotCarriedOn", "2024-08-01 r06 CameAgain from 2024-09-01"]
    );
}

#[test]
fn bookkeeping_alone_is_told_apart() {
    let timeline = r06(&[
        ("20240531", Some(("0", "一", "20240601", OPEN))),
        ("20240701", Some(("5", "一", "20240701", OPEN))),
        ("20240708", Some(("0", "一", "20240701", OPEN))),
        ("20240801", Some(("5", "二", "20240801", OPEN))),
    ]);
    assert_eq!(
        life(&timeline)[1..],
        ["2024-07-01 r06 Restated from 2024-07-01", "2024-08-01 r06 Changed from 2024-08-01 name 一>二"]
    );
    let restated = &timeline.life()[1].bookkeeping;
    assert_eq!((restated.len(), restated[0].id.as_str()), (1, "changed_on"));
}

/// A drug in the edition of that many columns; `last` is what its last column holds.
fn drug(edition: &str, price: &str, last: &str) -> Row {
    let layout = SCHEMAS.layout(edition).unwrap();
    let mut fields = vec![""; layout.width()];
    fields[..3].copy_from_slice(&["0", "Y", "699999999"]);
    (fields[11], fields[29], fields[30]) = (price, "20240401", OPEN);
    fields[layout.width() - 1] = last;
    let canonical = format!("{}\n{}\n", layout.canonical_header(), fields.join(","));
    Row::of(&read_canonical(&SCHEMAS, "drug", canonical.into_bytes()).unwrap(), 0)
}

#[test]
fn a_wider_layout_is_a_change_only_where_a_new_column_is_filled() {
    let mut line = Line::new("r06", EffectiveDate::parse("20240401").unwrap(), None);
    for (published, row) in [
        ("20240321", drug("drug-40", "10.00", "")),
        ("20240906", drug("drug-42", "10.00", "")),
        ("20240925", drug("drug-42", "10.00", "1")),
    ] {
        line.push(Said { by: "", published: PublicationDay::parse(published).unwrap(), row: Some(row) });
    }
    let timeline = Timeline::new(vec![line]);
    assert_eq!(
        life(&timeline),
        [
            "2024-03-21 r06 FirstSeen from 2024-04-01",
            "2024-09-25 r06 Changed from 2024-04-01 elective_care_class >1"
        ]
    );
}

/// A day of January or February 2024, by number.
fn day(number: u32) -> TreatmentDay {
    (0..number).fold(TreatmentDay::parse("20240101").unwrap(), |day, _| day.after())
}

/// What one publication says in the property below.
#[derive(Debug, Clone)]
enum Told {
    Absent,
    Row { class: &'static str, text: u8, changed: u32, last: Option<u32> },
}

fn any_told() -> impl Strategy<Value = (u32, Told)> {
    let class = prop::sample::select(vec!["0", "3", "5", "9", "1"]);
    let row = (class, 0u8..3, 0u32..50, prop::option::of(0u32..50))
        .prop_map(|(class, text, changed, last)| Told::Row { class, text, changed, last });
    (0u32..50, prop_oneof![1 => Just(Told::Absent), 5 => row])
}

fn any_lines() -> impl Strategy<Value = Vec<Line<&'static str>>> {
    let one = (0u32..40, prop::option::of(0u32..50), prop::collection::vec(any_told(), 0..7));
    prop::collection::vec(one, 1..4).prop_map(|lines| {
        let digits = |number: u32| day(number).as_number().to_string();
        let made = lines.into_iter().map(|(effective, until, said)| {
            let effective = EffectiveDate::parse(&digits(effective)).unwrap();
            let mut line = Line::new("r", effective, until.map(day));
            for (published, told) in said {
                let row = match told {
                    Told::Absent => None,
                    Told::Row { class, text, changed, last } => Some(comment((
                        class,
                        ["一", "二", "三"][usize::from(text)],
                        &digits(changed),
                        &last.map_or(OPEN.to_owned(), digits),
                    ))),
                };
                let published = PublicationDay::parse(&digits(published)).unwrap();
                line.push(Said { by: "", published, row });
            }
            line
        });
        made.collect()
    })
}

/// The answer for one day, looked for from the newest publication backwards; written without periods.
fn slowly(lines: &[Line<&'static str>], on: TreatmentDay) -> Standing {
    let begun = lines.iter().rposition(|line| line.effective.first_treatment() <= on);
    let Some(number) = begun.filter(|number| lines[*number].until.is_none_or(|until| on <= until)) else {
        return Standing::NotKnown(NotKnown::NoSeries);
    };
    let said = &lines[number].said;
    if said.is_empty() {
        return Standing::NotKnown(NotKnown::NotHeld { line: number });
    }
    let starts = |row: &Row| row.day("changed_on").unwrap();
    let ends = |row: &Row| row.day("abolished_on");
    let class = |row: &Row| row.field("change_class").to_owned();
    let counts = |row: &Row| {
        !(class(row) == "1" || class(row) == "9" && ends(row).is_none())
            && ends(row).is_none_or(|last| starts(row) <= last)
    };
    // An abolition that changes nothing else leaves its days to the one who said them.
    let continues = |at: usize, row: &Row, last: TreatmentDay| {
        let before = at.checked_sub(1).and_then(|before| said[before].row.as_ref());
        before.is_some_and(|before| {
            !before.is_marked()
                && before.label() == row.label()
                && starts(before) == starts(row)
                && ends(before).is_none_or(|ended| last <= ended)
        })
    };
    for at in (0..said.len()).rev() {
        let by = Source { line: number, said: at };
        let published = said[at].published.treatment();
        let Some(row) = &said[at].row else {
            let before = at.checked_sub(1).and_then(|before| said[before].row.as_ref());
            let announced = before.is_some_and(|row| row.is_marked() || ends(row).is_some());
            match before {
                _ if announced || on < published => continue,
                Some(_) => return Standing::Gone { by },
                None => return Standing::NotListed { by },
            }
        };
        if class(row) == "1" {
            if on >= starts(row) {
                return Standing::Withdrawn { by };
            }
            continue;
        }
        if class(row) == "9" && ends(row).is_none() {
            if on >= published {
                return Standing::Gone { by };
            }
            continue;
        }
        if counts(row)
            && let Some(Said { row: Some(next), published, .. }) = said.get(at + 1)
            && counts(next)
            && next.label() == row.label()
            && ends(next) == ends(row)
            && published.treatment() < starts(row).max(lines[number].effective.first_treatment())
            && starts(next).max(lines[number].effective.first_treatment())
                > starts(row).max(lines[number].effective.first_treatment())
        {
            continue;
        }
        match ends(row) {
            Some(last) if on > last && (on >= starts(row) || starts(row) > last) => {
                return Standing::Abolished { last, by };
            }
            Some(last) if starts(row) > last => {}
            _ if on < starts(row) => {}
            Some(last) if class(row) == "9" && continues(at, row, last) => {}
            _ => return Standing::InForce { by },
        }
    }
    let first = said.iter().enumerate().find_map(|(at, said)| Some((at, said.row.as_ref()?)));
    match first {
        Some((said, row)) if class(row) == "3" => Standing::NotListed { by: Source { line: number, said } },
        _ => Standing::NotKnown(NotKnown::BeforeOldest { line: number }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn periods_cover_every_day_once_and_agree_with_a_slow_answer(lines in any_lines()) {
        let timeline = Timeline::new(lines);
        let periods = timeline.periods();
        prop_assert!(periods[0].first.is_none() && periods.last().unwrap().last.is_none());
        for pair in periods.windows(2) {
            prop_assert_eq!(pair[0].last.map(TreatmentDay::after), pair[1].first);
            prop_assert!(pair[0].standing != pair[1].standing);
        }
        for number in 0..60 {
            let answer = timeline.on(day(number));
            prop_assert_eq!(answer.period.standing, slowly(timeline.lines(), day(number)), "{}", day(number));
            prop_assert!(answer.period.first.is_none_or(|first| first <= day(number)));
            prop_assert!(answer.period.last.is_none_or(|last| day(number) <= last));
        }
        prop_assert!(timeline.life().len() <= timeline.lines().iter().map(|line| line.said().len()).sum());
    }
}
