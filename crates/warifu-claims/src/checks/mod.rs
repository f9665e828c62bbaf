//! The clerical checks (事務点検) that masters decide.

mod judge;

pub use judge::{Tally, judge};
