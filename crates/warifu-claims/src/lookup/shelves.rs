//! The shelves of one kind, a series each, and which record of them was in force on a day.

use std::sync::Arc;

use super::answer::{Absence, By, Held, Lookup};
use super::shelf::Shelf;
use super::version::Standing;
use warifu_masters::past::Governs;
use warifu_values::day::TreatmentDay;

/// Every series of one kind, ascending by the days that they govern. Of two that govern a day, the one that
/// began later does.
#[derive(Debug)]
pub(super) struct Shelves<F>(Vec<Placed<F>>);

/// A shelf in its place.
#[derive(Debug)]
struct Placed<F> {
    governs: Governs,
    /// How many versions stand on the shelves before it.
    before: u32,
    shelf: Arc<Shelf<F>>,
}

impl<F> Default for Shelves<F> {
    fn default() -> Self {
        Shelves(Vec::new())
    }
}

impl<F> Shelves<F> {
    /// These, in whatever order they come.
    pub(super) fn of(mut shelves: Vec<Arc<Shelf<F>>>) -> Shelves<F> {
        shelves.sort_by(|one, other| (one.governs, &one.series).cmp(&(other.governs, &other.series)));
        let mut before = 0;
        let placed = shelves.into_iter().map(|shelf| {
            let placed = Placed { governs: shelf.governs, before, shelf };
            before += placed.shelf.versions.len() as u32;
            placed
        });
        Shelves(placed.collect())
    }

    /// That of `series`.
    pub(super) fn of_series(&self, series: &str) -> Option<&Arc<Shelf<F>>> {
        self.0.iter().map(|placed| &placed.shelf).find(|shelf| &*shelf.series == series)
    }

    /// What holds for `code` on `day`.
    #[inline]
    pub(super) fn lookup(&self, code: u32, day: TreatmentDay) -> Lookup<'_, F> {
        // Series are few.
        let begun = self.0.iter().enumerate().rfind(|(_, placed)| placed.governs.first <= day);
        let Some((place, Placed { before, shelf, .. })) = begun.filter(|(_, it)| it.governs.holds(day))
        else {
            return Lookup::Absent(Absence::NotHeld, None);
        };
        let Some((at, version)) = shelf.version(code, day) else { return self.unheard(place, day) };
        let Some(record) = version.record_in_force() else { return self.absent(place, at) };
        let (facts, names) = (&shelf.facts[record as usize], &shelf.names);
        Lookup::InForce(Held { facts, names, series: &shelf.series, record, version: before + at as u32 })
    }

    /// Why version `at` of the shelf at `place` says that no record is in force.
    #[cold]
    fn absent(&self, place: usize, at: usize) -> Lookup<'_, F> {
        let shelf = &*self.0[place].shelf;
        let version = shelf.versions[at];
        let absence = match version.standing() {
            Standing::Abolished(last) => Absence::Abolished(last),
            Standing::NotKnown => Absence::NotKnown(self.told_after(place, version.code, version.first)),
            Standing::Unknown | Standing::InForce => Absence::Unknown,
        };
        let name = version.record().map(|record| shelf.names.of(record));
        Lookup::Absent(absence, Some(By { series: &shelf.series, name }))
    }

    /// From which day after `day` on something is known of `code`, which the shelf at `place` has, where no
    /// days of others lie between.
    fn told_after(&self, place: usize, code: u32, mut day: TreatmentDay) -> Option<TreatmentDay> {
        for (at, Placed { governs, shelf, .. }) in self.0.iter().enumerate().skip(place) {
            let next = self.0.get(at + 1).map(|next| next.governs.first);
            let mut later = shelf.versions_of(code).filter(|version| version.first >= day).peekable();
            later.peek()?;
            let mut own = later.filter(|version| next.is_none_or(|next| version.first < next));
            if let Some(told) = own.find(|version| version.standing() != Standing::NotKnown) {
                return Some(told.first);
            }
            // On with the series whose days follow at once.
            day = next.filter(|next| governs.last.is_none_or(|last| *next <= last.after()))?;
        }
        None
    }

    /// What holds on `day`, which the series at `place` governs, for a code that it never had.
    #[cold]
    fn unheard(&self, place: usize, day: TreatmentDay) -> Lookup<'_, F> {
        let Placed { governs, shelf, .. } = &self.0[place];
        let known_from = shelf.known_from;
        let absence = if day < known_from {
            let next = self.0.get(place + 1).map(|next| next.governs.first);
            let holds = governs.holds(known_from) && next.is_none_or(|next| known_from < next);
            Absence::NotKnown(holds.then_some(known_from))
        } else {
            Absence::Unknown
        };
        Lookup::Absent(absence, Some(By { series: &shelf.series, name: None }))
    }

    /// What is kept of the record of `code` that is told of on `day`, in the series that governs the day;
    /// also where none is in force.
    pub(super) fn told_of(&self, code: u32, day: TreatmentDay) -> Option<&F> {
        let place = self.0.iter().rfind(|placed| placed.governs.first <= day)?;
        let (_, version) = place.shelf.version(code, day)?;
        place.shelf.facts.get(version.record()? as usize)
    }

    /// Each record in force on some day, with its code.
    pub(super) fn in_force(&self) -> impl Iterator<Item = (u32, &F)> {
        self.0.iter().flat_map(|placed| placed.shelf.in_force())
    }

    /// The code of each record in force on some day, with its name.
    pub(super) fn in_force_named(&self) -> impl Iterator<Item = (u32, &str)> {
        self.0.iter().flat_map(|placed| placed.shelf.in_force_named())
    }

    /// How many records stand there.
    pub(super) fn records(&self) -> usize {
        self.0.iter().map(|placed| placed.shelf.facts.len()).sum()
    }

    /// Each by where it lies, and how many bytes of memory it takes.
    pub(super) fn bytes(&self) -> impl Iterator<Item = (*const (), usize)> {
        self.0.iter().map(|placed| (Arc::as_ptr(&placed.shelf).cast(), placed.shelf.bytes()))
    }
}
