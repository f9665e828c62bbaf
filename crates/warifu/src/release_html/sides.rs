//! What is judged differently, as the page of a release has it: the past, then what is to come.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use warifu_masters::past::{Change, What};
use warifu_masters::schema::Schemas;
use warifu_rules::past::cover;
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::AcceptedPast;
use warifu_values::lang::Lang;

use crate::field::Field;
use crate::release::{Group, Names, Side, class_name, groups};

/// Both sides, and what old and new are called where no field has it.
pub(super) fn of(
    schemas: &Schemas,
    list: &[Change],
    past_before: TreatmentDay,
    accepted: &[AcceptedPast],
) -> (Value, Value) {
    let mut words = BTreeMap::new();
    let sides = [Side::Past, Side::Future].map(|side| {
        let groups = groups(schemas, list, past_before, side);
        // What is accepted is of the past.
        let accepted = if side == Side::Past { accepted } else { &[] };
        groups.iter().map(|one| group(schemas, one, accepted, &mut words)).collect::<Vec<_>>()
    });
    (json!(sides), json!(words))
}

/// What the codes in `list` are called, by kind.
pub(super) fn names(list: &[Change], names: &Names) -> Value {
    let mut called: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for Change { kind, key, .. } in list {
        let name = names.of_code(kind, key);
        if !name.is_empty() {
            called.entry(kind).or_default().insert(key, name);
        }
    }
    json!(called)
}

fn group(
    schemas: &Schemas,
    Group { class, by_code, changes }: &Group<'_>,
    accepted: &[AcceptedPast],
    words: &mut BTreeMap<String, [String; 2]>,
) -> Value {
    let (kind, subject, _) = class.parts();
    let of_group = accepted.iter().filter(|accepted| {
        let (of_kind, of_subject, _) = accepted.class.parts();
        (of_kind, of_subject) == (kind, subject)
    });
    // Classes of codes that were accepted for one reason are told once.
    let mut reasons: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for AcceptedPast { entries, reason, source, .. } in of_group {
        *reasons.entry((reason, source)).or_default() += entries;
    }
    let reasons: Vec<_> =
        reasons.iter().map(|((reason, source), entries)| json!([entries, reason, source])).collect();
    let rows: Vec<Value> = changes.iter().map(|change| row(change, words)).collect();
    let field = Field::of(schemas, kind, subject);
    json!({
        "days": field.is_some_and(|field| field.is_day()),
        "class": class.as_str(), "kind": kind, "each": by_code,
        "ja": class_name(schemas, class, Lang::Ja), "en": class_name(schemas, class, Lang::En),
        "accepted": reasons, "rows": rows,
    })
}

fn row(change: &Change, words: &mut BTreeMap<String, [String; 2]>) -> Value {
    let (old, new) = change.values();
    if let What::Cover { old: was, new: is } = change.what {
        for (text, of) in [(&old, was), (&new, is)] {
            if !words.contains_key(text.as_ref()) {
                words.insert(text.to_string(), [Lang::Ja, Lang::En].map(|lang| cover(of, lang)));
            }
        }
    }
    let days = change.days;
    let last = days.last.map(|last| last.to_string()).unwrap_or_default();
    let published = change.published.map(|day| day.to_string()).unwrap_or_default();
    json!([change.key, days.first.to_string(), last, old, new, published])
}
