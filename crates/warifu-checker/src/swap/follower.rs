//! A program that uses releases too, and whether it is in step.

use warifu_trust::UnixSeconds;

use crate::said::Said;
use crate::swap::target::{Answered, Failed, FailedAt, NotTaken, Target};

/// A program beside this one.
pub(super) struct Follower {
    pub(super) target: Box<dyn Target>,
    pub(super) trouble: Option<Trouble>,
    /// Since when it is in step.
    pub(super) in_step: Option<UnixSeconds>,
    pub(super) told: Option<Answered>,
    pub(super) asked: Option<Answered>,
}

impl Follower {
    pub(super) fn of(target: Box<dyn Target>) -> Follower {
        Follower { target, trouble: None, in_step: None, told: None, asked: None }
    }

    /// What came of giving it a release: it was told and asked, or told only, or neither.
    pub(super) fn was_given(&mut self, taken: &Result<(), NotTaken>, at: UnixSeconds) {
        let answered = |wrong: Option<&Said>| Some(Answered { at, wrong: wrong.cloned() });
        match taken.as_ref().map_err(NotTaken::failed) {
            Ok(()) => {
                (self.told, self.asked) = (answered(None), answered(None));
                self.in_step = Some(at);
            }
            Err(Failed { at: FailedAt::Reload, why }) => self.told = answered(Some(why)),
            Err(Failed { at: FailedAt::Probe, why }) => {
                (self.told, self.asked) = (answered(None), answered(Some(why)));
            }
            Err(Failed { at: FailedAt::Files | FailedAt::Link, .. }) => {}
        }
    }
}

/// It is out of step.
pub(super) struct Trouble {
    /// The release that it should use.
    pub(super) release: Option<u64>,
    pub(super) failed: Failed,
    /// Since when.
    pub(super) since: UnixSeconds,
    /// When it is tried again.
    pub(super) again: UnixSeconds,
}
