//! All versions of all records of one kind, and which of them was in force on a day.

use std::sync::Arc;

use super::answer::{Held, Lookup};
use super::code_table::CodeTable;
use warifu_values::day::{TreatmentDay, day_before};

/// One version of one record: the row of one series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Version {
    pub(super) code: u32,
    pub(super) changed_on: u32,
    pub(super) ends_on: u32,
    /// Index into `Shelf::series`; higher ones are later.
    pub(super) series: u32,
}

/// A series that holds for a kind from a day on (0: always).
#[derive(Debug)]
pub(super) struct Since {
    pub(super) series: Arc<str>,
    pub(super) effective_from: u32,
}

/// All versions of all records of one kind. Versions of one code stand together, latest series first.
#[derive(Debug)]
pub(super) struct Shelf<F> {
    pub(super) codes: CodeTable,
    pub(super) versions: Box<[Version]>,
    pub(super) facts: Box<[F]>,
    pub(super) names: Box<str>,
    pub(super) name_ends: Box<[u32]>,
    /// Ascending by the first day.
    pub(super) series: Vec<Since>,
}

impl<F> Default for Shelf<F> {
    fn default() -> Self {
        Shelf {
            codes: CodeTable::default(),
            versions: Box::default(),
            facts: Box::default(),
            names: Box::default(),
            name_ends: Box::default(),
            series: Vec::new(),
        }
    }
}

impl<F> Shelf<F> {
    #[inline]
    fn held(&self, index: usize) -> Held<'_, F> {
        let from = if index == 0 { 0 } else { self.name_ends[index - 1] as usize };
        Held {
            facts: &self.facts[index],
            name: &self.names[from..self.name_ends[index] as usize],
            series: &self.series[self.versions[index].series as usize].series,
            version: index as u32,
        }
    }

    /// What holds for `code` on `day`.
    ///
    /// The series that governs a day is the latest one in force by then. Its own row decides. An older
    /// series' row counts only while no series with a declared first day has taken over: a code that the
    /// governing series no longer lists ended with the series before it.
    #[inline]
    pub(super) fn lookup(&self, code: u32, day: TreatmentDay) -> Lookup<'_, F> {
        let day = day.as_number();
        // Series ascend by first day and are few.
        let Some(governing) = self.series.iter().rposition(|since| since.effective_from <= day) else {
            return match self.codes.first(code) {
                Some(first) => self.later(code, first, day),
                None => Lookup::NotHeld,
            };
        };
        let Some(first) = self.codes.first(code) else { return Lookup::Unknown };
        let version = self.versions[first];
        // The usual case: the newest version, of the governing series.
        if version.series as usize == governing && version.changed_on <= day && day <= version.ends_on {
            return Lookup::InForce(self.held(first));
        }
        self.search(code, first, day, governing)
    }

    #[cold]
    fn search(&self, code: u32, first: usize, day: u32, governing: usize) -> Lookup<'_, F> {
        let mut ended: Option<(u32, usize)> = None;
        let mut newer_in_governing = false;
        for index in self.versions_of(code, first) {
            let version = self.versions[index];
            let series = version.series as usize;
            if series > governing || version.changed_on > day {
                newer_in_governing |= series == governing;
                continue;
            }
            // The day this version's series stopped deciding, when a later one with a first day took over.
            let taken_over = self.series[series + 1..=governing]
                .iter()
                .map(|since| since.effective_from)
                .find(|from| *from > 0 && *from > self.series[series].effective_from);
            let ends_on = match taken_over {
                Some(from) if !newer_in_governing => version.ends_on.min(day_before(from)),
                Some(_) => continue,
                None => version.ends_on,
            };
            if day <= ends_on {
                return Lookup::InForce(self.held(index));
            }
            if ended.is_none_or(|(last, _)| ends_on > last) {
                ended = Some((ends_on, index));
            }
        }
        match ended {
            Some((last, index)) if !newer_in_governing => Lookup::Abolished { last, held: self.held(index) },
            _ => self.later(code, first, day),
        }
    }

    /// The first version of `code` that begins after `day`.
    #[cold]
    fn later(&self, code: u32, first: usize, day: u32) -> Lookup<'_, F> {
        let begins = |index: usize| {
            let version = self.versions[index];
            version.changed_on.max(self.series[version.series as usize].effective_from)
        };
        let later =
            self.versions_of(code, first).filter(|index| begins(*index) > day).min_by_key(|i| begins(*i));
        match later {
            Some(index) => Lookup::NotYetInForce { from: begins(index), held: self.held(index) },
            None => Lookup::Unknown,
        }
    }

    fn versions_of(&self, code: u32, first: usize) -> impl Iterator<Item = usize> + '_ {
        (first..self.versions.len()).take_while(move |index| self.versions[*index].code == code)
    }

    /// How many bytes of memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.codes.bytes()
            + size_of_val(&*self.versions)
            + size_of_val(&*self.facts)
            + size_of_val(&*self.name_ends)
            + self.names.len()
    }
}
