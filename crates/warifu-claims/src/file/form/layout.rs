//! One kind of record: its fields in order.

use super::field::{Field, Mode};

/// A field that stands once or several times in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The field.
    pub field: Field,
    /// How many times.
    pub times: u8,
}

/// Positions of a layout at most, the id's included: a bit each.
const POSITIONS: usize = 48;

/// The fields of one kind of record, after its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The record id (レコード識別情報).
    pub id: [u8; 2],
    /// Its name.
    pub name: &'static str,
    /// Its fields from position 2 on.
    pub runs: &'static [Run],
    width: usize,
    /// The run of each position, from 1; the id's is none.
    run_at: [u8; POSITIONS],
    /// Bit `position - 1` is set where the field's form is looked into.
    looked_into: u64,
    /// The same where it may not be left out.
    required: u64,
}

impl Layout {
    /// Of these fields.
    pub(super) const fn of(id: [u8; 2], name: &'static str, runs: &'static [Run]) -> Layout {
        let (mut run_at, mut looked_into, mut required) = ([0; POSITIONS], 0, 0);
        let (mut width, mut at) = (1, 0);
        while at < runs.len() {
            let Run { field, times } = runs[at];
            let mut time = 0;
            while time < times {
                run_at[width] = at as u8;
                looked_into |= (!matches!(field.mode, Mode::Open) as u64) << width;
                required |= (field.is_required as u64) << width;
                width += 1;
                time += 1;
            }
            at += 1;
        }
        Layout { id, name, runs, width, run_at, looked_into, required }
    }

    /// How many fields the record has, with its id.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Each field with its position, from 2.
    pub fn fields(&self) -> impl Iterator<Item = (u8, &'static Field)> + use<> {
        let each = self.runs.iter().flat_map(|run| (0..run.times).map(move |_| &run.field));
        (2..).zip(each)
    }

    /// The field at that position, from 2.
    #[inline]
    pub(in crate::file) fn field_at(&self, position: u8) -> Option<&'static Field> {
        let position = usize::from(position);
        let is_there = (2..=self.width).contains(&position);
        is_there.then(|| &self.runs[usize::from(self.run_at[position - 1])].field)
    }

    /// The fields whose form is to be looked into in a record that holds something in `filled` (bit
    /// `position - 1`): those of them, and those that may not be left out. Each with its position, from 2.
    #[inline]
    pub(in crate::file) fn due(&self, filled: u64) -> impl Iterator<Item = (u8, &'static Field)> {
        let mut due = self.looked_into & (filled | self.required);
        std::iter::from_fn(move || {
            let at = due.trailing_zeros();
            due &= due.wrapping_sub(1);
            let run = *self.run_at.get(at as usize)?;
            Some((at as u8 + 1, &self.runs[usize::from(run)].field))
        })
    }
}
