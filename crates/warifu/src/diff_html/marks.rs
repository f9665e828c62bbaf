//! Marks inside of a field: which characters went and which came.

use similar::{ChangeTag, TextDiff};
use warifu_masters::schema::{Column, ColumnType};

/// Texts that share less than this are easier to read whole.
const MARKED_FROM_RATIO: f32 = 0.4;

/// For the old and for the new text the lengths of what both have and of what only this one has, in turn and
/// beginning with what both have, in UTF-16 units as the page's script counts. `None` where marks would not
/// help.
pub(super) fn marks(column: &Column, before: &str, after: &str) -> Option<[Vec<usize>; 2]> {
    let is_text = matches!(column.column_type, ColumnType::Kanji | ColumnType::Text | ColumnType::Kana);
    if !is_text || before.is_empty() || after.is_empty() {
        return None;
    }
    let compared = TextDiff::from_chars(before, after);
    if compared.ratio() < MARKED_FROM_RATIO {
        return None;
    }
    let side = |only: ChangeTag| {
        let mut lengths = vec![0];
        for change in compared.iter_all_changes() {
            let here = change.tag() == only;
            if !here && change.tag() != ChangeTag::Equal {
                continue;
            }
            // Even places count what both have, odd ones what is only here.
            if here == (lengths.len() % 2 == 1) {
                lengths.push(0);
            }
            if let Some(last) = lengths.last_mut() {
                *last += change.value().encode_utf16().count();
            }
        }
        lengths
    };
    Some([side(ChangeTag::Delete), side(ChangeTag::Insert)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use warifu_masters::schema::Schemas;

    #[test]
    fn marks_are_lengths_of_shared_and_own_characters_in_turn() {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.layout("procedure-150").unwrap();
        let name = &layout.columns[layout.position("short_name").unwrap()];
        assert_eq!(marks(name, "初診料（乳幼児）", "初診料（乳幼児）加算"), Some([vec![8], vec![8, 2]]));
        assert_eq!(marks(name, "再診料", "外来診療料"), Some([vec![0, 1, 2], vec![0, 2, 1, 1, 1]]));
        assert_eq!(marks(name, "初診", "手術料"), None, "nothing in common");
        let points = &layout.columns[layout.position("points").unwrap()];
        assert_eq!(marks(points, "288.00", "291.00"), None, "a number is read whole");
    }
}
