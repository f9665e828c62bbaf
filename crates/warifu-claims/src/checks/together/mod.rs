//! Procedures of a claim together: what the 電子点数表 says of them.
//!
//! What a claim does not tell is not told here: a rule under a special condition (特例条件), one whose period
//! is longer than the month where the month alone keeps it, one in units that no record counts (一連, 手術当り,
//! 入院中, 部位, ...), and days where an item records none.

mod weeks;

mod asked;

mod additions;
mod counts;
mod exclusion;
mod inclusion;

mod list;

mod walk;

pub(super) use list::TOGETHER;
pub(super) use walk::judge_together;

#[cfg(test)]
pub(super) mod cases;
#[cfg(test)]
mod real_files;
