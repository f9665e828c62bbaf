//! The swap: brings a release from its source to judging claims, watches it, and falls back.
//!
//! Everything here blocks and is called off the request path. Requests only load the active release
//! ([`Swapper::active`]), once for each claim file, and tell what they saw ([`Swapper::observe`]).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use serde::{Deserialize, Serialize};
use warifu_claims::{ClaimFindings, Snapshot, Tally};
use warifu_masters::schema::Schemas;
use warifu_trust::{ReleaseRef, UnixSeconds};
use warifu_values::lang::counted;

use crate::candidate::Candidate;
use crate::drift::{Drift, Thresholds, compare, judge_to_compare};
use crate::gate::replay;
use crate::log::Log;
pub use crate::outcome::Outcome;
use crate::outcome::same_news;
use crate::recent::Recent;
use crate::record::{Id, Installed, Phase, Record, Refused, RefusedFor, Step};
use crate::said::Said;
use crate::source::{ReleaseSource, SourceError};
use crate::state_directory::{StateDirectory, StateDirectoryError};

/// What is configured of the gates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gates {
    /// For the replay before activation.
    pub replay: Thresholds,
    /// For the watch on probation.
    pub probation: Thresholds,
    /// Claim files judged before a release is confirmed.
    pub probation_files: u64,
}

impl Default for Gates {
    fn default() -> Self {
        Gates { replay: Thresholds::default(), probation: Thresholds::default(), probation_files: 50 }
    }
}

/// Starts that may find a release on probation before it is held.
const INTERRUPTED_MOST: u32 = 3;

/// The release that judges claims. Immutable but for what the watch counts.
#[derive(Debug)]
pub struct Active {
    /// Which one.
    pub id: ReleaseRef,
    /// What it is, for people.
    pub title: String,
    /// Since when.
    pub since: UnixSeconds,
    /// The masters.
    pub snapshot: Arc<Snapshot>,
    kinds: BTreeSet<String>,
    probation: Option<Probation>,
}

/// The watch on a release that has not proven itself.
#[derive(Debug)]
struct Probation {
    previous: Arc<Active>,
    seen: Mutex<Drift>,
}

impl Active {
    /// How far it has proven itself.
    pub fn phase(&self) -> Phase {
        if self.probation.is_some() { Phase::Probation } else { Phase::Confirmed }
    }

    /// What the watch has seen, on probation.
    pub fn watched(&self) -> Option<Drift> {
        self.probation.as_ref().map(|probation| *lock(&probation.seen))
    }

    /// The release that probation compares with.
    pub fn compared_with(&self) -> Option<&Arc<Active>> {
        self.probation.as_ref().map(|probation| &probation.previous)
    }

    fn installed(&self) -> Installed {
        Installed { id: self.id.into(), title: self.title.clone(), since: self.since }
    }

    /// The same release without a watch.
    fn confirmed(&self, since: UnixSeconds) -> Active {
        Active {
            id: self.id,
            title: self.title.clone(),
            since,
            snapshot: Arc::clone(&self.snapshot),
            kinds: self.kinds.clone(),
            probation: None,
        }
    }
}

/// There is nothing to fall back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NothingBefore;

/// When the channel was looked at, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastPoll {
    /// When.
    pub at: UnixSeconds,
    /// What came of it.
    pub result: Outcome,
}

/// Brings releases in and out.
pub struct Swapper {
    active: ArcSwapOption<Active>,
    source: Option<Box<dyn ReleaseSource>>,
    directory: StateDirectory,
    recent: Arc<Recent>,
    gates: Gates,
    schemas: Schemas,
    log: Log,
    stale: AtomicBool,
    /// Held while a candidate is built: one at a time.
    building: Mutex<()>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    record: Record,
    /// The confirmed release before the active one, ready to be fallen back to.
    previous: Option<Arc<Active>>,
    waiting: Option<Candidate>,
    last_poll: Option<LastPoll>,
    /// Released snapshots that requests may still use; freed here, never by a request.
    retired: Vec<Arc<Active>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves values whole here: every change below is one assignment.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Swapper {
    /// Resumes what the state directory records, without asking the source.
    ///
    /// A confirmed release is resumed as it is. One on probation is not: the confirmed one before it is, and the
    /// other has to come through the whole way again, at most three times. Only a release that never had one
    /// before it is resumed however far it came.
    ///
    /// # Errors
    /// [`StateDirectoryError`]: the record cannot be read. Content that is damaged is logged and left out; the
    /// source has it again.
    pub fn resume(
        directory: StateDirectory,
        source: Option<Box<dyn ReleaseSource>>,
        recent: Arc<Recent>,
        schemas: Schemas,
        gates: Gates,
        log: Log,
        now: UnixSeconds,
    ) -> Result<Self, StateDirectoryError> {
        let mut record = directory.record()?;
        let before = record.clone();
        if record.phase == Some(Phase::Probation)
            && let (Some(running), Some(previous)) = (record.running.clone(), record.previous.take())
        {
            let times = match record.interrupted {
                Some((id, times)) if id == running.id => times + 1,
                _ => 1,
            };
            record.interrupted = Some((running.id, times));
            if times >= INTERRUPTED_MOST {
                let why = Said::new(
                    format!("the checker ended {times} times while it was on probation"),
                    format!("観察期間中にチェッカーが {times} 回終了しました"),
                );
                record.hold(running.id.into(), why, now);
            }
            record.running = Some(previous);
            record.phase = Some(Phase::Confirmed);
        }
        let swapper = Swapper {
            active: ArcSwapOption::empty(),
            source,
            directory,
            recent,
            gates,
            schemas,
            log,
            stale: AtomicBool::new(false),
            building: Mutex::new(()),
            inner: Mutex::new(Inner::default()),
        };
        let running = record.running.as_ref().and_then(|installed| swapper.load(installed));
        let previous = record.previous.as_ref().and_then(|installed| swapper.load(installed));
        // A damaged release must not keep the checker from the good one before it.
        let (running, previous) = match (running, previous) {
            (None, Some(previous)) => (Some(previous), None),
            pair => pair,
        };
        record.running = running.as_ref().map(|active| active.installed());
        record.phase = running.as_ref().map(|_| Phase::Confirmed);
        record.previous = previous.as_ref().map(|active| active.installed());
        if record != before {
            swapper.directory.write_record(&record)?;
        }
        if let Some(active) = &running {
            let release = active.id.release;
            swapper.log.event(&Said::new(
                format!("release {release} resumed from the state directory"),
                format!("リリース {release} を状態ディレクトリから再開しました"),
            ));
        }
        swapper.active.store(running);
        *lock(&swapper.inner) = Inner { record, previous, ..Inner::default() };
        Ok(swapper)
    }

    fn load(&self, installed: &Installed) -> Option<Arc<Active>> {
        let loaded = self
            .directory
            .load(installed.id.into())
            .map_err(|error| Said::of(&error))
            .and_then(|content| Candidate::build(&self.schemas, content));
        match loaded {
            Ok(candidate) => Some(Arc::new(Active {
                id: candidate.id,
                title: candidate.title,
                since: installed.since,
                snapshot: Arc::new(candidate.snapshot),
                kinds: candidate.kinds,
                probation: None,
            })),
            Err(why) => {
                self.log.event(&why);
                None
            }
        }
    }

    /// The release that judges now: taken once for each claim file and passed down.
    pub fn active(&self) -> Option<Arc<Active>> {
        self.active.load_full()
    }

    /// Whether the channel's metadata had expired at the last look.
    pub fn is_stale(&self) -> bool {
        self.stale.load(Ordering::Relaxed)
    }

    /// The record, as it is on disk.
    pub fn record(&self) -> Record {
        lock(&self.inner).record.clone()
    }

    /// The last look at the channel.
    pub fn last_poll(&self) -> Option<LastPoll> {
        lock(&self.inner).last_poll.clone()
    }

    /// Looks at the source and takes what is newer, as far as it is let.
    ///
    /// `wanted` is somebody asking for one release by number (0: whichever is newest): then also one is tried again
    /// that was refused for its data. One that fell back stays held.
    pub fn poll(&self, now: UnixSeconds, wanted: Option<u64>) -> Outcome {
        let building = lock(&self.building);
        let outcome = self.take(now, wanted);
        drop(building);
        if !matches!(outcome, Outcome::Unavailable { .. }) {
            self.stale.store(matches!(outcome, Outcome::Stale { .. }), Ordering::Relaxed);
        }
        let mut inner = lock(&self.inner);
        let repeated = inner.last_poll.as_ref().is_some_and(|last| same_news(&last.result, &outcome));
        inner.last_poll = Some(LastPoll { at: now, result: outcome.clone() });
        match &outcome {
            Outcome::Refused(refused) if !repeated => {
                inner.record.refused = Some(refused.clone());
                self.write(&inner.record);
            }
            // What was refused is gone from the channel again.
            Outcome::Unchanged { .. } if inner.record.refused.is_some() => {
                inner.record.refused = None;
                self.write(&inner.record);
            }
            _ => {}
        }
        drop(inner);
        if !repeated {
            self.tell(&outcome);
        }
        outcome
    }

    fn take(&self, now: UnixSeconds, wanted: Option<u64>) -> Outcome {
        let unavailable = |why| Outcome::Unavailable { why };
        let Some(source) = &self.source else {
            return unavailable(Said::new("no channel is configured", "配信元が設定されていません"));
        };
        let refused = |id: Option<ReleaseRef>, reached, refused_for, why| {
            Outcome::Refused(Refused { id: id.map(Id::from), reached, refused_for, why, at: now })
        };
        let offer = match source.open(now) {
            Ok(offer) => offer,
            Err(SourceError::Unavailable(why)) => return unavailable(why),
            Err(SourceError::Stale(why)) => return Outcome::Stale { why },
            Err(SourceError::Refused(why)) => {
                return refused(None, Some(Step::Fetched), RefusedFor::Trust, why);
            }
        };
        let id = offer.id();
        if let Some(wanted) = wanted
            && wanted != 0
            && wanted != id.release
        {
            return Outcome::NotOffered { offered: id.release };
        }
        if let Some(known) = self.known(id, wanted.is_some()) {
            return known;
        }
        let content = match offer.fetch() {
            Ok(content) => content,
            Err(SourceError::Unavailable(why)) => return unavailable(why),
            Err(SourceError::Stale(why)) => return Outcome::Stale { why },
            Err(SourceError::Refused(why)) => {
                return refused(Some(id), Some(Step::Opened), RefusedFor::Trust, why);
            }
        };
        let not_cleared = |why| refused(Some(id), Some(Step::Verified), RefusedFor::Data, why);
        if let Err(error) = self.directory.keep(&content) {
            return unavailable(Said::of(&error));
        }
        let candidate = match Candidate::build(&self.schemas, content) {
            Ok(candidate) => candidate,
            Err(why) => return not_cleared(why),
        };
        let running = self.active();
        if let Some(why) = self.clear(&candidate, running.as_deref()) {
            return not_cleared(why);
        }
        match candidate.activate_at {
            Some(until) if until > now => {
                lock(&self.inner).waiting = Some(candidate);
                Outcome::Waiting { release: id.release, until }
            }
            _ => self.activate(candidate, running.as_ref(), now),
        }
    }

    /// What is to be said of a release without looking into it.
    fn known(&self, id: ReleaseRef, asked_for: bool) -> Option<Outcome> {
        let inner = lock(&self.inner);
        let release = id.release;
        if self.active.load().as_ref().is_some_and(|active| active.id == id) {
            return Some(Outcome::Unchanged { release });
        }
        if let Some(waiting) = &inner.waiting
            && waiting.id == id
            && let Some(until) = waiting.activate_at
        {
            return Some(Outcome::Waiting { release, until });
        }
        if let Some(held) = inner.record.held(id) {
            return Some(Outcome::Held { release, why: held.why.clone() });
        }
        match &inner.record.refused {
            // Its data will not change by itself: it is tried again when somebody asks.
            Some(Refused { id: Some(refused), refused_for: RefusedFor::Data, why, .. })
                if ReleaseRef::from(*refused) == id && !asked_for =>
            {
                Some(Outcome::Held { release, why: why.clone() })
            }
            _ => None,
        }
    }

    /// Why a candidate may not run; its replay is kept in any case.
    fn clear(&self, candidate: &Candidate, running: Option<&Active>) -> Option<Said> {
        if let Some(running) = running
            && let Some(kind) = running.kinds.difference(&candidate.kinds).next()
        {
            return Some(Said::new(
                format!("it holds no {kind} master, which the running release does"),
                format!("稼働中のリリースにある {kind} マスターがありません"),
            ));
        }
        let files = self.recent.files();
        let against = running.map(|running| (running.id.release, &*running.snapshot));
        let report = replay(candidate, against, &files, &self.gates.replay);
        let refusal = report.refusal();
        lock(&self.inner).record.drift = Some(report);
        refusal
    }

    /// `cleared_against` is what ran when the candidate was cleared.
    fn activate(
        &self,
        candidate: Candidate,
        cleared_against: Option<&Arc<Active>>,
        now: UnixSeconds,
    ) -> Outcome {
        let mut inner = lock(&self.inner);
        let old = self.active();
        if old.as_ref().map(|old| old.id) != cleared_against.map(|cleared| cleared.id) {
            let why = Said::new(
                "the running release changed while this one was being cleared; it is tried again",
                "検査中に稼働リリースが変わったため、次回やり直します",
            );
            return Outcome::Unavailable { why };
        }
        // Never fall back onto what was not confirmed itself.
        let previous = match old.as_deref() {
            Some(Active { probation: Some(probation), .. }) => Some(Arc::clone(&probation.previous)),
            _ => old.clone(),
        };
        let release = candidate.id.release;
        let probation = previous.clone().map(|previous| Probation { previous, seen: Mutex::default() });
        let active = Active {
            id: candidate.id,
            title: candidate.title,
            since: now,
            snapshot: Arc::new(candidate.snapshot),
            kinds: candidate.kinds,
            probation,
        };
        let phase = active.phase();
        let mut record = inner.record.clone();
        record.running = Some(active.installed());
        record.phase = Some(phase);
        record.previous = previous.as_ref().map(|previous| previous.installed());
        record.refused = None;
        // The disk first: a restart must not know less than what has answered.
        if let Err(error) = self.directory.write_record(&record) {
            return Outcome::Unavailable { why: Said::of(&error) };
        }
        inner.record = record;
        inner.previous = previous;
        inner.waiting = None;
        self.exchange(&mut inner, Some(Arc::new(active)));
        self.prune(&inner);
        Outcome::Activated { release, phase }
    }

    /// The one exchange. The old release is freed later and here.
    fn exchange(&self, inner: &mut Inner, new: Option<Arc<Active>>) {
        if let Some(old) = self.active.swap(new) {
            inner.retired.push(old);
        }
        inner.retired.retain(|retired| Arc::strong_count(retired) > 1);
    }

    fn prune(&self, inner: &Inner) {
        let installed = [&inner.record.running, &inner.record.previous];
        let mut kept: Vec<ReleaseRef> =
            installed.into_iter().flatten().map(|installed| installed.id.into()).collect();
        kept.extend(inner.waiting.as_ref().map(|waiting| waiting.id));
        self.directory.prune(&kept);
    }

    fn write(&self, record: &Record) {
        if let Err(error) = self.directory.write_record(record) {
            self.log.event(&Said::of(&error));
        }
    }

    /// What is configured of the gates.
    pub fn gates(&self) -> &Gates {
        &self.gates
    }

    /// What falls due with time: a release that waited for its instant, snapshots that nobody uses any more.
    pub fn tick(&self, now: UnixSeconds) {
        let due = {
            let mut inner = lock(&self.inner);
            inner.retired.retain(|retired| Arc::strong_count(retired) > 1);
            let is_due = |waiting: &mut Candidate| waiting.activate_at.is_none_or(|at| at <= now);
            inner.waiting.take_if(is_due)
        };
        if let Some(candidate) = due {
            let _building = lock(&self.building);
            let running = self.active();
            let outcome = match self.clear(&candidate, running.as_deref()) {
                None => self.activate(candidate, running.as_ref(), now),
                Some(why) => Outcome::Refused(Refused {
                    id: Some(candidate.id.into()),
                    reached: Some(Step::Verified),
                    refused_for: RefusedFor::Data,
                    why,
                    at: now,
                }),
            };
            if let Outcome::Refused(refused) = &outcome {
                let mut inner = lock(&self.inner);
                inner.record.refused = Some(refused.clone());
                self.write(&inner.record);
            }
            self.tell(&outcome);
        }
    }

    /// Takes in what `active` found in a claim file: on probation, the previous release judges it too. Too many
    /// new errors and the checker falls back by itself; enough files without them and the release is confirmed.
    pub fn observe(
        &self,
        active: &Arc<Active>,
        bytes: &[u8],
        tally: Tally,
        findings: &ClaimFindings,
        now: UnixSeconds,
    ) {
        let Some(probation) = &active.probation else { return };
        if tally.items == 0 {
            return;
        }
        let (_, older) = judge_to_compare(bytes, &probation.previous.snapshot);
        let drift = compare(tally, &older, findings, |_| ());
        let seen = {
            let mut seen = lock(&probation.seen);
            seen.add(drift);
            *seen
        };
        if seen.exceeds(&self.gates.probation) {
            let Drift { files, items, new_errors, newly_unjudged, .. } = seen;
            let why = Said::new(
                format!(
                    "on probation, {} ({}) gave {} and {} that the previous release does not give",
                    counted(files, "claim file"),
                    counted(items, "item"),
                    counted(new_errors, "error"),
                    counted(newly_unjudged, "unjudged item")
                ),
                format!(
                    "観察期間中、請求ファイル {files} 件（{items} 項目）で前リリースにないエラーが {new_errors} 件、判定不能が {newly_unjudged} 件ありました"
                ),
            );
            // Somebody else may have been faster; then there is nothing left to do.
            let _ = self.fall_back(why, Some(active), now);
        } else if seen.files >= self.gates.probation_files {
            self.confirm(active, now);
        }
    }

    /// Returns to the previous confirmed release and holds the one left. With `only_from`, only when that one is
    /// still active. Gives the number fallen back to.
    ///
    /// # Errors
    /// [`NothingBefore`]: there is no confirmed release before, or `only_from` is not active any more.
    pub fn fall_back(
        &self,
        why: Said,
        only_from: Option<&Arc<Active>>,
        now: UnixSeconds,
    ) -> Result<u64, NothingBefore> {
        let mut inner = lock(&self.inner);
        let current = self.active().ok_or(NothingBefore)?;
        if only_from.is_some_and(|from| !Arc::ptr_eq(from, &current)) {
            return Err(NothingBefore);
        }
        let previous = inner.previous.take().ok_or(NothingBefore)?;
        // The pointer first: the harm stops here. The disk follows; if it fails, a restart resumes a confirmed
        // release all the same.
        let back = Arc::new(previous.confirmed(now));
        let (from, to) = (current.id.release, back.id.release);
        inner.record.running = Some(back.installed());
        self.exchange(&mut inner, Some(back));
        inner.retired.push(previous);
        inner.record.hold(current.id, why.clone(), now);
        inner.record.phase = Some(Phase::Confirmed);
        inner.record.previous = None;
        self.write(&inner.record);
        drop(inner);
        self.log.event(&Said::new(
            format!("FELL BACK from release {from} to release {to}; {from} is held: {}", why.en),
            format!("リリース {from} から {to} へ戻しました。{from} は保留します: {}", why.ja),
        ));
        Ok(to)
    }

    fn confirm(&self, active: &Arc<Active>, now: UnixSeconds) {
        let mut inner = lock(&self.inner);
        let is_current = self.active.load().as_ref().is_some_and(|current| Arc::ptr_eq(current, active));
        if !is_current || active.probation.is_none() {
            return;
        }
        let mut record = inner.record.clone();
        record.phase = Some(Phase::Confirmed);
        record.interrupted = None;
        if let Err(error) = self.directory.write_record(&record) {
            self.log.event(&Said::of(&error));
            return;
        }
        inner.record = record;
        self.exchange(&mut inner, Some(Arc::new(active.confirmed(active.since))));
        drop(inner);
        let release = active.id.release;
        self.log.event(&Said::new(
            format!("release {release} is confirmed at {now}"),
            format!("リリース {release} を確定しました ({now})"),
        ));
    }

    fn tell(&self, outcome: &Outcome) {
        if let Some(said) = outcome.said() {
            self.log.event(&said);
        }
    }
}

impl std::fmt::Debug for Swapper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Swapper")
            .field("active", &self.active.load().as_ref().map(|active| active.id))
            .finish()
    }
}
