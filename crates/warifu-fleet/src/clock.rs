//! Fleet time without a common clock: it is what the clock of one member, the timekeeper, shows, and every
//! other member measures how far its own ticks are from that.
//!
//! So clocks that are seconds apart do no harm: nobody's wall clock is asked but the timekeeper's, and that
//! one is chosen as the median of the living, which is right when a majority is. An estimate has a bound that
//! follows from the round trip alone, and grows with the drift since then; whoever's bound is too wide arms
//! nothing and exchanges nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::member::{BootId, MemberName};
use crate::time::{FleetInstant, Millis, Tick};

/// Whose clock fleet time is, and since which start of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timekeeper {
    /// The member.
    pub member: MemberName,
    /// After another start its clock may show something else.
    pub boot: BootId,
}

/// A question to the timekeeper and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundTrip {
    /// When it was asked, by the ticks of who asked.
    pub sent: Tick,
    /// When the answer came, by the same.
    pub received: Tick,
    /// What the timekeeper's clock showed in between.
    pub theirs: FleetInstant,
}

/// Fleet time as a member knows it: within `error` of `instant`, to either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The middle.
    pub instant: FleetInstant,
    /// The most that it may be off.
    pub error: Millis,
}

impl Reading {
    /// It is not earlier than this.
    pub fn earliest(&self) -> FleetInstant {
        self.instant - self.error
    }

    /// It is not later than this.
    pub fn latest(&self) -> FleetInstant {
        self.instant + self.error
    }
}

/// So many round trips are kept.
const KEPT: usize = 8;

/// The offset of one member's ticks from fleet time.
#[derive(Debug, Clone)]
pub struct Clock {
    timekeeper: Timekeeper,
    trips: Vec<RoundTrip>,
}

impl Clock {
    /// A clock that was not measured yet.
    pub fn new(timekeeper: Timekeeper) -> Self {
        Clock { timekeeper, trips: Vec::new() }
    }

    /// Whose time it tells.
    pub fn timekeeper(&self) -> &Timekeeper {
        &self.timekeeper
    }

    /// Takes in a measurement. Of more than a few the widest goes.
    pub fn measured(&mut self, trip: RoundTrip, drift_ppm: u32) {
        self.trips.push(trip);
        if self.trips.len() > KEPT {
            let error = |trip: &RoundTrip, now: Tick| read(trip, now, drift_ppm).error;
            let widest = (0..self.trips.len()).max_by_key(|at| error(&self.trips[*at], trip.received));
            widest.map(|at| self.trips.swap_remove(at));
        }
    }

    /// Fleet time at the tick `now`, by the narrowest measurement, when each of two clocks drifts by at most
    /// `drift_ppm` millionths; `None` before the first one.
    pub fn reading(&self, now: Tick, drift_ppm: u32) -> Option<Reading> {
        self.trips.iter().map(|trip| read(trip, now, drift_ppm)).min_by_key(|reading| reading.error)
    }
}

fn read(trip: &RoundTrip, now: Tick, drift_ppm: u32) -> Reading {
    let (waited, since) = (trip.received.since(trip.sent), now.since(trip.received));
    let middle = Millis(waited.0 / 2);
    // Half a round trip to either side, the digits that three readings in milliseconds cut off, and two
    // drifts.
    let error = Millis(waited.0.div_ceil(2) + 2) + (waited + since).drifted(2 * drift_ppm);
    Reading { instant: trip.theirs + middle + since, error }
}

/// The one of `clocks` that is in the middle: each a member, the boot of it, and what its clock shows against
/// anything that is common to all, in milliseconds. Of an even number the lower one, `None` of none.
pub fn median(clocks: &BTreeMap<MemberName, (BootId, i64)>) -> Option<Timekeeper> {
    let mut in_order: Vec<_> = clocks.iter().collect();
    in_order.sort_by_key(|(name, (_, offset))| (*offset, *name));
    let (member, (boot, _)) = in_order.get(in_order.len().checked_sub(1)? / 2)?;
    Some(Timekeeper { member: (*member).clone(), boot: *boot })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(name: &str) -> MemberName {
        MemberName::new(name).unwrap()
    }

    proptest! {
        /// Whatever the way there and back take, and however both drift, the bound holds.
        #[test]
        fn the_time_lies_within_the_bound(
            trips in prop::collection::vec((0u64..400, 0u64..400, 0u64..20_000), 1..20),
            offset in -2_000i64..2_000,
            mine in -200i64..=200,
            theirs in -200i64..=200,
            later in 0u64..100_000,
        ) {
            let runs = |at: u64, ppm: i64| at as i64 + (at as i64 * ppm).div_euclid(1_000_000);
            let tick = |at: u64| Tick(runs(at, mine) as u64);
            let fleet = |at: u64| FleetInstant(runs(at, theirs) + offset);
            let mut clock = Clock::new(Timekeeper { member: name("a"), boot: BootId(1) });
            let mut at = 0;
            for (there, back, pause) in trips {
                let (sent, asked, received) = (at, at + there, at + there + back);
                let trip = RoundTrip { sent: tick(sent), received: tick(received), theirs: fleet(asked) };
                clock.measured(trip, 200);
                at = received + pause;
            }
            let at = at + later;
            let reading = clock.reading(tick(at), 200).unwrap();
            prop_assert!(reading.earliest() <= fleet(at) && fleet(at) <= reading.latest());
        }
    }

    #[test]
    fn a_wrong_clock_is_not_the_median() {
        let clocks = [("a", -2_000), ("b", 3), ("c", 1), ("d", 2_000), ("e", 2)];
        let clocks = clocks.map(|(member, offset)| (name(member), (BootId(1), offset)));
        assert_eq!(median(&clocks.into_iter().collect()).unwrap().member, name("e"));
        assert_eq!(median(&BTreeMap::new()), None);
    }

    #[test]
    fn a_short_trip_counts_before_a_long_one_until_it_has_aged() {
        let mut clock = Clock::new(Timekeeper { member: name("a"), boot: BootId(1) });
        assert_eq!(clock.reading(Tick(0), 100), None);
        clock.measured(RoundTrip { sent: Tick(0), received: Tick(2), theirs: FleetInstant(1) }, 100);
        clock.measured(RoundTrip { sent: Tick(10), received: Tick(110), theirs: FleetInstant(60) }, 100);
        assert_eq!(clock.reading(Tick(110), 100).unwrap().error, Millis(4));
        let old = clock.reading(Tick(10_000_000), 100).unwrap();
        assert!(old.error > Millis(1_900));
    }
}
