//! The member: what it learns goes through here, onto its disk, and only then to those who ask.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use warifu_fleet::clock::{Clock, Reading, RoundTrip};
use warifu_fleet::desired::{Desired, Next, Seen};
use warifu_fleet::member::{BootId, MemberName};
use warifu_fleet::node::{Arm, Node};
use warifu_fleet::release::Epoch;
use warifu_fleet::report::{Nack, Progress, Stage};
use warifu_fleet::sight::Refusal;
use warifu_fleet::standing::Standing;
use warifu_fleet::time::{FleetInstant, Millis, Tick};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak as _};

use crate::fleet::kept::Kept;
use crate::fleet::published::{Published, Time, View};
use crate::fleet::ticks::Ticks;
use crate::log::{Event, Log};
use crate::said::Said;
use crate::state::Phase;
use crate::swap::{Epochs as _, Swapper};

/// Why a member cannot go along with a release, as it is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) digest: Digest,
    pub(super) stage: Stage,
    pub(super) code: String,
    pub(super) detail: String,
}

/// What another member's clock showed against the ticks here, and when that was measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offset {
    pub(super) boot: BootId,
    pub(super) millis: i64,
    pub(super) at: Tick,
}

/// Since when a release runs in the shadow on claims.
#[derive(Debug, Clone, Copy)]
struct Piloted {
    digest: Digest,
    since: Tick,
}

/// What changes, by one at a time.
struct Inner {
    node: Node,
    /// What the node was told that is in memory.
    held: BTreeSet<Digest>,
    clock: Option<Clock>,
    out: Option<Said>,
    /// As it lies on the disk.
    on_disk: Kept,
    addresses: BTreeMap<MemberName, String>,
    offsets: BTreeMap<MemberName, Offset>,
    /// The newest record that the store or a member showed, followed or not: what it names is fetched.
    shown: Option<Seen>,
    refused: Option<Refused>,
    piloted: Option<Piloted>,
    /// Codes that a member of the area asks about.
    asked: BTreeSet<String>,
    refusal: Option<Refusal>,
    armed_at: Tick,
    store_trouble: Option<String>,
}

/// The member.
pub(super) struct Member {
    pub(super) name: MemberName,
    pub(super) swapper: Arc<Swapper>,
    pub(super) published: Arc<Published>,
    pub(super) log: Log,
    inner: Mutex<Inner>,
}

/// A key that the store did not confirm is given again after so many milliseconds.
const ARMS_AGAIN: u64 = 100;

impl Member {
    /// What its disk kept, going on.
    ///
    /// # Errors
    /// What it gave its word for cannot be read.
    pub(super) fn started(
        area: &str,
        name: MemberName,
        swapper: Arc<Swapper>,
        log: Log,
    ) -> Result<Member, Said> {
        let ticks = Ticks::begin();
        let kept = swapper.kept_of_fleet()?;
        let kept = kept.map(|bytes| Kept::read(&bytes, area, &name)).transpose()?;
        let on_disk = kept.unwrap_or_else(|| Kept::none(area, &name));
        let node = Node::started(name.clone(), ticks.boot, on_disk.node.clone(), ticks.now());
        let view = View { node: node.clone(), time: Time::Unknown, out: None };
        let published = Arc::new(Published::new(area.to_owned(), ticks, view));
        let inner = Inner {
            node,
            held: BTreeSet::new(),
            clock: None,
            out: None,
            addresses: on_disk.addresses.clone(),
            shown: on_disk.node.seen.clone(),
            on_disk,
            offsets: BTreeMap::new(),
            refused: None,
            piloted: None,
            asked: BTreeSet::new(),
            refusal: None,
            armed_at: Tick(0),
            store_trouble: None,
        };
        let member = Member { name, swapper, published, log, inner: Mutex::new(inner) };
        member.change(|_| ());
        Ok(member)
    }

    pub(super) fn ticks(&self) -> &Ticks {
        &self.published.ticks
    }

    pub(super) fn now(&self) -> Tick {
        self.ticks().now()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets `change` teach a copy of the node; what is new in it is on the disk before it is anybody's. None
    /// when the disk did not keep it: then it was never learnt.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Node) -> T) -> Option<T> {
        let mut inner = self.inner();
        self.tell_memory(&mut inner);
        let mut node = inner.node.clone();
        let done = change(&mut node);
        let progress = self.progress(&inner, &node);
        node.progressed(progress);
        inner.piloted = self.pilots(inner.piloted);
        node.piloted(inner.piloted.map_or(Millis(0), |piloted| self.now().since(piloted.since)));
        if *node.kept() != inner.on_disk.node || inner.addresses != inner.on_disk.addresses {
            let kept = Kept {
                node: node.kept().clone(),
                addresses: inner.addresses.clone(),
                ..inner.on_disk.clone()
            };
            if let Err(why) = kept.bytes().and_then(|bytes| self.swapper.keep_of_fleet(&bytes)) {
                self.log.event(Event::RecordNotWritten, &why);
                return None;
            }
            inner.on_disk = kept;
        }
        inner.node = node;
        self.publish(&mut inner);
        Some(done)
    }

    fn tell_memory(&self, inner: &mut Inner) {
        let Inner { node, held: told, .. } = inner;
        let held: BTreeSet<Digest> = self.swapper.in_memory().all().map(|id| id.manifest).collect();
        if *told == held {
            return;
        }
        told.difference(&held).for_each(|gone| node.let_go(gone));
        held.iter().for_each(|there| node.holds(*there));
        self.swapper.verified_here().iter().for_each(|id| node.verified(id.manifest));
        *told = held;
    }

    fn publish(&self, inner: &mut Inner) {
        let record = inner.node.seen().map(|seen| &seen.record);
        let keeper = record.and_then(|record| record.timekeeper()).cloned();
        let drift = record.map_or(0, |record| record.policy().terms().timing.drift_ppm);
        let time = match keeper {
            None => Time::Unknown,
            Some(keeper) if keeper.member == self.name => match keeper.boot == self.ticks().boot {
                true => Time::Own,
                // It kept the time before it started anew, and nobody can ask that clock any more.
                false => Time::Unknown,
            },
            Some(keeper) => {
                if inner.clock.as_ref().is_none_or(|clock| *clock.timekeeper() != keeper) {
                    inner.clock = Some(Clock::new(keeper));
                }
                inner.clock.clone().map_or(Time::Unknown, |clock| Time::Measured(clock, drift))
            }
        };
        let view = View { node: inner.node.clone(), time, out: inner.out.clone() };
        self.published.view.store(Arc::new(view));
    }

    /// Since when it runs what it is to run in the shadow; from the first claim on.
    fn pilots(&self, before: Option<Piloted>) -> Option<Piloted> {
        let digest = self.published.pilots()?;
        if let Some(before) = before.filter(|before| before.digest == digest) {
            return Some(before);
        }
        let has_run = self.swapper.ran_in_the_shadow(&digest) == Ok(true);
        has_run.then(|| Piloted { digest, since: self.now() })
    }

    /// How far it came, by what is in memory.
    fn progress(&self, inner: &Inner, node: &Node) -> Progress {
        let Some(record) = node.seen().map(|seen| Arc::clone(&seen.record)) else { return Progress::Idle };
        let memory = self.swapper.in_memory();
        let epoch = record.last();
        let at = |release: Digest| match memory.has(&release) {
            true => Progress::At(epoch, Stage::Prepared),
            false => match inner.refused.as_ref().filter(|refused| refused.digest == release) {
                Some(refused) => Progress::Nack(Nack {
                    epoch,
                    digest: release,
                    stage: refused.stage,
                    code: refused.code.clone(),
                    detail: refused.detail.clone(),
                }),
                None => Progress::Idle,
            },
        };
        match record.next() {
            Next::Preparing(release) => match self.swapper.record().frozen() {
                Some(frozen) => Progress::Nack(Nack {
                    epoch,
                    digest: release.digest,
                    stage: Stage::Cleared,
                    code: "frozen".to_owned(),
                    detail: frozen.said().en,
                }),
                // What comes next is refused by who ran it in the shadow.
                None => match self.swapper.ran_in_the_shadow(&release.digest) {
                    Err(why) => Progress::Nack(Nack {
                        epoch,
                        digest: release.digest,
                        stage: Stage::Prepared,
                        code: "shadow".to_owned(),
                        detail: why.en,
                    }),
                    Ok(_) => at(release.digest),
                },
            },
            Next::Committed(_) | Next::Armed(_) => match node.kept().issued {
                Some(issued) if issued.epoch == epoch => Progress::At(epoch, Stage::Armed),
                _ => record.would_stand().map_or(Progress::Idle, |new| at(new.release.digest)),
            },
            Next::Nothing => match (record.stands(), memory.runs) {
                (Some(stands), Some((id, phase))) if id.manifest == stands.release.digest => {
                    let stage = match phase {
                        Phase::Probation => Stage::Active,
                        Phase::Confirmed => Stage::Confirmed,
                    };
                    Progress::At(stands.epoch, stage)
                }
                _ => Progress::Idle,
            },
        }
    }
}

/// What it hears.
impl Member {
    /// A record was shown; what it came to is told where that is news.
    pub(super) fn shown(&self, seen: &Seen, came_to: Option<Result<(), Refusal>>) {
        let mut inner = self.inner();
        if inner.shown.as_ref().is_none_or(|shown| shown.revision < seen.revision) {
            inner.shown = Some(seen.clone());
            self.published.changed.notify_one();
        }
        let refusal = came_to.and_then(Result::err);
        if let Some(why) = refusal.filter(|why| inner.refusal.as_ref() != Some(why)) {
            let said = Said::new(why.say(Lang::En), why.say(Lang::Ja));
            self.log.event(Event::FleetRefused, &said);
        }
        inner.refusal = refusal;
    }

    /// The store answered, or did not.
    pub(super) fn heard(&self, trouble: Option<&warifu_etcd::StoreError>) {
        let mut inner = self.inner();
        match trouble {
            None => {
                self.published.answered();
                inner.store_trouble = None;
            }
            Some(error) => {
                if inner.store_trouble.as_deref() != Some(error.code()) {
                    let said = Said::new(error.say(Lang::En), error.say(Lang::Ja));
                    self.log.event(Event::FleetStore, &said);
                }
                inner.store_trouble = Some(error.code().to_owned());
            }
        }
    }

    /// Where others are.
    pub(super) fn addresses(&self) -> BTreeMap<MemberName, String> {
        self.inner().addresses.clone()
    }

    /// They were announced there.
    pub(super) fn announced_at(&self, addresses: impl Iterator<Item = (MemberName, String)>) {
        let mut inner = self.inner();
        let others = addresses.filter(|(name, _)| *name != self.name);
        let before = inner.addresses.len();
        let mut changed = false;
        for (name, address) in others {
            changed |= inner.addresses.insert(name, address.clone()).as_ref() != Some(&address);
        }
        changed |= before != inner.addresses.len();
        drop(inner);
        if changed {
            self.change(|_| ());
        }
    }

    /// Another member's clock was asked.
    pub(super) fn measured(&self, of: &MemberName, boot: BootId, trip: RoundTrip) {
        let mut inner = self.inner();
        let middle = Tick(trip.sent.0 + trip.received.since(trip.sent).0 / 2);
        let millis = trip.theirs.0.saturating_sub_unsigned(middle.0);
        inner.offsets.insert(of.clone(), Offset { boot, millis, at: trip.received });
        let drift = inner.node.seen().map_or(0, |seen| seen.record.policy().terms().timing.drift_ppm);
        let is_keeper = |clock: &&mut Clock| {
            let keeper = clock.timekeeper();
            keeper.member == *of && keeper.boot == boot
        };
        if let Some(clock) = inner.clock.as_mut().filter(is_keeper) {
            clock.measured(trip, drift);
            self.publish(&mut inner);
        }
    }

    /// The clocks of others, and the own one, each against the ticks here.
    pub(super) fn offsets(&self) -> BTreeMap<MemberName, Offset> {
        let mut offsets = self.inner().offsets.clone();
        let (now, ticks) = (self.now(), self.ticks());
        let FleetInstant(own) = ticks.clock_at(Tick(0));
        offsets.insert(self.name.clone(), Offset { boot: ticks.boot, millis: own, at: now });
        offsets
    }

    /// These codes are asked about.
    pub(super) fn hears_asked(&self, asked: BTreeSet<String>) -> bool {
        let mut inner = self.inner();
        let is_news = inner.asked != asked;
        inner.asked = asked;
        is_news
    }

    /// Codes that a member of the area asks about.
    pub(super) fn asked(&self) -> BTreeSet<String> {
        self.inner().asked.clone()
    }

    /// It cannot go along with a release, or can again.
    pub(super) fn refuses(&self, refused: Option<Refused>) {
        let mut inner = self.inner();
        if inner.refused == refused {
            return;
        }
        inner.refused = refused;
        drop(inner);
        self.change(|_| ());
    }

    /// It is out of service alone, or is not any more.
    pub(super) fn goes_out(&self, why: Option<Said>) {
        let mut inner = self.inner();
        if inner.out != why {
            if let Some(why) = &why {
                self.log.event(Event::FleetOut, why);
            }
            inner.out = why;
            self.publish(&mut inner);
        }
    }
}

/// What it is asked.
impl Member {
    /// The record that it follows.
    pub(super) fn record(&self) -> Option<Arc<Desired>> {
        self.published.view.load().node.seen().map(|seen| Arc::clone(&seen.record))
    }

    /// The newest record that was shown, followed or not.
    pub(super) fn newest_shown(&self) -> Option<Arc<Desired>> {
        self.inner().shown.as_ref().map(|seen| Arc::clone(&seen.record))
    }

    /// Fleet time.
    pub(super) fn reading(&self) -> Option<Reading> {
        let view = self.published.view.load();
        view.time.reading(self.ticks(), self.now())
    }

    /// What judges now, and since which epoch.
    pub(super) fn standing(&self) -> Standing {
        self.published.standing_now()
    }

    /// For how long it may still answer, if it hears nothing more.
    pub(super) fn permitted_for(&self) -> Millis {
        self.published.view.load().node.permitted_for(self.now())
    }

    /// Arms for the pending commit, if it can; what is to be told to the store.
    pub(super) fn arm(&self) -> Option<Arm> {
        let record = self.record()?;
        let digest = record.would_stand()?.release.digest;
        let now = self.now();
        if now.0 < self.inner().armed_at.0 + ARMS_AGAIN || !self.swapper.promise(digest) {
            return None;
        }
        let reading = self.reading();
        let arm = self.change(|node| node.arm(reading))??;
        self.inner().armed_at = now;
        Some(arm)
    }

    /// The store has the key for `epoch`.
    pub(super) fn armed(&self, epoch: Epoch) {
        self.change(|node| node.on_armed(epoch));
    }
}
