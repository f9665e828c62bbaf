//! What one member tells another that asks: by it members keep each other in service while the store is dead,
//! and learn what they missed.

use serde::{Deserialize, Serialize};

use crate::clock::Timekeeper;
use crate::desired::Seen;
use crate::outcome::Outcome;
use crate::release::Epoch;
use crate::time::FleetInstant;

/// That a member armed, written to its disk before it was told to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// For the commit of this epoch, the newest that it ever armed for.
    pub epoch: Epoch,
    /// Whether the store said that it has the key.
    pub taken: bool,
}

/// An answer. It also is a promise, which the rule of arming keeps: from now on the member arms for no
/// instant that is nearer than a permission is long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The newest record that it has.
    pub seen: Option<Seen>,
    /// What it armed for.
    pub issued: Option<Issued>,
    /// What it knows of the commit of this epoch.
    pub outcome: Option<(Epoch, Outcome)>,
    /// By this clock it is this late at least.
    pub no_earlier: Option<(Timekeeper, FleetInstant)>,
}

impl Answer {
    /// Whether it armed for nothing newer than `told`, and knows of nothing newer that judges.
    pub fn vouches(&self, told: Epoch) -> bool {
        let stands = self.seen.as_ref().and_then(|seen| seen.record.stands());
        self.issued.is_none_or(|issued| issued.epoch <= told)
            && stands.is_none_or(|stands| stands.epoch <= told)
    }

    /// What it knows of the commit of `epoch`.
    pub fn knows(&self, epoch: Epoch) -> Option<Outcome> {
        self.outcome.filter(|(of, _)| *of == epoch).map(|(_, outcome)| outcome)
    }

    /// Whether its key for `epoch` is in the store.
    pub fn is_armed(&self, epoch: Epoch) -> bool {
        self.issued.is_some_and(|issued| issued.epoch == epoch && issued.taken)
    }

    /// Whether it did not arm for the commit of `epoch`, and cannot any more: `instant` has come.
    pub fn never_arms(&self, epoch: Epoch, instant: FleetInstant, timekeeper: &Timekeeper) -> bool {
        let passed = |(by, at): &(Timekeeper, FleetInstant)| by == timekeeper && *at >= instant;
        self.issued.is_none_or(|issued| issued.epoch < epoch) && self.no_earlier.as_ref().is_some_and(passed)
    }
}
