//! What is kept of the rows of one kind of master: one implementation a kind.

use super::snapshot_error::SnapshotError;
use super::source::Source;
use crate::item_code::ItemKind;
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, LISTED_ON};

/// What the checks ask of a record of one kind.
pub(super) trait Facts: Copy + PartialEq {
    /// The kind of master.
    const KIND: &'static str;
    /// What claims name by its codes.
    const OF: ItemKind;
    /// The column with the name for people.
    const NAME: &'static str;
    /// A column with a date that may end a record before its days end.
    const EARLIER_END: Option<&'static str> = None;
    /// Whether its records have the day that they were listed on, by which one that never changed is in
    /// force.
    const IS_LISTED: bool = false;
    /// Whether a record is there from the day that it was listed on, blank before any series, whatever has
    /// changed in it since: what else is asked of it says by itself since when it is known.
    const IS_THERE_SINCE_LISTED: bool = false;
    /// The columns it is made of.
    const COLUMNS: &'static [&'static str];
    /// Their positions.
    type Columns;

    /// Every column that decides what is answered: those with days, most of which the timelines were made by,
    /// and those it is made of.
    fn all_columns() -> Vec<&'static str> {
        let listed = Self::IS_LISTED.then_some(LISTED_ON);
        let days = [Some(CHANGED_ON), Some(ABOLISHED_ON), Self::EARLIER_END, listed];
        days.into_iter().flatten().chain(Self::COLUMNS.iter().copied()).collect()
    }

    /// Finds the columns, once an edition of a master.
    fn columns(source: &Source<'_>) -> Result<Self::Columns, SnapshotError>;
    /// Reads them of one row.
    fn of_row(source: &Source<'_>, columns: &Self::Columns, row: usize) -> Result<Self, SnapshotError>;
}
