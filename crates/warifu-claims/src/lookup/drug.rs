//! What the checks ask of a drug (医薬品).

use super::facts::Facts;
use super::snapshot_error::SnapshotError;
use super::source::Source;

/// What the checks ask of a drug: that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drug;

impl Facts for Drug {
    const KIND: &'static str = "drug";
    const NAME: &'static str = "name";
    const EARLIER_END: Option<&'static str> = Some("transition_or_use_limit_on");
    const COLUMNS: &'static [&'static str] = &[];
    type Columns = ();

    fn columns(_: &Source<'_>) -> Result<(), SnapshotError> {
        Ok(())
    }

    fn of_row(_: &Source<'_>, _: &(), _: usize) -> Result<Self, SnapshotError> {
        Ok(Drug)
    }
}
