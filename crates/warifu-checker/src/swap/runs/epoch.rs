//! The pointer of a member of a fleet: what judges by an instant of the area already is what runs.
//!
//! The pointer comes first in both directions: what the member gave its word for was on its disk before, in a
//! file of its own, so that a restart knows of it.

use std::sync::Arc;

use warifu_files::ReadError;
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::log::Event;
use crate::said::Said;
use crate::state::{Record, Running};
use crate::swap::active::Active;
use crate::swap::runs::pointer::{Runs, unused};
use crate::swap::runs::steps::EARLIER_BYTES;
use crate::swap::workbench::AtBench;

/// A record of an area is at most 1 MiB.
const FLEET_BYTES: u64 = 4 << 20;

impl Runs {
    /// `to` is what runs, and what ran is before it, confirmed here or not: the area says what can be fallen
    /// back to. Gives what ran. On disk with [`Runs::tidy`].
    pub(in crate::swap) fn moves_on(&self, to: Arc<Active>) -> Option<Arc<Active>> {
        let mut beside = self.beside();
        let old = self.active();
        let before = old.as_ref().map(|old| old.installed());
        beside.record.runs(Running::activated(to.installed(), before));
        beside.record.refused = None;
        let older = std::mem::replace(&mut beside.previous, old.clone());
        beside.retired.extend(older);
        self.exchange(&mut beside, Some(to));
        beside.falls += 1;
        old
    }

    /// `back` is what runs, and what ran is held. Gives the numbers left and returned to; none when nothing
    /// ran. On disk with [`Runs::tidy`].
    pub(in crate::swap) fn moves_back(
        &self,
        back: Active,
        why: Said,
        now: UnixSeconds,
    ) -> Option<(u64, u64)> {
        let mut beside = self.beside();
        let current = self.active()?;
        Some(self.leave_with_previous(&mut beside, &current, back, why, now))
    }

    /// Writes the record, and clears away what neither it nor `also` names.
    pub(in crate::swap) fn tidy(&self, _bench: &AtBench<'_>, also: &[ReleaseRef]) {
        let pen = self.pen();
        let needed = |record: &Record| {
            let kept = record.running().kept().map(ReleaseRef::from);
            kept.chain(also.iter().copied()).collect::<Vec<ReleaseRef>>()
        };
        let record = self.record();
        let earlier: Vec<ReleaseRef> = record.earlier().iter().map(|earlier| earlier.id.into()).collect();
        let most = self.keeps.saturating_sub(usize::from(record.running().previous().is_some()));
        let fitting = self.directory.releases().fitting(&needed(&record), &earlier, EARLIER_BYTES).min(most);
        let mut beside = self.beside();
        beside.record.keeps_earlier(fitting);
        let unused = unused(&mut beside);
        drop(beside);
        drop(unused);
        if let Err(error) = self.written(&pen) {
            // What is recorded there is still needed.
            return self.log.event(Event::RecordNotWritten, &Said::of(&error));
        }
        let record = self.record();
        let mut kept = needed(&record);
        kept.extend(record.earlier().iter().map(|earlier| ReleaseRef::from(earlier.id)));
        self.directory.releases().prune(&kept);
    }

    /// What the member of a fleet kept.
    pub(in crate::swap) fn kept_of_fleet(&self) -> Result<Option<Vec<u8>>, Said> {
        match warifu_files::read(&self.directory.fleet(), FLEET_BYTES) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(ReadError::Missing { .. }) => Ok(None),
            Err(error) => Err(Said::of(&error)),
        }
    }

    /// Keeps `bytes` for it, whole and flushed.
    pub(in crate::swap) fn keep_of_fleet(&self, bytes: &[u8]) -> Result<(), Said> {
        self.directory.write_copy(&self.directory.fleet(), bytes).map_err(|error| Said::of(&error))
    }

    /// `id` is not held any more; whether it was.
    pub(in crate::swap) fn let_again(&self, id: ReleaseRef) -> bool {
        let pen = self.pen();
        let was_held = self.beside().record.unhold(id.release);
        if was_held {
            self.write(&pen);
        }
        was_held
    }

    /// Keeps these until nobody uses them, to be freed where no claim waits.
    pub(in crate::swap) fn retire(&self, old: impl IntoIterator<Item = Arc<Active>>) {
        self.beside().retired.extend(old);
    }
}
