//! What a release says of every day, from real histories: for all codes what `show --on` says of one.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod place;

use place::{Place, data, import_all};
use warifu::store::Life;
use warifu_masters::past::{self, MasterOf, RecordAt, Timelines, compare};
use warifu_masters::table::Master;
use warifu_masters::timeline::{NotKnown, Standing};
use warifu_values::day::TreatmentDay;

/// The newest state of a master of `rev`, and what is said of every day of it.
fn held(place: &Place, master: &str) -> (Master, Timelines) {
    let at = place.store.at(master).unwrap();
    let state = place.store.state(&at).unwrap();
    let timelines = place.store.timelines(&at, &state).unwrap();
    (state, timelines)
}

/// What the life of a code says of a day, and the record as one text.
fn of_life(life: &Life, day: TreatmentDay) -> (String, Option<String>) {
    match life.timeline.on(day).period.standing {
        Standing::InForce { by } => {
            let row = life.timeline.said(by).row.as_ref().unwrap().master();
            ("in force".to_owned(), Some(fields(row, 0)))
        }
        Standing::NotListed { .. } => ("not listed".to_owned(), None),
        Standing::Abolished { last, .. } => (format!("abolished {last}"), None),
        Standing::Withdrawn { .. } => ("withdrawn".to_owned(), None),
        Standing::Gone { .. } => ("gone".to_owned(), None),
        Standing::NotKnown(NotKnown::NoSeries | NotKnown::NotHeld { .. }) => ("no series".to_owned(), None),
        Standing::NotKnown(_) => ("not known".to_owned(), None),
    }
}

/// The same of what a release carries.
fn of_release(held: &[(Master, Timelines)], key: &str, day: TreatmentDay) -> (String, Option<String>) {
    let governing = held.iter().find(|(_, timelines)| timelines.governs().holds(day));
    let Some((state, timelines)) = governing else { return ("no series".to_owned(), None) };
    match timelines.on(key, day).unwrap().standing {
        past::Standing::InForce(at) => {
            let (table, row) = timelines.record(state, key, at).unwrap();
            ("in force".to_owned(), Some(fields(table, row)))
        }
        past::Standing::NotListed => ("not listed".to_owned(), None),
        past::Standing::Abolished(last) => (format!("abolished {last}"), None),
        past::Standing::Withdrawn => ("withdrawn".to_owned(), None),
        past::Standing::Gone => ("gone".to_owned(), None),
        past::Standing::NotKnown => ("not known".to_owned(), None),
    }
}

/// A record without its change class, which no day depends on.
fn fields(table: &warifu_masters::table::Table, row: usize) -> String {
    let fields: Vec<_> = (1..table.layout().width()).map(|column| table.field(row, column)).collect();
    fields.join(",")
}

#[test]
fn a_release_says_of_every_code_what_its_life_says() {
    let Some(data) = data() else { return };
    let place = Place::new();
    // One was issued again in place of another, one comes from the next series.
    let r04 = ["s_ALL20220218", "s_20220304", "s_20220311", "s_20220318", "s_20220331", "s_20220404"];
    let r06 = ["s_ALL20240531", "s_20240621", "s_20240628", "s_20240726"];
    for (series, names) in [("r04", &r04[..]), ("r06", &r06[..])] {
        let files: Vec<String> = names.iter().map(|name| format!("procedure/{name}.csv")).collect();
        import_all(&place, &data, &files.iter().map(String::as_str).collect::<Vec<_>>(), series);
    }
    let drugs: Vec<String> =
        place::files(&data, "drug").into_iter().filter(|file| !file.contains("sample")).collect();
    import_all(&place, &data, &drugs.iter().map(String::as_str).collect::<Vec<_>>(), "r06");
    let procedures = [held(&place, "HEAD:r04/procedure"), held(&place, "HEAD:r06/procedure")];
    let (state, timelines) = &procedures[0];
    let first = timelines.on("111000110", TreatmentDay::parse("20240531").unwrap()).unwrap();
    assert_eq!(first.standing, past::Standing::InForce(RecordAt::State));
    let points = state.layout().position("points").unwrap();
    assert_eq!(state.field(state.find("111000110").unwrap(), points), "288.00");
    assert_same(&place, &procedures);
    assert_same(&place, &[held(&place, "HEAD:r06/drug")]);
}

/// What a release carries of one kind, against the life of each code.
fn assert_same(place: &Place, held: &[(Master, Timelines)]) {
    for (state, timelines) in held {
        let bytes = timelines.canonical();
        let read = Timelines::read(place.store.schemas(), state, &bytes).unwrap();
        assert_eq!(read.canonical(), bytes);
        assert!(timelines.codes() >= state.rows());
    }
    let mut asked = 0;
    for (at, (key, periods)) in held.iter().flat_map(|(_, timelines)| timelines.iter()).enumerate() {
        // Of those that were always the same, a few.
        if at % if periods.len() == 1 { 500 } else { 10 } != 0 {
            continue;
        }
        let lives = place.store.lives("HEAD", key).unwrap();
        for period in periods {
            for day in [period.first.before(), period.first] {
                assert_eq!(of_release(held, key, day), of_life(&lives[0], day), "{key} {day}");
                asked += 1;
            }
        }
    }
    assert!(asked > 40, "{asked}");
}

#[test]
fn what_an_older_release_said_stays_byte_for_byte() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let path = |name: &&str| format!("procedure/{name}.csv");
    let names = ["s_ALL20240531", "s_20240621", "s_20240628", "s_20240726"];
    let files: Vec<String> = names.iter().map(path).collect();
    let mut then = Vec::new();
    for file in &files {
        import_all(&place, &data, &[file], "r06");
        then.push(held(&place, "HEAD:r06/procedure"));
    }
    for (at, (state, timelines)) in then.iter().enumerate() {
        let back = then.len() - 1 - at;
        let (_, again) = held(&place, &format!("HEAD~{back}:r06/procedure"));
        assert_eq!(again.canonical(), timelines.canonical(), "{}", files[at]);
        let of = |at: usize| MasterOf {
            kind: "procedure",
            series: "r06",
            master: &then[at].0,
            timelines: &then[at].1,
        };
        assert!(compare(&[of(at)], &[MasterOf { master: state, timelines: &again, ..of(at) }]).is_empty());
        if at > 0 {
            assert!(!compare(&[of(at - 1)], &[of(at)]).is_empty());
        }
    }
}
