//! Keeping a [`Target`] in step with what runs: a release judges here only after the program took it, and the
//! program goes back with the pointer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use warifu_audit::Act;
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::log::Event;
use crate::said::Said;
use crate::state::Phase;
use crate::swap::ending::Ending;
use crate::swap::follower::{Follower, Trouble};
use crate::swap::swapper::Swapper;
use crate::swap::target::{Attached, Failed, FailedAt, NotTaken, Otherwise, Target};

/// After so many seconds a program that is out of step is tried again.
const AGAIN_SECONDS: i64 = 30;

/// The program uses what does not judge here yet; nobody else sees to it as long as this is there.
pub(super) struct Tried<'a> {
    _follower: MutexGuard<'a, Follower>,
}

impl Swapper {
    /// The same, for a program that uses the releases too. It is brought in step with what runs at once: what
    /// a kill left half done is done.
    #[must_use]
    pub fn attached_to(self, target: Box<dyn Target>, now: UnixSeconds) -> Swapper {
        let ending = target.ending();
        let follower = Some(Arc::new(Mutex::new(Follower::of(target))));
        let swapper = Swapper { follower, ending, ..self };
        // What fails is told, and tried again.
        let _ = swapper.follow(now);
        swapper
    }

    /// What there is to be said of the program, where there is one. Nothing while it is being changed.
    pub fn attached(&self) -> Option<Attached> {
        let follower = self.follower.as_ref()?;
        let active = self.active();
        let is_settling = self.is_settling();
        let Ok(follower) = follower.try_lock() else {
            let (uses, since, told, asked, watched_until, trouble) = Default::default();
            return Some(Attached {
                is_changing: true,
                is_settling,
                uses,
                since,
                told,
                asked,
                watched_until,
                trouble,
            });
        };
        let on_probation = active.filter(|active| active.phase() == Phase::Probation);
        let watched = i64::try_from(follower.target.watched_seconds()).unwrap_or(i64::MAX);
        Some(Attached {
            is_changing: false,
            is_settling,
            uses: follower.target.uses().map(|id| id.release),
            since: follower.trouble.as_ref().map(|trouble| trouble.since).or(follower.in_step),
            told: follower.told.clone(),
            asked: follower.asked.clone(),
            watched_until: on_probation
                .map(|it| UnixSeconds::new(it.since.seconds().saturating_add(watched))),
            trouble: follower.trouble.as_ref().map(|trouble| trouble.failed.why.clone()),
        })
    }

    /// Whether what judges was given to the program only just now, and there was none before: it is no more
    /// confirmed than one on probation before the program was seen to work with it for a while.
    pub fn is_settling(&self) -> bool {
        let active = self.active().filter(|_| self.follower.is_some());
        active.is_some_and(|it| it.phase() == Phase::Confirmed && self.record().tried() == Some(it.id.into()))
    }

    /// Whether the program is just being seen to.
    pub fn is_seen_to(&self) -> bool {
        let is_held =
            |follower: &Arc<Mutex<Follower>>| matches!(follower.try_lock(), Err(TryLockError::WouldBlock));
        self.follower.as_ref().is_some_and(is_held)
    }

    pub(super) fn follower(&self) -> Option<MutexGuard<'_, Follower>> {
        Some(self.follower.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets the program use `id`, which judges nothing yet. Nobody else sees to the program before what is
    /// given back is let go: what judges and what it uses differ until `id` judges here too.
    ///
    /// # Errors
    /// It did not take it; it uses what it used before, or that is told loudly.
    pub(super) fn try_on(&self, id: ReleaseRef, now: UnixSeconds) -> Result<Option<Tried<'_>>, NotTaken> {
        let Some(mut follower) = self.follower() else { return Ok(None) };
        let not_asked = |why| NotTaken::NotAsked(Failed { at: FailedAt::Files, why });
        if self.ending.is_told() {
            return Err(not_asked(Ending::why()));
        }
        // A release that takes this process down with it must not be tried for ever.
        self.runs.tries(Some(id)).map_err(not_asked)?;
        let load = || self.runs.load(id).map_err(|error| Said::of(&error));
        let taken = follower.target.take(id, &load, Otherwise::PutBack);
        follower.was_given(&taken, now);
        match &taken {
            // Whatever told this to end may have been what told the program, and nobody would ask that any
            // more whether it works.
            Ok(()) if self.ending.is_told() => return Err(not_asked(Ending::why())),
            Ok(()) => follower.trouble = None,
            // Whoever told this to end may have ended what was told too: it counts as a try, and no more.
            Err(NotTaken::Refused { failed, .. }) if self.ending.is_told() => {
                return Err(NotTaken::NotAsked(failed.clone()));
            }
            Err(NotTaken::Refused { not_put_back: Some(worse), .. }) => {
                let before = self.active().map(|active| active.id.release);
                self.out_of_step(&mut follower, before, worse.clone(), now);
            }
            Err(NotTaken::NotAsked(_)) => self.tries_no_more(),
            // It is held, which ends that too.
            Err(NotTaken::Refused { not_put_back: None, .. }) => {}
        }
        taken.map(|()| Some(Tried { _follower: follower }))
    }

    /// The program was seen to work for a while with what it was given last.
    pub(super) fn settles(&self) {
        if self.record().tried().is_some() {
            // What cannot be written is true again with the next record.
            let _ = self.runs.settles();
        }
    }

    /// What ends this from now on is not put down to what the program was given last.
    fn tries_no_more(&self) {
        // What cannot be written is true again with the next record.
        if self.record().tried().is_some() {
            let _ = self.runs.tries(None);
        }
    }

    /// Lets the program use what judges here, where it does not: after going back, at a start, and again
    /// where that failed.
    ///
    /// # Errors
    /// It does not work with that; this was told.
    pub(super) fn follow(&self, now: UnixSeconds) -> Result<(), Said> {
        let Some(mut follower) = self.follower() else { return Ok(()) };
        let Some(active) = self.active() else { return self.leave_what_failed(&mut follower, now) };
        let is_in_step = follower.target.uses() == Some(active.id) && follower.trouble.is_none();
        if is_in_step || self.ending.is_told() {
            return Ok(());
        }
        if self.record().tried() != Some(active.id.into()) {
            self.tries_no_more();
        }
        let load = || self.runs.load(active.id).map_err(|error| Said::of(&error));
        let taken = follower.target.take(active.id, &load, Otherwise::Stay);
        follower.was_given(&taken, now);
        match taken {
            Ok(()) => {
                if follower.trouble.take().is_some() {
                    let release = active.id.release;
                    let said = Said::new(
                        format!("the attached program is in step again, with release {release}"),
                        format!("接続先プログラムはリリース {release} で動作を再開しました"),
                    );
                    self.log.of_release(Event::AttachedInStep, release, &said);
                }
                Ok(())
            }
            // It was broken off: the next start does it.
            Err(not_taken) if self.ending.is_over() => Err(not_taken.failed().why.clone()),
            Err(NotTaken::NotAsked(failed) | NotTaken::Refused { failed, .. }) => {
                let why = failed.why.clone();
                self.out_of_step(&mut follower, Some(active.id.release), failed, now);
                Err(why)
            }
        }
    }

    /// Where nothing judges, the program is not left with what it was given and did not work, or what ended
    /// this too often. What else its link may name is not known here to be wrong.
    fn leave_what_failed(&self, follower: &mut Follower, now: UnixSeconds) -> Result<(), Said> {
        if self.ending.is_told() {
            return Ok(());
        }
        for id in self.record().not_to_be_used() {
            match follower.target.leave(id.into()) {
                Ok(false) => {}
                Ok(true) => {
                    let release = id.release;
                    let said = Said::new(
                        format!(
                            "release {release}, with which the attached program was not seen to work, is \
                             taken away from it; it has none"
                        ),
                        format!(
                            "接続先プログラムの動作を確認できなかったリリース {release} のリンクを外しました。\
                             渡したリリースはありません"
                        ),
                    );
                    self.log.of_release(Event::AttachedTakenBack, release, &said);
                }
                Err(failed) => {
                    let why = failed.why.clone();
                    self.out_of_step(follower, None, failed, now);
                    return Err(why);
                }
            }
        }
        follower.trouble = None;
        Ok(())
    }

    /// It is told once for each release and what failed of it: a command may say the time of day.
    pub(super) fn out_of_step(
        &self,
        follower: &mut Follower,
        release: Option<u64>,
        failed: Failed,
        now: UnixSeconds,
    ) {
        let is_known = |known: &Trouble| known.release == release && known.failed.at == failed.at;
        if !follower.trouble.as_ref().is_some_and(is_known) {
            let why = &failed.why;
            let said = Said::new(
                format!("THE ATTACHED PROGRAM DOES NOT WORK with what it should: {}", why.en),
                format!("【警告】接続先プログラムが正常に動作していません: {}", why.ja),
            );
            self.log.event(Event::AttachedOutOfStep, &said);
            self.acts.decided(Act::OutOfStep, release, why, now);
            follower.target.alert(why);
        }
        let again = UnixSeconds::new(now.seconds().saturating_add(AGAIN_SECONDS));
        let since = follower.trouble.as_ref().map_or(now, |known| known.since);
        follower.in_step = None;
        follower.trouble = Some(Trouble { release, failed, since, again });
    }
}
