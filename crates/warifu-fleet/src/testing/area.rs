//! An area on a virtual clock, millisecond by millisecond: members, two coordinators that both think they are
//! it, and a store, with messages that come late, out of order or never.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use warifu_values::digest::Digest;

use super::agenda::Agenda;
use super::dice::Dice;
use super::machine::Machine;
use super::plan::{Broken, Fault, Plan, Trouble, release};
use super::store::Store;
use crate::answer::Answer;
use crate::clock::{Clock, Reading, RoundTrip, Timekeeper};
use crate::coordinator::{Change, View, decide};
use crate::desired::{Cause, Commit, Desired, Next, Seen};
use crate::member::{BootId, MemberName, Members};
use crate::node::{Arm, Kept, Node, StoreView};
use crate::orders::Orders;
use crate::policy::{Policy, Terms};
use crate::release::{Epoch, Release, Revision};
use crate::report::{Progress, Report, Stage};
use crate::roll::change_members;
use crate::sight::Refusal;
use crate::time::{FleetInstant, Millis, Tick};

const COORDINATORS: usize = 2;

/// How a run went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ran {
    /// Exchanges that took place.
    pub exchanges: u64,
    /// Commits that were taken back.
    pub voids: u64,
    /// Milliseconds in which no member was ready, from the first one in which one was.
    pub none_ready: u64,
    /// The longest row of them.
    pub none_ready_row: u64,
    /// Milliseconds after all was mended until all members were ready by one epoch.
    pub whole_after: Option<u64>,
    /// Writes to the store.
    pub writes: u64,
    /// Of everything that was judged, in order: equal runs have equal ones.
    pub trace: u64,
}

#[derive(Debug, Clone)]
enum Message {
    Read { by: Actor, sent: Tick },
    ReadAnswer { by: Actor, sent: Tick, view: StoreView, alive: Option<BTreeMap<MemberName, Report>> },
    Change(Box<Change>),
    Arm { by: Actor, arm: Arm },
    ArmAnswer { by: Actor, epoch: Epoch },
    Report { by: MemberName, report: Report },
    Watch { to: usize, seen: Seen },
    Ask { by: Actor, of: usize, round: u64 },
    Answer { by: Actor, from: usize, round: u64, answer: Box<Answer> },
    AskTime { by: Actor, of: usize, sent: Tick },
    Time { by: Actor, from: usize, boot: BootId, sent: Tick, wall: FleetInstant },
    Prepared { by: Actor, release: Release, epoch: Epoch },
}

/// A start of a member or a coordinator; what was meant for an earlier one goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Actor {
    /// Coordinators after members.
    place: usize,
    life: u64,
}

pub(super) struct Member {
    pub(super) node: Node,
    clock: Option<Clock>,
    asked: (u64, Tick, BTreeMap<MemberName, Answer>),
    preparing: BTreeSet<(Digest, Epoch)>,
    armed_at: u64,
}

struct Coordinator {
    clock: Option<Clock>,
    clocks: BTreeMap<MemberName, (BootId, i64, u64)>,
    since: Option<(Revision, Tick)>,
}

pub(super) struct Area<'a> {
    pub(super) plan: &'a Plan,
    dice: Dice,
    pub(super) now: u64,
    /// What goes wrong now.
    troubles: Vec<Trouble>,
    pub(super) names: Vec<MemberName>,
    pub(super) machines: Vec<Machine>,
    lives: Vec<u64>,
    pub(super) members: Vec<Option<Member>>,
    coordinators: Vec<Option<Coordinator>>,
    disks: Vec<(Kept, BTreeSet<Digest>)>,
    pub(super) store: Store,
    late: Agenda<Message>,
    pub(super) commits: BTreeMap<Epoch, (Commit, usize)>,
    wrong: Option<Epoch>,
    /// So many votes changed.
    rolled: u64,
    /// By the clock of which start of whom, and its instant: which release judged, and under which epoch.
    pub(super) judged: HashMap<(usize, BootId, FleetInstant), (u64, Epoch)>,
    pub(super) any_ready: bool,
    pub(super) row: u64,
    pub(super) ran: Ran,
}

pub(super) fn terms() -> Terms {
    Terms { lead: Millis(1_000), lease: Millis(1_500), max_changes_per_hour: 1_000, ..Terms::default() }
}

impl<'a> Area<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut dice = Dice(plan.seed);
        let count = usize::from(plan.voters.max(1)) + usize::from(plan.followers);
        let names: Vec<_> = (0..count).map(|at| MemberName::new(&format!("n{at}")).unwrap()).collect();
        let (voters, followers) = names.split_at(usize::from(plan.voters.max(1)));
        let members = Members::new(voters.iter().cloned().collect(), followers.iter().cloned().collect());
        let apart = plan.clocks_apart as i64;
        let machines = (0..count + COORDINATORS).map(|_| Machine {
            ppm: dice.between(-200, 200),
            base: 1_000_000 + dice.below(1_000_000),
            offset: dice.between(-apart, apart),
        });
        let machines: Vec<_> = machines.collect();
        let cause = Cause { by: "a plan".into(), why: "it is founded".into() };
        let record = Desired::founded(members.unwrap(), Policy::new(terms()).unwrap(), cause);
        let mut area = Area {
            plan,
            dice,
            now: 0,
            troubles: Vec::new(),
            machines,
            lives: vec![0; count + COORDINATORS],
            members: (0..count).map(|_| None).collect(),
            coordinators: (0..COORDINATORS).map(|_| None).collect(),
            disks: vec![Default::default(); count],
            names,
            store: Store::new(record),
            late: Agenda::new(),
            commits: BTreeMap::new(),
            wrong: None,
            rolled: 0,
            judged: HashMap::new(),
            any_ready: false,
            row: 0,
            ran: Ran::default(),
        };
        for place in 0..count + COORDINATORS {
            area.start(place);
        }
        area
    }

    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    pub(super) fn tick(&self, place: usize) -> Tick {
        self.machines[place].tick(self.now)
    }

    fn actor(&self, place: usize) -> Actor {
        Actor { place, life: self.lives[place] }
    }

    fn is_up(&self, place: usize) -> bool {
        match place < self.count() {
            true => self.members[place].is_some(),
            false => self.coordinators[place - self.count()].is_some(),
        }
    }

    fn start(&mut self, place: usize) {
        self.lives[place] += 1;
        let now = self.tick(place);
        if place < self.count() {
            let (kept, releases) = self.disks[place].clone();
            let mut node = Node::started(self.names[place].clone(), BootId(self.lives[place]), kept, now);
            releases.into_iter().for_each(|digest| node.holds(digest));
            let member = Member {
                node,
                clock: None,
                asked: (0, Tick(0), BTreeMap::new()),
                preparing: BTreeSet::new(),
                armed_at: 0,
            };
            self.members[place] = Some(member);
        } else {
            let at = place - self.count();
            self.coordinators[at] = Some(Coordinator { clock: None, clocks: BTreeMap::new(), since: None });
        }
    }

    fn stop(&mut self, place: usize) {
        if place < self.count() {
            self.members[place] = None;
            if self.plan.broken == Some(Broken::LostDisk) {
                self.disks[place].0 = Kept::default();
            }
        } else {
            let at = place - self.count();
            self.coordinators[at] = None;
        }
    }

    /// Whether a trouble that `is` names goes on now.
    fn troubled(&self, is: impl Fn(Trouble) -> bool) -> bool {
        self.troubles.iter().any(|trouble| is(*trouble))
    }

    fn which(&self, number: u8) -> usize {
        usize::from(number) % self.count()
    }

    fn reaches_store(&self, place: usize) -> bool {
        !self.troubled(|trouble| match trouble {
            Trouble::StoreDead => true,
            Trouble::CutFromStore(one) | Trouble::CutOff(one) => self.which(one) == place,
            Trouble::Split(bits) => place < self.count() && bits >> (place % 8) & 1 == 1,
            _ => false,
        })
    }

    fn reach(&self, one: usize, other: usize) -> bool {
        let of = |place: usize| place < self.count();
        !self.troubled(|trouble| match trouble {
            Trouble::CutOff(cut) => self.which(cut) == one || self.which(cut) == other,
            Trouble::CutPair(a, b) => {
                let (a, b) = (self.which(a), self.which(b));
                (a, b) == (one, other) || (b, a) == (one, other)
            }
            // Coordinators are on the side of the store.
            Trouble::Split(bits) => {
                let side = |place: usize| of(place) && bits >> (place % 8) & 1 == 1;
                side(one) != side(other)
            }
            _ => false,
        })
    }

    /// Sends something from or to `place`.
    fn send(&mut self, place: usize, message: Message) {
        let (weak, slow) = (
            self.troubled(|trouble| matches!(trouble, Trouble::Weak(one) if self.which(one) == place)),
            self.troubled(|trouble| trouble == Trouble::Slow) && self.dice.happens(500),
        );
        let late = self.troubles.iter().find_map(|trouble| match (&message, trouble) {
            (Message::Change(_), Trouble::LateWrites(by)) => Some(300 + u64::from(*by) * 3),
            _ => None,
        });
        let lost = self.now < self.plan.until && self.dice.happens(self.plan.lost_per_mille);
        if lost || weak && self.dice.happens(800) {
            return;
        }
        let mut takes = 1 + self.dice.below(self.plan.latency);
        takes += if slow { self.dice.below(3_000) } else { 0 };
        takes += if weak { self.dice.below(1_500) } else { 0 };
        takes += late.unwrap_or(0);
        self.later(takes, message);
    }

    fn later(&mut self, takes: u64, message: Message) {
        self.late.put(self.now + takes, message);
    }

    pub(super) fn step(&mut self) {
        self.fail_and_mend();
        while let Some(message) = self.late.due(self.now) {
            self.deliver(message);
        }
        for place in 0..self.count() {
            self.member_acts(place);
        }
        for place in self.count()..self.count() + COORDINATORS {
            self.coordinator_acts(place);
        }
    }

    fn fail_and_mend(&mut self) {
        let (now, until) = (self.now, self.plan.until);
        let goes_on = |fault: &&Fault| fault.at <= now && now < (fault.at + fault.lasts).min(until);
        self.troubles.clear();
        self.troubles.extend(self.plan.faults.iter().filter(goes_on).map(|fault| fault.trouble));
        for place in 0..self.count() + COORDINATORS {
            let down = self.troubled(|trouble| match trouble {
                Trouble::Crash(one) => self.which(one) == place,
                Trouble::CoordinatorDead(one) => self.count() + usize::from(one) % COORDINATORS == place,
                _ => false,
            });
            match (down, self.is_up(place)) {
                (true, true) => self.stop(place),
                (false, false) => self.start(place),
                _ => {}
            }
        }
        if self.plan.found_wrong.contains(&self.now) {
            self.wrong = self.store.seen().record.stands().map(|stands| stands.epoch);
        }
    }

    pub(super) fn reading(&self, place: usize) -> Option<Reading> {
        if self.plan.broken == Some(Broken::OwnClock) {
            let instant = self.machines[place].wall(self.now);
            return Some(Reading { instant, error: Millis(0) });
        }
        // Coordinators hold theirs against the record that they decide by.
        let member = self.members[place].as_ref()?;
        let clock = member.clock.as_ref()?;
        let keeper = member.node.seen()?.record.timekeeper()?;
        (keeper == clock.timekeeper()).then(|| clock.reading(self.tick(place), 200))?
    }

    /// What a member does by itself: it reads, asks, measures, announces, and arms.
    fn member_acts(&mut self, place: usize) {
        if self.members[place].is_none() {
            return;
        }
        let (by, sent) = (self.actor(place), self.tick(place));
        let due = |every: u64| (self.now + 37 * place as u64).is_multiple_of(every);
        let (reads, asks, measures, reports) = (due(100), due(110), due(300), due(250));
        if reads && self.reaches_store(place) {
            self.send(place, Message::Read { by, sent });
        }
        if asks {
            let round = self.now;
            if let Some(member) = &mut self.members[place] {
                member.asked = (round, sent, BTreeMap::new());
            }
            for of in self.voters_known_to(place) {
                if of != place && self.reach(place, of) {
                    self.send(place, Message::Ask { by, of, round });
                }
            }
            self.heard(place);
        }
        if measures {
            self.measure(place);
        }
        if reports
            && self.reaches_store(place)
            && let Some(report) = self.members[place].as_ref().and_then(|member| member.node.report())
        {
            self.send(place, Message::Report { by: self.names[place].clone(), report });
        }
        self.arm(place);
        self.keep(place);
    }

    /// A member asks the timekeeper, or is it.
    fn measure(&mut self, place: usize) {
        let (by, sent) = (self.actor(place), self.tick(place));
        let member = self.members[place].as_ref();
        let keeper = member.and_then(|member| member.node.seen()?.record.timekeeper().cloned());
        let Some(keeper) = keeper else { return };
        let Some(of) = self.names.iter().position(|name| *name == keeper.member) else { return };
        if of != place {
            if self.reach(place, of) {
                self.send(place, Message::AskTime { by, of, sent });
            }
        } else if keeper.boot == BootId(self.lives[place]) {
            let wall = self.machines[place].wall(self.now);
            self.timed(place, &keeper, RoundTrip { sent, received: sent, theirs: wall });
        }
    }

    fn timed(&mut self, place: usize, keeper: &Timekeeper, trip: RoundTrip) {
        let count = self.count();
        let clock = match place < count {
            true => self.members[place].as_mut().map(|member| &mut member.clock),
            false => self.coordinators[place - count].as_mut().map(|one| &mut one.clock),
        };
        let Some(clock) = clock else { return };
        if clock.as_ref().is_none_or(|clock| clock.timekeeper() != keeper) {
            *clock = Some(Clock::new(keeper.clone()));
        }
        if let Some(clock) = clock {
            clock.measured(trip, 200);
        }
    }

    fn arm(&mut self, place: usize) {
        let mut reading = self.reading(place);
        if self.plan.broken == Some(Broken::ArmingMargin)
            && let Some(reading) = &mut reading
        {
            reading.instant = reading.instant - Millis(1_000_000);
        }
        let (now, reaches) = (self.now, self.reaches_store(place));
        let Some(member) = &mut self.members[place] else { return };
        if member.armed_at + 40 > now {
            return;
        }
        if let Some(arm) = member.node.arm(reading) {
            member.armed_at = now;
            let by = self.actor(place);
            self.keep(place);
            if reaches {
                self.send(place, Message::Arm { by, arm });
            }
        }
    }

    fn keep(&mut self, place: usize) {
        if let Some(member) = &self.members[place]
            && self.disks[place].0 != *member.node.kept()
        {
            self.disks[place].0 = member.node.kept().clone();
        }
    }

    fn voters_known_to(&self, place: usize) -> Vec<usize> {
        let member = self.members[place].as_ref();
        let Some(seen) = member.and_then(|member| member.node.seen()) else {
            return (0..self.count()).collect();
        };
        let voters = seen.record.members().voters();
        (0..self.count()).filter(|at| voters.contains(&self.names[*at])).collect()
    }

    /// The list of members that the plan has next, if it is time.
    fn roll(&self, seen: &Seen, reports: &BTreeMap<MemberName, Report>) -> Option<Desired> {
        let due = self.plan.rolls.iter().filter(|at| **at <= self.now).count() as u64;
        if self.rolled >= due {
            return None;
        }
        let changes = &self.names[((self.plan.seed ^ (self.rolled * 5)) % self.count() as u64) as usize];
        let (mut voters, mut followers) = (seen.record.members().voters().clone(), BTreeSet::new());
        if !voters.remove(changes) {
            voters.insert(changes.clone());
        } else if voters.is_empty() {
            // The only voter stays one.
            return None;
        }
        followers.extend(self.names.iter().filter(|name| !voters.contains(*name)).cloned());
        let off = BTreeSet::new();
        let cause = Cause { by: "a plan".into(), why: "a vote changes".into() };
        change_members(seen, Members::new(voters, followers).unwrap(), reports, &off, cause).ok()
    }

    /// A member counts the answers of its round.
    fn heard(&mut self, place: usize) {
        let (reading, now) = (self.reading(place), self.tick(place));
        let voters = self.names[..usize::from(self.plan.voters.max(1))].to_vec();
        let broken = self.plan.broken;
        let Some(member) = &mut self.members[place] else { return };
        let (_, sent, answers) = &member.asked;
        let (sent, mut answers) = (*sent, answers.clone());
        if broken == Some(Broken::OneVouches)
            && let Some(answer) = answers.values().next().cloned()
        {
            answers = voters.into_iter().map(|name| (name, answer.clone())).collect();
        }
        member.node.on_answers(sent, now, reading, &answers);
        self.keep(place);
        self.prepare(place);
    }

    /// A member begins to verify and load what its record names, and what it could not follow.
    fn prepare(&mut self, place: usize) {
        let Some(record) = self.members[place].as_ref().and_then(|member| Some(&member.node.seen()?.record))
        else {
            return;
        };
        let (epoch, next) = (record.last(), record.next());
        if let Next::Preparing(release) = next {
            self.begins(place, release, epoch);
        }
    }

    fn begins(&mut self, place: usize, release: Release, epoch: Epoch) {
        let by = self.actor(place);
        let Some(member) = &mut self.members[place] else { return };
        if member.preparing.insert((release.digest, epoch)) {
            let takes = 20 + self.dice.below(600);
            self.later(takes, Message::Prepared { by, release, epoch });
        }
    }

    fn followed(&mut self, place: usize, view: &Seen, result: Result<(), Refusal>) {
        self.keep(place);
        self.prepare(place);
        if let Err(Refusal::NotVerified(_)) = result {
            let stands = [view.record.stands(), view.record.would_stand()];
            for stands in stands.into_iter().flatten() {
                self.begins(place, stands.release, stands.epoch);
            }
        }
    }

    fn coordinator_acts(&mut self, place: usize) {
        if !self.is_up(place) {
            return;
        }
        let (by, sent) = (self.actor(place), self.tick(place));
        let due = |every: u64| (self.now + 13 * place as u64).is_multiple_of(every);
        let (reads, measures) = (due(40), due(150));
        if reads && self.reaches_store(place) {
            self.send(place, Message::Read { by, sent });
        }
        for of in 0..self.count() {
            if measures && self.reach(place, of) {
                self.send(place, Message::AskTime { by, of, sent });
            }
        }
    }

    fn decides(
        &mut self,
        place: usize,
        view: &StoreView,
        reports: &BTreeMap<MemberName, Report>,
    ) -> Option<Change> {
        let (tick, now, at) = (self.tick(place), self.now, place - self.count());
        let published = self.plan.published.iter().filter(|at| **at <= now).count() as u64;
        let wrong = self.wrong;
        if let Some(record) = self.roll(&view.seen, reports) {
            return Some(Change { expects: view.seen.revision, none_armed: None, record });
        }
        let coordinator = self.coordinators[at].as_mut()?;
        let revision = view.seen.revision;
        let since = match coordinator.since {
            Some((known, since)) if known == revision => since,
            _ => tick,
        };
        coordinator.since = Some((revision, since));
        coordinator.clocks.retain(|_, (_, _, heard)| now - *heard < 1_500);
        let clocks = coordinator.clocks.iter();
        let clocks = clocks.map(|(name, (boot, offset, _))| (name.clone(), (*boot, *offset))).collect();
        let keeper = view.seen.record.timekeeper();
        let told = coordinator.clock.as_ref().filter(|clock| Some(clock.timekeeper()) == keeper);
        let reading = told.and_then(|clock| clock.reading(tick, 200));
        let mut change = decide(&View {
            seen: &view.seen,
            armed: view.armed,
            reports,
            clocks: &clocks,
            orders: &Orders::default(),
            newest: (published > 0).then(|| (release(published), None)),
            fault: wrong.map(|epoch| (epoch, "112007410".to_owned())),
            now: reading,
            unchanged_for: tick.since(since),
        })?;
        if self.plan.broken == Some(Broken::BlindVoid) {
            change.none_armed = None;
        }
        Some(change)
    }

    fn deliver(&mut self, message: Message) {
        let is_there = |area: &Self, by: Actor| area.lives[by.place] == by.life && area.is_up(by.place);
        match message {
            Message::Read { by, sent } => {
                if self.reaches_store(by.place) {
                    let view = self.store.read();
                    let alive = (by.place >= self.count()).then(|| self.store.alive(self.now));
                    self.send(by.place, Message::ReadAnswer { by, sent, view, alive });
                }
            }
            Message::ReadAnswer { by, sent, view, alive } => {
                if is_there(self, by) && self.reaches_store(by.place) {
                    self.read(by.place, sent, view, alive);
                }
            }
            Message::Change(change) => {
                if !self.troubled(|trouble| trouble == Trouble::StoreDead) {
                    self.change(&change);
                }
            }
            Message::Arm { by, arm } => {
                // What a member sent before it died still comes.
                if self.reaches_store(by.place) && self.store.arm(&arm) {
                    self.send(by.place, Message::ArmAnswer { by, epoch: arm.epoch });
                }
            }
            Message::ArmAnswer { by, epoch } => {
                if is_there(self, by)
                    && let Some(member) = &mut self.members[by.place]
                {
                    member.node.on_armed(epoch);
                    self.keep(by.place);
                }
            }
            Message::Report { by, report } => {
                if !self.troubled(|trouble| trouble == Trouble::StoreDead) {
                    self.store.report(&by, report, self.now + terms().lease.0);
                }
            }
            Message::Watch { to, seen } => {
                let now = self.tick(to);
                if self.reaches_store(to)
                    && let Some(member) = &mut self.members[to]
                {
                    let result = member.node.on_record(now, &seen);
                    self.followed(to, &seen, result);
                }
            }
            Message::Ask { by, of, round } => {
                let reading = self.reading(of);
                if self.reach(by.place, of)
                    && let Some(member) = &self.members[of]
                {
                    let answer = Box::new(member.node.answer(reading));
                    self.send(by.place, Message::Answer { by, from: of, round, answer });
                }
            }
            Message::Answer { by, from, round, answer } => {
                let name = self.names[from].clone();
                if is_there(self, by)
                    && self.reach(by.place, from)
                    && let Some(member) = &mut self.members[by.place]
                    && member.asked.0 == round
                {
                    let seen = answer.seen.clone();
                    member.asked.2.insert(name, *answer);
                    self.heard(by.place);
                    self.late_release(by.place, seen);
                }
            }
            Message::AskTime { by, of, sent } => {
                if self.reach(by.place, of) && self.is_up(of) {
                    let (boot, wall) = (BootId(self.lives[of]), self.machines[of].wall(self.now));
                    self.send(by.place, Message::Time { by, from: of, boot, sent, wall });
                }
            }
            Message::Time { by, from, boot, sent, wall } => {
                if is_there(self, by) && self.reach(by.place, from) {
                    self.time(
                        by.place,
                        from,
                        boot,
                        RoundTrip { sent, received: self.tick(by.place), theirs: wall },
                    );
                }
            }
            Message::Prepared { by, release, epoch } => {
                if is_there(self, by)
                    && let Some(member) = &mut self.members[by.place]
                {
                    member.node.holds(release.digest);
                    // What is told is how far it came with the newest.
                    if member.node.seen().is_some_and(|seen| seen.record.last() == epoch) {
                        member.node.progressed(Progress::At(epoch, Stage::Prepared));
                    }
                    self.disks[by.place].1.insert(release.digest);
                }
            }
        }
    }

    /// A record that came from another member and could not be followed names what to fetch.
    fn late_release(&mut self, place: usize, seen: Option<Seen>) {
        let known =
            self.members[place].as_ref().and_then(|member| member.node.seen()).map(|seen| seen.revision);
        if let Some(seen) = seen.filter(|seen| known.is_none_or(|known| known < seen.revision)) {
            let missing = seen.record.judged_by().next().map(Refusal::NotVerified);
            self.followed(place, &seen, missing.map_or(Ok(()), Err));
        }
    }

    fn read(
        &mut self,
        place: usize,
        sent: Tick,
        mut view: StoreView,
        alive: Option<BTreeMap<MemberName, Report>>,
    ) {
        if let Some(reports) = alive {
            if let Some(change) = self.decides(place, &view, &reports)
                && self.reaches_store(place)
            {
                self.send(place, Message::Change(Box::new(change)));
            }
            return;
        }
        let now = self.tick(place);
        let sent = match self.plan.broken {
            Some(Broken::PermissionFromAnswer) => now,
            Some(Broken::LongPermission) => sent + Millis(1_000),
            _ => sent,
        };
        if self.plan.broken == Some(Broken::OneIsAMajority)
            && let Some(armed) = &mut view.armed
            && armed.count > 0
        {
            armed.count = usize::from(u8::MAX);
        }
        let Some(member) = &mut self.members[place] else { return };
        let result = member.node.on_read(sent, now, &view);
        self.followed(place, &view.seen, result);
    }

    fn change(&mut self, change: &Change) {
        let before = self.store.seen().clone();
        if !self.store.change(change) {
            return;
        }
        let seen = self.store.seen().clone();
        let record = &seen.record;
        self.rolled += u64::from(before.record.members() != record.members());
        if let (None, Some(commit), Some(keeper)) =
            (before.record.pending(), record.pending(), record.timekeeper())
        {
            let keeper = self.names.iter().position(|name| *name == keeper.member).unwrap();
            self.commits.insert(record.last(), (commit, keeper));
        }
        if before.record.pending().is_some() && record.pending().is_none() {
            match record.stands().map(|stands| stands.epoch) == Some(record.last()) {
                true => self.ran.exchanges += 1,
                false => self.ran.voids += 1,
            }
        }
        for to in 0..self.count() {
            self.send(to, Message::Watch { to, seen: seen.clone() });
        }
    }

    fn time(&mut self, place: usize, from: usize, boot: BootId, trip: RoundTrip) {
        let keeper = Timekeeper { member: self.names[from].clone(), boot };
        let now = self.now;
        let count = self.count();
        if place < count {
            let member = self.members[place].as_ref();
            let wanted = member.and_then(|member| member.node.seen()?.record.timekeeper().cloned());
            if wanted.as_ref() == Some(&keeper) {
                self.timed(place, &keeper, trip);
            }
            return;
        }
        let Some(coordinator) = &mut self.coordinators[place - count] else { return };
        let middle = (trip.sent.0 + trip.received.0) / 2;
        let offset = trip.theirs.0 - middle as i64;
        coordinator.clocks.insert(keeper.member.clone(), (boot, offset, now));
        if self.store.seen().record.timekeeper() == Some(&keeper) {
            self.timed(place, &keeper, trip);
        }
    }
}
