//! What a run of an area must never come to.

use crate::release::Epoch;
use crate::time::FleetInstant;

/// What must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// At a moment, two ready members judge by different releases, further from the instant between them than
    /// clocks may be off.
    Apart {
        /// Milliseconds of the run.
        at: u64,
        /// The epochs.
        epochs: (Epoch, Epoch),
    },
    /// Two claims that were received at one instant of fleet time, told by clocks that are sure, were judged
    /// by different releases.
    OneInstant {
        /// Milliseconds of the run.
        at: u64,
        /// The instant.
        instant: FleetInstant,
        /// The epochs.
        epochs: (Epoch, Epoch),
    },
    /// At the end, with all mended, members are not ready, or not by one epoch.
    NotWhole(String),
}
