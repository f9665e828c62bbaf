//! What a snapshot answers: the record that was in force, or why none was.

use std::sync::Arc;

/// A record and where it came from.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a, F> {
    /// What the checks ask of it.
    pub facts: &'a F,
    /// Its name.
    pub name: &'a str,
    /// Its series.
    pub series: &'a Arc<str>,
    /// Which version of which record: equal for equal answers.
    pub(super) version: u32,
}

impl<F> Held<'_, F> {
    /// Whether both are the same version of the same record of one snapshot.
    pub fn is_same(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

/// What a snapshot says of a code on a day.
#[derive(Debug, Clone, Copy)]
pub enum Lookup<'a, F> {
    /// The record in force.
    InForce(Held<'a, F>),
    /// Only versions that begin later are known. Nothing follows from that for the claim.
    NotYetInForce {
        /// The first day that the known version holds.
        from: EffectiveNumber,
        /// The version.
        held: Held<'a, F>,
    },
    /// It could last be used before that day.
    Abolished {
        /// Its last day.
        last: EffectiveNumber,
        /// The version that ended.
        held: Held<'a, F>,
    },
    /// No series knows the code.
    Unknown,
    /// No series that holds on that day is held at all.
    NotHeld,
}

/// Why no record was in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Only versions that begin on that day or later are known.
    NotYetInForce(EffectiveNumber),
    /// It could last be used on that day.
    Abolished(EffectiveNumber),
    /// No series knows the code.
    Unknown,
    /// No series that holds on that day is held at all.
    NotHeld,
}

impl<'a, F> Lookup<'a, F> {
    /// Why no record was in force, and the version that says so, where there is one; `None` when one was.
    pub fn absence(&self) -> Option<(Absence, Option<&Held<'a, F>>)> {
        Some(match self {
            Lookup::InForce(_) => return None,
            Lookup::NotYetInForce { from, held } => (Absence::NotYetInForce(*from), Some(held)),
            Lookup::Abolished { last, held } => (Absence::Abolished(*last), Some(held)),
            Lookup::Unknown => (Absence::Unknown, None),
            Lookup::NotHeld => (Absence::NotHeld, None),
        })
    }
}

/// A date as masters write it, YYYYMMDD.
pub type EffectiveNumber = u32;
