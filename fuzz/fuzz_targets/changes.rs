//! The list of what a release changes.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu_masters::past::{read_changes, write_changes};
use warifu_masters::schema::Schemas;
use warifu_rules::past::{Told, same, undeclared, weigh};
use warifu_values::day::TreatmentDay;
use warifu_values::lang::{Lang, Speak};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().expect("built-in schemas"));

fuzz_target!(|bytes: &[u8]| {
    let Ok(changes) = read_changes(bytes) else { return };
    assert_eq!(write_changes(&changes), bytes, "one list has one form");
    let past_before = TreatmentDay::parse("2024-07-01").expect("a day");
    let weighed = weigh(&SCHEMAS, &changes, past_before);
    let counts = weighed.counts;
    assert_eq!(counts.past + counts.past_and_future + counts.future, changes.len() as u64);
    let of_the_past = weighed.classes.values().sum::<u64>() + weighed.never.len() as u64;
    assert_eq!(of_the_past, counts.past + counts.past_and_future, "each has a class or never can be");
    assert_eq!(same(&changes, &changes), [], "it is what it is");
    assert_eq!(same(&[], &changes).len(), changes.len(), "nobody declared it");
    assert_eq!(same(&changes, &[]).len(), changes.len(), "nothing is so");
    assert_eq!(undeclared(std::slice::from_ref(&changes), &changes), [], "one step explains itself");
    for change in &changes {
        assert!(!Told(change).say(Lang::Ja).is_empty());
    }
});
