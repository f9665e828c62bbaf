//! Ticks of this process, and the clock that the fleet goes by where this member keeps its time.

use std::time::Instant;

use warifu_fleet::member::BootId;
use warifu_fleet::time::{FleetInstant, Millis, Tick};

use crate::log::now_millis;

/// What began when the process did.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticks {
    began: Instant,
    /// What the machine's clock showed then. It is not asked again: a clock that is set must not move the
    /// time of a fleet.
    wall: i64,
    pub(super) boot: BootId,
}

impl Ticks {
    /// They begin now. Two starts within one nanosecond by a clock that was set back would be one boot.
    pub(super) fn begin() -> Ticks {
        let wall = now_millis();
        let salt = std::process::id();
        let boot = BootId((wall.unsigned_abs() << 22) ^ u64::from(salt));
        Ticks { began: Instant::now(), wall, boot }
    }

    /// Now. No ticks are 0, so that what is before all of them can be told.
    pub(super) fn now(&self) -> Tick {
        let since = self.began.elapsed().as_millis();
        Tick(u64::try_from(since).unwrap_or(u64::MAX).saturating_add(1))
    }

    /// What this member's clock shows at `tick`.
    pub(super) fn clock_at(&self, tick: Tick) -> FleetInstant {
        FleetInstant(self.wall) + Millis(tick.0)
    }
}
