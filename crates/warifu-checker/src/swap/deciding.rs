//! What operators decide that no gate does, and what they ask without deciding anything.

use warifu_audit::Act;
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak as _};

use crate::acts::operator;
use crate::candidate::NotRead;
use crate::cause::Amiss;
use crate::log::Event;
use crate::said::Said;
use crate::state::{Decided, Decision, Forgotten, Held, HeldFor, Installed, Reason};
use crate::swap::active::Active;
use crate::swap::aside::aside;
use crate::swap::clearing::{Newer, NotCleared, NotNewer};
use crate::swap::epochs::the_area_moves;
use crate::swap::runs::{NotDecided, NothingBefore};
use crate::swap::swapper::Swapper;
use crate::trial::Replayed;

/// Nothing was fallen back to; nothing changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFallenBack {
    /// This checker belongs to an area, which falls back as one.
    WithItsArea(String),
    /// There is no confirmed release before this one in memory.
    NothingBefore {
        /// What runs, where something does.
        runs: Option<u64>,
        /// Which others can be gone back to by their numbers, the newest first.
        there: Vec<u64>,
    },
    /// That release is not among those that can be gone back to.
    NotThere {
        /// It.
        release: u64,
        /// They, the newest first.
        there: Vec<u64>,
    },
    /// That release cannot be used.
    NotUsable {
        /// It.
        release: u64,
        /// Why.
        why: Said,
        /// Which others can be gone back to, the newest first.
        there: Vec<u64>,
    },
}

impl NotFallenBack {
    /// For people.
    pub fn said(&self) -> Said {
        match self {
            NotFallenBack::WithItsArea(area) => the_area_moves(area),
            NotFallenBack::NothingBefore { runs, there } => {
                let runs = runs.map_or_else(
                    || Said::new("nothing runs", "現在使用しているリリースはありません"),
                    |runs| Said::new(format!("release {runs} runs"), format!("稼働中はリリース {runs} です")),
                );
                runs.then(&Said::new(
                    "it is not known which one was before it",
                    "直前の確定済みリリースはありません",
                ))
                .then(&match there.first() {
                    None => to_be_had(there),
                    Some(newest) => to_be_had(there).then(&Said::new(
                        format!("by its number: warifu-checker fall-back {newest}"),
                        format!("番号を指定すると戻せます: warifu-checker fall-back {newest}"),
                    )),
                })
            }
            NotFallenBack::NotThere { release, there } => Said::new(
                format!("release {release} is none that can be gone back to here"),
                format!("リリース {release} には戻せません"),
            )
            .then(&to_be_had(there)),
            NotFallenBack::NotUsable { release, why, there } => Said::new(
                format!("release {release} cannot be gone back to: {}", why.en),
                format!("リリース {release} には戻せません: {}", why.ja),
            )
            .then(&to_be_had(there)),
        }
    }
}

fn to_be_had(there: &[u64]) -> Said {
    if there.is_empty() {
        return Said::new(
            "there is none here; where what runs is wrong, call both organisations: either of them alone can \
             withdraw it",
            "戻せるリリースはありません。稼働中のリリースが誤っている場合は両団体に電話してください（どちらか一方だけで取り下げられます）",
        );
    }
    let there = there.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    Said::new(format!("there is: {there}"), format!("戻せるリリース: {there}"))
}

impl Swapper {
    /// Returns to the confirmed release before what runs, because an operator says so.
    ///
    /// # Errors
    /// [`NotFallenBack::NothingBefore`].
    pub fn fall_back_by_hand(&self, why: Said, now: UnixSeconds) -> Result<u64, NotFallenBack> {
        self.alone()?;
        self.fall_back(why, None, now).map_err(|NothingBefore| NotFallenBack::NothingBefore {
            runs: self.active().map(|active| active.id.release),
            there: self.usable_before(),
        })
    }

    /// A member of an area does not fall back alone.
    fn alone(&self) -> Result<(), NotFallenBack> {
        self.epochs.get().map_or(Ok(()), |epochs| Err(NotFallenBack::WithItsArea(epochs.area().to_owned())))
    }

    /// Those that can be gone back to by their numbers, the newest first.
    fn usable_before(&self) -> Vec<u64> {
        let record = self.record();
        let usable = record.to_go_back_to().filter(|installed| self.withdrawn(installed.id.into()).is_none());
        usable.map(|installed| installed.id.release).collect()
    }

    /// Returns to `release`, a confirmed one before this one that is still here whole, and holds everything
    /// newer until a newer release is confirmed. Gives the number fallen back to.
    ///
    /// # Errors
    /// [`NotFallenBack`].
    pub fn fall_back_to(&self, release: u64, why: Said, now: UnixSeconds) -> Result<u64, NotFallenBack> {
        self.alone()?;
        let record = self.record();
        let before = self.usable_before();
        let there = |except: Option<u64>| {
            before.iter().copied().filter(|number| Some(*number) != except).collect::<Vec<u64>>()
        };
        let not_there = || NotFallenBack::NotThere { release, there: there(None) };
        let is_it = |installed: &&Installed| installed.id.release == release;
        let Some(installed) = record.to_go_back_to().find(is_it) else { return Err(not_there()) };
        let not_usable = |why| NotFallenBack::NotUsable { release, why, there: there(Some(release)) };
        if let Some(why) = self.withdrawn(installed.id.into()) {
            return Err(not_usable(why));
        }
        // In memory already, unless somebody was faster.
        if self.runs.before().is_some_and(|before| before.id == installed.id.into()) {
            return self.fall_back_by_hand(why, now);
        }
        let content = self.runs.load(installed.id.into()).map_err(|error| not_usable(Said::of(&error)))?;
        let candidate = self.build(content).map_err(|why| not_usable(why.why()))?;
        let back = Active::new(candidate.signed_by(installed.signed_by.clone()), None, now);
        let moved = self.runs.go_back_to(back, why.clone(), now).ok_or_else(not_there)?;
        self.went_back(Event::FallBackByOperator, moved, &why, now);
        Ok(moved.1)
    }

    /// Confirms `release`, which is on probation, because an operator says so: where too few institutions use
    /// a checker, no waiting does.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn confirm(&self, release: u64, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let (decision, watched) = self.runs.confirm_by_hand(release, reason, now)?;
        if let Some(report) = watched.watched(&self.rules.gates().probation) {
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

    /// Lets the held `release` be taken again, because an operator says so. What an organisation withdrew is
    /// not: that would do nothing but seem to.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn unhold(&self, release: u64, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let record = self.record();
        let held = record.all_held().iter().find(|held| held.id.release == release);
        let of_record = |held: &Held| Some(held.why.clone()).filter(|_| held.held_for == HeldFor::Withdrawn);
        if let Some(why) = held.and_then(|held| self.withdrawn(held.id.into()).or_else(|| of_record(held))) {
            return Err(NotDecided::Withdrawn { release, why });
        }
        if held.is_some() && self.source_is_damaged() {
            return Err(NotDecided::WithdrawnOrNot(release));
        }
        let decision = self.runs.unhold(release, reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Lets nothing be activated from now on, because an operator says so: no emergency either, for he is the
    /// one who would be called. What is taken away is left all the same. Who freezes what is frozen adds a
    /// reason to it.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn freeze(&self, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let own = Decision { decided: Decided::Frozen, release: None, reason: reason.clone(), at: now };
        let frozen = self.runs.freeze(reason, operator(), now);
        // It holds also where the record does not have it yet: then the log is what tells it.
        if matches!(frozen, Ok(_) | Err(NotDecided::FrozenNotWritten(_))) {
            self.decided(&own, now);
        }
        frozen
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
        self.look_whether_whole(now);
        if self.damages().is_empty() {
            return Err(NotDecided::NotDamaged);
        }
        let mended = self.source.as_ref().map_or(Ok(()), |source| source.mend());
        self.look_for_damage();
        let is_anew = mended.and_then(|()| self.runs.mend_log()).map_err(NotDecided::NotMended)?;
        let decision = self.runs.repaired(reason, now)?;
        if is_anew {
            self.acts.begin_anew(&self.record(), now);
        }
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Deletes every claim file that is kept to be replayed.
    ///
    /// # Errors
    /// What could not be deleted, or that a program is attached.
    pub fn forget_claims(&self, now: UnixSeconds) -> Result<Forgotten, Said> {
        self.judges_claims()?;
        let forgotten = self.recent.forget();
        let said = forgotten.as_ref().map_or_else(Clone::clone, Said::both);
        self.acts.claims_forgotten(&said, forgotten.is_ok(), now);
        self.log.event(Event::ClaimsForgotten, &said);
        forgotten
    }

    /// Judges the kept claim files by what runs and by the release before it again: what they tell now of the
    /// step from the one to the other. Changes nothing, and is no decision.
    ///
    /// # Errors
    /// Nothing runs, or what runs and what was before it cannot be read.
    pub fn replay(&self, now: UnixSeconds) -> Result<Replayed, Said> {
        self.judges_claims()?;
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
        let candidate = self.build(content).map_err(NotRead::why)?;
        let no_other = || {
            Said::new(
                format!("there is no release before release {} here to compare with", active.id.release),
                format!("リリース {} と比較できる前のリリースがありません", active.id.release),
            )
        };
        let before = Some(self.runs.before().ok_or_else(no_other)?);
        let newer = Newer::than(before, None, candidate).map_err(NotNewer::said)?;
        let kept = |id| self.runs.load(id);
        let (files, enough) = (self.recent.files(), self.rules.gates().replay());
        let (report, cleared) = aside(self.log, || newer.clear(&self.schemas, kept, &files, &enough, now));
        match (report, cleared) {
            (Some(report), _) => Ok(report),
            (None, Err(NotCleared::Data(why) | NotCleared::NotNow(Amiss { why, .. }))) => Err(why),
            (None, Ok(_)) => Err(nothing()),
        }
    }

    /// Where a program is attached no claims come here, so that nothing is kept of any.
    fn judges_claims(&self) -> Result<(), Said> {
        match self.follower {
            None => Ok(()),
            Some(_) => Err(Said::new(
                "this drives an attached program: no claims come here, and none are kept or replayed",
                "接続先プログラムの切替専用です。請求を受け付けていないため、保存や再点検はありません",
            )),
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
        self.log.event(Event::OperatorDecided, &said);
    }
}
