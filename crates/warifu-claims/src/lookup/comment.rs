//! What the checks ask of a comment (コメント).

use super::facts::Facts;
use super::snapshot_error::SnapshotError;
use super::source::Source;

/// What the checks ask of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Whether text follows the code: every pattern but 20 (定型文).
    pub takes_text: bool,
}

impl Facts for Comment {
    const KIND: &'static str = "comment";
    const NAME: &'static str = "name";
    const COLUMNS: &'static [&'static str] = &["pattern"];
    type Columns = usize;

    fn columns(source: &Source<'_>) -> Result<usize, SnapshotError> {
        source.column("pattern")
    }

    fn of_row(source: &Source<'_>, pattern: &usize, row: usize) -> Result<Self, SnapshotError> {
        Ok(Comment { takes_text: source.table.bytes(row, *pattern) != b"20" })
    }
}
