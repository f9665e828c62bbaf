//! One master while it is taken in: its columns by id, its fields as numbers.

use warifu_values::amount::{hundredths, number};
use warifu_values::day::day_or_none;

use super::master_of::{MasterOf, SnapshotError};

/// One master while it is taken in.
pub(super) struct Source<'a> {
    pub(super) of: &'a MasterOf<'a>,
}

impl Source<'_> {
    pub(super) fn column(&self, id: &str) -> Result<usize, SnapshotError> {
        let series = || self.of.series.to_owned();
        let column = self.of.master.layout().column(id);
        column.map_err(|source| SnapshotError::Column { series: series(), source })
    }

    pub(super) fn wrong(&self, row: usize, field: &'static str) -> SnapshotError {
        SnapshotError::Value {
            series: self.of.series.to_owned(),
            kind: self.of.kind.to_owned(),
            key: self.of.master.key(row).into_owned(),
            field,
        }
    }

    /// The whole number in a field; blank is 0.
    pub(super) fn whole(&self, row: usize, column: usize, field: &'static str) -> Result<u32, SnapshotError> {
        match self.of.master.bytes(row, column) {
            b"" => Ok(0),
            digits => number(digits).ok_or_else(|| self.wrong(row, field)),
        }
    }

    /// The day in a field, as a number; 0 for none.
    pub(super) fn day(&self, row: usize, column: usize, field: &'static str) -> Result<u32, SnapshotError> {
        day_or_none(self.of.master.bytes(row, column)).ok_or_else(|| self.wrong(row, field))
    }

    /// A decimal in hundredths; blank is 0.
    pub(super) fn hundredths(
        &self,
        row: usize,
        column: usize,
        field: &'static str,
    ) -> Result<u64, SnapshotError> {
        hundredths(self.of.master.bytes(row, column)).ok_or_else(|| self.wrong(row, field))
    }
}
