//! Days, amounts, digests and the two languages: the values that every other crate speaks in, and nothing else.
//!
//! Nothing here knows what a master, a claim or a release is.
#![warn(missing_docs)]

pub mod amount;
pub mod day;
pub mod digest;
pub mod judgement;
pub mod lang;
