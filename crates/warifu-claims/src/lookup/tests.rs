use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Absence, By, Lookup, MasterOf, Snapshot, SnapshotError};
use crate::item_code::ItemKind;
use warifu_masters::file::read_canonical;
use warifu_masters::past::{Governs, Standing, Timelines, TimelinesBuilder};
use warifu_masters::schema::{ABOLISHED_ON, CHANGE_CLASS, CHANGED_ON, LISTED_ON, Layout, Schemas};
use warifu_masters::table::Master;
use warifu_masters::timeline::{Line, Row, Said};
use warifu_rules::readable;
use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().unwrap());

fn day(text: &str) -> TreatmentDay {
    TreatmentDay::parse(text).unwrap()
}

fn published(text: &str) -> PublicationDay {
    PublicationDay::parse(text).unwrap()
}

/// A master of records with these fields, in the newest edition.
fn master(kind: &str, records: &[&[(&str, &str)]]) -> Master {
    in_edition(SCHEMAS.editions(kind).into_iter().last().unwrap(), records)
}

fn in_edition(layout: &Layout, records: &[&[(&str, &str)]]) -> Master {
    let mut text = layout.canonical_header() + "\n";
    for record in records {
        let mut fields = vec![""; layout.width()];
        for (id, value) in *record {
            fields[layout.column(id).unwrap()] = value;
        }
        writeln!(text, "{}", fields.join(",")).unwrap();
    }
    read_canonical(&SCHEMAS, &layout.kind, text.into_bytes()).unwrap()
}

/// What publications said of materials: class, name, from when, until when; nothing when one lacks it.
type Fields<'a> = (&'a str, &'a str, &'a str, &'a str);
type Told<'a> = Vec<(&'a str, Option<Fields<'a>>)>;

fn material(code: &str, (class, name, from, to): Fields<'_>) -> Master {
    let days = [(CHANGED_ON, from), (ABOLISHED_ON, to)];
    let fields = [(CHANGE_CLASS, class), ("master_type", "T"), ("material_code", code), ("name", name)];
    master("material", &[&[&fields[..], &days[..]].concat()])
}

/// A series of materials: its days, since when its list is known, and what was said of each code.
#[derive(Debug, Clone)]
struct Series<'a> {
    name: &'a str,
    first: &'a str,
    last: Option<&'a str>,
    known_from: &'a str,
    told: Vec<(&'a str, Told<'a>)>,
}

struct Made {
    name: String,
    state: Master,
    timelines: Timelines,
}

impl Series<'_> {
    fn make(&self) -> Made {
        let governs = Governs { first: day(self.first), last: self.last.map(day) };
        let last = |(code, told): &(&str, Told<'_>)| Some(material(code, told.last()?.1?));
        let rows: Vec<_> = self.told.iter().filter_map(last).collect();
        let mut text = SCHEMAS.editions("material").into_iter().last().unwrap().canonical_header() + "\n";
        for row in rows {
            let mut bytes = Vec::new();
            row.push_canonical_row(0, &mut bytes);
            text += std::str::from_utf8(&bytes).unwrap();
        }
        let state = read_canonical(&SCHEMAS, "material", text.into_bytes()).unwrap();
        let mut builder = TimelinesBuilder::new(governs, day(self.known_from), &state);
        for (code, told) in &self.told {
            let effective = EffectiveDate::parse(self.first).unwrap();
            let mut line = Line::new(self.name, effective, governs.last);
            for (on, fields) in told {
                let row = fields.map(|fields| Row::of(&material(code, fields), 0));
                line.push(Said { by: (), published: published(on), row });
            }
            builder.push(code, line);
        }
        let timelines = builder.finish();
        Made { name: self.name.to_owned(), timelines, state }
    }
}

impl Made {
    fn of(&self) -> MasterOf<'_> {
        MasterOf { series: &self.name, kind: "material", master: &self.state, timelines: &self.timelines }
    }
}

fn build(all: &[Made]) -> Snapshot {
    Snapshot::build(&all.iter().map(Made::of).collect::<Vec<_>>()).unwrap()
}

/// The answer in words.
fn ask(snapshot: &Snapshot, code: u32, on: &str) -> String {
    let by = |by: Option<By<'_>>| match by {
        Some(By { series, name }) => format!(" by {series} {}", name.unwrap_or("nameless")),
        None => String::new(),
    };
    match snapshot.material(code, day(on)) {
        Lookup::InForce(held) => format!("{} of {}", held.name(), held.series),
        Lookup::Absent(absence, of) => {
            let absence = match absence {
                Absence::NotKnown(Some(from)) => format!("not known until {from}"),
                Absence::NotKnown(None) => "not known".to_owned(),
                Absence::Abolished(last) | Absence::Succeeded(last, _) => format!("until {last}"),
                Absence::Unknown => "unknown".to_owned(),
                Absence::NotHeld => "not held".to_owned(),
            };
            absence + &by(of)
        }
    }
}

const OPEN: &str = "99999999";

#[test]
fn every_day_has_its_own_record() {
    let r04 = Series {
        name: "r04",
        first: "20220401",
        last: Some("20240531"),
        known_from: "20220401",
        told: vec![
            (
                "711000110",
                vec![
                    ("20220318", Some(("0", "一", "20200401", OPEN))),
                    ("20230620", Some(("5", "二", "20230701", OPEN))),
                    ("20231120", Some(("9", "二", "20230701", "20231231"))),
                    ("20240120", None),
                ],
            ),
            ("711000120", vec![("20220318", None), ("20221220", Some(("3", "三", "20230101", OPEN)))]),
            ("711000130", vec![("20220318", Some(("0", "四", "20230401", OPEN)))]),
        ],
    };
    let r06 = Series {
        name: "r06",
        first: "20240601",
        last: None,
        known_from: "20240701",
        told: vec![("711000110", vec![("20240520", Some(("0", "五", "20240601", OPEN)))])],
    };
    let both = build(&[r04.make(), r06.make()]);
    for (code, on, answer) in [
        (711000110, "20220331", "not held"),
        (711000110, "20220401", "一 of r04"),
        (711000110, "20230630", "一 of r04"),
        (711000110, "20230701", "二 of r04"),
        (711000110, "20231231", "二 of r04"),
        (711000110, "20240101", "until 2023-12-31 by r04 二"),
        (711000110, "20240531", "until 2023-12-31 by r04 二"),
        (711000110, "20240601", "五 of r06"),
        // It was not listed yet.
        (711000120, "20221231", "unknown by r04 三"),
        (711000120, "20230101", "三 of r04"),
        // The next series does not list it. Which ones it does is known later.
        (711000120, "20240601", "not known until 2024-07-01 by r06 nameless"),
        (711000120, "20240701", "unknown by r06 nameless"),
        // The oldest publication gives a version that begins later.
        (711000130, "20230331", "not known until 2023-04-01 by r04 四"),
        (711000130, "20230401", "四 of r04"),
        (711000140, "20220331", "not held"),
        (711000140, "20240531", "unknown by r04 nameless"),
    ] {
        assert_eq!(ask(&both, code, on), answer, "{code} {on}");
    }
    // Two of the first code, one of each other; the newest state of r04 has no first one any more.
    assert_eq!(both.records(ItemKind::Material), 5);
}

#[test]
fn a_use_limit_ends_the_days_of_its_record_and_of_no_other() {
    // What is superseded keeps the edition that it was published in.
    let editions = SCHEMAS.editions("drug");
    let drug = |at: usize, [class, name, from, limit]: [&str; 4]| -> Master {
        let fields = [(CHANGE_CLASS, class), ("drug_code", "620000001"), ("name", name)];
        let days = [(CHANGED_ON, from), (ABOLISHED_ON, OPEN), ("transition_or_use_limit_on", limit)];
        in_edition(editions[at], &[&[&fields[..], &days[..]].concat()])
    };
    let answers = |old_limit: &str, limit: &str| {
        let old = drug(0, ["0", "旧", "20240401", old_limit]);
        let new = drug(editions.len() - 1, ["5", "新", "20240701", limit]);
        assert!(old.layout().width() < new.layout().width());
        let governs = Governs { first: day("20240401"), last: Some(day("20260531")) };
        let mut line = Line::new("r06", EffectiveDate::from_first(governs.first), governs.last);
        line.push(Said { by: (), published: published("20240321"), row: Some(Row::of(&old, 0)) });
        line.push(Said { by: (), published: published("20240613"), row: Some(Row::of(&new, 0)) });
        let mut builder = TimelinesBuilder::new(governs, governs.first, &new);
        builder.push("620000001", line);
        let timelines = builder.finish();
        let of = MasterOf { series: "r06", kind: "drug", master: &new, timelines: &timelines };
        let snapshot = Snapshot::build(&[of]).unwrap();
        let answer = |on| match snapshot.drug(620_000_001, day(on)) {
            Lookup::InForce(held) => held.name().to_owned(),
            Lookup::Absent(Absence::Abolished(last), Some(By { name: Some(name), .. })) => {
                format!("{name} until {last}")
            }
            Lookup::Absent(absence, _) => format!("{absence:?}"),
        };
        ["20240515", "20240516", "20240630", "20240701", "20260331", "20260401", "20260601"].map(answer)
    };
    let may = "旧 until 2024-05-15";
    assert_eq!(answers("20240515", "0"), ["旧", may, may, "新", "新", "新", "NotHeld"]);
    let march = "新 until 2026-03-31";
    assert_eq!(answers("", "20260331"), ["旧", "旧", "旧", "新", "新", march, "NotHeld"]);
    // On its last day, and before its first: as if it had not been listed on any day of its own.
    assert_eq!(answers("20240630", "20260531"), ["旧", "旧", "旧", "新", "新", "新", "NotHeld"]);
    let early = "新 until 2024-03-31";
    assert_eq!(answers("", "20240331"), ["旧", "旧", "旧", early, early, early, "NotHeld"]);
}

#[test]
fn what_stays_as_it_was_is_one_version() {
    // The second publication changes a column that no check reads.
    let told = |second| {
        let told = vec![("20220318", Some(("0", "一", "20200401", OPEN))), ("20240610", second)];
        let told = vec![("711000110", told)];
        Series { name: "r06", first: "20240401", last: None, known_from: "20240401", told }.make()
    };
    let held = |made: Made| {
        let snapshot = build(&[made]);
        let of = |on| match snapshot.material(711_000_110, day(on)) {
            Lookup::InForce(held) => held,
            absent => panic!("{absent:?}"),
        };
        of("20240615").is_same(&of("20240616"))
    };
    assert!(held(told(Some(("5", "一", "20240616", OPEN)))));
    assert!(!held(told(Some(("5", "二", "20240616", OPEN)))));
}

#[test]
fn one_series_twice_is_refused() {
    let told = vec![("711000110", vec![("20240520", Some(("0", "一", "20240601", OPEN)))])];
    let made = Series { name: "r06", first: "20240601", last: None, known_from: "20240601", told }.make();
    let built = Snapshot::build(&[made.of(), made.of()]);
    assert!(matches!(built, Err(SnapshotError::Twice { .. })), "{built:?}");
}

#[test]
fn timelines_of_another_master_are_refused() {
    let series = |code| {
        let told = vec![(code, vec![("20240520", Some(("0", "一", "20240601", OPEN)))])];
        Series { name: "r06", first: "20240601", last: None, known_from: "20240601", told }.make()
    };
    let (one, other) = (series("711000110"), series("711000120"));
    for (state, timelines) in [(&one, &other), (&other, &one)] {
        let of = MasterOf { timelines: &timelines.timelines, ..state.of() };
        let built = Snapshot::build(&[of]);
        assert!(matches!(built, Err(SnapshotError::Strangers { .. })), "{built:?}");
    }
}

/// Days of January to March 2024, by number.
static DAYS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let first = day("20240101");
    let all = std::iter::successors(Some(first), |day| Some(day.after()));
    all.take(70).map(|day| day.as_number().to_string()).collect()
});

const CODES: [&str; 4] = ["711000110", "711000120", "711000130", "711000140"];

fn any_told() -> impl Strategy<Value = Told<'static>> {
    let a_day = |to: usize| (0..to).prop_map(|at| DAYS[at].as_str());
    let class = prop::sample::select(vec!["0", "3", "5", "9", "1"]);
    let name = prop::sample::select(vec!["一", "二", "三"]);
    let last = prop_oneof![Just(OPEN), a_day(50)];
    let said = prop_oneof![1 => Just(None), 5 => (class, name, a_day(50), last).prop_map(Some)];
    prop::collection::vec((a_day(50), said), 1..6)
}

fn any_series(name: &'static str) -> impl Strategy<Value = Series<'static>> {
    let days = (0usize..20, prop::option::of(20usize..60), 0usize..20);
    (days, prop::collection::vec(any_told(), 3)).prop_map(move |((first, last, known_from), told)| Series {
        name,
        first: &DAYS[first],
        last: last.map(|last| DAYS[last].as_str()),
        known_from: &DAYS[known_from],
        told: CODES.into_iter().zip(told).collect(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// What the timelines say of a day is what a checker answers for it.
    #[test]
    fn a_lookup_answers_as_the_timelines_do(
        one in any_series("r04"),
        other in prop::option::of(any_series("r06")),
        empty in prop::collection::vec(0usize..3, 0..2),
    ) {
        let mut series: Vec<_> = [Some(one), other].into_iter().flatten().collect();
        for at in empty {
            series[0].told.retain(|(code, _)| *code != CODES[at]);
        }
        let mut made: Vec<_> = series.iter().map(Series::make).collect();
        let snapshot = build(&made);
        // One that takes a master from the snapshot of another release answers the same.
        let first = build(&made[..1]).shelved("r04", "material");
        let others: Vec<_> = made[1..].iter().map(Made::of).collect();
        let shared = Snapshot::build_beside(&others, first.into_iter().collect()).unwrap();
        let asked = CODES.iter().flat_map(|code| DAYS.iter().map(move |on| (code.parse().unwrap(), on)));
        for (code, on) in asked {
            prop_assert_eq!(ask(&snapshot, code, on), ask(&shared, code, on));
        }
        made.sort_by_key(|made| made.timelines.governs());
        for code in CODES {
            let mut before = None;
            for on in DAYS.iter().map(|text| day(text)) {
                let governing = made.iter().rfind(|made| made.timelines.governs().first <= on);
                let period = governing.and_then(|made| Some((made, made.timelines.on(code, on)?)));
                let answer = snapshot.material(code.parse().unwrap(), on);
                let expected = period.map(|(made, period)| match period.standing {
                    Standing::InForce(at) => {
                        let (table, row) = made.timelines.record(&made.state, code, at).unwrap();
                        (made, Ok(table.label(row)))
                    }
                    Standing::NotListed | Standing::Withdrawn | Standing::Gone => {
                        (made, Err(Absence::Unknown))
                    }
                    Standing::Abolished(last) => (made, Err(Absence::Abolished(last))),
                    Standing::NotKnown => (made, Err(Absence::NotKnown(None))),
                });
                match (answer, expected) {
                    (Lookup::InForce(held), Some((made, Ok(name)))) => {
                        prop_assert_eq!((held.name(), &**held.series), (name, made.name.as_str()));
                        // Days that follow each other and have the same record have the same version.
                        if let Some(Lookup::InForce(last)) = before {
                            let same = (last.name(), last.series) == (held.name(), held.series);
                            prop_assert_eq!(held.is_same(&last), same);
                        }
                    }
                    (Lookup::Absent(Absence::NotKnown(from), Some(by)), Some((made, Err(absence)))) => {
                        prop_assert_eq!(absence, Absence::NotKnown(None));
                        prop_assert_eq!(&**by.series, made.name.as_str());
                        let Some(from) = from else { continue };
                        let told = |day| {
                            let answer = snapshot.material(code.parse().unwrap(), day);
                            let unknown =
                                matches!(answer, Lookup::Absent(Absence::NotKnown(_) | Absence::NotHeld, _));
                            !unknown
                        };
                        let days = std::iter::successors(Some(on), |day| Some(day.after()));
                        let first = days.take_while(|day| *day <= from).find(|day| told(*day));
                        prop_assert_eq!(first, Some(from));
                    }
                    (Lookup::Absent(absence, Some(by)), Some((made, Err(expected)))) => {
                        prop_assert_eq!((absence, &**by.series), (expected, made.name.as_str()));
                    }
                    (Lookup::Absent(Absence::NotHeld, None), None) => {}
                    (answer, expected) => {
                        let expected = expected.map(|(made, answer)| (made.name.clone(), answer));
                        prop_assert!(false, "{code} {on}: {answer:?} {expected:?}");
                    }
                }
                before = Some(answer);
            }
        }
    }
}

/// What a checker reads is what the judge asks to be readable, of the newest records and of superseded ones:
/// a snapshot can be made of all that is let pass, and nothing is refused that it could be made of. The days
/// by which timelines are made the judge alone asks for: there, what is no day would be none.
#[test]
fn a_snapshot_reads_each_column_as_the_judge_asks_it_to_be_read() {
    let fields = ["", "0", "7", "07", "12.5", "1290.00", "1.234", "-1", "x", "99999999", "1234567890"];
    let sound: &[(_, _, &[_])] = &[
        (ItemKind::Procedure, "procedure", &[("procedure_code", "111000110"), ("step_method", "1")]),
        (ItemKind::Drug, "drug", &[("drug_code", "620000001")]),
        (ItemKind::Material, "material", &[("material_code", "711000110")]),
        (ItemKind::Comment, "comment", &[("code_class", "8"), ("pattern", "20"), ("serial", "000001")]),
        (ItemKind::Disease, "disease", &[("disease_code", "2500013")]),
        (ItemKind::Disease, "former-disease", &[("disease_code", "2500001")]),
        (ItemKind::Modifier, "modifier", &[("modifier_code", "8002")]),
    ];
    let governs = Governs { first: day("20240601"), last: None };
    let (on, later) = (published("20240520"), published("20240620"));
    for &(item, kind, sound) in sound {
        let is_built = |master: &Master, timelines: &Timelines| {
            Snapshot::build(&[MasterOf { series: "r06", kind, master, timelines }]).is_ok()
        };
        let newer = master(kind, &[&[sound, &[(CHANGED_ON, "20240701")]].concat()]);
        let judged = readable::columns(kind).unwrap().iter().map(|(id, _)| *id);
        let layout = SCHEMAS.editions(kind).into_iter().last().unwrap();
        let read = Snapshot::columns(item).into_iter().chain(judged);
        let columns: BTreeSet<&str> = read.filter(|id| layout.position(id).is_some()).collect();
        for column in columns {
            for field in fields {
                let one = master(kind, &[&[sound, &[(column, field)]].concat()]);
                let alone = Timelines::of_state(governs, on, &one);
                let mut answers = vec![(is_built(&one, &alone), !readable::check(&one, 0..1).denies())];
                // What is part of the code makes another one, which supersedes nothing.
                if one.key(0) == newer.key(0) {
                    let mut line = Line::new("r06", EffectiveDate::from_first(governs.first), None);
                    line.push(Said { by: (), published: on, row: Some(Row::of(&one, 0)) });
                    line.push(Said { by: (), published: later, row: Some(Row::of(&newer, 0)) });
                    let mut both = TimelinesBuilder::new(governs, governs.first, &newer);
                    both.push(&one.key(0), line);
                    let both = both.finish();
                    assert_eq!(both.superseded(), 1, "{kind}: {column} {field:?}");
                    answers.push((is_built(&newer, &both), !readable::superseded(&both).denies()));
                }
                let by_timelines = [CHANGED_ON, ABOLISHED_ON, LISTED_ON].contains(&column);
                for (is_read, is_let_pass) in answers {
                    let agree = is_read == is_let_pass || by_timelines && is_read;
                    assert!(agree, "{kind}: {column} {field:?}: {is_read} {is_let_pass}");
                }
            }
        }
    }
}
