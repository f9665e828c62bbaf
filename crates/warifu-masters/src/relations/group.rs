//! Looking for what belongs to a record.

use std::collections::BTreeSet;

use super::bonds::{BONDS, Bond, KEY, Step};
use crate::table::{Master, Table};
use warifu_values::amount::is_zero;

/// What belongs to a record in one way.
#[derive(Debug)]
pub struct Group {
    /// In which.
    pub bond: &'static Bond,
    /// What; in the order of their masters.
    pub items: Vec<Item>,
}

/// One thing that belongs to a record.
#[derive(Debug)]
pub struct Item {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// What the row says of it besides.
    pub notes: Vec<Note>,
    /// The row that says so, alone: the record itself, or a row of a table about it.
    pub row: Master,
}

/// A field that says more of what belongs to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The field id.
    pub field: String,
    /// 項目名.
    pub name: String,
    /// What stands there.
    pub value: String,
    /// What that means, where the layout says.
    pub meaning: Option<String>,
}

/// What belongs to the record in `row` of `table`. `rows` gives, of the master of a kind, at least the rows
/// that hold a value somewhere; none where there is no such master.
///
/// # Errors
/// Those of `rows`.
pub fn relations<E>(
    table: &Table,
    row: usize,
    mut rows: impl FnMut(&str, &str) -> Result<Option<Master>, E>,
) -> Result<Vec<Group>, E> {
    let kind = table.layout().kind.as_str();
    let mut groups = Vec::new();
    for bond in BONDS.iter().filter(|bond| bond.of.contains(&kind)) {
        let mut values = values(table, row, bond.by);
        let mut items = Vec::new();
        for (at, step) in bond.steps.iter().enumerate() {
            let found = taken(step, &values, &mut rows)?;
            if at + 1 < bond.steps.len() {
                values = found.iter().flat_map(|one| self::values(one, 0, step.take)).collect();
                continue;
            }
            let is_itself = |one: &Master| one.layout().kind == kind && one.key(0) == table.key(row);
            items = found.into_iter().filter(|one| !is_itself(one)).map(|one| item(bond, one)).collect();
        }
        if !items.is_empty() {
            groups.push(Group { bond, items });
        }
    }
    Ok(groups)
}

/// What stands in `columns` of the row, where that names something.
fn values(table: &Table, row: usize, columns: &[&str]) -> BTreeSet<String> {
    let value = |id: &&str| match *id {
        KEY => table.key(row).into_owned(),
        id => field(table, row, id).to_owned(),
    };
    columns.iter().map(value).filter(|value| !is_zero(value.as_bytes())).collect()
}

/// The rows of the step's master that hold one of `values` in one of its columns, each alone and once.
fn taken<E>(
    step: &Step,
    values: &BTreeSet<String>,
    rows: &mut impl FnMut(&str, &str) -> Result<Option<Master>, E>,
) -> Result<Vec<Master>, E> {
    let mut found = std::collections::BTreeMap::new();
    for value in values {
        let Some(master) = rows(step.kind, value)? else { continue };
        for row in 0..master.rows() {
            let holds = step.holds.iter().any(|id| match *id {
                KEY => master.key(row) == *value,
                id => field(&master, row, id) == value,
            });
            if holds {
                found.entry(master.key(row).into_owned()).or_insert_with(|| master.alone(row));
            }
        }
    }
    Ok(found.into_values().collect())
}

fn item(bond: &Bond, row: Master) -> Item {
    let layout = row.layout();
    let note = |id: &&str| {
        let column = layout.position(id)?;
        let value = row.field(0, column);
        let meaning = layout.meaning(column, value, |other| row.field(0, other).to_owned());
        (!value.is_empty()).then(|| Note {
            field: (*id).to_owned(),
            name: layout.columns[column].name.clone(),
            value: value.to_owned(),
            meaning: meaning.map(str::to_owned),
        })
    };
    let notes = bond.notes.iter().filter_map(note).collect();
    let code = if bond.code == KEY { row.key(0).into_owned() } else { field(&row, 0, bond.code).to_owned() };
    let name = if bond.name == KEY { row.label(0) } else { field(&row, 0, bond.name) };
    Item { code, name: name.to_owned(), notes, row }
}

fn field<'a>(table: &'a Table, row: usize, id: &str) -> &'a str {
    table.layout().position(id).map_or("", |column| table.field(row, column))
}
