//! Records of one edition while they are taken in: their columns by id, their fields as numbers.

use warifu_masters::past::MasterOf;
use warifu_masters::table::Table;
use warifu_values::amount::{hundredths, number};
use warifu_values::day::{TreatmentDay, day_or_none};

use super::snapshot_error::SnapshotError;

/// The newest records of a master, or superseded ones of one edition.
pub(super) struct Source<'a> {
    pub(super) of: &'a MasterOf<'a>,
    pub(super) table: &'a Table,
}

impl Source<'_> {
    pub(super) fn column(&self, id: &str) -> Result<usize, SnapshotError> {
        let series = || self.of.series.to_owned();
        let column = self.table.layout().column(id);
        column.map_err(|source| SnapshotError::Column { series: series(), source })
    }

    fn wrong(&self, row: usize, field: &'static str) -> SnapshotError {
        SnapshotError::Value {
            series: self.of.series.to_owned(),
            kind: self.of.kind.to_owned(),
            key: self.table.key(row).into_owned(),
            field,
        }
    }

    /// The whole number in a field; blank is 0.
    pub(super) fn whole(&self, row: usize, column: usize, field: &'static str) -> Result<u32, SnapshotError> {
        match self.table.bytes(row, column) {
            b"" => Ok(0),
            digits => number(digits).ok_or_else(|| self.wrong(row, field)),
        }
    }

    /// The day in a field; none where it says none, or one that never comes.
    pub(super) fn day(
        &self,
        row: usize,
        column: usize,
        field: &'static str,
    ) -> Result<Option<TreatmentDay>, SnapshotError> {
        match day_or_none(self.table.bytes(row, column)) {
            Some(_) => Ok(TreatmentDay::parse(self.table.field(row, column))),
            None => Err(self.wrong(row, field)),
        }
    }

    /// A decimal in hundredths; blank is 0.
    pub(super) fn hundredths(
        &self,
        row: usize,
        column: usize,
        field: &'static str,
    ) -> Result<u64, SnapshotError> {
        hundredths(self.table.bytes(row, column)).ok_or_else(|| self.wrong(row, field))
    }
}
