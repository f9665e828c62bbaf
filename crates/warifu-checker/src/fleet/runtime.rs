//! What runs as long as a member does: it reads the store and watches it, asks other members, arms, announces
//! itself, and coordinates where it is the one.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinSet, block_in_place};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use warifu_etcd::{Announced, Area, Lease, Noticed, Overview, StoreError, Written};
use warifu_fleet::answer::Answer;
use warifu_fleet::member::MemberName;
use warifu_fleet::policy::Terms;
use warifu_fleet::probation::Sighting;
use warifu_fleet::release::Release;
use warifu_fleet::report::{Progress, Report, Stage};
use warifu_fleet::time::Millis;

use crate::area_seen::Hearing;
use crate::fleet::config::Config;
use crate::fleet::coordinate::{self, Unchanged};
use crate::fleet::door::{Lines, Ways, answer_at, listen};
use crate::fleet::driver::Driver;
use crate::fleet::faults::Faults;
use crate::fleet::member::Member;
use crate::fleet::other::OtherFleet;
use crate::fleet::pictured::Looked;
use crate::log::{self, Log};
use crate::said::Said;
use crate::swap::Swapper;

/// Reads that may be under way at once: a node of etcd that is silent holds no other up.
const READS: usize = 4;

/// Before the record says how often.
const FIRST_READS: Duration = Duration::from_millis(100);

/// What nobody waits for is announced after so long, if it still is so then.
const SETTLES: Duration = Duration::from_secs(5);

/// The other fleet is heard so often, and compared with this one.
const HEARD: Duration = Duration::from_secs(30);
const COMPARED: Duration = Duration::from_secs(5);

/// So long a lease lasts before the record says how long.
const FIRST_LEASE: Millis = Millis(5_000);

/// Codes of its own, and codes that it is asked about, that an announcement has room for.
const SIGHTINGS: usize = 64;

/// A member that can begin.
pub struct Ready {
    member: Arc<Member>,
    area: Area,
    ways: Ways,
    listener: std::net::TcpListener,
    address: String,
    coordinates: bool,
    other: Option<OtherFleet>,
}

impl Ready {
    /// The member that `config` says, whose releases are those of `swapper`. From now on that one judges by
    /// the epochs of the area.
    ///
    /// # Errors
    /// What of the configuration is of no use here.
    pub fn of(config: Config, swapper: &Arc<Swapper>, log: Log) -> Result<Ready, Said> {
        let area = Area::new(&config.store, &config.area).map_err(|error| Said::both(&error))?;
        #[cfg(feature = "https")]
        let ways = match &config.door {
            Some(files) => Ways::Tls(Arc::new(crate::fleet::door::OverTls::read(files)?)),
            None => Ways::Plain,
        };
        #[cfg(not(feature = "https"))]
        let ways = Ways::Plain;
        let listener = listen(config.listen).map_err(|error| no_door(config.listen, &error))?;
        let own = listener.local_addr().map_err(|error| no_door(config.listen, &error))?;
        let address = config.address.unwrap_or_else(|| own.to_string());
        let member = Member::started(&config.area, config.name, Arc::clone(swapper), log)?;
        let member = Arc::new(member);
        swapper.moves_with(Arc::clone(&member.published) as _);
        member.change(|_| ());
        let Config { coordinates, other, .. } = config;
        Ok(Ready { member, area, ways, listener, address, coordinates, other })
    }

    /// Begins: nothing of it ends before the runtime does.
    ///
    /// # Errors
    /// The door cannot be waited at.
    pub fn begin(self) -> io::Result<()> {
        let Ready { member, area, ways, listener, address, coordinates, other } = self;
        let listener = TcpListener::from_std(listener)?;
        let (published, name) = (Arc::clone(&member.published), member.name.clone());
        tokio::spawn(answer_at(listener, ways.clone(), published, name));
        let lines = Lines::new(ways, &member.published.area);
        let runtime = Arc::new(Runtime {
            member,
            area,
            lines,
            address,
            reads: Arc::new(Semaphore::new(READS)),
            read_now: Notify::new(),
            decide_now: Notify::new(),
            announce_now: Notify::new(),
            is_elected: AtomicBool::new(false),
        });
        tokio::spawn(Arc::clone(&runtime).keep_reading());
        tokio::spawn(Arc::clone(&runtime).keep_watching());
        tokio::spawn(Arc::clone(&runtime).keep_asking());
        tokio::spawn(Arc::clone(&runtime).keep_driving());
        tokio::spawn(Arc::clone(&runtime).keep_announcing(coordinates));
        tokio::spawn(Arc::clone(&runtime).keep_hearing_orders());
        if let Some(other) = other {
            tokio::spawn(Arc::clone(&runtime).keep_hearing(other));
        }
        tokio::spawn(runtime.keep_coordinating());
        Ok(())
    }
}

fn no_door(address: SocketAddr, error: &io::Error) -> Said {
    Said::about(
        &format!("members cannot be heard at {address}"),
        &format!("{address} でメンバーを待ち受けられません"),
        error,
    )
}

struct Runtime {
    member: Arc<Member>,
    area: Area,
    lines: Lines,
    address: String,
    reads: Arc<Semaphore>,
    read_now: Notify,
    decide_now: Notify,
    announce_now: Notify,
    is_elected: AtomicBool,
}

fn every(time: Duration) -> tokio::time::Interval {
    let mut every = interval(time);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    every
}

/// Reading and watching.
impl Runtime {
    /// W, as the record says.
    fn freshness(&self) -> Option<Duration> {
        let record = self.member.record()?;
        Some(Duration::from_millis(record.policy().terms().timing.freshness.0))
    }

    async fn keep_reading(self: Arc<Self>) {
        let mut next = Instant::now();
        loop {
            let _asked = tokio::time::timeout_at(next, self.read_now.notified()).await;
            next = Instant::now() + self.freshness().map_or(FIRST_READS, |whole| whole / 4);
            let Ok(seat) = Arc::clone(&self.reads).try_acquire_owned() else { continue };
            let this = Arc::clone(&self);
            tokio::spawn(async move {
                this.read().await;
                drop(seat);
            });
        }
    }

    async fn read(&self) {
        let sent = self.member.now();
        match self.area.read().await {
            Ok(None) => self.member.heard(None),
            Ok(Some(view)) => {
                self.member.heard(None);
                block_in_place(|| {
                    let now = self.member.now();
                    let came_to = self.member.change(|node| node.on_read(sent, now, &view));
                    self.member.shown(&view.seen, came_to);
                });
                self.arm().await;
            }
            Err(error) => self.member.heard(Some(&error)),
        }
    }

    async fn arm(&self) {
        let Some(arm) = block_in_place(|| self.member.arm()) else { return };
        if let Ok(Written::Yes(_)) = self.area.arm(&arm).await {
            block_in_place(|| self.member.armed(arm.epoch));
            self.decide_now.notify_one();
        }
        self.read_now.notify_one();
    }

    async fn keep_watching(self: Arc<Self>) {
        loop {
            if let Ok(mut watch) = self.area.watch().await {
                loop {
                    match watch.next().await {
                        Ok(Noticed::Record(seen)) => {
                            block_in_place(|| {
                                let now = self.member.now();
                                let came_to = self.member.change(|node| node.on_record(now, &seen));
                                self.member.shown(&seen, came_to);
                            });
                            self.arm().await;
                        }
                        Ok(Noticed::Other) => {}
                        Err(StoreError::Damaged(_)) => {}
                        Err(_) => break,
                    }
                    self.read_now.notify_one();
                    self.decide_now.notify_one();
                    self.announce_now.notify_one();
                }
            }
            tokio::time::sleep(FIRST_READS).await;
        }
    }
}

/// Asking other members.
impl Runtime {
    async fn keep_asking(self: Arc<Self>) {
        let mut all_asked: Option<Instant> = None;
        loop {
            let whole = self.freshness().unwrap_or(4 * FIRST_READS);
            tokio::time::sleep(whole / 8).await;
            let Some(record) = self.member.record().or_else(|| self.member.newest_shown()) else { continue };
            // Not since when the store is silent: its last answer may have been a slow one.
            let ends_soon = Duration::from_millis(self.member.permitted_for().0) <= whole / 2;
            let keeper = record.timekeeper().map(|keeper| &keeper.member);
            let most = record.policy().terms().timing.max_clock_error;
            let unsure = self.member.reading().is_none_or(|reading| reading.error.0 * 2 > most.0);
            // Clocks are told apart by what each of them shows now and then.
            let all_due = all_asked.is_none_or(|at| at.elapsed() >= Duration::from_secs(2));
            let addresses = self.member.addresses();
            let asked = addresses.into_iter().filter(|(name, _)| {
                let is_keeper = Some(name) == keeper;
                record.members().has(name)
                    && (all_due
                        || ends_soon && record.members().voters().contains(name)
                        || is_keeper && (unsure || record.pending().is_some()))
            });
            let asked: Vec<_> = asked.collect();
            if all_due {
                all_asked = Some(Instant::now());
            }
            if !asked.is_empty() {
                self.ask(asked, ends_soon, whole / 3).await;
            }
        }
    }

    async fn ask(self: &Arc<Self>, whom: Vec<(MemberName, String)>, ends_soon: bool, longest: Duration) {
        let sent = self.member.now();
        let mut asked = JoinSet::new();
        for (name, address) in whom {
            let this = Arc::clone(self);
            asked.spawn(async move {
                let told = this.lines.ask(&name, &address, this.member.ticks(), longest).await;
                told.map(|(told, trip)| {
                    this.member.measured(&name, told.boot, trip);
                    (name, told.answer)
                })
            });
        }
        // A majority is enough: nobody waits for one that says nothing.
        let mut answers: BTreeMap<MemberName, Answer> = BTreeMap::new();
        while let Some(answered) = asked.join_next().await {
            let Some((name, answer)) = answered.ok().flatten() else { continue };
            let seen = answer.seen.clone();
            answers.insert(name, answer);
            if ends_soon {
                block_in_place(|| {
                    let (now, reading) = (self.member.now(), self.member.reading());
                    self.member.change(|node| node.on_answers(sent, now, reading, &answers));
                    // A record that came so names what to fetch, also where it is not followed.
                    seen.iter().for_each(|seen| self.member.shown(seen, None));
                });
            }
        }
    }
}

/// Releases.
impl Runtime {
    async fn keep_driving(self: Arc<Self>) {
        let mut driver = Driver::of(Arc::clone(&self.member));
        loop {
            let _changed =
                timeout(Duration::from_millis(200), self.member.published.changed.notified()).await;
            // What is in memory now is known before anybody waits for what comes after it.
            block_in_place(|| self.member.change(|_| ()));
            self.announce_now.notify_one();
            let driven = tokio::task::spawn_blocking(move || {
                while driver.drive() {}
                driver
            });
            driver = match driven.await {
                Ok(driver) => driver,
                // A panic is told by the runtime and must not end the driving.
                Err(_) => Driver::of(Arc::clone(&self.member)),
            };
            self.arm().await;
            self.announce_now.notify_one();
        }
    }
}

/// What was announced last, and when.
struct Last {
    announced: Announced,
    at: Instant,
}

/// Announcing.
impl Runtime {
    async fn keep_announcing(self: Arc<Self>, coordinates: bool) {
        let mut lease: Option<Lease> = None;
        let mut kept = Instant::now();
        let mut elected: Option<Instant> = None;
        let mut said: Option<Last> = None;
        let mut changed: Option<Instant> = None;
        let mut looks = every(Duration::from_millis(500));
        loop {
            tokio::select! {
                _ = looks.tick() => {}
                () = self.announce_now.notified() => {}
            }
            let terms = self.member.record().map(|record| record.policy().terms().clone());
            let lasts = terms.as_ref().map_or(FIRST_LEASE, |terms| terms.lease);
            let Some(holds) = &mut lease else {
                // A member that knows no record has nothing to say; it founds no lease for that.
                if let Some(record) = self.member.newest_shown()
                    && record.members().has(&self.member.name)
                {
                    lease = self.area.lease(lasts).await.ok();
                    (kept, said, elected) = (Instant::now(), None, None);
                }
                continue;
            };
            if kept.elapsed() >= Duration::from_millis(lasts.0 / 3) {
                match holds.keep().await {
                    Ok(()) => kept = Instant::now(),
                    Err(StoreError::LeaseGone) => {
                        lease = None;
                        self.is_elected.store(false, Ordering::Relaxed);
                        continue;
                    }
                    Err(_) => {}
                }
            }
            if coordinates && elected.is_none_or(|at| at.elapsed() >= Duration::from_secs(1)) {
                elected = Some(Instant::now());
                let is = self.area.coordinates(holds, &self.member.name).await.unwrap_or(false);
                self.is_elected.store(is, Ordering::Relaxed);
            }
            let Some(now) = self.announcement() else { continue };
            let pilots = |terms: &&Terms| terms.pilots.contains(&self.member.name);
            let pilot_time = terms.as_ref().filter(pilots).map(|terms| terms.pilot_time);
            let every = terms.map_or(60_000, |terms| terms.report_interval.0);
            let enough = pilot_time.filter(|time| now.report.piloted >= *time).is_some();
            let was_enough =
                |said: &Last| pilot_time.is_some_and(|time| said.announced.report.piloted >= time);
            let is_news = enough && !said.as_ref().is_some_and(was_enough)
                || said.as_ref().is_some_and(|said| self.answers_what_is_asked(&said.announced, &now));
            if !is_news && !is_due(said.as_ref(), &now, &mut changed, Duration::from_millis(every)) {
                continue;
            }
            match self.area.announce(holds, &self.member.name, &now).await {
                Ok(()) => {
                    said = Some(Last { announced: now, at: Instant::now() });
                    changed = None;
                }
                Err(StoreError::LeaseGone) => lease = None,
                Err(_) => {}
            }
        }
    }

    /// Whether `now` says something of a code that is asked about, of which nothing was `said` yet.
    fn answers_what_is_asked(&self, said: &Announced, now: &Announced) -> bool {
        let asked = self.member.asked();
        asked.iter().any(|code| now.sightings.contains_key(code) && !said.sightings.contains_key(code))
    }

    fn announcement(&self) -> Option<Announced> {
        let member = &self.member;
        let report = member.published.view.load().node.report();
        // One that follows no record yet says that it is there, and has begun nothing.
        let report = report.unwrap_or_else(|| Report {
            boot: member.ticks().boot,
            seen: warifu_fleet::release::Revision(0),
            progress: Progress::Idle,
            piloted: Millis(0),
        });
        let runs = member.swapper.in_memory().runs;
        let runs = runs.map(|(id, _)| Release { number: id.release, digest: id.manifest });
        let (address, program) = (self.address.clone(), env!("WARIFU_VERSION").to_owned());
        Some(Announced { report, address, program, sightings: self.sightings(), runs })
    }

    /// What probation sees, code by code.
    fn sightings(&self) -> BTreeMap<String, Sighting> {
        let swapper = &self.member.swapper;
        // It saw these and nothing against them.
        let clean = |code: &String| {
            let (kind, number) = code.split_once('/')?;
            let uses = swapper.uses_of(kind, number)?;
            Some((code.clone(), Sighting { uses, turned: 0, over_gate: false }))
        };
        let mut sightings: BTreeMap<_, _> =
            self.member.asked().iter().take(SIGHTINGS).filter_map(clean).collect();
        let Some((_, report)) = swapper.watched() else { return sightings };
        let over_gate = |verdict| verdict == warifu_claims::movement::CodeVerdict::Fault;
        let of_code = |code: &warifu_claims::movement::CodeReport| {
            let unexplained = code.turns.iter().filter(|turn| turn.explained == "not");
            let turned = unexplained.map(|turn| turn.uses).sum();
            Sighting { uses: code.uses, turned, over_gate: over_gate(code.verdict) }
        };
        let codes = report.codes.iter().take(SIGHTINGS);
        sightings.extend(codes.map(|code| (format!("{}/{}", code.kind, code.code), of_code(code))));
        sightings
    }
}

/// Whether `now` is announced: at once what the coordinator waits for, after a while what nobody waits for,
/// and every so often what is as before.
fn is_due(said: Option<&Last>, now: &Announced, changed: &mut Option<Instant>, every: Duration) -> bool {
    let Some(Last { announced, at }) = said else { return true };
    let progress = &now.report.progress;
    let faults = |of: &Announced| of.sightings.values().filter(|sighting| sighting.over_gate).count();
    let is_waited_for = matches!(progress, Progress::Nack(_) | Progress::At(_, Stage::Prepared));
    if is_waited_for && announced.report.progress != *progress
        || faults(announced) != faults(now)
        || announced.address != now.address
    {
        return true;
    }
    if at.elapsed() >= every {
        return true;
    }
    // Keys say who armed.
    let is_same = announced.report.progress == *progress
        && announced.runs == now.runs
        && announced.report.seen == now.report.seen;
    if is_same || matches!(progress, Progress::At(_, Stage::Armed)) {
        *changed = None;
        return false;
    }
    changed.get_or_insert_with(Instant::now).elapsed() >= SETTLES
}

/// The fleet of the other organisation.
impl Runtime {
    async fn keep_hearing(self: Arc<Self>, other: OtherFleet) {
        let mut hearing = Hearing::of(other.name().to_owned(), log::now());
        let other = Arc::new(other);
        let mut asked: Option<Instant> = None;
        let mut looks = every(COMPARED);
        loop {
            looks.tick().await;
            if asked.is_none_or(|at| at.elapsed() >= HEARD) {
                asked = Some(Instant::now());
                let asking = Arc::clone(&other);
                let Ok(heard) = tokio::task::spawn_blocking(move || asking.hear()).await else { continue };
                hearing.hears(heard, log::now());
            }
            hearing = block_in_place(|| self.member.published.hears(hearing));
        }
    }
}

/// Coordinating.
impl Runtime {
    /// What a person orders is decided by at once.
    async fn keep_hearing_orders(self: Arc<Self>) {
        let mut looks = every(Duration::from_secs(1));
        loop {
            looks.tick().await;
            if !self.is_elected.load(Ordering::Relaxed) {
                continue;
            }
            let Ok(mut watch) = self.area.watch_all().await else { continue };
            while self.is_elected.load(Ordering::Relaxed) && watch.next().await.is_ok() {
                self.decide_now.notify_one();
            }
        }
    }

    async fn keep_coordinating(self: Arc<Self>) {
        let mut unchanged = Unchanged::default();
        let mut faults = Faults::default();
        let mut looked: Option<Instant> = None;
        loop {
            let _asked = timeout(Duration::from_secs(1), self.decide_now.notified()).await;
            let is_elected = self.is_elected.load(Ordering::Relaxed);
            // Others look now and then where everybody is.
            let knows_all = self.member.record().is_some_and(|record| {
                let addresses = self.member.addresses();
                record.members().all().all(|name| *name == self.member.name || addresses.contains_key(name))
            });
            if !is_elected && knows_all && looked.is_some_and(|at| at.elapsed() < SETTLES) {
                continue;
            }
            looked = Some(Instant::now());
            let Ok(Some(overview)) = self.area.overview().await else { continue };
            let addresses = overview.announced.iter();
            let addresses = addresses.map(|(name, said)| (name.clone(), said.address.clone()));
            block_in_place(|| {
                self.member.announced_at(addresses);
                faults.look(&self.member, &overview);
                self.member.goes_out(faults.own(&self.member));
                if self.member.hears_asked(faults.asked().clone()) {
                    self.announce_now.notify_one();
                }
            });
            if !is_elected {
                let coordinator = self.area.coordinator().await.ok().flatten();
                self.shows(overview, coordinator);
                continue;
            }
            let change =
                block_in_place(|| coordinate::next(&self.member, &overview, &faults, &mut unchanged));
            if let Some(change) = change
                && coordinate::write(&self.area, &change).await
            {
                // What follows from it may be due at once.
                self.decide_now.notify_one();
            }
            self.shows(overview, Some(self.member.name.clone()));
        }
    }

    /// What was read is what people are shown.
    fn shows(&self, overview: Overview, coordinator: Option<MemberName>) {
        let clocks = coordinate::clocks(&self.member, &overview).into_iter();
        let clocks = clocks.map(|(name, (_, millis))| (name, millis)).collect();
        self.member.published.looks(Looked::of(overview, coordinator, clocks, self.member.now()));
    }
}
