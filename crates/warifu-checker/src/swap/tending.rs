//! Looking after a program that uses releases too, second by second.

use std::sync::atomic::Ordering;

use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::state::Phase;
use crate::swap::swapper::Swapper;
use crate::swap::target::Answered;

impl Swapper {
    /// Looks after the program: what is out of step is tried again, and a release on probation is left when
    /// the program works no more, and confirmed when it did for long enough.
    pub(super) fn look_after(&self, now: UnixSeconds) {
        let Some(mut follower) = self.follower() else { return };
        let Some(active) = self.active().filter(|_| !self.ends.load(Ordering::SeqCst)) else { return };
        if follower.trouble.as_ref().is_some_and(|trouble| trouble.again > now) {
            return;
        }
        if follower.trouble.is_some() || follower.target.uses() != Some(active.id) {
            drop(follower);
            if let Err(why) = self.follow(now)
                && active.phase() == Phase::Probation
            {
                // What it cannot be given is not what it works with, also where it did before.
                let _ = self.fall_back(why, Some(&active), now);
            }
            return;
        }
        if active.phase() == Phase::Confirmed {
            return;
        }
        let watched = i64::try_from(follower.target.watched_seconds()).unwrap_or(i64::MAX);
        let works = follower.target.works();
        follower.asked = Some(Answered { at: now, wrong: works.as_ref().err().cloned() });
        drop(follower);
        match works {
            Err(why) => {
                // Whoever was faster went back already.
                let _ = self.fall_back(why, Some(&active), now);
            }
            Ok(()) if active.since.seconds().saturating_add(watched) <= now.seconds() => {
                self.confirm_proven(&active, now);
                self.tidy();
            }
            Ok(()) => {}
        }
    }

    /// Lets go of what was made for the program and is not used or gone back to any more.
    fn tidy(&self) {
        let Some(follower) = self.follower() else { return };
        let record = self.record();
        let kept = record.running().kept().chain(record.earlier().iter().map(|it| it.id));
        follower.target.keep_only(&kept.map(ReleaseRef::from).collect::<Vec<_>>());
    }
}
