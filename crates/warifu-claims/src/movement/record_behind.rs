//! The record of the master behind a turn: what each of the two snapshots has of a code on a day.

use serde::{Deserialize, Serialize};
use warifu_values::day::TreatmentDay;

use crate::item_code::{ItemCode, ItemKind};
use crate::lookup::{Lookup, Snapshot};

/// What a snapshot has in force of a code on a day, as far as checks ask it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct RecordBehind {
    /// Its series.
    pub series: String,
    /// Its name.
    pub name: String,
    /// The points of a procedure, the price of a drug or a material, whether a comment takes text, what a
    /// disease is never named without; blank of modifiers, which are only there.
    pub value: String,
}

/// The record in force of `code` on `day`, when one is.
pub(super) fn record_behind(
    snapshot: &Snapshot,
    kind: ItemKind,
    code: ItemCode,
    day: TreatmentDay,
) -> Option<RecordBehind> {
    let number = code.number();
    match kind {
        ItemKind::Procedure => behind(snapshot.procedure(number, day), |facts| {
            let points = facts.points.to_string();
            match facts.step {
                None => points,
                Some(step) => {
                    format!("{points} + {} / {} ({}-{})", step.points, step.step, step.lower, step.upper)
                }
            }
        }),
        ItemKind::Drug => behind(snapshot.drug(number, day), |facts| facts.price.to_string()),
        ItemKind::Material => behind(snapshot.material(number, day), |facts| facts.price.to_string()),
        ItemKind::Comment => behind(snapshot.comment(number, day), |facts| {
            if facts.takes_text() { "+ text" } else { "" }.to_owned()
        }),
        ItemKind::Disease => behind(snapshot.disease(number, day), |facts| {
            let modifier = facts.needs_modifier(day).then_some("+ modifier");
            let needs = modifier.into_iter().chain(facts.needs_other(day).then_some("+ disease"));
            needs.collect::<Vec<_>>().join(" ")
        }),
        ItemKind::Modifier => behind(snapshot.modifier(number, day), |_| String::new()),
    }
}

fn behind<F>(lookup: Lookup<'_, F>, value: impl Fn(&F) -> String) -> Option<RecordBehind> {
    let Lookup::InForce(held) = lookup else { return None };
    let (series, name) = (held.series.to_string(), held.name().to_owned());
    Some(RecordBehind { series, name, value: value(held.facts) })
}
