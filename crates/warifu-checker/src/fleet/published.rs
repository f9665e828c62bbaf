//! What each claim file asks: an immutable view of the member, exchanged as a whole when something changes.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use warifu_fleet::clock::{Clock, Reading};
use warifu_fleet::desired::Next;
use warifu_fleet::node::Node;
use warifu_fleet::standing::Standing;
use warifu_fleet::time::{Millis, Tick};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak as _};

use crate::fleet::ticks::Ticks;
use crate::said::Said;
use crate::swap::{Epochs, NotReady};

/// What is known of fleet time.
#[derive(Debug, Clone)]
pub(super) enum Time {
    /// Nobody keeps it, or it was not measured.
    Unknown,
    /// This member keeps it.
    Own,
    /// By round trips to who keeps it; two clocks drift by so many millionths at most.
    Measured(Clock, u32),
}

impl Time {
    /// Fleet time at `now`.
    pub(super) fn reading(&self, ticks: &Ticks, now: Tick) -> Option<Reading> {
        match self {
            Time::Unknown => None,
            Time::Own => Some(Reading { instant: ticks.clock_at(now), error: Millis(0) }),
            Time::Measured(clock, drift_ppm) => clock.reading(now, *drift_ppm),
        }
    }
}

/// The member at one moment. All that it says is on its disk.
#[derive(Debug)]
pub(super) struct View {
    pub(super) node: Node,
    pub(super) time: Time,
    /// Why it is out of service whatever its area says: what it sees no other member does.
    pub(super) out: Option<Said>,
}

/// What is published.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) area: String,
    pub(super) ticks: Ticks,
    pub(super) view: ArcSwap<View>,
    /// What is in memory changed.
    pub(super) changed: Notify,
}

impl Published {
    pub(super) fn new(area: String, ticks: Ticks, view: View) -> Published {
        Published { area, ticks, view: ArcSwap::new(Arc::new(view)), changed: Notify::new() }
    }

    /// What a claim file meets that is received now.
    pub(super) fn standing_now(&self) -> Standing {
        let (view, now) = (self.view.load(), self.ticks.now());
        view.node.standing(now, view.time.reading(&self.ticks, now))
    }
}

impl Epochs for Published {
    fn standing(&self) -> Result<Digest, NotReady> {
        if let Some(why) = &self.view.load().out {
            return Err(NotReady { code: "fleet/own-fault".into(), why: why.clone() });
        }
        match self.standing_now() {
            Standing::Ready(stands) => Ok(stands.release.digest),
            Standing::NotReady(why) => {
                let said = Said::new(why.say(Lang::En), why.say(Lang::Ja));
                Err(NotReady { code: why.code().into(), why: said })
            }
        }
    }

    fn area(&self) -> &str {
        &self.area
    }

    fn pilots(&self) -> Option<Digest> {
        let view = self.view.load();
        let record = &view.node.seen()?.record;
        let Next::Preparing(release) = record.next() else { return None };
        record.policy().terms().pilots.contains(view.node.name()).then_some(release.digest)
    }

    fn changed(&self) {
        self.changed.notify_one();
    }
}
