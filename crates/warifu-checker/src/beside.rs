//! What is on hand where a checker runs, and where it says how a release came.

use warifu_channels::Came;
use warifu_trust::{OnHand, ReleaseRef, Transfer};

use crate::log::{Event, Log};
use crate::said::Said;
use crate::state::{Record, StateDirectory};

/// The state of the checker beside which releases are read, and its log.
pub(crate) struct Beside {
    directory: StateDirectory,
    log: Log,
}

impl Beside {
    /// Of the checker whose state lies in `directory`.
    pub(crate) fn of(directory: StateDirectory, log: Log) -> Self {
        Beside { directory, log }
    }

    /// The content of the release that runs; none of it when it cannot be read, which whoever loads it tells.
    pub(crate) fn on_hand(&self) -> OnHand {
        let runs = |record: Record| record.running().release().map(|release| ReleaseRef::from(release.id));
        let content = self.directory.record().ok().and_then(runs).map(|id| self.directory.load(id));
        match content {
            Some(Ok(content)) => OnHand::of_release(&content.manifest().clone(), content.into_parts()),
            _ => OnHand::default(),
        }
    }

    /// Says how the release `id` came.
    pub(crate) fn tell(&self, id: ReleaseRef, transfer: &Transfer) {
        let came = Came { release: id.release, transfer };
        for useless in came.useless() {
            self.log.of_release(Event::PatchUseless, id.release, &Said::both(&useless));
        }
        self.log.of_release(Event::ReleaseFetched, id.release, &Said::both(&came));
    }
}
