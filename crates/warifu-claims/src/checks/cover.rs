//! Which day: the record that covers all days of an item, or the day that none does.
//!
//! The item's own day counts, else the claim's month. An item done on several days must be covered on each. A
//! month alone is covered when one of its days is.

use crate::finding::When;
use crate::lookup::{Absence, By, Held, Lookup};
use warifu_values::day::{ClaimMonth, TreatmentDay};

/// What the days of an item together give.
pub(super) enum Covered<'s, F> {
    /// In force on every day; the record, when it is the same one on all.
    Yes(Option<Held<'s, F>>),
    /// Not on this one.
    No(When, Absence, Option<By<'s>>),
}

/// The first and the last of `days` in `month`, which is meant as a whole where there are none.
#[inline]
pub(super) fn ends(month: ClaimMonth, days: u32) -> (TreatmentDay, TreatmentDay) {
    if days == 0 {
        return (month.first(), month.last());
    }
    let day = |at: u32| month.day(at + 1).unwrap_or(month.last());
    (day(days.trailing_zeros()), day(31 - days.leading_zeros()))
}

/// Looks up every day of `days` in `month`, or those of the month where there are none.
#[inline]
pub(super) fn cover<'s, F>(
    month: ClaimMonth,
    days: u32,
    look: impl Fn(TreatmentDay) -> Lookup<'s, F>,
) -> Covered<'s, F> {
    if days == 0 {
        return cover_month(month, look);
    }
    let (first, last) = ends(month, days);
    match look(first) {
        Lookup::InForce(held) if first == last => Covered::Yes(Some(held)),
        // One version's days have no gap: when it holds at both ends, it holds in between.
        Lookup::InForce(held) => match look(last) {
            Lookup::InForce(other) if held.is_same(&other) => Covered::Yes(Some(held)),
            _ => cover_each(month, days, look),
        },
        Lookup::Absent(absence, by) => Covered::No(When::Day(first), absence, by),
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
        if let Lookup::Absent(absence, by) = look(day) {
            return Covered::No(When::Day(day), absence, by);
        }
    }
    Covered::Yes(None)
}

fn cover_month<'s, F>(month: ClaimMonth, look: impl Fn(TreatmentDay) -> Lookup<'s, F>) -> Covered<'s, F> {
    match (look(month.first()), look(month.last())) {
        (Lookup::InForce(held), Lookup::InForce(other)) => Covered::Yes(held.is_same(&other).then_some(held)),
        (Lookup::InForce(held), _) | (_, Lookup::InForce(held)) => Covered::Yes(Some(held)),
        (Lookup::Absent(first, of_first), Lookup::Absent(last, of_last)) => {
            let mut days = (1..=month.days()).filter_map(|day| month.day(day));
            if days.any(|day| matches!(look(day), Lookup::InForce(_))) {
                return Covered::Yes(None);
            }
            // That nothing is known of some day is the weaker statement: it wins.
            match last {
                Absence::NotKnown(_) | Absence::NotHeld => Covered::No(When::Month(month), last, of_last),
                Absence::Abolished(_) | Absence::Succeeded(..) | Absence::Unknown => {
                    Covered::No(When::Month(month), first, of_first)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::lookup::Amount;

    /// What June 2024 gives for items on `days`, with a record in force from one day of it to another.
    fn covered(from: u32, to: u32, days: u32) -> String {
        let month = ClaimMonth::parse(b"202406").unwrap();
        let (series, nothing) = (Arc::from("r06"), Amount::default());
        let look = |day: TreatmentDay| match day.as_number() % 100 {
            day if day < from => Lookup::Absent(Absence::Unknown, None),
            day if day > to => Lookup::Absent(Absence::NotKnown(None), None),
            _ => Lookup::InForce(Held::invented(&nothing, &series)),
        };
        match cover(month, days, look) {
            Covered::Yes(held) => format!("yes {}", held.is_some()),
            Covered::No(When::Day(day), absence, _) => format!("{day} {absence:?}"),
            Covered::No(When::Month(month), absence, _) => format!("{month} {absence:?}"),
        }
    }

    #[test]
    fn a_month_is_covered_by_any_day_and_days_by_each() {
        assert_eq!(covered(1, 30, 0), "yes true");
        assert_eq!(covered(10, 30, 0), "yes true");
        assert_eq!(covered(10, 20, 0), "yes false");
        assert_eq!(covered(31, 31, 0), "2024-06 Unknown");
        assert_eq!(covered(0, 0, 0), "2024-06 NotKnown(None)");
        // On the 10th and the 20th.
        let days = 1 << 9 | 1 << 19;
        assert_eq!(covered(10, 20, days), "yes true");
        assert_eq!(covered(11, 20, days), "2024-06-10 Unknown");
        assert_eq!(covered(10, 19, days), "2024-06-20 NotKnown(None)");
    }
}
