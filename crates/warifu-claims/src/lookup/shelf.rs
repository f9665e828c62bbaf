//! All versions of all records of one kind, and which of them was in force on a day.

use std::sync::Arc;

use super::answer::{Absence, By, Held, Lookup};
use super::code_table::CodeTable;
use warifu_masters::past::Governs;
use warifu_values::day::TreatmentDay;

/// What holds for a code from one day on, until its next version begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Version {
    pub(super) code: u32,
    pub(super) first: TreatmentDay,
    pub(super) standing: Standing,
    /// The record in force; where none is, the one that tells the name, if any ([`NO_RECORD`]).
    pub(super) record: u32,
    /// Index into `Shelf::series`.
    pub(super) series: u32,
}

/// What holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The version's record is in force.
    InForce,
    /// It could last be used on that day.
    Abolished(TreatmentDay),
    /// The series lists the code on other days.
    Unknown,
    /// No publication tells.
    NotKnown,
    /// What holds for any code of which the series that governs the day never heard.
    Unheard,
}

/// No record at all.
pub(super) const NO_RECORD: u32 = u32::MAX;

/// A series, the days that it governs, and from when on it is known which codes it lists.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) name: Arc<str>,
    pub(super) governs: Governs,
    pub(super) known_from: TreatmentDay,
}

/// All versions of all records of one kind. Those of one code stand together, the newest first; each holds
/// until the one before it begins.
#[derive(Debug)]
pub(super) struct Shelf<F> {
    pub(super) codes: CodeTable,
    pub(super) versions: Box<[Version]>,
    /// Of each record.
    pub(super) facts: Box<[F]>,
    /// Where the name of each record begins and ends.
    pub(super) named: Box<[(u32, u32)]>,
    pub(super) names: Box<str>,
    /// Ascending by the first day. Of two that govern a day, the one that began later does.
    pub(super) series: Vec<Series>,
}

impl<F> Default for Shelf<F> {
    fn default() -> Self {
        Shelf {
            codes: CodeTable::default(),
            versions: Box::default(),
            facts: Box::default(),
            named: Box::default(),
            names: Box::default(),
            series: Vec::new(),
        }
    }
}

impl<F> Shelf<F> {
    /// What holds for `code` on `day`.
    #[inline]
    pub(super) fn lookup(&self, code: u32, day: TreatmentDay) -> Lookup<'_, F> {
        let Some(newest) = self.codes.first(code) else { return self.unheard(day) };
        let mut at = newest;
        while let Some(version) = self.versions.get(at).filter(|version| version.code == code) {
            if version.first <= day {
                return match version.standing {
                    Standing::InForce => Lookup::InForce(self.held(at)),
                    _ => self.absent(newest, at, day),
                };
            }
            at += 1;
        }
        self.unheard(day)
    }

    #[inline]
    fn held(&self, at: usize) -> Held<'_, F> {
        let Version { record, series, .. } = self.versions[at];
        Held {
            facts: &self.facts[record as usize],
            name: self.name(record),
            series: &self.series[series as usize].name,
            version: at as u32,
        }
    }

    #[inline]
    fn name(&self, record: u32) -> &str {
        let (from, to) = self.named[record as usize];
        &self.names[from as usize..to as usize]
    }

    /// Why version `at` says that no record is in force; `newest` is the first version of its code.
    #[cold]
    fn absent(&self, newest: usize, at: usize, day: TreatmentDay) -> Lookup<'_, F> {
        let version = self.versions[at];
        let absence = match version.standing {
            Standing::Abolished(last) => Absence::Abolished(last),
            Standing::NotKnown => {
                let mut later = self.versions[newest..at].iter().rev();
                let next = later.find(|of| of.standing != Standing::NotKnown);
                let told = next.filter(|of| of.standing != Standing::Unheard);
                Absence::NotKnown(told.map(|version| version.first))
            }
            Standing::Unknown | Standing::InForce => Absence::Unknown,
            Standing::Unheard => return self.unheard(day),
        };
        let name = (version.record != NO_RECORD).then(|| self.name(version.record));
        Lookup::Absent(absence, Some(By { series: &self.series[version.series as usize].name, name }))
    }

    /// What holds on `day` for a code that the series which governs it never had.
    #[cold]
    fn unheard(&self, day: TreatmentDay) -> Lookup<'_, F> {
        // Series are few.
        let begun = self.series.iter().rposition(|series| series.governs.first <= day);
        let governing = begun.map(|at| (at, &self.series[at])).filter(|(_, of)| of.governs.holds(day));
        let Some((at, Series { name, known_from, governs })) = governing else {
            return Lookup::Absent(Absence::NotHeld, None);
        };
        let absence = if day < *known_from {
            let next = self.series.get(at + 1).map(|next| next.governs.first);
            let holds = governs.holds(*known_from) && next.is_none_or(|next| *known_from < next);
            Absence::NotKnown(holds.then_some(*known_from))
        } else {
            Absence::Unknown
        };
        Lookup::Absent(absence, Some(By { series: name, name: None }))
    }

    /// How many bytes of memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.codes.bytes()
            + size_of_val(&*self.versions)
            + size_of_val(&*self.facts)
            + size_of_val(&*self.named)
            + self.names.len()
    }
}
