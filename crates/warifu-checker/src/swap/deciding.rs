//! What operators decide that no gate does, and what they ask without deciding anything.

use warifu_audit::Act;
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak as _};

use crate::candidate::Candidate;
use crate::said::Said;
use crate::state::{Decided, Decision, Forgotten, Reason};
use crate::swap::clearing::{Newer, NotCleared, NotNewer};
use crate::swap::runs::NotDecided;
use crate::swap::swapper::Swapper;
use crate::trial::Replayed;

impl Swapper {
    /// Confirms `release`, which is on probation, because an operator says so: where too few institutions use
    /// a checker, no waiting does.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn confirm(&self, release: u64, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let (decision, watched) = self.runs.confirm_by_hand(release, reason, now)?;
        if let Some(report) = watched.watched(&self.gates.probation) {
            self.runs.note_watch(&report);
        }
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Gives up `release`, which judged here and was lost, because an operator says so: others are taken
    /// again.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn give_up(&self, release: u64, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = self.runs.give_up(release, reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Lets the held `release` be taken again, because an operator says so.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn unhold(&self, release: u64, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = self.runs.unhold(release, reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Lets nothing be activated from now on, because an operator says so: no emergency either, for he is the
    /// one who would be called. What is taken away is left all the same.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn freeze(&self, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = self.runs.freeze(reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Lets releases be activated again, because an operator says so; the one that waited for it is, within a
    /// second.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn thaw(&self, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = self.runs.thaw(reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Mends what is damaged as [`Swapper::damages`] tells, because an operator says so.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn repair(&self, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let _bench = self.bench.hold();
        self.look_for_damage();
        if self.damages().is_empty() {
            return Err(NotDecided::NotDamaged);
        }
        let mended = self.source.as_ref().map_or(Ok(()), |source| source.mend());
        self.look_for_damage();
        mended.map_err(NotDecided::NotMended)?;
        let decision = self.runs.repaired(reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Deletes every claim file that is kept to be replayed.
    ///
    /// # Errors
    /// What could not be deleted.
    pub fn forget_claims(&self, now: UnixSeconds) -> Result<Forgotten, Said> {
        let forgotten = self.recent.forget().map_err(|error| {
            Said::about("not every claim file could be deleted", "削除できない請求ファイルがあります", &error)
        });
        let said = match &forgotten {
            Ok(forgotten) => Said::both(forgotten),
            Err(why) => why.clone(),
        };
        self.acts.claims_forgotten(&said, forgotten.is_ok(), now);
        self.log.event(&said);
        forgotten
    }

    /// Judges the kept claim files by what runs and by the release before it again: what they tell now of the
    /// step from the one to the other. Changes nothing, and is no decision.
    ///
    /// # Errors
    /// Nothing runs, or what runs and what was before it cannot be read.
    pub fn replay(&self, now: UnixSeconds) -> Result<Replayed, Said> {
        // One candidate at a time is in memory.
        let _bench = self.bench.hold();
        let nothing = || {
            Said::new(
                "nothing judges yet, so there is nothing to replay by",
                "点検に使用しているリリースがないため、再点検できません",
            )
        };
        let active = self.active().ok_or_else(nothing)?;
        let content = self.runs.load(active.id).map_err(|error| Said::of(&error))?;
        let candidate = Candidate::build(&self.schemas, content)?;
        let before = self.runs.before();
        let newer = Newer::than(before, None, candidate).map_err(NotNewer::said)?;
        let kept = |id| self.runs.load(id);
        let (report, cleared) =
            newer.clear(&self.schemas, kept, &self.recent.files(), &self.gates.replay(), now);
        match (report, cleared) {
            (Some(report), _) => Ok(report),
            (None, Err(NotCleared::Data(why) | NotCleared::NotNow(why))) => Err(why),
            (None, Ok(_)) => Err(nothing()),
        }
    }

    fn decided(&self, decision: &Decision, now: UnixSeconds) {
        let said = Said::new(decision.say(Lang::En), decision.say(Lang::Ja));
        let act = match decision.decided {
            Decided::Confirmed => Act::Confirm,
            Decided::GivenUp => Act::GiveUp,
            Decided::Unheld => Act::Unhold,
            Decided::Frozen => Act::Freeze,
            Decided::Thawed => Act::Thaw,
            Decided::Repaired => Act::Repair,
        };
        self.acts.decided(act, decision.release, &said, now);
        self.log.event(&said);
    }
}
