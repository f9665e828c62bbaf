//! Which day: the record that covers all days of an item, or the day that none does.
//!
//! The item's own day counts, else the claim's month. An item done on several days must be covered on each. A
//! month alone is covered when its first or last day is.

use crate::finding::When;
use crate::lookup::{Held, Lookup};
use warifu_values::day::{ClaimMonth, TreatmentDay};

/// What the days of an item together give.
pub(super) enum Covered<'s, F> {
    /// In force on every day; the record, when it is the same one on all.
    Yes(Option<Held<'s, F>>),
    /// Not on this one.
    No(When, Lookup<'s, F>),
}

/// Looks up every day of `days` in `month`, or the ends of the month where there are none.
#[inline]
pub(super) fn cover<'s, F>(
    month: ClaimMonth,
    days: u32,
    look: impl Fn(TreatmentDay) -> Lookup<'s, F>,
) -> Covered<'s, F> {
    if days == 0 {
        return cover_month(month, look);
    }
    let day = |at: u32| month.day(at + 1).unwrap_or(month.last());
    let (first, last) = (days.trailing_zeros(), 31 - days.leading_zeros());
    match look(day(first)) {
        Lookup::InForce(held) if first == last => Covered::Yes(Some(held)),
        // One version's days have no gap: when it holds at both ends, it holds in between.
        Lookup::InForce(held) => match look(day(last)) {
            Lookup::InForce(other) if held.is_same(&other) => Covered::Yes(Some(held)),
            _ => cover_each(month, days, look),
        },
        other => Covered::No(When::Day(day(first)), other),
    }
}

#[cold]
fn cover_each<'s, F>(
    month: ClaimMonth,
    days: u32,
    look: impl Fn(TreatmentDay) -> Lookup<'s, F>,
) -> Covered<'s, F> {
    for at in (0..31).filter(|at| days & 1 << at != 0) {
        let Some(day) = month.day(at + 1) else { continue };
        match look(day) {
            Lookup::InForce(_) => {}
            other => return Covered::No(When::Day(day), other),
        }
    }
    Covered::Yes(None)
}

fn cover_month<'s, F>(month: ClaimMonth, look: impl Fn(TreatmentDay) -> Lookup<'s, F>) -> Covered<'s, F> {
    let when = When::Month(month);
    match (look(month.first()), look(month.last())) {
        (Lookup::InForce(held), Lookup::InForce(other)) => Covered::Yes(held.is_same(&other).then_some(held)),
        (Lookup::InForce(held), _) | (_, Lookup::InForce(held)) => Covered::Yes(Some(held)),
        // Known to begin later is the weaker statement: it wins.
        (_, last @ (Lookup::NotYetInForce { .. } | Lookup::NotHeld)) => Covered::No(when, last),
        (first, _) => Covered::No(when, first),
    }
}
