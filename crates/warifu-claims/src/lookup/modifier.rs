//! What the checks ask of a modifier (修飾語).

use super::facts::Facts;
use super::snapshot_error::SnapshotError;
use super::source::Source;
use crate::item_code::ItemKind;

/// What the checks ask of a modifier: that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modifier;

impl Facts for Modifier {
    const KIND: &'static str = "modifier";
    const OF: ItemKind = ItemKind::Modifier;
    const NAME: &'static str = "name";
    const IS_LISTED: bool = true;
    const IS_THERE_SINCE_LISTED: bool = true;
    const COLUMNS: &'static [&'static str] = &[];
    type Columns = ();

    fn columns(_: &Source<'_>) -> Result<(), SnapshotError> {
        Ok(())
    }

    fn of_row(_: &Source<'_>, _: &(), _: usize) -> Result<Self, SnapshotError> {
        Ok(Modifier)
    }
}
