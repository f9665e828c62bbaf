//! How long a large area takes, and what it asks of the store: the same members and the same coordinator,
//! with nothing that goes wrong, and a store that works as fast as is assumed here.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::agenda::Agenda;
use super::dice::Dice;
use super::plan::release;
use super::store::Store;
use crate::armed::ArmedView;
use crate::clock::{Clock, RoundTrip, Timekeeper};
use crate::coordinator::{View, decide};
use crate::desired::{Cause, Desired, Next, Seen};
use crate::member::{BootId, MemberName, Members};
use crate::node::{Arm, Kept, Node, StoreView};
use crate::orders::Orders;
use crate::policy::{Policy, Terms};
use crate::release::{Epoch, Revision};
use crate::report::{Progress, Report, Stage};
use crate::standing::Standing;
use crate::time::{FleetInstant, Millis, Tick};

/// An area to be measured.
#[derive(Debug, Clone, Copy)]
pub struct Fleet {
    /// All members.
    pub members: usize,
    /// Of them, those who vote.
    pub voters: usize,
    /// W, in milliseconds.
    pub freshness: u64,
    /// A member reads so often, in milliseconds.
    pub reads_every: u64,
    /// Of latencies and clocks.
    pub seed: u64,
}

/// What came of it; times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// From a commit to the record that says that a majority armed.
    pub armed: u64,
    /// From a declared instant to a member that judges by it: median, 99.9 %, the last.
    pub late: [u64; 3],
    /// From the decision to fall back to the same.
    pub fallen_back: [u64; 3],
    /// Moments in which a member was not ready, from the first release on, added up over all members.
    pub not_ready: u64,
    /// Writes of a move to a newer release.
    pub move_writes: u64,
    /// Writes in the busiest second.
    pub most_writes: u64,
    /// Reads a second while nothing happens.
    pub reads: u64,
    /// Messages of watches for a move.
    pub watched: u64,
    /// From a change to the last member that has it.
    pub fan_out: u64,
}

/// What the store is assumed to do, in microseconds each: a read, a write, a message to one who watches.
const READ: u64 = 50;
const WRITE: u64 = 200;
const WATCH: u64 = 10;

/// A coordinator looks so often.
const LOOKS: u64 = 50_000;

/// What all come to at once is announced within this time.
const ANNOUNCED: u64 = 5_000_000;

/// Published, found wrong, and the end, in microseconds.
const PUBLISHED: u64 = 5_000_000;
const WRONG: u64 = 25_000_000;
const END: u64 = 40_000_000;

enum Event {
    Read {
        of: usize,
        sent: u64,
    },
    ReadAnswer {
        of: usize,
        sent: u64,
        view: StoreView,
    },
    Watch {
        of: usize,
        seen: Seen,
    },
    Arm(usize, Arm),
    Armed(usize, Epoch),
    Stage {
        of: usize,
        epoch: Epoch,
        stage: Stage,
    },
    Report {
        of: usize,
        report: Report,
    },
    /// A member is looked at, around the instant.
    Look {
        of: usize,
        epoch: Epoch,
    },
    Coordinate,
}

/// One of the store's queues: what comes waits for what came before it.
#[derive(Default)]
struct Queue(u64);

impl Queue {
    fn done(&mut self, now: u64, takes: u64) -> u64 {
        self.0 = self.0.max(now) + takes;
        self.0
    }
}

struct Large {
    fleet: Fleet,
    dice: Dice,
    now: u64,
    events: Agenda<Event>,
    names: Vec<MemberName>,
    /// What each member's wall clock is off, and since when its ticks run.
    nodes: Vec<Node>,
    clocks: Vec<Clock>,
    store: Store,
    reports: BTreeMap<MemberName, Report>,
    reads: Queue,
    writes: Queue,
    keeper: Timekeeper,
    /// Writes by second.
    by_second: BTreeMap<u64, u64>,
    committed: BTreeMap<Epoch, u64>,
    active: BTreeMap<(Epoch, usize), u64>,
    instants: BTreeMap<Epoch, FleetInstant>,
    figures: Figures,
    since: (Revision, u64),
}

fn terms(fleet: &Fleet) -> Terms {
    let mut terms = Terms { max_changes_per_hour: 100, ..Terms::default() };
    terms.timing.freshness = Millis(fleet.freshness);
    let margin = terms.timing.arming_margin().0;
    // As by default: 298 ms and more to hear of a commit and to arm.
    terms.fall_back_lead = Millis(margin + 298);
    terms.lead = Millis(margin + 1_498);
    terms
}

/// A settled area at `fleet`'s size that moves to a newer release, and falls back from it.
pub fn measure(fleet: Fleet) -> Figures {
    let mut large = Large::new(fleet);
    while let Some((micros, event)) = large.events.next() {
        if micros >= END {
            break;
        }
        large.now = micros;
        large.happens(event);
    }
    large.sum()
}

impl Large {
    fn new(fleet: Fleet) -> Self {
        let mut dice = Dice(fleet.seed);
        let names: Vec<_> =
            (0..fleet.members).map(|at| MemberName::new(&format!("n{at:05}")).unwrap()).collect();
        let (voters, followers) = names.split_at(fleet.voters);
        let members = Members::new(voters.iter().cloned().collect(), followers.iter().cloned().collect());
        let keeper = Timekeeper { member: names[0].clone(), boot: BootId(1) };
        let record = settled(members.unwrap(), Policy::new(terms(&fleet)).unwrap(), &keeper);
        let store = Store::new(record);
        let seen = store.seen().clone();
        let node = |name: &MemberName| {
            let kept = Kept { seen: Some(seen.clone()), issued: None };
            let mut node = Node::started(name.clone(), BootId(1), kept, Tick(0));
            node.holds(release(1).digest);
            node.holds(release(2).digest);
            node
        };
        let nodes: Vec<_> = names.iter().map(node).collect();
        let clock = |_| {
            let mut clock = Clock::new(keeper.clone());
            let there = 1 + dice.below(5);
            let trip = RoundTrip {
                sent: Tick(0),
                received: Tick(there + 1 + dice.below(5)),
                theirs: FleetInstant(there as i64),
            };
            clock.measured(trip, 200);
            clock
        };
        let clocks = (0..fleet.members).map(clock).collect();
        let mut large = Large {
            fleet,
            dice,
            now: 0,
            events: Agenda::new(),
            names,
            nodes,
            clocks,
            store,
            reports: BTreeMap::new(),
            reads: Queue::default(),
            writes: Queue::default(),
            keeper,
            by_second: BTreeMap::new(),
            committed: BTreeMap::new(),
            active: BTreeMap::new(),
            instants: BTreeMap::new(),
            figures: Figures::default(),
            since: (Revision(0), 0),
        };
        for of in 0..fleet.members {
            let first = large.dice.below(fleet.reads_every * 1000);
            large.at(first, Event::Read { of, sent: first });
            if let Some(report) = large.nodes[of].report() {
                large.reports.insert(large.names[of].clone(), report);
            }
        }
        large.at(0, Event::Coordinate);
        large
    }

    fn at(&mut self, micros: u64, event: Event) {
        self.events.put(micros, event);
    }

    /// One way through the network: 0.5 to 5 ms.
    fn way(&mut self) -> u64 {
        500 + self.dice.below(4_500)
    }

    fn tick(&self) -> Tick {
        Tick(self.now / 1000)
    }

    fn written(&mut self) -> u64 {
        *self.by_second.entry(self.now / 1_000_000).or_default() += 1;
        self.writes.done(self.now, WRITE)
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Read { of, sent } => {
                let done = self.reads.done(self.now, READ);
                let view = self.store.read();
                let back = done + self.way();
                self.at(back, Event::ReadAnswer { of, sent, view });
                let next = sent + self.fleet.reads_every * 1000;
                let arrives = next + self.way();
                self.at(arrives, Event::Read { of, sent: next });
            }
            Event::ReadAnswer { of, sent, view } => {
                let now = self.tick();
                self.nodes[of].on_read(Tick(sent / 1000), now, &view).unwrap();
                self.reacts(of);
            }
            Event::Watch { of, seen } => {
                let now = self.tick();
                self.nodes[of].on_record(now, &seen).unwrap();
                self.reacts(of);
            }
            Event::Arm(of, arm) => {
                if self.store.arm(&arm) {
                    let done = self.written() + self.way();
                    self.at(done, Event::Armed(of, arm.epoch));
                }
            }
            Event::Armed(of, epoch) => self.nodes[of].on_armed(epoch),
            Event::Stage { of, epoch, stage } => {
                self.nodes[of].progressed(Progress::At(epoch, stage));
                // A stage that is passed within that time is not announced: nobody waits for it.
                let announced = stage >= Stage::Prepared;
                if let Some(report) = self.nodes[of].report().filter(|_| announced) {
                    let there = self.now + self.way();
                    self.at(there, Event::Report { of, report });
                }
                let next = match stage {
                    Stage::Fetched => Stage::Verified,
                    Stage::Verified => Stage::Cleared,
                    Stage::Cleared => Stage::Prepared,
                    _ => return,
                };
                let takes = 100_000 + self.dice.below(1_000_000);
                self.at(self.now + takes, Event::Stage { of, epoch, stage: next });
            }
            Event::Report { of, report } => {
                self.written();
                self.reports.insert(self.names[of].clone(), report);
            }
            Event::Look { of, epoch } => self.look(of, epoch),
            Event::Coordinate => {
                self.coordinate();
                self.at(self.now + LOOKS, Event::Coordinate);
            }
        }
    }

    /// What a member does after it heard something.
    fn reacts(&mut self, of: usize) {
        let reading = self.clocks[of].reading(self.tick(), 0);
        if let Some(arm) = self.nodes[of].arm(reading) {
            let there = self.now + self.way();
            self.at(there, Event::Arm(of, arm));
        }
    }

    fn look(&mut self, of: usize, epoch: Epoch) {
        let reading = self.clocks[of].reading(self.tick(), 0);
        let (tick, next) = (self.tick(), self.now + 1_000);
        match self.nodes[of].standing(tick, reading) {
            Standing::Ready(stands) if stands.epoch >= epoch => {
                self.active.entry((epoch, of)).or_insert(self.now);
                // Nobody waits to hear of it, and all come to it at one moment: it is announced by and by.
                let told = self.now + self.dice.below(ANNOUNCED);
                self.at(told, Event::Stage { of, epoch, stage: Stage::Active });
                self.at(told + ANNOUNCED, Event::Stage { of, epoch, stage: Stage::Confirmed });
                return;
            }
            Standing::Ready(_) => {}
            Standing::NotReady(_) => self.figures.not_ready += 1,
        }
        self.at(next, Event::Look { of, epoch });
    }

    fn coordinate(&mut self) {
        let view = self.store.read();
        if self.since.0 != view.seen.revision {
            self.since = (view.seen.revision, self.now);
        }
        let clocks = [(self.keeper.member.clone(), (self.keeper.boot, 0))].into();
        let reading = self.clocks[1 % self.clocks.len()].reading(self.tick(), 0);
        let armed: Option<ArmedView> = view.armed;
        let newest = (self.now >= PUBLISHED).then(|| (release(2), None));
        let change = decide(&View {
            seen: &view.seen,
            armed,
            reports: &self.reports,
            clocks: &clocks,
            orders: &Orders::default(),
            newest,
            fault: (self.now >= WRONG).then(|| (Epoch(2), "112007410".to_owned())),
            now: reading,
            unchanged_for: Millis((self.now - self.since.1) / 1000),
        });
        let Some(change) = change else { return };
        let was = view.seen.record.next();
        if !self.store.change(&change) {
            return;
        }
        let done = self.written();
        let seen = self.store.seen().clone();
        let epoch = seen.record.last();
        match (was, seen.record.next()) {
            (_, Next::Committed(commit)) => {
                self.committed.insert(epoch, self.now);
                self.instants.insert(epoch, commit.instant);
                // Looked at from half a second before the instant on.
                let from = (commit.instant.0 as u64).saturating_sub(500) * 1000;
                for of in 0..self.fleet.members {
                    self.at(from.max(self.now), Event::Look { of, epoch });
                }
            }
            (_, Next::Armed(_)) if epoch == Epoch(2) => {
                self.figures.armed = (self.now - self.committed[&epoch]) / 1000;
            }
            _ => {}
        }
        let mut sends = Queue(done);
        let mut last = 0;
        for of in 0..self.fleet.members {
            let sent = sends.done(done, WATCH) + self.way();
            last = last.max(sent);
            self.at(sent, Event::Watch { of, seen: seen.clone() });
            if let Next::Preparing(_) = seen.record.next() {
                let begins = sent + 50_000 + self.dice.below(2_000_000);
                self.at(begins, Event::Stage { of, epoch, stage: Stage::Fetched });
            }
        }
        self.figures.fan_out = self.figures.fan_out.max((last - self.now) / 1000);
        if self.now < WRONG {
            self.figures.watched += self.fleet.members as u64;
        }
    }

    fn sum(mut self) -> Figures {
        let shares = |mut all: Vec<u64>| {
            all.sort_unstable();
            let at = |per_mille: usize| all.get((all.len() * per_mille / 1000).min(all.len() - 1)).copied();
            match all.is_empty() {
                true => [u64::MAX; 3],
                false => [500, 999, 1000].map(|per_mille| at(per_mille).unwrap_or(u64::MAX)),
            }
        };
        let active = |epoch: Epoch| self.active.iter().filter(move |((of, _), _)| *of == epoch);
        let instant = self.instants.get(&Epoch(2)).map_or(0, |instant| instant.0 as u64);
        let late = active(Epoch(2)).map(|(_, at)| (at / 1000).saturating_sub(instant)).collect();
        let decided = self.committed.get(&Epoch(3)).copied().unwrap_or(0);
        let back: Vec<u64> = active(Epoch(3)).map(|(_, at)| (at - decided) / 1000).collect();
        assert_eq!(back.len(), self.fleet.members, "not all fell back");
        self.figures.late = shares(late);
        self.figures.fallen_back = shares(back);
        self.figures.most_writes = self.by_second.values().max().copied().unwrap_or(0);
        let moved = self.by_second.range(..WRONG / 1_000_000).map(|(_, writes)| writes);
        self.figures.move_writes = moved.sum();
        self.figures.reads = self.fleet.members as u64 * 1000 / self.fleet.reads_every;
        self.figures
    }
}

/// An area in which release 1 judges, under epoch 1.
fn settled(members: Members, policy: Policy, keeper: &Timekeeper) -> Desired {
    let cause = || Cause { by: "a plan".into(), why: "it is founded".into() };
    let record = Desired::founded(members, policy, cause()).timed_by(keeper.clone(), cause()).unwrap();
    let admitted = record.quarantine().admit(release(1)).unwrap();
    let record = record.prepare(admitted, cause()).unwrap().commit(FleetInstant(0), cause()).unwrap();
    let count = record.members().voters().len();
    let view = ArmedView { epoch: record.last(), count, as_of: Revision(0) };
    let majority = view.majority(record.members()).unwrap();
    Arc::new(record.armed(&majority, cause()).unwrap()).settle(cause()).unwrap()
}
