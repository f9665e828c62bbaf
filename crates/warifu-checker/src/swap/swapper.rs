//! The swap: brings a release from its source to judging claims, watches it, and falls back.
//!
//! Everything here blocks and is called off the request path. Requests only load the active release
//! ([`Swapper::active`]), once for each claim file, and tell what they saw ([`Swapper::observe`]).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use warifu_audit::Act;
use warifu_claims::ClaimFile;
use warifu_claims::movement::{Institution, Report, Verdict};
use warifu_masters::schema::Schemas;
use warifu_trust::{ReleaseRef, UnixSeconds};

use warifu_values::lang::{Lang, Speak as _};

use crate::acts::Acts;
use crate::calendar::{Calendar, May, may_activate};
use crate::candidate::Candidate;
use crate::history::Chronicle;
use crate::log::{Event, Log};
use crate::said::Said;
use crate::source::{Expires, Offer, ReleaseSource, SourceError};
use crate::state::{
    Damage, Decided, Decision, Forgotten, Frozen, Id, KeptNow, Lost, Phase, Reason, Rebuilt, Recent, Record,
    Refused, RefusedFor, StateDirectory, StateDirectoryError, Step,
};
use crate::swap::active::Active;
use crate::swap::clearing::{Cleared, Newer, NotCleared, NotNewer, is_newer};
use crate::swap::gates::Gates;
use crate::swap::instant::Instant;
use crate::swap::known::Known;
use crate::swap::outcome::{LastPoll, Outcome};
use crate::swap::resume::resume;
use crate::swap::runs::{NotActivated, NotDecided, NothingBefore, Runs};
use crate::swap::wanted::Wanted;
use crate::swap::workbench::{AtBench, Due, WaitsFor, Workbench};
use crate::trial::Replayed;

/// Brings releases in and out.
pub struct Swapper {
    bench: Workbench,
    runs: Runs,
    source: Option<Box<dyn ReleaseSource>>,
    recent: Arc<Recent>,
    known: Known,
    gates: Gates,
    calendar: Calendar,
    schemas: Schemas,
    log: Log,
    acts: Acts,
    stale: AtomicBool,
    /// What judged at the last look although it is withdrawn, and why it is.
    withdrawn: Mutex<Option<(ReleaseRef, Said)>>,
    /// The instant of what waits at the bench.
    instant: Instant,
    /// What was read and believed last of the channel.
    trusted: Mutex<Option<Trusted>>,
    /// What the source stands on and was damaged at the last look.
    damage: Mutex<Option<Damage>>,
}

/// What was read and believed of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trusted {
    /// When.
    pub at: UnixSeconds,
    /// The release that it offered.
    pub release: u64,
    /// Until when that holds.
    pub expires: Expires,
}

/// What came of bringing one candidate to judging claims.
enum Brought {
    /// There is nothing more to do for it.
    Done(Outcome),
    /// It could not be activated now; it is as good as before.
    Later(NotActivated),
}

impl Swapper {
    /// Resumes what the state directory records, without asking the source.
    ///
    /// A confirmed release is resumed as it is. One on probation is not: the confirmed one before it is, and
    /// the other has to come through the whole way again, at most until the third crash. Only a release that
    /// never had one before it is resumed however far it came.
    ///
    /// # Errors
    /// [`StateDirectoryError`]: the record cannot be read, and nothing else tells of a release that lies
    /// there whole. Content that is damaged is logged and left out: the next look at the source fetches it
    /// again before anything else.
    pub fn resume(
        directory: StateDirectory,
        source: Option<Box<dyn ReleaseSource>>,
        recent: Arc<Recent>,
        schemas: Schemas,
        gates: Gates,
        log: Log,
        now: UnixSeconds,
    ) -> Result<Self, StateDirectoryError> {
        let history = Chronicle::open(StateDirectory::look_at(directory.path()), now, log);
        let acts = Acts::at(&directory.audit(), history, log);
        let runs = resume(directory, &schemas, log, now)?;
        acts.start(runs.active().map(|active| active.id.release), now);
        let (bench, stale, withdrawn, instant, trusted) = Default::default();
        let known = Known::of(&recent.files());
        let damage = source.as_ref().and_then(|source| source.damage());
        if let Some(damage) = &damage {
            log.event(Event::StateDamaged, &damage.why);
        }
        let damage = Mutex::new(damage);
        Ok(Swapper {
            bench,
            runs,
            source,
            recent,
            known,
            gates,
            calendar: Calendar::open(),
            schemas,
            log,
            acts,
            stale,
            withdrawn,
            instant,
            trusted,
            damage,
        })
    }

    /// The same, which activates releases as `calendar` lets it.
    #[must_use]
    pub fn keeping_to(self, calendar: Calendar) -> Swapper {
        Swapper { calendar, ..self }
    }

    /// Ends as it should: what is on probation now was not the cause, so the next start does not count it.
    pub fn end(&self, now: UnixSeconds) {
        self.runs.end(now);
        self.acts.end(self.active().map(|active| active.id.release), now);
    }

    /// The release that judges a claim file that came at `received`: taken once for each and passed down.
    ///
    /// Around an instant that both signed, what came before it is judged by the release before, and what came
    /// after it waits until the new one judges, or is refused, some seconds at most.
    pub fn judging(&self, received: UnixSeconds) -> Option<Arc<Active>> {
        if !self.instant.settle(received) {
            self.log.event(Event::ReleaseLate, &Said::new(
                "a release is late: its instant has come, and it does not judge yet; the one before goes on",
                "切替日時を過ぎてもリリースを切り替えられないため、前のリリースで点検を続けます",
            ));
        }
        let active = self.active()?;
        if active.judges(received) {
            return Some(active);
        }
        let before = active.compared_with().map(Arc::clone).or_else(|| self.runs.before());
        Some(before.unwrap_or(active))
    }

    /// The release that is active now.
    pub fn active(&self) -> Option<Arc<Active>> {
        self.runs.active()
    }

    /// Whether the channel's metadata had expired at the last look.
    pub fn is_stale(&self) -> bool {
        self.stale.load(Ordering::Relaxed)
    }

    /// Why what judges now is not to be used, where one organisation has withdrawn it and there was nothing
    /// to go back to at the last look.
    pub fn runs_withdrawn(&self) -> Option<Said> {
        let withdrawn = self.withdrawn.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let active = self.active()?.id;
        withdrawn.filter(|(id, _)| *id == active).map(|(_, why)| why)
    }

    /// What is damaged here: nothing new is taken until it is mended.
    pub fn damages(&self) -> Vec<Damage> {
        let of_source = self.damage.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.record().rebuilt().map(Rebuilt::damage).into_iter().chain(of_source).collect()
    }

    /// Why what is recorded is not on disk as it should be, if it is not.
    pub fn not_written(&self) -> Option<Said> {
        self.runs.not_written()
    }

    /// What is recorded; the last replay may not be on disk yet.
    pub fn record(&self) -> Record {
        self.runs.record()
    }

    /// The last look at the channel.
    pub fn last_poll(&self) -> Option<LastPoll> {
        self.runs.last_poll()
    }

    /// The claim files that are kept: how many, and how many may be.
    pub fn kept_claims(&self) -> KeptNow {
        self.recent.now()
    }

    /// What was judged and found over time, and what became of releases.
    pub fn history(&self) -> &Arc<Chronicle> {
        self.acts.history()
    }

    /// The releases that judge, or may have to at once.
    pub fn in_use(&self) -> Vec<u64> {
        self.active().into_iter().chain(self.runs.before()).map(|active| active.id.release).collect()
    }

    /// What was read and believed last of the channel, since the start.
    pub fn trusted(&self) -> Option<Trusted> {
        *self.trusted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The memory of the masters that judge, and of those that can be gone back to.
    pub fn snapshot_bytes(&self) -> usize {
        self.active().into_iter().chain(self.runs.before()).map(|active| active.snapshot.bytes()).sum()
    }

    /// What is configured of the gates.
    pub fn gates(&self) -> &Gates {
        &self.gates
    }

    /// Looks at the source and takes what is newer, as far as it is let.
    ///
    /// When somebody asks for it, one is tried again too that was refused for its data. One that fell back
    /// stays held.
    pub fn poll(&self, now: UnixSeconds, wanted: Wanted) -> Outcome {
        let mut bench = self.bench.hold();
        let outcome = self.take(&mut bench, now, wanted);
        self.look_for_damage();
        self.instant.is(bench.instant());
        if !matches!(outcome, Outcome::Unavailable { .. }) {
            self.stale.store(matches!(outcome, Outcome::Stale { .. }), Ordering::Relaxed);
        }
        let troubles = self.source.as_ref().map(|source| source.troubles()).unwrap_or_default();
        let news = self.runs.note_poll(now, &outcome, troubles);
        drop(bench);
        for trouble in &news.troubles {
            self.log.event(Event::ChannelTrouble, trouble);
        }
        if news.outcome {
            self.tell(&outcome, now);
        }
        outcome
    }

    fn take(&self, bench: &mut AtBench<'_>, now: UnixSeconds, wanted: Wanted) -> Outcome {
        let unavailable = |why| Outcome::Unavailable { why };
        let Some(source) = &self.source else {
            return unavailable(Said::new("no channel is configured", "配信元が設定されていません"));
        };
        let refused_for_trust = |id: Option<ReleaseRef>, reached, why| {
            let (id, reached) = (id.map(Id::from), Some(reached));
            Outcome::Refused(Refused { id, reached, refused_for: RefusedFor::Trust, why, at: now })
        };
        // What is compared with nothing is taken as a first one: never because a disk lost what ran.
        if let Some(lost) = self.record().lost().cloned()
            && let Err(kept_from) = self.regain(source.as_ref(), &lost, now)
        {
            return kept_from;
        }
        let opened = match wanted {
            Wanted::Release(number) => source.open_release(number, now),
            Wanted::ByItself | Wanted::Newest => source.open(now),
        };
        if let Ok(offer) = &opened
            && let Some(expires) = offer.expires()
        {
            let trusted = Trusted { at: now, release: offer.id().release, expires };
            *self.trusted.lock().unwrap_or_else(PoisonError::into_inner) = Some(trusted);
        }
        // Before anything else of it is looked at: a withdrawal may have been heard on the way to a refusal.
        self.leave_withdrawn(bench, opened.as_deref().ok(), now);
        let offer = match opened {
            Ok(offer) => offer,
            Err(SourceError::Unavailable(why)) => return unavailable(why),
            Err(SourceError::Stale(why)) => return Outcome::Stale { why },
            Err(SourceError::Refused(why)) => return refused_for_trust(None, Step::Fetched, why),
        };
        let id = offer.id();
        if let Wanted::Release(wanted) = wanted
            && wanted != id.release
        {
            return Outcome::NotOffered { offered: id.release };
        }
        if let Some(why) = source.withdrawn(id) {
            self.begin_with_fallback(bench, offer.as_ref(), now);
            let why = match self.active().filter(|active| active.id == id) {
                Some(_) => why.then(&Said::new(
                    "it goes on judging: there is no release to go back to",
                    "戻り先のリリースがないため、点検には引き続きこのリリースを使用しています",
                )),
                None => why,
            };
            return Outcome::Held { release: id.release, why };
        }
        if let Some(rebuilt) = self.record().rebuilt()
            && self.active().is_none_or(|active| active.id != id)
        {
            let why = rebuilt.why.then(&Rebuilt::what_to_do());
            return Outcome::Held { release: id.release, why };
        }
        if let Some(known) = self.known(bench, id, wanted) {
            if matches!(known, Outcome::Waiting { .. }) {
                self.begin_with_fallback(bench, offer.as_ref(), now);
            }
            return known;
        }
        let floor = self.record().floor();
        if let Err(not_newer) = is_newer(id.release, self.active().as_deref(), floor) {
            return refused_for_trust(Some(id), Step::Opened, not_newer.said());
        }
        let content = match offer.fetch() {
            Ok(content) => content,
            Err(SourceError::Unavailable(why)) => return unavailable(why),
            Err(SourceError::Stale(why)) => return Outcome::Stale { why },
            Err(SourceError::Refused(why)) => return refused_for_trust(Some(id), Step::Opened, why),
        };
        if let Err(error) = self.runs.keep(&content) {
            return unavailable(Said::of(&error));
        }
        if content.manifest().activate_at.is_some_and(|instant| instant > now) {
            self.begin_with_fallback(bench, offer.as_ref(), now);
        }
        match Candidate::build(&self.schemas, content) {
            Ok(candidate) => match self.bring(bench, candidate.signed_by(offer.signed_by()), now) {
                Brought::Done(outcome) => outcome,
                // The source has it again.
                Brought::Later(NotActivated { why, .. }) => unavailable(why),
            },
            Err(why) => not_cleared(id, why, now),
        }
    }

    fn look_for_damage(&self) {
        let found = self.source.as_ref().and_then(|source| source.damage());
        let mut damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = found.as_ref().filter(|found| damage.as_ref() != Some(found)) {
            self.log.event(Event::StateDamaged, &found.why);
        }
        *damage = found;
    }

    /// Why `id` is not to be used, when one organisation has withdrawn it.
    fn withdrawn(&self, id: ReleaseRef) -> Option<Said> {
        self.source.as_ref()?.withdrawn(id)
    }

    /// What one organisation took away does not wait any more, and is left where it judges: for the release
    /// before it, or for the one that both organisations list to fall back to. Where there is neither, it
    /// goes on judging, and that is told.
    fn leave_withdrawn(&self, bench: &mut AtBench<'_>, offer: Option<&dyn Offer>, now: UnixSeconds) {
        if let Some((waiting, _)) = bench.waiting()
            && self.withdrawn(waiting).is_some()
        {
            bench.clear_away(waiting.release);
        }
        let withdrawn = self.active().and_then(|active| Some((self.withdrawn(active.id)?, active)));
        *self.withdrawn.lock().unwrap_or_else(PoisonError::into_inner) =
            withdrawn.as_ref().map(|(why, active)| (active.id, why.clone()));
        let Some((why, active)) = withdrawn else { return };
        if self.fall_back(why.clone(), Some(&active), now).is_ok() {
            return;
        }
        let listed = offer.filter(|offer| offer.id() == active.id).map(Offer::fetch_fallback);
        let Some(Ok(Some(content))) = listed else { return };
        let kept = self.runs.keep(&content).map_err(|error| Said::of(&error));
        match kept.and_then(|()| Candidate::build(&self.schemas, content)) {
            Ok(candidate) => {
                self.runs.stands_before(Active::new(candidate, None, now));
                let _ = self.fall_back(why, Some(&active), now);
            }
            Err(why) => self.log.event(Event::FallBackUnusable, &why),
        }
    }

    /// Fetches what judged here and is damaged now, and lets it judge again.
    fn regain(&self, source: &dyn ReleaseSource, lost: &Lost, now: UnixSeconds) -> Result<(), Outcome> {
        let id = ReleaseRef::from(lost.installed.id);
        let release = id.release;
        let got = source.again(id, now).map_err(|error| match error {
            SourceError::Unavailable(why) | SourceError::Stale(why) | SourceError::Refused(why) => why,
        });
        let got = got.and_then(|content| {
            self.runs.keep(&content).map_err(|error| Said::of(&error))?;
            self.runs.regain(Candidate::build(&self.schemas, content)?)
        });
        let Err(why) = got else {
            let said = Said::new(
                format!("release {release} was fetched again and judges"),
                format!("リリース {release} を再取得し、点検に使用しています"),
            );
            self.acts.decided(Act::Regain, Some(release), &said, now);
            self.log.of_release(Event::ReleaseRegained, release, &said);
            return Ok(());
        };
        let why = lost_and_not_had(lost, &why);
        Err(match source.open(now) {
            Ok(offer) if offer.id() != id => Outcome::Held { release: offer.id().release, why },
            _ => Outcome::Unavailable { why },
        })
    }

    /// While nothing judges and the newest release waits for its instant or was withdrawn, the one before it
    /// does, as both organisations list it.
    fn begin_with_fallback(&self, bench: &mut AtBench<'_>, offer: &dyn Offer, now: UnixSeconds) {
        if self.active().is_some() {
            return;
        }
        let content = match offer.fetch_fallback() {
            Ok(Some(content)) => content,
            Ok(None) => return,
            Err(SourceError::Unavailable(why) | SourceError::Stale(why) | SourceError::Refused(why)) => {
                return self.log.event(Event::FallBackUnusable, &why);
            }
        };
        // One that waits itself would take the place of the newer one.
        if content.manifest().activate_at.is_some_and(|instant| instant > now) {
            return;
        }
        let id = content.id();
        let kept = self.runs.keep(&content).map_err(|error| Said::of(&error));
        match kept.and_then(|()| Candidate::build(&self.schemas, content)) {
            Ok(candidate) => match self.bring(bench, candidate, now) {
                Brought::Done(outcome) => self.tell(&outcome, now),
                Brought::Later(NotActivated { why, .. }) => self.log.event(Event::FallBackUnusable, &why),
            },
            Err(why) => self.tell(&not_cleared(id, why, now), now),
        }
    }

    /// What is to be said of a release without looking into it.
    fn known(&self, bench: &AtBench<'_>, id: ReleaseRef, wanted: Wanted) -> Option<Outcome> {
        let release = id.release;
        if self.active().is_some_and(|active| active.id == id) {
            return Some(Outcome::Unchanged { release });
        }
        match bench.waiting().filter(|(waiting, _)| *waiting == id) {
            Some((_, WaitsFor::Instant(until))) => return Some(Outcome::Waiting { release, until }),
            Some((_, WaitsFor::Opening(until, why))) => {
                return Some(Outcome::Postponed { release, until, why });
            }
            // It is tried again later by itself, and at once when somebody asks.
            Some((_, WaitsFor::Activation(why))) if !wanted.is_asked_for() => {
                return Some(Outcome::Unavailable { why });
            }
            _ => {}
        }
        let record = self.record();
        if let Some((waiting, WaitsFor::Thaw)) = bench.waiting()
            && let Some(frozen) = record.frozen().filter(|_| waiting == id)
        {
            return Some(Outcome::Held { release, why: frozen.said() });
        }
        if let Some(held) = record.held(id) {
            return Some(Outcome::Held { release, why: held.why.then(&held.next_step()) });
        }
        match &record.refused {
            // Its data will not change by itself: it is tried again when somebody asks.
            Some(of @ Refused { id: Some(refused), refused_for: RefusedFor::Data, why, .. })
                if ReleaseRef::from(*refused) == id && !wanted.is_asked_for() =>
            {
                Some(Outcome::Held { release, why: why.then(&of.next_step()) })
            }
            _ => None,
        }
    }

    /// Clears a candidate and lets it judge, or lays it aside until its instant.
    fn bring(&self, bench: &mut AtBench<'_>, candidate: Candidate, now: UnixSeconds) -> Brought {
        let (id, activate_at) = (candidate.id, candidate.activate_at);
        if let Some(why) = self.withdrawn(id) {
            return Brought::Done(Outcome::Held { release: id.release, why });
        }
        let newer = match Newer::than(self.active(), self.record().floor(), candidate) {
            Ok(newer) => newer,
            Err(not_newer) => return Brought::Done(not_cleared(id, not_newer.said(), now)),
        };
        // What the disk lost is fetched again, byte for byte.
        let kept = |id| {
            self.runs.load(id).or_else(|error| {
                let again = self.source.as_ref().and_then(|source| source.again(id, now).ok());
                let again = again.ok_or(error)?;
                self.runs.keep(&again)?;
                Ok(again)
            })
        };
        let (report, cleared) =
            newer.clear(&self.schemas, kept, &self.recent.files(), &self.gates.replay(), now);
        if let Some(report) = report {
            self.runs.note_replay(report);
        }
        let release = id.release;
        let instant = activate_at.map_or(now, |instant| instant.max(now));
        // Where nothing judges yet, there is nothing that must not change.
        let may = |cleared: &Cleared| match cleared.against() {
            Some(_) => may_activate(&self.calendar, instant, cleared.marks()),
            None => May::Now,
        };
        let cleared = match cleared.map(|cleared| (may(&cleared), cleared)) {
            Ok((May::At(until, why), cleared)) => {
                bench.lay_aside_closed(cleared.postponed(until), until, why.clone());
                return Brought::Done(Outcome::Postponed { release, until, why });
            }
            Ok((May::Now, cleared)) => Ok(cleared),
            Err(why) => Err(why),
        };
        match (cleared, activate_at) {
            (Err(NotCleared::Data(why)), _) => Brought::Done(not_cleared(id, why, now)),
            (Err(NotCleared::NotNow(why)), _) => Brought::Done(Outcome::Unavailable { why }),
            (Ok(cleared), Some(until)) if until > now => {
                bench.lay_aside(cleared.into_candidate(), until);
                Brought::Done(Outcome::Waiting { release, until })
            }
            (Ok(cleared), _) if self.runs.is_frozen() => {
                bench.lay_aside_frozen(cleared.into_candidate());
                let why = self.record().frozen().map(Frozen::said);
                let why =
                    why.unwrap_or_else(|| Said::new("activation was frozen", "切替が凍結されていました"));
                Brought::Done(Outcome::Held { release, why })
            }
            (Ok(cleared), _) => match self.runs.go_forward(bench, cleared, now) {
                Ok(phase) => Brought::Done(Outcome::Activated { release, phase }),
                Err(not_activated) => Brought::Later(not_activated),
            },
        }
    }

    /// What falls due with time: snapshots that nobody uses any more, and a release that waited for its
    /// instant. What came of that one, if that is news: what keeps it from judging is told once.
    pub fn tick(&self, now: UnixSeconds) -> Option<Outcome> {
        self.runs.free_unused();
        self.runs.write_again(now);
        self.recent.expire(now);
        // Not before the bench is held: what waits there may be older than what somebody is just bringing.
        let mut bench = self.bench.hold();
        let Due { candidate, failed } = bench.take_due(now, self.runs.is_frozen())?;
        let brought = self.bring(&mut bench, candidate, now);
        let (outcome, is_news) = match brought {
            Brought::Done(outcome) => (outcome, true),
            Brought::Later(NotActivated { candidate, why }) => {
                let is_news = bench.lay_back(*candidate, failed, why.clone(), now);
                (Outcome::Unavailable { why }, is_news)
            }
        };
        // Whatever came of it: nobody waits for it any more.
        self.instant.is(bench.instant());
        if !is_news {
            return None;
        }
        if let Outcome::Refused(refused) = &outcome {
            self.runs.note_refused(refused);
        }
        drop(bench);
        self.tell(&outcome, now);
        Some(outcome)
    }

    /// Takes in a claim file that `active` has answered: on probation, the previous release judges it too. A
    /// fault of a master and the checker falls back by itself; enough seen and nothing against it, and the
    /// release is confirmed.
    pub fn observe(&self, active: &Arc<Active>, file: &ClaimFile, from: Institution, now: UnixSeconds) {
        let enough = &self.gates.probation;
        if active.phase() == Phase::Confirmed {
            return self.known.meet(from);
        }
        match active.see(file, self.known.tell(from), now, enough) {
            None | Some(Verdict::Inconclusive(_)) => {}
            Some(Verdict::Refused) => {
                let Some(report) = active.watched(enough) else { return };
                // Somebody else may have been faster; then there is nothing left to do.
                if self.fall_back(at_fault(&report), Some(active), now).is_ok() {
                    self.runs.note_watch(&report);
                }
            }
            Some(Verdict::Passed) => {
                if !self.runs.confirm(active) {
                    return;
                }
                if let Some(report) = active.watched(enough) {
                    self.runs.note_watch(&report);
                }
                let release = active.id.release;
                let said = Said::new(
                    format!("release {release} is confirmed at {now}"),
                    format!("リリース {release} を確定しました ({now})"),
                );
                self.acts.decided(Act::Confirm, Some(release), &said, now);
                self.log.of_release(Event::ReleaseConfirmed, release, &said);
            }
        }
    }

    /// The last replay, with all that it told since this checker started.
    pub fn replayed(&self) -> Option<Replayed> {
        self.runs.replayed()
    }

    /// Returns to the previous confirmed release and holds the one left. With `only_from`, only when that one
    /// is still active. Gives the number fallen back to.
    ///
    /// # Errors
    /// [`NothingBefore`]: there is no confirmed release before, or `only_from` is not active any more.
    pub fn fall_back(
        &self,
        why: Said,
        only_from: Option<&Arc<Active>>,
        now: UnixSeconds,
    ) -> Result<u64, NothingBefore> {
        let may_judge = |id| self.withdrawn(id).is_none();
        let (from, to) = self.runs.go_back(why.clone(), only_from, may_judge, now)?;
        self.acts.fell_back((from, to), &why, now);
        self.log.of_release(
            Event::FallBack,
            to,
            &Said::new(
                format!("FELL BACK from release {from} to release {to}; {from} is held: {}", why.en),
                format!("リリース {from} から {to} へ戻しました。{from} は保留します: {}", why.ja),
            ),
        );
        Ok(to)
    }

    /// Confirms `release`, which is on probation, because an operator says so: where too few institutions use
    /// a checker, no waiting does.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn confirm(&self, release: u64, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let (decision, watched) = self.runs.confirm_by_hand(release, reason, now)?;
        if let Some(report) = watched.watched(&self.gates.probation) {
            self.runs.note_watch(&report);
        }
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Gives up `release`, which judged here and was lost, because an operator says so: others are taken
    /// again.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn give_up(&self, release: u64, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = self.runs.give_up(release, reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Lets the held `release` be taken again, because an operator says so.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn unhold(&self, release: u64, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = self.runs.unhold(release, reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Lets nothing be activated from now on, because an operator says so: no emergency either, for he is the
    /// one who would be called. What is taken away is left all the same.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn freeze(&self, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = self.runs.freeze(reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Lets releases be activated again, because an operator says so; the one that waited for it is, within a
    /// second.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn thaw(&self, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let decision = self.runs.thaw(reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Mends what is damaged as [`Swapper::damages`] tells, because an operator says so.
    ///
    /// # Errors
    /// [`NotDecided`].
    pub fn repair(&self, reason: Reason, now: UnixSeconds) -> Result<Decision, NotDecided> {
        let _bench = self.bench.hold();
        self.look_for_damage();
        if self.damages().is_empty() {
            return Err(NotDecided::NotDamaged);
        }
        let mended = self.source.as_ref().map_or(Ok(()), |source| source.mend());
        self.look_for_damage();
        mended.map_err(NotDecided::NotMended)?;
        let decision = self.runs.repaired(reason, now)?;
        self.decided(&decision, now);
        Ok(decision)
    }

    /// Deletes every claim file that is kept to be replayed.
    ///
    /// # Errors
    /// What could not be deleted.
    pub fn forget_claims(&self, now: UnixSeconds) -> Result<Forgotten, Said> {
        let forgotten = self.recent.forget().map_err(|error| {
            Said::about("not every claim file could be deleted", "削除できない請求ファイルがあります", &error)
        });
        let said = match &forgotten {
            Ok(forgotten) => Said::both(forgotten),
            Err(why) => why.clone(),
        };
        self.acts.claims_forgotten(&said, forgotten.is_ok(), now);
        self.log.event(Event::ClaimsForgotten, &said);
        forgotten
    }

    /// Judges the kept claim files by what runs and by the release before it again: what they tell now of the
    /// step from the one to the other. Changes nothing, and is no decision.
    ///
    /// # Errors
    /// Nothing runs, or what runs and what was before it cannot be read.
    pub fn replay(&self, now: UnixSeconds) -> Result<Replayed, Said> {
        // One candidate at a time is in memory.
        let _bench = self.bench.hold();
        let nothing = || {
            Said::new(
                "nothing judges yet, so there is nothing to replay by",
                "点検に使用しているリリースがないため、再点検できません",
            )
        };
        let active = self.active().ok_or_else(nothing)?;
        let content = self.runs.load(active.id).map_err(|error| Said::of(&error))?;
        let candidate = Candidate::build(&self.schemas, content)?;
        let before = self.runs.before();
        let newer = Newer::than(before, None, candidate).map_err(NotNewer::said)?;
        let kept = |id| self.runs.load(id);
        let (report, cleared) =
            newer.clear(&self.schemas, kept, &self.recent.files(), &self.gates.replay(), now);
        match (report, cleared) {
            (Some(report), _) => Ok(report),
            (None, Err(NotCleared::Data(why) | NotCleared::NotNow(why))) => Err(why),
            (None, Ok(_)) => Err(nothing()),
        }
    }

    fn decided(&self, decision: &Decision, now: UnixSeconds) {
        let said = Said::new(decision.say(Lang::En), decision.say(Lang::Ja));
        let act = match decision.decided {
            Decided::Confirmed => Act::Confirm,
            Decided::GivenUp => Act::GiveUp,
            Decided::Unheld => Act::Unhold,
            Decided::Frozen => Act::Freeze,
            Decided::Thawed => Act::Thaw,
            Decided::Repaired => Act::Repair,
        };
        self.acts.decided(act, decision.release, &said, now);
        self.log.event(Event::OperatorDecided, &said);
    }

    fn tell(&self, outcome: &Outcome, now: UnixSeconds) {
        self.acts.outcome(outcome, now);
        if let (Some(event), Some(said)) = (outcome.event(), outcome.said()) {
            match outcome.release() {
                Some(release) => self.log.of_release(event, release, &said),
                None => self.log.event(event, &said),
            }
        }
    }
}

/// What ran is damaged and cannot be fetched: nothing else is taken, and what to do.
fn lost_and_not_had(lost: &Lost, why_not: &Said) -> Said {
    let (release, why) = (lost.installed.id.release, &lost.why);
    Said::new(
        format!(
            "release {release}, which ran here, is lost ({}) and could not be fetched again ({}); nothing \
             else is taken until it is, or until `warifu-checker give-up {release} --reason …`",
            why.en, why_not.en
        ),
        format!(
            "稼働していたリリース {release} が失われ（{}）、再取得もできません（{}）。再取得できるまで他のリリースは\
             受け入れません。復旧を断念する場合は warifu-checker give-up {release} --reason （理由）を実行してください",
            why.ja, why_not.ja
        ),
    )
}

/// A release that is verified and may not run.
fn not_cleared(id: ReleaseRef, why: Said, now: UnixSeconds) -> Outcome {
    let (id, reached) = (Some(id.into()), Some(Step::Verified));
    Outcome::Refused(Refused { id, reached, refused_for: RefusedFor::Data, why, at: now })
}

/// Why a release on probation is left.
fn at_fault(report: &Report) -> Said {
    let said = &report.said;
    Said::new(format!("on probation: {}", said.en), format!("観察期間中: {}", said.ja))
}

impl std::fmt::Debug for Swapper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Swapper").field("active", &self.active().map(|active| active.id)).finish()
    }
}
