//! Comments that a claim must have: what the コメント関連テーブル says of its procedures and drugs.
//!
//! What a claim does not decide is not told here: see [`crate::lookup::relation`]. A comment counts wherever
//! it stands in the claim, and one of those that the table has for one condition (項番 and 枝番) is enough,
//! because nothing tells whether the others are due beside it.

mod asked;

mod due;
mod elective;

mod list;

mod walk;

pub(super) use list::COMMENTS_DUE;
pub(super) use walk::judge_comments_due;

#[cfg(test)]
pub(super) mod cases;
#[cfg(test)]
mod real_files;
