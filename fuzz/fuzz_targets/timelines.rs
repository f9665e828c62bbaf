//! The timelines of a master: its newest state in canonical form, a blank line, the timelines.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu_masters::file::read_canonical;
use warifu_masters::past::{MasterOf, Standing, Timelines, compare, read_changes, write_changes};
use warifu_masters::schema::Schemas;
use warifu_rules::readable::superseded;
use warifu_values::day::PublicationDay;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().expect("built-in schemas"));

fuzz_target!(|text: &str| {
    let Some(at) = text.find("\n\n") else { return };
    let (state, bytes) = (&text[..=at], &text.as_bytes()[at + 2..]);
    let Ok(state) = read_canonical(&SCHEMAS, "comment", state.as_bytes().to_vec()) else { return };
    let Ok(timelines) = Timelines::read(&SCHEMAS, &state, bytes) else { return };
    assert_eq!(timelines.canonical(), bytes, "timelines have one form");
    superseded(&timelines);
    let governs = timelines.governs();
    for (key, periods) in timelines.iter() {
        assert_eq!(periods.first().map(|first| first.first), Some(governs.first), "no day is left out");
        assert!(periods.is_sorted_by(|one, next| one.first < next.first));
        for period in periods {
            assert!(governs.holds(period.first));
            assert_eq!(timelines.on(key, period.first), Some(*period));
            if let Standing::InForce(at) = period.standing {
                let (table, row) = timelines.record(&state, key, at).expect("its record is there");
                assert_eq!(table.key(row), key);
            }
        }
    }
    let past = |timelines| MasterOf { series: "r06", kind: "comment", master: &state, timelines };
    assert_eq!(compare(&[past(&timelines)], &[past(&timelines)]), [], "nothing changes without a change");
    let alone = Timelines::of_state(governs, PublicationDay::of(governs.first), &state);
    for (old, new) in [(&timelines, &alone), (&alone, &timelines)] {
        let changes = compare(&[past(old)], &[past(new)]);
        assert_eq!(read_changes(&write_changes(&changes)), Ok(changes), "what is computed can be read");
    }
    let gone = compare(&[past(&timelines)], &[]);
    assert_eq!(read_changes(&write_changes(&gone)), Ok(gone), "a series that vanishes can be read too");
});
