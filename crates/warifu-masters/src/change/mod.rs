//! What became of a master from one state to the next.

pub mod chain;
pub mod diff;
pub mod differential;
pub mod plausibility;
pub mod reissue;
