//! What each claim file asks: an immutable view of the member, exchanged as a whole when something changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::Notify;
use warifu_fleet::clock::{Clock, Reading};
use warifu_fleet::desired::Next;
use warifu_fleet::node::Node;
use warifu_fleet::policy::Terms;
use warifu_fleet::standing::Standing;
use warifu_fleet::time::{Millis, Tick};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak as _};

use crate::area_seen::{FleetClock, Hearing, InArea, Picture, Store};
use crate::fleet::pictured::{Looked, picture, read_at};
use crate::fleet::ticks::Ticks;
use crate::log;
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
    /// What was heard of the fleet of the other organisation.
    hearing: ArcSwapOption<Hearing>,
    /// All of the area, as it was read last.
    looked: ArcSwapOption<Looked>,
    /// The tick at which the store answered last; 0 before.
    answered: AtomicU64,
}

impl Published {
    pub(super) fn new(area: String, ticks: Ticks, view: View) -> Published {
        Published {
            area,
            ticks,
            view: ArcSwap::new(Arc::new(view)),
            changed: Notify::new(),
            hearing: ArcSwapOption::empty(),
            looked: ArcSwapOption::empty(),
            answered: AtomicU64::new(0),
        }
    }

    /// The store answered.
    pub(super) fn answered(&self) {
        self.answered.store(self.ticks.now().0, Ordering::Relaxed);
    }

    /// All of the area was read.
    pub(super) fn looks(&self, looked: Looked) {
        self.looked.store(Some(Arc::new(looked)));
    }

    /// What was heard of the other fleet is compared with what stands here.
    pub(super) fn hears(&self, mut hearing: Hearing) -> Hearing {
        let stands = self.picture(None).and_then(|picture| picture.record.stands);
        hearing.compares(stands.as_ref());
        self.hearing.store(Some(Arc::new(hearing.clone())));
        hearing
    }

    /// So long the other fleet may judge by another release.
    fn apart_allowed(&self) -> u64 {
        let view = self.view.load();
        let terms = view.node.seen().map(|seen| seen.record.policy().terms().apart);
        terms.unwrap_or_else(|| Terms::default().apart).0 / 1_000
    }

    fn picture(&self, now: Option<Reading>) -> Option<Picture> {
        let (view, looked) = (self.view.load(), self.looked.load());
        let read = looked.as_ref().map(|looked| looked.seen());
        // A record that was read may be one that this member does not follow.
        let seen = view.node.seen().into_iter().chain(read).max_by_key(|seen| seen.revision)?;
        let read = read_at(seen, now.map(|now| now.instant));
        Some(picture(seen, looked.as_deref(), read))
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

    fn in_area(&self) -> InArea {
        let (view, now) = (self.view.load(), self.ticks.now());
        let reading = view.time.reading(&self.ticks, now);
        let seconds_since = |at: Tick| now.since(at).0 / 1_000;
        let answered = Some(self.answered.load(Ordering::Relaxed)).filter(|at| *at > 0);
        InArea {
            area: self.area.clone(),
            member: view.node.name().to_string(),
            store: Store { answered_seconds_ago: answered.map(|at| seconds_since(Tick(at))) },
            clock: reading.map(|reading| FleetClock { now_ms: reading.instant.0, error_ms: reading.error.0 }),
            picture_age_seconds: self.looked.load().as_ref().map(|looked| seconds_since(looked.at)),
            picture: self.picture(reading),
            other: self.hearing.load().as_ref().map(|it| it.at(log::now(), self.apart_allowed())),
        }
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
