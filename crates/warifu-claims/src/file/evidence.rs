//! What reading shows of a file: values that cannot be a text of a patient.

use std::fmt;

use warifu_values::day::{ClaimMonth, TreatmentDay};

use super::form::Values;

/// A value that something irregular is told with: nothing else of a file is ever shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Evidence {
    /// There is nothing to show.
    #[default]
    Nothing,
    /// A count, or the number of a day, a claim or a byte.
    Number(u64),
    /// The id of a record: two ASCII letters or digits.
    Record([u8; 2]),
    /// A day.
    Day(TreatmentDay),
    /// A month.
    Month(ClaimMonth),
    /// What the layout lets a field hold.
    Values(Values),
}

impl Evidence {
    /// So many.
    pub(super) fn count(count: usize) -> Evidence {
        Evidence::Number(count as u64)
    }
}

/// As a finding shows it.
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::Nothing => Ok(()),
            Evidence::Number(number) => number.fmt(f),
            Evidence::Record(id) => f.write_str(&String::from_utf8_lossy(id)),
            Evidence::Day(day) => day.fmt(f),
            Evidence::Month(month) => month.fmt(f),
            Evidence::Values(values) => f.write_str(&values.shown()),
        }
    }
}
