//! A program that uses releases too, and whether it is in step.

use warifu_trust::UnixSeconds;

use crate::swap::target::{Failed, Target};

/// A program beside this one.
pub(super) struct Follower {
    pub(super) target: Box<dyn Target>,
    pub(super) trouble: Option<Trouble>,
}

/// It is out of step.
pub(super) struct Trouble {
    /// The release that it should use.
    pub(super) release: Option<u64>,
    pub(super) failed: Failed,
    /// When it is tried again.
    pub(super) again: UnixSeconds,
}
