//! What the checks ask of a material (特定器材).

use super::facts::Facts;
use super::snapshot_error::SnapshotError;
use super::source::Source;

/// What the checks ask of a material: that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Material;

impl Facts for Material {
    const KIND: &'static str = "material";
    const NAME: &'static str = "name";
    const COLUMNS: &'static [&'static str] = &[];
    type Columns = ();

    fn columns(_: &Source<'_>) -> Result<(), SnapshotError> {
        Ok(())
    }

    fn of_row(_: &Source<'_>, _: &(), _: usize) -> Result<Self, SnapshotError> {
        Ok(Material)
    }
}
