//! A program that uses releases too, and whether it is in step.

use warifu_trust::UnixSeconds;

use crate::said::Said;
use crate::swap::target::{Answered, Failed, FailedAt, NotTaken, Target};

/// With so many looks at which it worked, some seconds have passed since it was given what it uses: what ends
/// this from then on has nothing to do with that.
const SETTLED: u32 = 3;

/// A program beside this one.
pub(super) struct Follower {
    pub(super) target: Box<dyn Target>,
    pub(super) trouble: Option<Trouble>,
    /// Since when it is in step.
    pub(super) in_step: Option<UnixSeconds>,
    pub(super) told: Option<Answered>,
    pub(super) asked: Option<Answered>,
    /// At how many looks it worked since it was given what it uses.
    worked: u32,
}

impl Follower {
    pub(super) fn of(target: Box<dyn Target>) -> Follower {
        Follower { target, trouble: None, in_step: None, told: None, asked: None, worked: 0 }
    }

    /// Whether it works; at a look, to watch it.
    ///
    /// # Errors
    /// What it said.
    pub(super) fn works(&mut self, now: UnixSeconds) -> Result<Settled, Said> {
        let works = self.target.works();
        self.asked = Some(Answered { at: now, wrong: works.as_ref().err().cloned() });
        works?;
        self.worked = self.worked.saturating_add(1);
        Ok(if self.worked < SETTLED { Settled::NotYet } else { Settled::Settled })
    }

    /// What came of giving it a release: it was told and asked, or told only, or neither.
    pub(super) fn was_given(&mut self, taken: &Result<(), NotTaken>, at: UnixSeconds) {
        self.worked = 0;
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

/// Whether it has worked for a while with what it uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    NotYet,
    Settled,
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
