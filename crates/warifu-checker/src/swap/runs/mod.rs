//! What runs: the one pointer and the record beside it, the three steps that change both, and what operators
//! decide.

mod pointer;

mod decided;
mod epoch;
mod on_disk;
mod steps;

pub use decided::NotDecided;
pub(super) use pointer::Runs;
pub(super) use steps::NotActivated;
pub use steps::NothingBefore;
