//! The clerical checks (事務点検): one file a check, one line of it in the catalogue.

mod wrong;

mod asked;

mod check;
mod fields;

mod steps;
mod yen;

mod amount_used;
mod code_form;
mod comment_form;
mod comment_text;
mod day_limit;
mod disease_alone;
mod disease_coded;
mod disease_name;
mod dpc_only;
mod drug_points;
mod in_force;
mod insurance;
mod material_points;
mod patient_age;
mod payer_days;
mod payer_points;
mod payer_records;
mod points;
mod quantity;
mod reading;
mod setting;
mod total;
mod total_points;
mod treatment_month;
mod unit_price;

mod told;
mod uses;

mod companions;

mod age_additions;

mod comments_due;
mod together;

mod catalogue;

mod cover;
mod report;
mod unit;

mod diagnoses;

mod judge;

mod version;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod clean_file;
#[cfg(test)]
mod clean_masters;
#[cfg(test)]
mod form_cases;
#[cfg(test)]
mod neighbours;

pub use catalogue::{catalogue, is_of_unit};
pub use check::{About, AskedOf, Judges};
pub(crate) use drug_points::points as points_of_drug;
pub(crate) use judge::judge_one;
pub use judge::{Tally, judge};
pub(crate) use material_points::points as points_of_material;
pub(crate) use points::points;
pub use version::CHECKS_VERSION;
