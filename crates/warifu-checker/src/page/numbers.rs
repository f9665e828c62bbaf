//! Numbers as people read them.

use warifu_values::number::grouped;

/// A number that is read, not computed with.
pub(super) fn short(number: f64) -> String {
    match number {
        number if number >= 1000.0 => grouped(number.round() as u64),
        number if number >= 10.0 || number == 0.0 => format!("{number:.0}"),
        number => format!("{number:.1}"),
    }
}
