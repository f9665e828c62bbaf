//! What must hold of an area: at each moment, and at the end.

use super::area::{Area, terms};
use super::breach::Breach;
use super::plan::release;
use crate::desired::Next;
use crate::release::{Epoch, Release};
use crate::standing::Standing;

impl Area<'_> {
    /// What must hold at each moment.
    pub(super) fn look(&mut self) -> Result<(), Breach> {
        let most = terms().timing.max_clock_error;
        let mut ready: Vec<(Epoch, Release)> = Vec::new();
        for place in 0..self.count() {
            let reading = self.reading(place);
            let tick = self.tick(place);
            let Some(member) = &self.members[place] else { continue };
            let Standing::Ready(stands) = member.node.standing(tick, reading) else { continue };
            ready.push((stands.epoch, stands.release));
            let keeper = member.node.seen().and_then(|seen| seen.record.timekeeper());
            if let (Some(keeper), Some(reading)) = (keeper, reading)
                && reading.error <= most
            {
                let instant = reading.instant;
                let place = self.names.iter().position(|name| *name == keeper.member).unwrap_or(usize::MAX);
                let judged = (stands.release.number, stands.epoch);
                let first = *self.judged.entry((place, keeper.boot, instant)).or_insert(judged);
                if first.0 != judged.0 {
                    let epochs = (first.1, judged.1);
                    return Err(Breach::OneInstant { at: self.now, instant, epochs });
                }
            }
        }
        ready
            .iter()
            .for_each(|(epoch, _)| self.ran.trace = self.ran.trace.wrapping_mul(31).wrapping_add(epoch.0));
        self.any_ready |= !ready.is_empty();
        self.row = if self.any_ready && ready.is_empty() { self.row + 1 } else { 0 };
        self.ran.none_ready += u64::from(self.row > 0);
        self.ran.none_ready_row = self.ran.none_ready_row.max(self.row);
        let (Some(oldest), Some(newest)) = (ready.iter().min(), ready.iter().max()) else { return Ok(()) };
        if oldest == newest && ready.len() == self.count() && self.ran.whole_after.is_none() {
            self.ran.whole_after = self.now.checked_sub(self.plan.until);
        }
        if oldest.1 == newest.1 && ready.iter().all(|(_, release)| *release == oldest.1) {
            return Ok(());
        }
        let apart = Breach::Apart { at: self.now, epochs: (oldest.0, newest.0) };
        let Some((commit, keeper)) = self.commits.get(&newest.0) else { return Err(apart) };
        let truth = self.machines[*keeper].wall(self.now);
        // A millisecond for each clock that is cut off to one.
        let off = truth.0.abs_diff(commit.instant.0);
        if off <= most.0 + 2 { Ok(()) } else { Err(apart) }
    }

    /// What must hold at the end.
    pub(super) fn whole(&mut self) -> Result<(), Breach> {
        let record = self.store.seen().record.clone();
        let not = |what: String| Err(Breach::NotWhole(what));
        let published = self.plan.published.len() as u64;
        let stands = record.stands();
        let newest = stands.is_some_and(|stands| stands.release.number == published);
        if record.next() != Next::Nothing || !newest && !record.quarantine().has(&release(published).digest) {
            return not(format!("the record is at {:?}, {:?} under way", stands, record.next()));
        }
        for place in 0..self.count() {
            let reading = self.reading(place);
            let tick = self.tick(place);
            let standing = self.members[place].as_ref().map(|member| member.node.standing(tick, reading));
            match standing {
                Some(Standing::Ready(by)) if Some(by) == stands => {}
                other => return not(format!("member {place} is {other:?}, the area at {stands:?}")),
            }
        }
        Ok(())
    }
}
