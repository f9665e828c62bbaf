//! The state machine of a release: from its source to judging claims, watched, confirmed or fallen back from.

mod swapper;

mod outcome;

pub use outcome::Outcome;
pub use swapper::{Active, Gates, LastPoll, NothingBefore, Swapper};
