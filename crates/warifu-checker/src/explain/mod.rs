//! What made two answers for one claim file differ: for each finding the record of the master, the checks or
//! the program.
//!
//! An answer tells by what it was judged ([`Receipt`](crate::receipt::Receipt)). Where the masters differ and
//! both releases are at hand, the records are looked up; otherwise the findings tell.

mod difference;
mod explanation;
mod given;

pub use difference::{Difference, Differences, explain};
pub use explanation::Explanation;
pub use given::{Given, GivenFinding, GivenSummary};
