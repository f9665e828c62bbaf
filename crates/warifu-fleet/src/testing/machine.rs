//! A machine's clocks: ticks that run a little wrong, and a wall clock that may be seconds off.

use crate::time::{FleetInstant, Tick};

#[derive(Debug, Clone, Copy)]
pub(super) struct Machine {
    pub(super) ppm: i64,
    pub(super) base: u64,
    pub(super) offset: i64,
}

impl Machine {
    /// Its ticks at the true time `at`.
    pub(super) fn tick(&self, at: u64) -> Tick {
        Tick((self.base + at).saturating_add_signed((at as i64 * self.ppm).div_euclid(1_000_000)))
    }

    /// What its wall clock shows then.
    pub(super) fn wall(&self, at: u64) -> FleetInstant {
        FleetInstant(self.tick(at).0 as i64 - self.base as i64 + self.offset)
    }
}
