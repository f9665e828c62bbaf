//! The clerical checks (事務点検): one file a check, one line of it in the catalogue.

mod wrong;

mod asked;

mod check;

mod code_form;
mod comment_text;
mod in_force;
mod payer_days;
mod payer_points;
mod payer_records;
mod points;
mod quantity;
mod reading;
mod total;
mod total_points;
mod treatment_month;

mod together;

mod catalogue;

mod cover;
mod report;

mod judge;

mod version;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod form_cases;
#[cfg(test)]
mod neighbours;

pub use catalogue::catalogue;
pub use check::{About, AskedOf, Judges};
pub(crate) use judge::judge_one;
pub use judge::{Tally, judge};
pub(crate) use points::points;
pub use version::CHECKS_VERSION;
