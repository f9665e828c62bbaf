//! Looking after a program that uses releases too, second by second.

use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::log::Event;
use crate::said::Said;
use crate::state::Phase;
use crate::swap::follower::Settled;
use crate::swap::swapper::Swapper;
use crate::swap::target::{Failed, FailedAt};

impl Swapper {
    /// Looks after the program: what is out of step is tried again, and a release on probation is left when
    /// the program works no more, and confirmed when it did for long enough.
    pub(super) fn look_after(&self, now: UnixSeconds) {
        let Some(mut follower) = self.follower().filter(|_| !self.ending.is_told()) else { return };
        if follower.trouble.as_ref().is_some_and(|trouble| trouble.again > now) {
            return;
        }
        let Some(active) = self.active() else {
            let is_wrong = follower.trouble.is_some();
            drop(follower);
            if is_wrong {
                let _ = self.follow(now);
            }
            return;
        };
        if follower.trouble.is_some() || follower.target.uses() != Some(active.id) {
            if follower.trouble.is_none() {
                self.tell_moved(active.id.release);
            }
            drop(follower);
            if let Err(why) = self.follow(now)
                && active.phase() == Phase::Probation
                && !self.ending.is_told()
            {
                // What it cannot be given is not what it works with, also where it did before.
                let _ = self.fall_back(why, Some(&active), now);
            }
            return;
        }
        // A first release is confirmed at once, and looked after until it was seen to work for a while.
        let is_confirmed = active.phase() == Phase::Confirmed;
        if is_confirmed && self.record().tried() != Some(active.id.into()) {
            return;
        }
        let watched = i64::try_from(follower.target.watched_seconds()).unwrap_or(i64::MAX);
        let works = follower.works(now);
        if let Err(why) = &works
            && is_confirmed
            && !self.ending.is_told()
        {
            // There is none to go back to: it is given this one again.
            let failed = Failed { at: FailedAt::Probe, why: why.clone() };
            return self.out_of_step(&mut follower, Some(active.id.release), failed, now);
        }
        drop(follower);
        match works {
            // Whoever told this to end may have ended who was asked, or it took too long.
            Err(_) if self.ending.is_told() => {}
            Err(why) => {
                // Whoever was faster went back already.
                let _ = self.fall_back(why, Some(&active), now);
            }
            Ok(Settled::Settled) if is_confirmed => self.settles(),
            Ok(Settled::NotYet) if is_confirmed => {}
            Ok(_) if active.since.seconds().saturating_add(watched) <= now.seconds() => {
                self.confirm_proven(&active, now);
                self.tidy();
            }
            Ok(Settled::Settled) => self.settles(),
            Ok(Settled::NotYet) => {}
        }
    }

    /// The program was in step, and is not: whoever did that hears of it.
    fn tell_moved(&self, release: u64) {
        let said = Said::new(
            format!(
                "the link led away from release {release}, and neither a release nor a fall back did that: \
                 somebody's hand, or another program; it is put back"
            ),
            format!(
                "リンクがリリース {release} 以外を指していました。切替や切り戻しによる変更ではなく、手作業または他のプログラムによるものです。\
                 元に戻します"
            ),
        );
        self.log.of_release(Event::AttachedMoved, release, &said);
    }

    /// Lets go of what was made for the program and is not used or gone back to any more.
    fn tidy(&self) {
        let Some(follower) = self.follower() else { return };
        let record = self.record();
        let kept = record.running().kept().chain(record.earlier().iter().map(|it| it.id));
        follower.target.keep_only(&kept.map(ReleaseRef::from).collect::<Vec<_>>());
    }
}
