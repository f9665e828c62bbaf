//! 電子点数表 (electronic points table) as a checker holds it: which procedures exclude or include each other,
//! how often each may be billed, and which additions go with which inpatient basic fee.
//!
//! Each table stands on a shelf of its own, as one row for each run of days on which a record of it holds.
//! The days are those of the record (新設年月日 to 廃止年月日) inside those of its series.

mod days;

mod row;
mod within;

mod by_code;
mod by_group;

mod build;

mod shelf;
mod tables;

#[cfg(test)]
mod tests;

pub(crate) use by_code::ByCode;
pub(crate) use row::{Bond, CountLimit, Exclusion, Which};
pub(super) use shelf::{KINDS, PointsShelf};
pub(crate) use tables::{PointsTables, TablesOf};
pub(crate) use within::Within;
