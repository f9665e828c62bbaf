//! One record as a publication left it, and in what two of them differ.

use crate::change::chain::is_bookkeeping;
use crate::change::diff::{field_or_blank, fields_that_differ};
use crate::schema::{CHANGE_CLASS, Layout, is_marked};
use crate::table::Master;
use warifu_values::day::TreatmentDay;

/// One record, as one publication left it.
#[derive(Debug, Clone)]
pub struct Row(Master);

impl Row {
    /// The record in `row` of `master`.
    pub fn of(master: &Master, row: usize) -> Row {
        Row(master.alone(row))
    }

    /// The record as a master of one row.
    pub fn master(&self) -> &Master {
        &self.0
    }

    /// What people call it.
    pub fn label(&self) -> &str {
        self.0.label(0)
    }

    /// The field called `id`; blank where the edition lacks it.
    pub fn field(&self, id: &str) -> &str {
        self.0.layout().position(id).map_or("", |column| self.0.field(0, column))
    }

    /// Whether its edition has the field called `id`.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.layout().position(id).is_some()
    }

    /// The day in the field called `id`; none when it is blank, open (99999999) or no day.
    pub(super) fn day(&self, id: &str) -> Option<TreatmentDay> {
        TreatmentDay::parse(self.field(id))
    }

    /// Whether it is marked abolished (9) or withdrawn (1): the next publication leaves it out.
    pub(super) fn is_marked(&self) -> bool {
        is_marked(self.field(CHANGE_CLASS).as_bytes())
    }

    /// The columns, from 0, in which `newer` differs, the change class aside. Each with whether it is the
    /// publisher's bookkeeping.
    pub(super) fn differences<'a>(&'a self, newer: &'a Row) -> impl Iterator<Item = (usize, bool)> + 'a {
        let layout = self.wider_layout(newer);
        let class = layout.change_class;
        fields_that_differ(&self.0, 0, &newer.0, 0)
            .filter(move |column| Some(*column) != class)
            .map(move |column| (column, is_bookkeeping(layout, column)))
    }

    pub(super) fn wider_layout<'a>(&'a self, other: &'a Row) -> &'a Layout {
        let (ours, theirs) = (self.0.layout(), other.0.layout());
        if theirs.width() > ours.width() { theirs } else { ours }
    }

    /// Whether `newer` says nothing new: every field is the same, and so is whether it is marked.
    pub(super) fn repeats(&self, newer: &Row) -> bool {
        self.is_marked() == newer.is_marked() && self.differences(newer).next().is_none()
    }

    /// The field in `column`, blank where the edition is narrower.
    pub(super) fn at(&self, column: usize) -> &str {
        field_or_blank(&self.0, 0, column)
    }
}
