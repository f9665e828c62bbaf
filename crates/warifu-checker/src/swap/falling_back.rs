//! Falling back to the previous confirmed release, and what follows the pointer.

use std::sync::Arc;

use warifu_trust::UnixSeconds;

use crate::log::Event;
use crate::said::Said;
use crate::state::HeldFor;
use crate::swap::active::Active;
use crate::swap::runs::NothingBefore;
use crate::swap::swapper::Swapper;

impl Swapper {
    /// Returns to the previous confirmed release and holds the one left. With `only_from`, only when that one
    /// is still active, because of what was seen of it; without, because an operator says so. Gives the
    /// number fallen back to.
    ///
    /// # Errors
    /// [`NothingBefore`]: there is no confirmed release before, or `only_from` is not active any more.
    pub fn fall_back(
        &self,
        why: Said,
        only_from: Option<&Arc<Active>>,
        now: UnixSeconds,
    ) -> Result<u64, NothingBefore> {
        let may_judge = |id| self.withdrawn(id).is_none();
        let moved = self.runs.go_back(why.clone(), only_from, may_judge, now)?;
        // Nobody decides without having seen which release goes.
        let event = only_from.map_or(Event::FallBackByOperator, |_| Event::FallBack);
        self.went_back(event, moved, &why, now);
        Ok(moved.1)
    }

    /// What follows the pointer: the disk, the log of acts, the log, and a program beside this one. That one
    /// comes last, for it may take minutes: a kill meanwhile must not bring back what was left.
    pub(super) fn went_back(&self, event: Event, (from, to): (u64, u64), why: &Said, now: UnixSeconds) {
        self.runs.write_down();
        self.runs.note_withdrawn(|id| self.withdrawn(id));
        self.acts.fell_back((from, to), why, now);
        let left = self.record();
        let left = left.all_held().iter().find(|held| held.id.release == from);
        let (stays_en, stays_ja) = match left.map(|held| held.held_for) {
            Some(HeldFor::Withdrawn) => {
                ("was withdrawn and is not taken again", "取り下げられたため使用しません")
            }
            Some(HeldFor::Here) | None => ("is held", "保留します"),
        };
        self.log.of_release(
            event,
            to,
            &Said::new(
                format!("FELL BACK from release {from} to release {to}; {from} {stays_en}: {}", why.en),
                format!("リリース {from} から {to} へ戻しました。{from} は{stays_ja}: {}", why.ja),
            ),
        );
        // What fails is told, and tried again.
        let _ = self.follow(now);
    }
}
