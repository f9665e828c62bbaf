//! Records of one edition while they are taken in: their columns by id, their fields as numbers.

use warifu_masters::past::MasterOf;
use warifu_masters::table::Table;
use warifu_values::amount::{hundredths, number};
use warifu_values::day::{TreatmentDay, day_or_none};

use super::amount::Amount;
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

    /// The positions of `ids`.
    pub(super) fn columns<const N: usize>(&self, ids: [&str; N]) -> Result<[usize; N], SnapshotError> {
        let mut columns = [0; N];
        for (column, id) in columns.iter_mut().zip(ids) {
            *column = self.column(id)?;
        }
        Ok(columns)
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

    /// A decimal; blank is 0.
    pub(super) fn amount(
        &self,
        row: usize,
        column: usize,
        field: &'static str,
    ) -> Result<Amount, SnapshotError> {
        let amount = hundredths(self.table.bytes(row, column)).and_then(Amount::of_hundredths);
        amount.ok_or_else(|| self.wrong(row, field))
    }

    /// A number of at most two digits; none where it is no such.
    pub(super) fn small(&self, row: usize, column: usize) -> Option<u8> {
        let digits = self.table.bytes(row, column);
        number(digits).filter(|_| digits.len() <= 2).and_then(|number| u8::try_from(number).ok())
    }

    /// A code of one digit; blank is 0. What is none is 255, which no list has.
    pub(super) fn class(&self, row: usize, column: usize) -> u8 {
        match self.table.bytes(row, column) {
            b"" => 0,
            [digit @ b'0'..=b'9'] => digit - b'0',
            _ => u8::MAX,
        }
    }
}
