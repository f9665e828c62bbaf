//! A program that uses releases too, and whether it is in step.

use warifu_trust::UnixSeconds;

use crate::said::Said;
use crate::swap::target::Target;

/// A program beside this one.
pub(super) struct Follower {
    pub(super) target: Box<dyn Target>,
    /// Why it is out of step, and when it is tried again.
    pub(super) trouble: Option<(Said, UnixSeconds)>,
}
