//! What a snapshot answers: the record that was in force, or why none was.

use std::sync::Arc;

use super::names::Names;
use crate::item_code::ItemCode;
use warifu_values::day::TreatmentDay;

/// A record and where it came from.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a, F> {
    /// What the checks ask of it.
    pub facts: &'a F,
    /// What records are called: most who look one up do not ask.
    pub(super) names: &'a Names,
    /// Its series.
    pub series: &'a Arc<str>,
    /// Which of the records.
    pub(super) record: u32,
    /// Which version of which record: equal for equal answers.
    pub(crate) version: u32,
}

impl<'a, F> Held<'a, F> {
    /// Its name.
    #[inline]
    pub fn name(&self) -> &'a str {
        self.names.of(self.record)
    }

    /// One that no master holds, without a name.
    #[cfg(test)]
    pub(crate) fn invented(facts: &'a F, series: &'a Arc<str>) -> Self {
        static NAMES: std::sync::LazyLock<Names> = std::sync::LazyLock::new(|| {
            let mut names = Names::default();
            let place = names.write("");
            names.push(place);
            names
        });
        Held { facts, names: &NAMES, series, record: 0, version: 0 }
    }

    /// Whether both are the same version of the same record of one snapshot. A version holds on days without
    /// a gap.
    pub fn is_same(&self, other: &Self) -> bool {
        self.version == other.version
    }

    /// Who says so.
    pub fn by(&self) -> By<'a> {
        By { series: self.series, name: Some(self.name()) }
    }
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By<'a> {
    /// The series that governs the day.
    pub series: &'a Arc<str>,
    /// The name of its record, where it has one.
    pub name: Option<&'a str>,
}

/// What a snapshot says of a code on a day.
#[derive(Debug, Clone, Copy)]
pub enum Lookup<'a, F> {
    /// The record in force.
    InForce(Held<'a, F>),
    /// None was.
    Absent(Absence, Option<By<'a>>),
}

/// Why no record was in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// A series governs the day, and no publication that is held tells what the code was then. Nothing
    /// follows from that for the claim. With the day from which on one does tell, where no other days lie
    /// between.
    NotKnown(Option<TreatmentDay>),
    /// It could last be used on that day.
    Abolished(TreatmentDay),
    /// It could last be used on that day, and another code stands in its place (移行先).
    Succeeded(TreatmentDay, ItemCode),
    /// The series that governs the day does not list the code: not yet, not any more, or not at all.
    Unknown,
    /// No series that is held governs the day.
    NotHeld,
}
