//! What a claim file came to, as people read it: counts by code and the findings in a terminal of whatever
//! width, a table for a spreadsheet, and what judges a build reads. Programs are given the JSON of
//! [`answer`](warifu_judging::answer).

mod report;
mod reported;
mod table;

pub use report::{Most, report};
pub use reported::Reported;
pub use table::table;
