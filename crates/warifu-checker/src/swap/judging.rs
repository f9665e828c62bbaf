//! Judging: which release a claim file is judged by, and the watch on one that has not proven itself.

use std::sync::{Arc, MutexGuard, PoisonError};

use warifu_audit::Act;
use warifu_claims::ClaimFile;
use warifu_claims::movement::{Institution, Report, Verdict};
use warifu_trust::UnixSeconds;

use crate::log::Event;
use crate::said::Said;
use crate::state::Phase;
use crate::swap::active::Active;
use crate::swap::clock;
use crate::swap::observed::{Observed, ToDo, do_each};
use crate::swap::swapper::Swapper;

impl Swapper {
    /// The release that judges a claim file that came at `received`: taken once for each and passed down.
    ///
    /// Around an instant that both signed, what came before it is judged by the release before, and what came
    /// after it waits until the new one judges, or is refused, some seconds at most.
    pub fn judging(&self, received: UnixSeconds) -> Option<Arc<Active>> {
        if let Some(active) = self.active().filter(|active| clock::wrong(received, Some(active)).is_some()) {
            // Which of two it is for, nobody can tell by such an instant: nothing is waited for.
            return Some(active);
        }
        if !self.instant.settle(received) {
            self.log.event(Event::ReleaseLate, &Said::new(
                "a release is late: its instant has come, and it does not judge yet; the one before goes on",
                "切替日時を過ぎてもリリースを切り替えられないため、前のリリースで点検を続けます",
            ));
        }
        let active = self.active()?;
        if active.judges(received) {
            return Some(active);
        }
        let before = active.compared_with().map(Arc::clone).or_else(|| self.runs.before());
        Some(before.unwrap_or(active))
    }

    /// Takes in a claim file that `active` has answered: on probation, the previous release judges it too. A
    /// fault of a master and the checker falls back by itself, at once; enough seen and nothing against it,
    /// and the release is to be confirmed. No disk is waited for: true when [`Swapper::settle`] is to be
    /// called by somebody who may.
    #[must_use = "what was seen is written and told by `settle`"]
    pub fn observe(
        &self,
        active: &Arc<Active>,
        file: &ClaimFile,
        from: Institution,
        now: UnixSeconds,
    ) -> bool {
        let enough = &self.rules.gates().probation;
        self.observe_in_the_shadow(active, file, from, now);
        if active.phase() == Phase::Confirmed {
            self.known.meet(from);
            return false;
        }
        match active.see(file, self.known.tell(from), now, enough) {
            None | Some(Verdict::Inconclusive(_)) => false,
            // Whether it is a fault of the master its area says: it sees more than one member does.
            Some(Verdict::Refused) if self.epochs.get().is_some() => false,
            Some(Verdict::Refused) => {
                let Some(report) = active.watched(enough) else { return false };
                let why = at_fault(&report);
                let may_judge = |id| self.withdrawn(id).is_none();
                // Somebody else may have been faster; then there is nothing left to do.
                let moved = self.runs.go_back(why.clone(), Some(active), may_judge, now);
                let report = Box::new(report);
                moved.is_ok_and(|moved| self.observed().leave(ToDo::FellBack { moved, why, report }))
            }
            Some(Verdict::Passed) => self.observed().leave(ToDo::Proven(Arc::clone(active))),
        }
    }

    /// A pilot judges what was answered by what comes next, too.
    fn observe_in_the_shadow(
        &self,
        active: &Arc<Active>,
        file: &ClaimFile,
        from: Institution,
        now: UnixSeconds,
    ) {
        let Some(shadow) = self.shadow(active.id) else { return };
        let enough = &self.rules.gates().probation;
        if shadow.see(file, self.known.tell(from), now, enough) == Some(Verdict::Refused)
            && let Some(report) = shadow.watched(enough)
            && self.abreast.refuses(shadow.id, in_the_shadow(&report))
        {
            self.tell_epochs();
        }
    }

    pub(super) fn observed(&self) -> MutexGuard<'_, Observed> {
        self.observed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does, writes and tells what came of [`Swapper::observe`].
    pub fn settle(&self, now: UnixSeconds) {
        do_each(&self.observed, |to_do| match to_do {
            ToDo::FellBack { moved, why, report } => {
                self.went_back(Event::FallBack, moved, &why, now);
                self.runs.note_watch(&report);
            }
            ToDo::Proven(active) => self.confirm_proven(&active, now),
        });
    }

    pub(super) fn confirm_proven(&self, active: &Arc<Active>, now: UnixSeconds) {
        if !self.runs.confirm(active) {
            return;
        }
        if self.epochs.get().is_some()
            && let Some(uses) = active.uses_by_code()
        {
            self.abreast.proves(active.id, uses);
        }
        if let Some(report) = active.watched(&self.rules.gates().probation) {
            self.runs.note_watch(&report);
        }
        let release = active.id.release;
        let said = Said::new(
            format!("release {release} is confirmed at {now}"),
            format!("リリース {release} を確定しました（{now}）"),
        );
        self.acts.decided(Act::Confirm, Some(release), &said, now);
        self.log.of_release(Event::ReleaseConfirmed, release, &said);
    }
}

/// Why a release that ran in the shadow is not to judge.
fn in_the_shadow(report: &Report) -> Said {
    let said = &report.said;
    Said::new(format!("in the shadow: {}", said.en), format!("試行点検中: {}", said.ja))
}

/// Why a release on probation is left.
fn at_fault(report: &Report) -> Said {
    let said = &report.said;
    Said::new(format!("on probation: {}", said.en), format!("観察期間中: {}", said.ja))
}
