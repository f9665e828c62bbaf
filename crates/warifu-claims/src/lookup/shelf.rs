//! All versions of all records of one master: of a series, all of one kind.

use std::sync::Arc;

use super::code_table::CodeTable;
use super::names::Names;
use super::version::Version;
use warifu_masters::past::Governs;
use warifu_values::day::TreatmentDay;

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
    pub(super) fn version(&self, code: u32, day: TreatmentDay) -> Option<(usize, &Version)> {
        let mut at = self.codes.first(code)?;
        loop {
            let version = self.versions.get(at).filter(|version| version.code == code)?;
            if version.first <= day {
                return Some((at, version));
            }
            at += 1;
        }
    }

    /// Each record in force, with its code.
    pub(super) fn in_force(&self) -> impl Iterator<Item = (u32, &F)> {
        let in_force = |version: &Version| Some((version.code, version.record_in_force()?));
        self.versions.iter().filter_map(in_force).map(|(code, record)| (code, &self.facts[record as usize]))
    }

    /// The code of each record in force, with its name.
    pub(super) fn in_force_named(&self) -> impl Iterator<Item = (u32, &str)> {
        let in_force = |version: &Version| Some((version.code, version.record_in_force()?));
        self.versions.iter().filter_map(in_force).map(|(code, record)| (code, self.names.of(record)))
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
