//! 電子点数表 (electronic points table) as a checker holds it: which procedures exclude or include each other,
//! how often each may be billed, and which additions go with which inpatient basic fee.
//!
//! Each table stands on a shelf of its own. The days of a row are those of the record (新設年月日 to 廃止年月日)
//! inside those of its series.

mod row;
mod within;

mod by_group;

mod shelf;
mod tables;

#[cfg(test)]
mod tests;

pub(crate) use row::{Bond, CountLimit, Exclusion, Which};
pub(super) use shelf::{KINDS, PointsShelf};
pub(crate) use tables::{PointsTables, TablesOf};
pub(crate) use within::Within;
