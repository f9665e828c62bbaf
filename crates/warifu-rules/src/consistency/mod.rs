//! Consistency: rules between the fields and records of one master (`set/...`), between the masters of one
//! series (`across/...`), and between two versions of one master (`versions/...`).
//!
//! [`CATALOGUE`] lists every rule once, with the columns it asks, why it is as it is, and how many records of
//! the published files keep and break it. A rule asks for its columns by field id, once, and is left out
//! where an edition lacks one. What published files break in a few known places is waived in the layout, with
//! a reason; what they break at large is a note. A site's own rules are in a crate of their own.

mod across;
mod across_points;
mod ask;
#[cfg(test)]
mod cases;
mod catalogue;
mod comment;
mod common;
mod disease;
mod drug;
mod material;
mod names;
mod news;
mod points;
mod procedure;
mod relation;
mod report;
mod rule;
mod subject;
mod versions;

pub use ask::{check, check_across, check_across_for, check_versions, needed_by};
pub use catalogue::CATALOGUE;
pub(crate) use common::RELATED_CODES;
pub use news::{Shown, check_new, newly_broken};
pub use rule::{Count, Rule, Seen};
pub use subject::{Of, Tally};
