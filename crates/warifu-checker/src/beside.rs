//! What is on hand where a checker runs, and where it says how a release came.

use std::collections::BTreeMap;

use warifu_channels::Came;
use warifu_trust::{OnHand, ReleaseRef, Transfer, VerifiedNew};
use warifu_values::digest::Digest;

use crate::log::{Event, Log};
use crate::release::{PartBytes, ReleaseContent};
use crate::said::Said;
use crate::state::{Record, StateDirectory};
use crate::stored::Stored;

/// The state of the checker beside which releases are read, and its log.
pub(crate) struct Beside {
    directory: StateDirectory,
    log: Log,
}

/// What is on hand there: parts that lie in the state directory.
#[derive(Default)]
pub(crate) struct StoredHere(BTreeMap<Digest, Stored>);

impl StoredHere {
    /// As a reader of the next release is told.
    pub(crate) fn on_hand(&self) -> OnHand {
        let stored = self.0.clone();
        // What is read is compared there.
        OnHand::stored(self.0.values().map(Stored::content), move |content| {
            stored.get(&content.sha256)?.uncompared()
        })
    }

    /// The release of which `new` came beside this.
    pub(crate) fn with(&self, new: VerifiedNew) -> Option<ReleaseContent> {
        let (manifest, id, parts) = new.into_parts();
        let stored = |digest| self.0.get(&digest).cloned().map(PartBytes::from);
        let parts = manifest
            .parts()
            .zip(parts)
            .map(|(part, bytes)| bytes.map(PartBytes::from).or_else(|| stored(part.content.sha256)))
            .collect::<Option<Vec<PartBytes>>>()?;
        Some(ReleaseContent::compared(id, manifest, parts))
    }
}

impl Beside {
    /// Of the checker whose state lies in `directory`.
    pub(crate) fn of(directory: StateDirectory, log: Log) -> Self {
        Beside { directory, log }
    }

    /// The content of the release that runs; none of it when it cannot be read, which whoever loads it tells.
    pub(crate) fn stored(&self) -> StoredHere {
        let runs = |record: Record| record.running().release().map(|release| ReleaseRef::from(release.id));
        let id = self.directory.record().ok().and_then(runs);
        StoredHere(id.map(|id| self.directory.releases().stored(id)).unwrap_or_default())
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
