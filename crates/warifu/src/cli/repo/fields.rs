//! The fields of a record with their meaning, for people and for programs.

use serde_json::{Value, json};
use warifu_masters::table::Master;

use super::columns::Columns;

/// Column (from 0), value and its meaning, of each field of a record that is not blank.
fn fields(master: &Master, row: usize) -> Vec<(usize, &str, Option<&str>)> {
    let layout = master.layout();
    (0..layout.width())
        .filter(|column| !master.field(row, *column).is_empty())
        .map(|column| {
            let value = master.field(row, column);
            let other = |other| master.field(row, other).to_owned();
            (column, value, layout.meaning(column, value, other))
        })
        .collect()
}

/// The fields of a record for people.
pub(super) fn text(master: &Master, row: usize) -> String {
    let mut columns = Columns::new().right(&[0]);
    for (column, value, meaning) in fields(master, row) {
        let number = (column + 1).to_string();
        let Some(column) = master.layout().columns.get(column) else { continue };
        columns.row([&number, &column.id, &column.name, value, meaning.unwrap_or_default()]);
    }
    columns.text()
}

/// The fields of a record for programs.
pub(super) fn document(master: &Master, row: usize) -> Vec<Value> {
    let layout = master.layout();
    let field = |(column, value, meaning): (usize, &str, Option<&str>)| {
        json!({
            "column": column + 1,
            "field": layout.columns[column].id,
            "name": layout.columns[column].name,
            "value": value,
            "meaning": meaning,
        })
    };
    fields(master, row).into_iter().map(field).collect()
}
