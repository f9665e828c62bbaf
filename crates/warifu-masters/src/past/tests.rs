use std::sync::LazyLock;

use proptest::prelude::*;
use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay};

use super::*;
use crate::file::read_canonical;
use crate::schema::Schemas;
use crate::table::Master;
use crate::timeline::{self, Line, Row, Said, Timeline};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().unwrap());

/// What a publication says of a comment: class, text, from when, until when.
type Fields = (&'static str, &'static str, u32, Option<u32>);

/// What the publications of a series say of one comment: when, and what.
type Told = Vec<(u32, Option<Fields>)>;

/// A day of January to March 2024, by number.
fn day(number: u32) -> TreatmentDay {
    (0..number).fold(TreatmentDay::parse("20240101").unwrap(), |day, _| day.after())
}

fn digits(number: u32) -> String {
    day(number).as_number().to_string()
}

fn published(number: u32) -> PublicationDay {
    PublicationDay::parse(&digits(number)).unwrap()
}

/// Comments by serial.
fn master(rows: &[(u32, Fields)]) -> Master {
    let layout = SCHEMAS.layout("comment-30").unwrap();
    let mut canonical = format!("{}\n", layout.canonical_header());
    for (serial, (class, text, changed, last)) in rows {
        let mut fields = vec![String::new(); layout.width()];
        let last = last.map_or("99999999".to_owned(), digits);
        for (column, value) in [
            (0, (*class).to_owned()),
            (1, "C".to_owned()),
            (2, "8".to_owned()),
            (3, "10".to_owned()),
            (4, serial.to_string()),
            (6, (*text).to_owned()),
            (20, digits(*changed)),
            (21, last),
        ] {
            fields[column] = value;
        }
        canonical.push_str(&fields.join(","));
        canonical.push('\n');
    }
    read_canonical(&SCHEMAS, "comment", canonical.into_bytes()).unwrap()
}

/// A series: its days, and what was said of each comment.
#[derive(Debug, Clone)]
struct World {
    first: u32,
    last: Option<u32>,
    known_from: u32,
    comments: Vec<Told>,
}

/// A world as a release carries it, and the slow answers.
struct Made {
    state: Master,
    timelines: Timelines,
    lines: Vec<Timeline<()>>,
}

fn key(serial: usize) -> String {
    format!("810{serial:06}")
}

impl World {
    fn line(&self, told: &Told) -> Line<()> {
        let first = EffectiveDate::parse(&digits(self.first)).unwrap();
        let mut line = Line::new("r06", first, self.last.map(day));
        for (on, fields) in told {
            let row = fields.map(|fields| Row::of(&master(&[(1, fields)]), 0));
            line.push(Said { by: (), published: published(*on), row });
        }
        line
    }

    fn make(&self) -> Made {
        let stands = |(at, told): (usize, &Told)| Some((at as u32 + 1, told.last()?.1?));
        let rows: Vec<_> = self.comments.iter().enumerate().filter_map(stands).collect();
        let state = master(&rows);
        let governs = Governs { first: day(self.first), last: self.last.map(day) };
        let mut builder = TimelinesBuilder::new(governs, day(self.known_from), &state);
        let mut lines = Vec::new();
        for (at, told) in self.comments.iter().enumerate() {
            // The rows that were said have the serial 1; a key that fits them.
            let line = self.renumbered(told, at as u32 + 1);
            if !told.is_empty() {
                builder.push(&key(at + 1), line.clone());
            }
            lines.push(Timeline::new(vec![line]));
        }
        let timelines = builder.finish();
        Made { state, timelines, lines }
    }

    fn renumbered(&self, told: &Told, serial: u32) -> Line<()> {
        let mut line = self.line(&Vec::new());
        for (on, fields) in told {
            let row = fields.map(|fields| Row::of(&master(&[(serial, fields)]), 0));
            line.push(Said { by: (), published: published(*on), row });
        }
        line
    }
}

impl Made {
    fn of<'a>(&'a self) -> MasterOf<'a> {
        MasterOf { series: "r06", kind: "comment", master: &self.state, timelines: &self.timelines }
    }

    /// What is answered for a comment on a day: why nothing is in force, or the text of the record.
    fn answer(&self, key: &str, on: TreatmentDay) -> Option<(Cover, Option<&str>)> {
        let period = self.timelines.on(key, on)?;
        let text = |at| {
            let (table, row) = self.timelines.record(&self.state, key, at).unwrap();
            table.field(row, 6)
        };
        Some(match period.standing {
            Standing::InForce(at) => (Cover::InForce, Some(text(at))),
            Standing::NotListed => (Cover::NotListed, None),
            Standing::Abolished(last) => (Cover::Abolished(last), None),
            Standing::Withdrawn => (Cover::Withdrawn, None),
            Standing::Gone => (Cover::Gone, None),
            Standing::NotKnown => (Cover::NotKnown, None),
        })
    }
}

fn any_told() -> impl Strategy<Value = Told> {
    let class = prop::sample::select(vec!["0", "3", "5", "9", "1"]);
    let text = prop::sample::select(vec!["一", "二", "三"]);
    let row = (class, text, 0u32..50, prop::option::of(0u32..50));
    let said = (0u32..50, prop_oneof![1 => Just(None), 5 => row.prop_map(Some)]);
    prop::collection::vec(said, 0..6)
}

fn any_world() -> impl Strategy<Value = World> {
    let days = (0u32..20, prop::option::of(20u32..60), 0u32..20);
    (days, prop::collection::vec(any_told(), 3)).prop_map(|((first, last, known_from), comments)| World {
        first,
        last,
        known_from,
        comments,
    })
}

/// The second world is the first with more said, or another one altogether.
fn two_worlds() -> impl Strategy<Value = (World, World)> {
    let more = (any_world(), prop::collection::vec(any_told(), 3)).prop_map(|(world, more)| {
        let mut next = world.clone();
        for (told, more) in next.comments.iter_mut().zip(more) {
            told.extend(more);
        }
        (world, next)
    });
    prop_oneof![3 => more, 1 => (any_world(), any_world())]
}

#[test]
fn a_superseded_record_judges_its_own_days() {
    let told = vec![(0, Some(("0", "一", 0, None))), (10, Some(("5", "二", 20, None)))];
    let made = World { first: 5, last: None, known_from: 0, comments: vec![told] }.make();
    let text = String::from_utf8(made.timelines.canonical()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[..6],
        [
            "timelines,1",
            "governs,20240106,",
            "known-from,20240106",
            "periods,2",
            "810000001,20240106,record,1,20240101",
            "810000001,20240121,state,,20240111",
        ]
    );
    assert_eq!(lines[6], "records,30,1");
    assert_eq!(made.answer(&key(1), day(19)), Some((Cover::InForce, Some("一"))));
    assert_eq!(made.answer(&key(1), day(20)), Some((Cover::InForce, Some("二"))));
    assert_eq!(made.answer(&key(1), day(4)), None);
    assert_eq!(made.answer(&key(7), day(20)), Some((Cover::NotListed, None)));
}

#[test]
fn a_state_by_itself_says_what_its_only_publication_would() {
    let rows = [
        (1, ("0", "一", 0, None)),
        (2, ("0", "二", 20, Some(30))),
        (3, ("3", "三", 15, None)),
        (4, ("9", "四", 26, Some(25))),
    ];
    let comments = rows.iter().map(|(_, fields)| vec![(8, Some(*fields))]).collect();
    let made = World { first: 5, last: Some(50), known_from: 8, comments }.make();
    let governs = Governs { first: day(5), last: Some(day(50)) };
    let alone = Timelines::of_state(governs, published(8), &master(&rows));
    assert_eq!(String::from_utf8(alone.canonical()), String::from_utf8(made.timelines.canonical()));
    let on = |serial, number| alone.on(&key(serial), day(number)).unwrap().standing;
    let state = Standing::InForce(RecordAt::State);
    assert_eq!(
        [on(1, 5), on(2, 19), on(2, 20), on(2, 31)],
        [state, Standing::NotKnown, state, Standing::Abolished(day(30))]
    );
    assert_eq!([on(3, 14), on(3, 15), on(4, 25)], [Standing::NotListed, state, Standing::NotKnown]);
    assert_eq!([on(5, 7), on(5, 8)], [Standing::NotKnown, Standing::NotListed]);
}

#[test]
fn what_is_not_in_its_one_form_is_no_timelines() {
    let told = vec![(0, Some(("0", "一", 0, None))), (10, Some(("5", "二", 20, None)))];
    let made = World { first: 5, last: Some(50), known_from: 0, comments: vec![told] }.make();
    let bytes = made.timelines.canonical();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(Timelines::read(&SCHEMAS, &made.state, &bytes).unwrap().canonical(), bytes);
    for (from, to) in [
        ("timelines,1\n", "timelines,2\n"),
        ("governs,20240106", "governs,20240107"),
        ("governs,20240106,20240220", "governs,20240106,20240105"),
        ("known-from,20240106", "known-from,20240105"),
        ("known-from,20240106", "known-from,2024-01-06"),
        ("periods,2", "periods,3"),
        ("periods,2", "periods,02"),
        ("periods,2", "periods,999999999"),
        ("record,1", "record,2"),
        ("record,1", "record,0"),
        ("record,1", "state,"),
        ("20240121,state", "20240106,state"),
        ("20240121,state", "20240230,state"),
        ("20240121,state", "20240301,state"),
        ("810000001,20240121", "810000002,20240121"),
        ("records,30,1", "records,30,0"),
        ("records,30,1", "records,99,1"),
        ("一", "一,一"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(Timelines::read(&SCHEMAS, &made.state, changed.as_bytes()).is_err(), "{from} -> {to}");
    }
    let missing = text.trim_end().rsplit_once('\n').unwrap().0;
    assert!(Timelines::read(&SCHEMAS, &made.state, format!("{missing}\n").as_bytes()).is_err());
    assert!(Timelines::read(&SCHEMAS, &made.state, missing.as_bytes()).is_err());
    let more = master(&[(1, ("0", "二", 20, None)), (2, ("0", "三", 0, None))]);
    assert!(Timelines::read(&SCHEMAS, &more, &bytes).is_err());
}

#[test]
fn changes_have_classes_and_headings() {
    let world = |comments| World { first: 5, last: None, known_from: 0, comments };
    let before = world(vec![
        vec![(0, Some(("0", "一", 0, None)))],
        vec![(0, Some(("0", "二", 0, None)))],
        vec![(0, None)],
    ]);
    let mut after = before.clone();
    after.comments[0].push((30, Some(("5", "三", 20, None))));
    after.comments[1].push((30, Some(("9", "二", 26, Some(25)))));
    after.comments[2].push((30, Some(("3", "四", 40, None))));
    let (before, after) = (before.make(), after.make());
    let changes = compare(&[before.of()], &[after.of()]);
    let told: Vec<_> = changes
        .iter()
        .map(|change| {
            let class = change.class(&SCHEMAS).unwrap();
            format!("{class} {} {:?} {:?}", change.key, change.values(), change.days.heading(day(30)))
        })
        .collect();
    assert_eq!(
        told,
        [
            r#"comment/name 810000001 ("一", "三") PastAndFuture"#,
            r#"comment/cover-lost 810000002 ("in-force", "abolished 20240126") PastAndFuture"#,
            r#"comment/cover-gained 810000003 ("not-listed", "in-force") Future"#,
        ]
    );
    assert_eq!(read_changes(&write_changes(&changes)).unwrap(), changes);
    let twice = "kind,code,what,first,last,old,new,published\n\
                 comment,810000001,name,20240101,20240110,a,b,\ncomment,810000001,name,20240110,,a,c,\n";
    assert!(read_changes(twice.as_bytes()).is_err());
    assert!(read_changes(twice.replace("20240110,,", "20240111,,").as_bytes()).is_ok());
    // Of codes that stand in no file there is nothing to compare but why there is none.
    for (line, is_one) in [
        (",name,20240101,,a,b,", false),
        (",(cover),20240101,,not-listed,in-force,", false),
        (",(cover),20240101,,not-listed,no-series,", true),
    ] {
        let list = format!("kind,code,what,first,last,old,new,published\ncomment,{line}\n");
        assert_eq!(read_changes(list.as_bytes()).is_ok(), is_one, "{line}");
    }
    let gone = compare(&[before.of()], &[]);
    let classes: Vec<_> = gone.iter().map(|change| change.class(&SCHEMAS).unwrap().to_string()).collect();
    assert_eq!(classes, ["comment/series", "comment/series", "comment/series"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_release_answers_for_every_day_as_the_history_does(world in any_world()) {
        let made = world.make();
        let read = Timelines::read(&SCHEMAS, &made.state, &made.timelines.canonical()).unwrap();
        prop_assert_eq!(read.canonical(), made.timelines.canonical());
        for (at, line) in made.lines.iter().enumerate() {
            // What no publication ever had is like any other code that stands nowhere.
            if !line.is_known() {
                continue;
            }
            for number in 0..70 {
                let period = line.on(day(number)).period;
                let expected = match period.standing {
                    timeline::Standing::InForce { by } => {
                        Some((Cover::InForce, Some(line.said(by).row.as_ref().unwrap().field("name"))))
                    }
                    timeline::Standing::NotListed { .. } => Some((Cover::NotListed, None)),
                    timeline::Standing::Abolished { last, .. } => Some((Cover::Abolished(last), None)),
                    timeline::Standing::Withdrawn { .. } => Some((Cover::Withdrawn, None)),
                    timeline::Standing::Gone { .. } => Some((Cover::Gone, None)),
                    timeline::Standing::NotKnown(timeline::NotKnown::NoSeries) => None,
                    timeline::Standing::NotKnown(_) => Some((Cover::NotKnown, None)),
                };
                prop_assert_eq!(made.answer(&key(at + 1), day(number)), expected, "{}", day(number));
            }
        }
    }

    /// A gate need not read the masters that two releases have in common: nothing comes out otherwise.
    #[test]
    fn a_master_of_other_days_that_both_have_changes_nothing(
        (mut one, mut other) in two_worlds(),
        mut after in any_world(),
        mut before in any_world(),
    ) {
        // No two govern a day.
        (before.first, before.last, before.known_from) = (0, Some(4), before.known_from.min(4));
        for world in [&mut one, &mut other] {
            world.first += 5;
            world.known_from += 5;
            world.last = Some(world.last.map_or(64, |last| last + 5));
        }
        (after.first, after.last, after.known_from) = (after.first + 65, None, after.known_from + 65);
        let [before, one, other, after] = [before, one, other, after].map(|world| world.make());
        let alone = compare(&[one.of()], &[other.of()]);
        let (before, after) = (before.of(), after.of());
        prop_assert_eq!(compare(&[before, one.of(), after], &[before, other.of(), after]), alone);
    }

    #[test]
    fn what_differs_on_a_day_is_listed_and_nothing_else((before, after) in two_worlds()) {
        let (old, new) = (before.make(), after.make());
        let changes = compare(&[old.of()], &[new.of()]);
        prop_assert_eq!(read_changes(&write_changes(&changes)).unwrap(), changes.clone());
        // One code that stands nowhere is asked as well.
        for key in (1..=4).map(key) {
            for on in (0..70).map(day) {
                let was = old.answer(&key, on).unwrap_or((Cover::NoSeries, None));
                let is = new.answer(&key, on).unwrap_or((Cover::NoSeries, None));
                let listed: Vec<_> = changes
                    .iter()
                    .filter(|change| change.days.hold(on) && (change.key == key || change.key.is_empty()))
                    .collect();
                let cover = listed.iter().find(|change| matches!(change.what, What::Cover { .. }) && {
                    // What is said of every code that stands nowhere is said of those for which it is so.
                    change.key == key || change.what == What::Cover { old: was.0, new: is.0 }
                });
                let text = listed.iter().find(|change| change.subject() == "name");
                match (was, is) {
                    ((Cover::InForce, one), (Cover::InForce, two)) => {
                        prop_assert!(cover.is_none());
                        let told = text.map(|text| text.values());
                        let expected = (one != two).then(|| (one.unwrap().into(), two.unwrap().into()));
                        prop_assert_eq!(told, expected);
                    }
                    ((was, _), (is, _)) => {
                        prop_assert!(text.is_none());
                        let told = cover.map(|change| change.what.clone());
                        prop_assert_eq!(told, (was != is).then_some(What::Cover { old: was, new: is }));
                    }
                }
            }
        }
    }

    #[test]
    fn two_releases_cut_at_a_day_are_together_the_whole((before, after) in two_worlds(), cut in 0u32..60) {
        let (old, new) = (before.make(), after.make());
        let cut = day(cut);
        let whole = compare(&[old.of()], &[new.of()]);
        let Ok(timelines) = splice((&old.timelines, &old.state), (&new.timelines, &new.state), cut) else {
            // Only where the days of the series themselves are other ones.
            let differs = |on: TreatmentDay| old.answer("8", on) != new.answer("8", on);
            prop_assert!((0..70).map(day).filter(|on| *on < cut).any(differs));
            return Ok(());
        };
        let bytes = timelines.canonical();
        prop_assert_eq!(Timelines::read(&SCHEMAS, &new.state, &bytes).unwrap().canonical(), bytes);
        let first = Made { state: new.state.clone(), timelines, lines: Vec::new() };
        for key in (1..=4).map(key) {
            for on in (0..70).map(day) {
                let expected = if on < cut { old.answer(&key, on) } else { new.answer(&key, on) };
                prop_assert_eq!(first.answer(&key, on), expected, "{} {}", key, on);
            }
        }
        // The first leaves the past alone; the second holds nothing but the past.
        let now = compare(&[old.of()], &[first.of()]);
        let later = compare(&[first.of()], &[new.of()]);
        prop_assert!(now.iter().all(|change| change.days.heading(cut) == Heading::Future));
        prop_assert!(later.iter().all(|change| change.days.heading(cut) == Heading::Past));
        let days = |changes: &[Change]| -> u32 {
            let of = |change: &Change| (0..70).map(day).filter(|on| change.days.hold(*on)).count() as u32;
            changes.iter().map(of).sum()
        };
        prop_assert_eq!(days(&now) + days(&later), days(&whole));
    }
}

#[test]
fn the_seeds_of_the_fuzzer_can_be_read() {
    for seed in [
        include_str!("../../../../fuzz/corpus/timelines/newest-only"),
        include_str!("../../../../fuzz/corpus/timelines/superseded"),
    ] {
        let at = seed.find("\n\n").unwrap();
        let state = read_canonical(&SCHEMAS, "comment", seed.as_bytes()[..=at].to_vec()).unwrap();
        let read = Timelines::read(&SCHEMAS, &state, &seed.as_bytes()[at + 2..]);
        assert!(read.is_ok(), "{read:?}");
    }
    for (seed, changes) in [
        (include_str!("../../../../fuzz/corpus/changes/four"), 4),
        (include_str!("../../../../fuzz/corpus/changes/none"), 0),
    ] {
        assert_eq!(read_changes(seed.as_bytes()).map(|changes| changes.len()), Ok(changes));
    }
}
