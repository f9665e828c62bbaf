//! What the checks ask of a disease (傷病名), in use or former (旧傷病名).

use super::facts::Facts;
use super::snapshot_error::SnapshotError;
use super::source::Source;
use crate::item_code::{ItemCode, ItemKind};

/// What the checks ask of a disease in use: that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disease;

impl Facts for Disease {
    const KIND: &'static str = "disease";
    const OF: ItemKind = ItemKind::Disease;
    const NAME: &'static str = "name";
    const IS_LISTED: bool = true;
    const IS_THERE_SINCE_LISTED: bool = true;
    const COLUMNS: &'static [&'static str] = &[];
    type Columns = ();

    fn columns(_: &Source<'_>) -> Result<(), SnapshotError> {
        Ok(())
    }

    fn of_row(_: &Source<'_>, _: &(), _: usize) -> Result<Self, SnapshotError> {
        Ok(Disease)
    }
}

/// What the checks ask of a former disease. When it was listed is left blank nearly everywhere and says
/// nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormerDisease {
    /// The code in its place (移行先コード, column 4), where there is one.
    pub successor: Option<ItemCode>,
}

impl Facts for FormerDisease {
    const KIND: &'static str = "former-disease";
    const OF: ItemKind = ItemKind::Disease;
    const NAME: &'static str = "name";
    const IS_LISTED: bool = true;
    const COLUMNS: &'static [&'static str] = &["successor_code"];
    type Columns = usize;

    fn columns(source: &Source<'_>) -> Result<usize, SnapshotError> {
        source.column("successor_code")
    }

    fn of_row(source: &Source<'_>, successor: &usize, row: usize) -> Result<Self, SnapshotError> {
        Ok(FormerDisease { successor: ItemCode::parse(Self::OF, source.table.bytes(row, *successor)) })
    }
}
