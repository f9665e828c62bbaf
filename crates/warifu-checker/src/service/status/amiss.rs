//! What of a status is amiss, and what the last look at the channel still says.

use std::collections::BTreeSet;

use crate::cause::{Amiss, Cause, while_withdrawn_judges};
use crate::said::Said;
use crate::service::status::whole::Status;
use crate::state::{Held, HeldFor, Refused};
use crate::swap::Outcome;

impl Status {
    /// The exit status of a command that asked for it: what runs and is withdrawn, or may be, is not to be
    /// trusted, and where nothing judges, all is not well.
    pub fn exit_status(&self) -> u8 {
        let is_out_of_step = self.attached.as_ref().is_some_and(|attached| attached.trouble.is_some());
        if self.withdrawn.is_some() || self.may_be_withdrawn() {
            return 3;
        }
        let may_not_judge = self.fleet.as_ref().is_some_and(|fleet| fleet.not_ready.is_some());
        u8::from(is_out_of_step || may_not_judge || self.running.is_none())
    }

    /// Whether something runs, and what would tell whether it was withdrawn is damaged.
    pub(super) fn may_be_withdrawn(&self) -> bool {
        let is_known = self.withdrawn.is_some() || self.running.is_none();
        !is_known && self.damaged.iter().any(|damage| damage.part.tells_of_withdrawals())
    }

    /// What the last look at the channel came to, as long as that is so: not where it was decided or done
    /// otherwise here since.
    pub fn looked(&self) -> Option<&Outcome> {
        let result = &self.last_poll.as_ref()?.result;
        let runs = |release: u64| self.running.as_ref().is_some_and(|it| it.id.release == release);
        let is_so = match result {
            Outcome::Activated { release, .. } | Outcome::Unchanged { release } => runs(*release),
            Outcome::Waiting { release, .. } | Outcome::Postponed { release, .. } => {
                self.next.as_ref().is_some_and(|next| next.release == *release)
            }
            Outcome::Held { release, cause: Cause::Held, .. } => {
                self.held.iter().any(|held| held.id.release == *release)
            }
            Outcome::Held { cause, .. } | Outcome::Unavailable { cause, .. } => match cause {
                Cause::Frozen => self.frozen.is_some(),
                Cause::Lost => self.lost.is_some(),
                Cause::Damaged => !self.damaged.is_empty(),
                _ => true,
            },
            Outcome::NotOffered { .. } | Outcome::Refused(_) | Outcome::Stale { .. } => true,
        };
        is_so.then_some(result)
    }

    /// Whether a line of its own tells that `release` was withdrawn.
    pub(super) fn tells_that_withdrawn(&self, release: u64) -> bool {
        let runs = self.running.as_ref().is_some_and(|running| running.id.release == release);
        runs && self.withdrawn.is_some() || self.held.iter().any(|held| held.id.release == release)
    }

    /// What to do about `held`: of what was withdrawn nothing once a newer release judges.
    pub fn held_next_step(&self, held: &Held) -> Said {
        let newer = self.running.as_ref().map(|running| running.id.release);
        match (held.held_for, newer.filter(|newer| *newer > held.id.release)) {
            (HeldFor::Withdrawn, Some(newer)) => Said::new(
                format!("release {newer} judges in its place: nothing is to be done"),
                format!("代わりにリリース {newer} で点検しています。対応は不要です"),
            ),
            _ => held.next_step(),
        }
    }

    /// What to do about what runs, which was withdrawn.
    pub fn withdrawn_next_step(&self) -> Said {
        while_withdrawn_judges(self.way_back)
    }

    /// What to do about the configuration, which is not in force.
    pub fn configuration_next_step(&self) -> Said {
        Cause::Configuration.next_step_at(None, self.configuration_file.as_deref())
    }

    /// Why the last look took nothing, where nothing else here tells it.
    pub fn not_taken(&self) -> Option<Amiss> {
        let amiss = self.looked()?.amiss()?;
        let is_told_elsewhere = match amiss.cause {
            Cause::Expired | Cause::Trust | Cause::Data | Cause::Damaged | Cause::Frozen | Cause::Lost => {
                true
            }
            Cause::Held | Cause::Configuration | Cause::Certificate | Cause::CertificateDue => true,
            Cause::Withdrawn => {
                self.looked()?.release().is_some_and(|release| self.tells_that_withdrawn(release))
            }
            Cause::Program => self.attached.as_ref().is_some_and(|attached| attached.trouble.is_some()),
            Cause::Channel | Cause::Clock | Cause::DiskFull | Cause::DiskFault | Cause::Later => false,
        };
        (!is_told_elsewhere).then_some(amiss)
    }

    /// Whether each cause is there: all that is amiss, whoever tells it.
    pub fn causes(&self) -> BTreeSet<Cause> {
        let of = |is_there: bool, cause| is_there.then_some(cause);
        let is_out_of_step = self.attached.as_ref().is_some_and(|attached| attached.trouble.is_some());
        let named = [
            of(self.stale, Cause::Expired),
            of(!self.damaged.is_empty(), Cause::Damaged),
            of(self.withdrawn.is_some(), Cause::Withdrawn),
            of(self.frozen.is_some(), Cause::Frozen),
            of(self.lost.is_some(), Cause::Lost),
            of(is_out_of_step, Cause::Program),
            of(self.configuration.is_some(), Cause::Configuration),
            self.not_written.as_ref().map(|amiss| amiss.cause),
            self.no_reserve.as_ref().map(|amiss| amiss.cause),
            self.refused.as_ref().map(Refused::cause),
            self.looked().and_then(Outcome::amiss).map(|amiss| amiss.cause),
        ];
        let held = self.held.iter().map(|held| held.held_for.cause());
        let of_certificates = self.certificates.iter().map(|amiss| amiss.cause);
        named.into_iter().flatten().chain(held).chain(of_certificates).collect()
    }
}
