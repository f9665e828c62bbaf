//! What a claim file came to, as people read it: counts by code and the findings in a terminal of whatever
//! width, and a table for a spreadsheet. Programs are given the JSON of [`answer`](warifu_judging::answer).

mod report;
mod table;

pub use report::{Most, report};
pub use table::table;
