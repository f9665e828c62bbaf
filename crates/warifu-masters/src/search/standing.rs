//! The days that one record says of itself.

use crate::schema::{ABOLISHED_ON, CHANGE_CLASS, CHANGED_ON, LISTED_ON};
use crate::table::Table;
use warifu_values::day::TreatmentDay;

/// The days for which a record holds as it stands, by its own dates alone. What was before them, and whether
/// a series ends sooner, it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first; none when it says none.
    pub first: Option<TreatmentDay>,
    /// The last usable one, of a record that is abolished.
    pub last: Option<TreatmentDay>,
    /// Whether its entry was taken back (class 1).
    pub is_withdrawn: bool,
}

impl Days {
    /// Of the record in `row`.
    pub fn of(table: &Table, row: usize) -> Days {
        let field = |id: &str| table.layout().position(id).map_or("", |column| table.field(row, column));
        let day = |id: &str| TreatmentDay::parse(field(id)).filter(|day| day.as_number() < 99_990_000);
        let (changed, last) = (day(CHANGED_ON).or_else(|| day(LISTED_ON)), day(ABOLISHED_ON));
        // A record that ends begins, as it is marked, the day after its last one.
        let first = changed.filter(|first| last.is_none_or(|last| *first <= last));
        Days { first, last, is_withdrawn: field(CHANGE_CLASS) == "1" }
    }

    /// Whether it holds on `day`.
    pub fn holds_on(&self, day: TreatmentDay) -> bool {
        !self.is_withdrawn
            && self.first.is_none_or(|first| first <= day)
            && self.last.is_none_or(|last| day <= last)
    }

    /// The part of them that lies between `first` and `last`, which a series governs.
    #[must_use]
    pub fn within(self, first: TreatmentDay, last: Option<TreatmentDay>) -> Days {
        let own = self.first.map_or(first, |own| own.max(first));
        let until = self.last.into_iter().chain(last).min();
        Days { first: Some(own), last: until, ..self }
    }
}
