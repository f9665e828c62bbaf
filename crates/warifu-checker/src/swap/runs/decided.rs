//! What operators decide of what runs: each decision is on disk, with its reason, before it holds.

use std::sync::Arc;

use warifu_trust::UnixSeconds;

use crate::cause::Cause;
use crate::page::report_file;
use crate::said::Said;
use crate::state::{Damage, Decided, Decision, Frozen, Lost, Phase, Reason, Record};
use crate::swap::active::Active;
use crate::swap::runs::pointer::{Beside, Runs};

/// An operator's decision that was not taken; nothing changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDecided {
    /// That release is not on probation.
    NotOnProbation(u64),
    /// That release is not lost.
    NotLost(u64),
    /// That release is not held.
    NotHeld(u64),
    /// One organisation withdrew that release.
    Withdrawn {
        /// It.
        release: u64,
        /// Why it did.
        why: Said,
    },
    /// Whether that release was withdrawn is not known here: what tells it is damaged.
    WithdrawnOrNot(u64),
    /// Activation is not frozen.
    NotFrozen,
    /// Nothing is damaged.
    NotDamaged,
    /// It could not be mended.
    NotMended(Said),
    /// The record could not be written, so nothing was decided.
    NotWritten(Said),
    /// The same of a freeze, which holds all the same.
    FrozenNotWritten(Said),
}

impl NotDecided {
    /// For people.
    pub fn said(&self) -> Said {
        match self {
            NotDecided::NotOnProbation(release) => Said::new(
                format!("release {release} is not on probation; the status says what is"),
                format!(
                    "リリース {release} は観察期間中ではありません。warifu-checker status で確認してください"
                ),
            ),
            NotDecided::NotLost(release) => Said::new(
                format!("release {release} is not lost; the status says what is"),
                format!("リリース {release} は失われていません。warifu-checker status で確認してください"),
            ),
            NotDecided::NotHeld(release) => Said::new(
                format!("release {release} is not held; the status says what is"),
                format!("リリース {release} は保留されていません。warifu-checker status で確認してください"),
            ),
            NotDecided::Withdrawn { release, why } => Said::new(
                format!("release {release} was withdrawn and never judges here again: {}", why.en),
                format!("リリース {release} は取り下げられたため、再び使用することはできません: {}", why.ja),
            )
            .then(&Cause::Withdrawn.next_step(Some(*release))),
            NotDecided::WithdrawnOrNot(release) => Said::new(
                format!("whether release {release} was withdrawn is not known until the damage is mended"),
                format!("破損を修復するまで、リリース {release} が取り下げられたかどうかは分かりません"),
            )
            .then(&Damage::what_to_do()),
            NotDecided::NotFrozen => Said::new("activation is not frozen", "切替は凍結されていません"),
            NotDecided::NotDamaged => {
                Said::new("nothing is damaged that could be mended", "修復が必要な破損はありません")
            }
            NotDecided::NotMended(why) => why.clone(),
            NotDecided::NotWritten(why) => why.then(&Said::new(
                "nothing was decided, and what was in force stays so; make room on the disk or mend it, and \
                 do this again",
                "この操作は反映されておらず、前の状態のままです。ディスクの空きを確保するか障害を直してから、もう一度実行してください",
            )),
            NotDecided::FrozenNotWritten(why) => why.then(&Said::new(
                "activation is frozen here all the same, and that is written as soon as it can be",
                "この起動中は凍結が有効です。書き込めるようになり次第記録します",
            )),
        }
    }
}

impl Runs {
    /// An operator does not wait for the lost `release` any more: what stands in for it is what others are
    /// compared with, and when nothing does, the next one is a first one.
    pub(in crate::swap) fn give_up(
        &self,
        release: u64,
        reason: Reason,
        at: UnixSeconds,
    ) -> Result<Decision, NotDecided> {
        let decision = Decision { decided: Decided::GivenUp, release: Some(release), reason, at };
        let change = |record: &mut Record| {
            let is_lost = |lost: &Lost| lost.installed.id.release == release;
            record.lost().is_some_and(is_lost).then_some(()).ok_or(NotDecided::NotLost(release))?;
            record.loses(None);
            Ok(())
        };
        self.decide(decision, change, |_| ())
    }

    /// An operator confirms `release`, which is on probation, for his own reasons.
    pub(in crate::swap) fn confirm_by_hand(
        &self,
        release: u64,
        reason: Reason,
        at: UnixSeconds,
    ) -> Result<(Decision, Arc<Active>), NotDecided> {
        let on_probation = || {
            let current = self.active().filter(|active| active.id.release == release);
            let current = current.filter(|active| active.phase() == Phase::Probation);
            current.ok_or(NotDecided::NotOnProbation(release))
        };
        let watched = on_probation()?;
        let decision = Decision { decided: Decided::Confirmed, release: Some(release), reason, at };
        let change = |record: &mut Record| {
            on_probation()?;
            record.confirms();
            Ok(())
        };
        let confirmed = Arc::new(watched.confirmed(watched.since));
        let then = |beside: &mut Beside| self.exchange(beside, Some(confirmed));
        Ok((self.decide(decision, change, then)?, watched))
    }

    /// An operator lets the held `release` be taken again.
    pub(in crate::swap) fn unhold(
        &self,
        release: u64,
        reason: Reason,
        at: UnixSeconds,
    ) -> Result<Decision, NotDecided> {
        let decision = Decision { decided: Decided::Unheld, release: Some(release), reason, at };
        let change =
            |record: &mut Record| record.unhold(release).then_some(()).ok_or(NotDecided::NotHeld(release));
        self.decide(decision, change, |_| ())
    }

    /// An operator lets nothing be activated from now on. It holds here also when it cannot be written. Where
    /// somebody froze that before, his reason stays, and this one stands beside it.
    pub(in crate::swap) fn freeze(
        &self,
        reason: Reason,
        by: Option<String>,
        at: UnixSeconds,
    ) -> Result<Decision, NotDecided> {
        let own = Frozen::new(reason.clone(), by, at);
        let freeze = |record: &mut Record| record.freezes(Some(Frozen::beside(&own, record.frozen())));
        {
            let _pen = self.pen();
            freeze(&mut self.beside().record);
        }
        let decision = Decision { decided: Decided::Frozen, release: None, reason, at };
        let change = |record: &mut Record| {
            freeze(record);
            Ok(())
        };
        self.decide(decision, change, |_| ()).map_err(|not| match not {
            NotDecided::NotWritten(why) => NotDecided::FrozenNotWritten(why),
            not => not,
        })
    }

    /// An operator lets releases be activated again.
    pub(in crate::swap) fn thaw(&self, reason: Reason, at: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = Decision { decided: Decided::Thawed, release: None, reason, at };
        let change = |record: &mut Record| {
            record.frozen().map(drop).ok_or(NotDecided::NotFrozen)?;
            record.freezes(None);
            Ok(())
        };
        self.decide(decision, change, |_| ())
    }

    /// An operator has looked at what was damaged and is mended now.
    pub(in crate::swap) fn repaired(&self, reason: Reason, at: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = Decision { decided: Decided::Repaired, release: None, reason, at };
        let change = |record: &mut Record| {
            record.doubts(None);
            Ok(())
        };
        self.decide(decision, change, |_| ())
    }

    /// Changes the record as an operator decides, and does `then` with it.
    fn decide(
        &self,
        decision: Decision,
        change: impl Fn(&mut Record) -> Result<(), NotDecided>,
        then: impl FnOnce(&mut Beside),
    ) -> Result<Decision, NotDecided> {
        let change = |record: &mut Record| {
            change(record)?;
            record.decide(decision.clone());
            Ok(())
        };
        self.disk_first(change, |error| NotDecided::NotWritten(Said::of(&error)), then)?;
        let decisions = self.record().decisions().to_vec();
        self.write_report("decisions", &decisions, &report_file(None, None, &decisions));
        Ok(decision)
    }
}
