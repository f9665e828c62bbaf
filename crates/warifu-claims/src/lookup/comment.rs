//! What the checks ask of a comment (コメント).

use super::facts::Facts;
use super::snapshot_error::SnapshotError;
use super::source::Source;
use crate::item_code::ItemKind;

/// What the checks ask of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// How it is used (パターン, column 4).
    pub pattern: u8,
    /// How many digits its text has (columns 11, 13, 15 and 17 together; pattern 40); 0 where that is not
    /// said.
    pub digits: u8,
}

/// 定型文: complete by itself.
const COMPLETE: u8 = 20;

const COLUMNS: [&str; 5] = ["pattern", "edit_1_digits", "edit_2_digits", "edit_3_digits", "edit_4_digits"];

impl Comment {
    /// Whether text follows the code: every pattern but 20 (定型文).
    #[inline]
    pub fn takes_text(&self) -> bool {
        self.pattern != COMPLETE
    }
}

impl Facts for Comment {
    const KIND: &'static str = "comment";
    const OF: ItemKind = ItemKind::Comment;
    const NAME: &'static str = "name";
    const COLUMNS: &'static [&'static str] = &COLUMNS;
    type Columns = [usize; COLUMNS.len()];

    fn columns(source: &Source<'_>) -> Result<Self::Columns, SnapshotError> {
        source.columns(COLUMNS)
    }

    fn of_row(source: &Source<'_>, columns: &Self::Columns, row: usize) -> Result<Self, SnapshotError> {
        let [pattern, digits @ ..] = *columns;
        let digits = digits.map(|column| source.small(row, column).unwrap_or(0));
        Ok(Comment {
            // What is none wants text, and nothing of it.
            pattern: source.small(row, pattern).unwrap_or(u8::MAX),
            digits: digits.into_iter().fold(0, u8::saturating_add),
        })
    }
}
