//! All versions of all records of one master: of a series, all of one kind.

use std::sync::Arc;

use super::code_table::CodeTable;
use super::names::Names;
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
}

/// No record at all.
pub(super) const NO_RECORD: u32 = u32::MAX;

/// All versions of all records of one master. Those of one code stand together, the newest first; each holds
/// until the one before it begins, and the oldest begins with the days that the series governs. Immutable, so
/// that the snapshots of two releases that carry the same master share it.
#[derive(Debug)]
pub(super) struct Shelf<F> {
    pub(super) series: Arc<str>,
    pub(super) governs: Governs,
    /// From when on it is known which codes it lists.
    pub(super) known_from: TreatmentDay,
    pub(super) codes: CodeTable,
    pub(super) versions: Box<[Version]>,
    /// Of each record.
    pub(super) facts: Box<[F]>,
    pub(super) names: Names,
}

impl<F> Shelf<F> {
    /// The version of `code` that holds on `day`, which the series governs; none when it never had the code.
    #[inline]
    pub(super) fn version(&self, code: u32, day: TreatmentDay) -> Option<usize> {
        let newest = self.codes.first(code)?;
        let of_code = self.versions[newest..].iter().take_while(|version| version.code == code);
        of_code.enumerate().find(|(_, version)| version.first <= day).map(|(at, _)| newest + at)
    }

    /// Each record in force, with its code.
    pub(super) fn in_force(&self) -> impl Iterator<Item = (u32, &F)> {
        let versions = self.versions.iter().filter(|version| version.standing == Standing::InForce);
        versions.map(|version| (version.code, &self.facts[version.record as usize]))
    }

    /// The versions of `code`, the oldest first.
    pub(super) fn versions_of(&self, code: u32) -> impl Iterator<Item = &Version> {
        let newest = self.codes.first(code).unwrap_or(self.versions.len());
        let count = self.versions[newest..].iter().take_while(|version| version.code == code).count();
        self.versions[newest..newest + count].iter().rev()
    }

    /// How many bytes of memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.codes.bytes() + size_of_val(&*self.versions) + size_of_val(&*self.facts) + self.names.bytes()
    }
}
