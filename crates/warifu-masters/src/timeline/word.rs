//! What one publication says about days.

use super::row::Row;
use super::said::{Line, Said};
use crate::schema::{ABOLISHED_ON, CHANGE_CLASS, CHANGED_ON, LISTED_ON};
use warifu_values::day::TreatmentDay;

/// What one publication says about days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// The record applies from `from` on; after `last` it is abolished.
    Applies { from: TreatmentDay, last: Option<TreatmentDay> },
    /// It ends after `last`; how it was until then others have said.
    Ends { last: TreatmentDay },
    /// The entry does not count from `from` on.
    Withdrawn { from: TreatmentDay },
    /// The record is missing from `from` on.
    Gone { from: TreatmentDay },
    /// The series did not have it when it begins to be known here.
    NotListed { from: TreatmentDay },
    /// It went, as was announced.
    Silent,
}

/// The word of publication number `at` of `line`.
pub(super) fn word<V>(line: &Line<V>, at: usize) -> Word {
    let Said { published, row, .. } = &line.said[at];
    let not_before_series = |day: TreatmentDay| day.max(line.effective.first_treatment());
    let since_published = not_before_series(published.treatment());
    let Some(row) = row else {
        return match at.checked_sub(1).and_then(|before| line.said[before].row.as_ref()) {
            Some(before) if before.is_marked() || before.day(ABOLISHED_ON).is_some() => Word::Silent,
            Some(_) => Word::Gone { from: since_published },
            None => Word::NotListed { from: since_published },
        };
    };
    let (changed, last) = (row.day(CHANGED_ON), row.day(ABOLISHED_ON));
    let from = match changed {
        Some(changed) => not_before_series(changed),
        // Never changed: as it was listed, of which a blank says that it was long before any series.
        None if row.has(LISTED_ON) => {
            row.day(LISTED_ON).map_or(line.effective.first_treatment(), not_before_series)
        }
        // A master without the columns says no more than that the row is there now.
        None => since_published,
    };
    match (row.field(CHANGE_CLASS), last) {
        ("1", _) => Word::Withdrawn { from },
        ("9", None) => Word::Gone { from: since_published },
        (_, Some(last)) if changed.is_some_and(|changed| changed > last) => Word::Ends { last },
        ("9", Some(last)) if at > 0 && only_ends(line.said[at - 1].row.as_ref(), row, last) => {
            Word::Ends { last }
        }
        _ => Word::Applies { from, last },
    }
}

/// Whether `row`, which is abolished, is otherwise what the one `before` said, and that reaches to its `last`
/// day.
fn only_ends(before: Option<&Row>, row: &Row, last: TreatmentDay) -> bool {
    let Some(before) = before.filter(|before| !before.is_marked()) else { return false };
    let abolished_on = row.master().layout().position(ABOLISHED_ON);
    let same =
        before.differences(row).all(|(column, bookkeeping)| bookkeeping || Some(column) == abolished_on);
    same && before.day(CHANGED_ON) == row.day(CHANGED_ON)
        && before.day(ABOLISHED_ON).is_none_or(|ended| last <= ended)
}

/// Whether the next publication moves what number `at` of `line` announced to a later day.
pub(super) fn is_moved<V>(line: &Line<V>, at: usize) -> bool {
    let (Some(this), Some(next)) = (line.said.get(at), line.said.get(at + 1)) else { return false };
    let (Word::Applies { from, .. }, Word::Applies { from: later, .. }) =
        (word(line, at), word(line, at + 1))
    else {
        return false;
    };
    let same = match (&this.row, &next.row) {
        (Some(old), Some(new)) => old.differences(new).all(|(_, bookkeeping)| bookkeeping),
        _ => false,
    };
    same && next.published.treatment() < from && from < later
}
