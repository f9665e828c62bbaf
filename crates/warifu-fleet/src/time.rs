//! Ticks of one machine, instants of the fleet, and what lies between them; all in milliseconds.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// What a clock that is `ppm` millionths too fast or too slow can be off after this time, rounded up.
    pub fn drifted(self, ppm: u32) -> Millis {
        Millis(self.0.saturating_mul(u64::from(ppm)).div_ceil(1_000_000))
    }
}

impl Add for Millis {
    type Output = Millis;

    fn add(self, other: Millis) -> Millis {
        Millis(self.0.saturating_add(other.0))
    }
}

/// A reading of the monotonic clock of one boot of one machine. Two machines' ticks have nothing in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tick(pub u64);

impl Tick {
    /// The time since `earlier`; none when that lies ahead.
    pub fn since(self, earlier: Tick) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Millis> for Tick {
    type Output = Tick;

    fn add(self, later: Millis) -> Tick {
        Tick(self.0.saturating_add(later.0))
    }
}

/// An instant of fleet time: what the clock of the area's timekeeper shows, in milliseconds since 1970-01-01
/// 00:00 UTC as far as that clock is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FleetInstant(pub i64);

impl Add<Millis> for FleetInstant {
    type Output = FleetInstant;

    fn add(self, later: Millis) -> FleetInstant {
        FleetInstant(self.0.saturating_add_unsigned(later.0))
    }
}

impl Sub<Millis> for FleetInstant {
    type Output = FleetInstant;

    fn sub(self, earlier: Millis) -> FleetInstant {
        FleetInstant(self.0.saturating_sub_unsigned(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drift_is_rounded_up_and_nothing_overflows() {
        assert_eq!(Millis(400).drifted(200), Millis(1));
        assert_eq!(Millis(0).drifted(200), Millis(0));
        assert_eq!(Millis(10_000_000).drifted(100), Millis(1000));
        assert_eq!(FleetInstant(i64::MAX) + Millis(1), FleetInstant(i64::MAX));
        assert_eq!(FleetInstant(i64::MIN) - Millis(u64::MAX), FleetInstant(i64::MIN));
        assert_eq!(Tick(5).since(Tick(9)), Millis(0));
    }
}
