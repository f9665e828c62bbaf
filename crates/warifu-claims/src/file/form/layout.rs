//! One kind of record: its fields in order.

use super::field::Field;

/// A field that stands once or several times in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The field.
    pub field: Field,
    /// How many times.
    pub times: u8,
}

/// The fields of one kind of record, after its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The record id (レコード識別情報).
    pub id: [u8; 2],
    /// Its name.
    pub name: &'static str,
    /// Its fields from position 2 on.
    pub runs: &'static [Run],
}

impl Layout {
    /// How many fields the record has, with its id.
    pub const fn width(&self) -> usize {
        let (mut width, mut at) = (1, 0);
        while at < self.runs.len() {
            width += self.runs[at].times as usize;
            at += 1;
        }
        width
    }

    /// Each field with its position, from 2.
    pub fn fields(&self) -> impl Iterator<Item = (u8, &'static Field)> + use<> {
        let each = self.runs.iter().flat_map(|run| (0..run.times).map(move |_| &run.field));
        (2..).zip(each)
    }

    /// The field at that position, from 2.
    pub(in crate::file) fn field_at(&self, position: u8) -> Option<&'static Field> {
        self.fields().find(|(at, _)| *at == position).map(|(_, field)| field)
    }
}
