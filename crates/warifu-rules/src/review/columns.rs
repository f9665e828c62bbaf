//! What columns and fields are to a reviewer.

use warifu_masters::schema::{ABOLISHED_ON, CHANGE_CLASS, CHANGED_ON, Column, ColumnType};

/// Whether a column is the account that a publication keeps of itself: no claim is judged by it.
pub fn is_bookkeeping(column: &Column) -> bool {
    let id = column.id.as_str();
    matches!(id, CHANGE_CLASS | CHANGED_ON | "publication_order" | "name_changed" | "kana_changed")
        || id.ends_with("_length")
        || matches!(id, "old_points" | "old_point_kind" | "old_price" | "old_price_kind")
        || column.column_type == ColumnType::Reserve
}

/// Whether a column holds the last day of something.
pub(super) fn is_end_date(column: &Column) -> bool {
    column.column_type == ColumnType::Date
        && (column.id == ABOLISHED_ON || column.id.starts_with("transition_"))
}

/// Whether a field holds no value: blank, or zeros only.
pub(super) fn is_neutral(field: &str) -> bool {
    warifu_values::amount::is_zero(field.as_bytes())
}
