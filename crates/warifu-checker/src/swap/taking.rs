//! Taking a release: a look at the source, what is known of what it offers, and the gates on the way to
//! judging claims.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, TryLockError};

use warifu_audit::Act;
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::calendar::{May, may_activate};
use crate::candidate::{Candidate, NotRead};
use crate::cause::{Amiss, Cause, while_withdrawn_judges};
use crate::log::Event;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::source::{Offer, ReleaseSource, SourceError};
use crate::state::{Damage, Frozen, Id, Lost, Refused, RefusedFor, Step};
use crate::swap::abreast::Ready;
use crate::swap::active::Active;
use crate::swap::aside::aside;
use crate::swap::clearing::{Cleared, Newer, NotCleared, is_newer};
use crate::swap::clock;
use crate::swap::epochs::the_area_moves;
use crate::swap::outcome::Outcome;
use crate::swap::runs::NotActivated;
use crate::swap::swapper::{Swapper, Trusted};
use crate::swap::target::{Failed, NotTaken};
use crate::swap::wanted::Wanted;
use crate::swap::workbench::{AtBench, Due, WaitsFor};
use crate::trial::Replayed;

/// What came of bringing one candidate to judging claims.
enum Brought {
    /// There is nothing more to do for it.
    Done(Outcome),
    /// It could not be activated now; it is as good as before.
    Later(NotActivated),
}

impl Swapper {
    /// Looks at the source and takes what is newer, as far as it is let.
    ///
    /// When somebody asks for it, one is tried again too that was refused for its data. One that fell back
    /// stays held.
    ///
    /// A source may take its time: the bench is not held meanwhile, so that what waits there comes in time.
    pub fn poll(&self, now: UnixSeconds, wanted: Wanted) -> Outcome {
        let look = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = self.take(now, wanted);
        self.look_whether_whole(now);
        if !matches!(outcome, Outcome::Unavailable { .. }) {
            self.stale.store(matches!(outcome, Outcome::Stale { .. }), Ordering::Relaxed);
        }
        let troubles = self.source.as_ref().map(|source| source.troubles()).unwrap_or_default();
        self.room.note(&outcome, || self.runs.free_bytes());
        let news = self.runs.note_poll(now, &outcome, troubles);
        drop(look);
        for trouble in &news.troubles {
            self.log.event(Event::ChannelTrouble, trouble);
        }
        if news.outcome {
            self.tell(&outcome, now);
        }
        outcome
    }

    /// Whether the last look found the disk full, and there is more room since: then it is time for another.
    pub fn has_room_again(&self) -> bool {
        self.room.is_there_more(|| self.runs.free_bytes())
    }

    /// Does `work` at the bench, and notes what waits there afterwards.
    fn at_bench<T>(&self, work: impl FnOnce(&mut AtBench<'_>) -> T) -> T {
        let mut bench = self.bench.hold();
        let done = work(&mut bench);
        self.note_waiting(&bench);
        done
    }

    /// Notes what waits at the bench now, for claims that come at its instant and for who asks what comes.
    fn note_waiting(&self, bench: &AtBench<'_>) {
        self.instant.is(bench.instant());
        *self.coming.lock().unwrap_or_else(PoisonError::into_inner) = bench.coming();
    }

    fn take(&self, now: UnixSeconds, wanted: Wanted) -> Outcome {
        let not_read = |why| unavailable(Amiss::new(Cause::Channel, why));
        let Some(source) = &self.source else {
            return unavailable(Amiss::new(Cause::Channel, no_channel()));
        };
        if let (Wanted::Release(release), Some(epochs)) = (wanted, self.epochs.get()) {
            return Outcome::Held { release, cause: Cause::Held, why: the_area_moves(epochs.area()) };
        }
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
        self.leave_withdrawn(opened.as_deref().ok(), now);
        self.runs.note_withdrawn(|id| self.withdrawn(id));
        // What has expired, and whose instant has come, is asked of a clock that is right.
        if let Some(amiss) = clock::wrong(now, self.active().as_deref()) {
            return unavailable(amiss);
        }
        let offer = match opened {
            Ok(offer) => offer,
            Err(SourceError::Unavailable(why)) => return not_read(why),
            Err(SourceError::Here(amiss)) => return unavailable(amiss),
            Err(SourceError::Stale(why)) => return Outcome::Stale { why },
            Err(SourceError::Refused(why)) => return refused_for_trust(None, Step::Fetched, why, now),
        };
        let id = offer.id();
        if let Wanted::Release(wanted) = wanted
            && wanted != id.release
        {
            return Outcome::NotOffered { offered: id.release };
        }
        if let Some(why) = source.withdrawn(id) {
            self.begin_with_fallback(offer.as_ref(), now);
            let why = match self.active().filter(|active| active.id == id) {
                Some(_) => why
                    .then(&Said::new("it goes on", "引き続きこのリリースを使用しています"))
                    .then(&while_withdrawn_judges(self.can_go_back_to())),
                None => self.left_for(id).map_or_else(|| why.clone(), |left| why.then(&left)),
            };
            return Outcome::Held { release: id.release, cause: Cause::Withdrawn, why };
        }
        if let Some(rebuilt) = self.record().rebuilt()
            && self.active().is_none_or(|active| active.id != id)
        {
            let why = rebuilt.why.then(&Damage::what_to_do());
            return Outcome::Held { release: id.release, cause: Cause::Damaged, why };
        }
        if let Some(known) = self.at_bench(|bench| self.known(bench, id, wanted, now)) {
            if matches!(known, Outcome::Waiting { .. }) {
                self.begin_with_fallback(offer.as_ref(), now);
            }
            return known;
        }
        let content = match aside(self.log, || offer.fetch()) {
            Ok(content) => content,
            Err(SourceError::Unavailable(why)) => return not_read(why),
            Err(SourceError::Here(amiss)) => return unavailable(amiss),
            Err(SourceError::Stale(why)) => return Outcome::Stale { why },
            Err(SourceError::Refused(why)) => return refused_for_trust(Some(id), Step::Opened, why, now),
        };
        if content.manifest().activate_at.is_some_and(|instant| instant > now) {
            self.begin_with_fallback(offer.as_ref(), now);
        }
        self.at_bench(|bench| {
            // What runs or waits may be another one since it was looked at last.
            if let Some(known) = self.known(bench, id, wanted, now) {
                return known;
            }
            if let Err(error) = aside(self.log, || self.runs.keep(bench, &content)) {
                return unavailable(error.amiss());
            }
            match self.build(content).map(|candidate| candidate.signed_by(offer.signed_by())) {
                Ok(candidate) => match self.bring(bench, candidate, Some(source.as_ref()), now) {
                    Brought::Done(outcome) => outcome,
                    // The source has it again.
                    Brought::Later(NotActivated { amiss, .. }) => unavailable(amiss),
                },
                Err(NotRead::Here(amiss)) => unavailable(amiss),
                Err(NotRead::Release(why)) => not_cleared(id, why, now),
            }
        })
    }

    /// What judges in the place of `id`, where that one judged here and was left.
    fn left_for(&self, id: ReleaseRef) -> Option<Said> {
        self.record().held(id)?;
        let to = self.active()?.id.release;
        Some(Said::new(
            format!("this checker went back from it, and release {to} judges"),
            format!("このリリースから切り戻し、リリース {to} を使用しています"),
        ))
    }

    /// The candidate with this content; what was read and judged of what runs, and of what ran before it, is
    /// shared.
    pub(super) fn build(&self, content: ReleaseContent) -> Result<Candidate, NotRead> {
        let running = self.active();
        let watched = running.as_ref().and_then(|running| running.compared_with()).map(Arc::clone);
        let known = running.into_iter().chain(watched).chain(self.runs.before());
        let known: Vec<_> = known.map(|active| active.judged()).collect();
        aside(self.log, || Candidate::build_beside(&self.schemas, content, &known))
    }

    /// What one organisation took away does not wait any more, and is left where it judges: for the release
    /// before it, or for the one that both organisations list to fall back to. Where there is neither, it
    /// goes on judging, and that is told.
    fn leave_withdrawn(&self, offer: Option<&dyn Offer>, now: UnixSeconds) {
        self.at_bench(|bench| {
            if let Some((waiting, _)) = bench.waiting()
                && self.withdrawn(waiting).is_some()
            {
                bench.clear_away(waiting.release);
            }
        });
        if let Some(ready) = self.abreast.next()
            && self.withdrawn(ready.active.id).is_some()
            && self.abreast.takes_another(self.judges_by_area())
        {
            self.runs.retire(self.abreast.clear_next().map(|next| Arc::clone(&next.active)));
            self.tell_epochs();
        }
        let withdrawn = self.active().and_then(|active| Some((self.withdrawn(active.id)?, active)));
        *self.withdrawn.lock().unwrap_or_else(PoisonError::into_inner) =
            withdrawn.as_ref().map(|(why, active)| (active.id, why.clone()));
        // A member does not go back alone: its area does.
        let Some((why, active)) = withdrawn.filter(|_| self.epochs.get().is_none()) else { return };
        if self.fall_back(why.clone(), Some(&active), now).is_ok() {
            return;
        }
        let listed = offer.filter(|offer| offer.id() == active.id);
        let listed = listed.map(|offer| aside(self.log, || offer.fetch_fallback()));
        let Some(Ok(Some(content))) = listed else { return };
        self.at_bench(|bench| match self.kept_candidate(bench, content) {
            Ok(candidate) => {
                self.runs.stands_before(Active::new(candidate, None, now));
                let _ = self.fall_back(why, Some(&active), now);
            }
            Err(why) => self.log.event(Event::FallBackUnusable, &why.why()),
        });
    }

    /// The candidate with this content, which is written too.
    fn kept_candidate(&self, bench: &AtBench<'_>, content: ReleaseContent) -> Result<Candidate, NotRead> {
        aside(self.log, || self.runs.keep(bench, &content)).map_err(|error| NotRead::Here(error.amiss()))?;
        self.build(content)
    }

    /// Fetches what judged here and is damaged now, and lets it judge again.
    fn regain(&self, source: &dyn ReleaseSource, lost: &Lost, now: UnixSeconds) -> Result<(), Outcome> {
        let id = ReleaseRef::from(lost.installed.id);
        let release = id.release;
        let got = aside(self.log, || source.again(id, now)).map_err(|error| match error {
            SourceError::Unavailable(why) | SourceError::Stale(why) | SourceError::Refused(why) => why,
            SourceError::Here(amiss) => amiss.why,
        });
        let got = got.and_then(|content| {
            self.at_bench(|bench| {
                let candidate = self.kept_candidate(bench, content).map_err(NotRead::why)?;
                self.runs.regain(candidate)
            })
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
            Ok(offer) if offer.id() != id => {
                Outcome::Held { release: offer.id().release, cause: Cause::Lost, why }
            }
            _ => Outcome::Unavailable { cause: Cause::Lost, why },
        })
    }

    /// While nothing judges and the newest release waits for its instant or was withdrawn, the one before it
    /// does, as both organisations list it.
    fn begin_with_fallback(&self, offer: &dyn Offer, now: UnixSeconds) {
        // With a doubted record nothing is taken before somebody has looked at it, that one neither.
        // What a member begins with its area says.
        if self.active().is_some() || self.record().rebuilt().is_some() || self.epochs.get().is_some() {
            return;
        }
        let content = match aside(self.log, || offer.fetch_fallback()) {
            Ok(Some(content)) => content,
            Ok(None) => return,
            Err(SourceError::Here(Amiss { why, .. })) => {
                return self.log.event(Event::FallBackUnusable, &why);
            }
            Err(SourceError::Unavailable(why) | SourceError::Stale(why) | SourceError::Refused(why)) => {
                return self.log.event(Event::FallBackUnusable, &why);
            }
        };
        // One that waits itself would take the place of the newer one.
        if content.manifest().activate_at.is_some_and(|instant| instant > now) {
            return;
        }
        self.at_bench(|bench| {
            // What waited may judge by now.
            if self.active().is_some() {
                return;
            }
            let id = content.id();
            match self.kept_candidate(bench, content) {
                Ok(candidate) => match self.bring(bench, candidate, self.source.as_deref(), now) {
                    Brought::Done(outcome) => self.tell(&outcome, now),
                    Brought::Later(NotActivated { amiss, .. }) => {
                        self.log.event(Event::FallBackUnusable, &amiss.why);
                    }
                },
                Err(NotRead::Here(amiss)) => self.log.event(Event::FallBackUnusable, &amiss.why),
                Err(NotRead::Release(why)) => self.tell(&not_cleared(id, why, now), now),
            }
        });
    }

    /// What is to be said of a release without looking into it.
    fn known(
        &self,
        bench: &AtBench<'_>,
        id: ReleaseRef,
        wanted: Wanted,
        now: UnixSeconds,
    ) -> Option<Outcome> {
        let release = id.release;
        if self.active().is_some_and(|active| active.id == id) {
            return Some(Outcome::Unchanged { release });
        }
        if let Some(epochs) = self.epochs.get()
            && let Some(ready) = self.abreast.next()
            && (ready.active.id == id && ready.against == self.active().map(|active| active.id)
                || !self.abreast.takes_another(self.judges_by_area()))
        {
            return Some(waits_for_area(epochs.area(), &ready));
        }
        match bench.waiting().filter(|(waiting, _)| *waiting == id) {
            Some((_, WaitsFor::Instant(until))) => return Some(Outcome::Waiting { release, until }),
            Some((_, WaitsFor::Opening(until, why))) => {
                return Some(Outcome::Postponed { release, until, why });
            }
            // It is tried again later by itself, and at once when somebody asks.
            Some((_, WaitsFor::Activation(Amiss { cause, why }))) if !wanted.is_asked_for() => {
                return Some(Outcome::Unavailable { cause, why });
            }
            _ => {}
        }
        let record = self.record();
        if let Some((waiting, WaitsFor::Thaw)) = bench.waiting()
            && let Some(frozen) = record.frozen().filter(|_| waiting == id)
        {
            return Some(Outcome::Held { release, cause: Cause::Frozen, why: frozen.said() });
        }
        if let Some(held) = record.held(id) {
            return Some(Outcome::held(held));
        }
        match &record.refused {
            // Its data will not change by itself: it is tried again when somebody asks.
            Some(of @ Refused { id: Some(refused), refused_for: RefusedFor::Data, why, .. })
                if ReleaseRef::from(*refused) == id && !wanted.is_asked_for() =>
            {
                return Some(Outcome::Held { release, cause: Cause::Data, why: why.then(&of.next_step()) });
            }
            _ => {}
        }
        let not_newer = is_newer(release, self.active().as_deref(), record.floor()).err()?;
        Some(refused_for_trust(Some(id), Step::Opened, not_newer.said(), now))
    }

    /// Clears a candidate and lets it judge, or lays it aside until its instant. What the disk lost comes
    /// from `source` again. The report for people is written when that is done.
    fn bring(
        &self,
        bench: &mut AtBench<'_>,
        candidate: Candidate,
        source: Option<&dyn ReleaseSource>,
        now: UnixSeconds,
    ) -> Brought {
        let (brought, report) = self.bring_on(bench, candidate, source, now);
        if let Some(report) = report {
            aside(self.log, || self.runs.report_replay(&report));
        }
        brought
    }

    /// The same without the report, which comes along where something was replayed.
    fn bring_on(
        &self,
        bench: &mut AtBench<'_>,
        candidate: Candidate,
        source: Option<&dyn ReleaseSource>,
        now: UnixSeconds,
    ) -> (Brought, Option<Replayed>) {
        let (id, activate_at) = (candidate.id, candidate.activate_at);
        if let Some(why) = self.withdrawn(id) {
            let held = Outcome::Held { release: id.release, cause: Cause::Withdrawn, why };
            return (Brought::Done(held), None);
        }
        let newer = match Newer::than(self.active(), self.record().floor(), candidate) {
            Ok(newer) => newer,
            Err(not_newer) => return (Brought::Done(not_cleared(id, not_newer.said(), now)), None),
        };
        // What the disk lost is fetched again, byte for byte.
        let kept = |id| {
            self.runs.load(id).or_else(|error| {
                let again = source.and_then(|source| source.again(id, now).ok()).ok_or(error)?;
                self.runs.keep(bench, &again)?;
                Ok(again)
            })
        };
        let (files, enough) = (self.recent.files(), self.rules.gates().replay());
        let (report, cleared) = aside(self.log, || newer.clear(&self.schemas, kept, &files, &enough, now));
        if let Some(report) = &report {
            self.runs.note_replay(report.clone());
        }
        (self.settle_cleared(bench, (id, activate_at), cleared, now), report)
    }

    /// Lets what is cleared judge, or lays it aside.
    fn settle_cleared(
        &self,
        bench: &mut AtBench<'_>,
        (id, activate_at): (ReleaseRef, Option<UnixSeconds>),
        cleared: Result<Cleared, NotCleared>,
        now: UnixSeconds,
    ) -> Brought {
        let release = id.release;
        let instant = activate_at.map_or(now, |instant| instant.max(now));
        // Where nothing judges yet, there is nothing that must not change.
        let may = |cleared: &Cleared| match cleared.against() {
            Some(_) => may_activate(&self.rules.calendar(), instant, cleared.marks()),
            None => May::Now,
        };
        let cleared = match cleared.map(|cleared| (may(&cleared), cleared)) {
            // The calendar holds the proposal back, never what the area has committed.
            Ok((may, cleared)) if !self.runs.is_frozen() && self.epochs.get().is_some() => {
                let not_before = match may {
                    May::At(until, _) => Some(until),
                    May::Now => activate_at.filter(|instant| *instant > now),
                };
                return Brought::Done(self.lay_ready(cleared, not_before, now));
            }
            Ok((May::At(until, why), cleared)) => {
                bench.lay_aside_closed(cleared.postponed(until), until, why.clone());
                return Brought::Done(Outcome::Postponed { release, until, why });
            }
            Ok((May::Now, cleared)) => Ok(cleared),
            Err(why) => Err(why),
        };
        match (cleared, activate_at) {
            (Err(NotCleared::Data(why)), _) => Brought::Done(not_cleared(id, why, now)),
            (Err(NotCleared::NotNow(Amiss { cause, why })), _) => {
                Brought::Done(Outcome::Unavailable { cause, why })
            }
            (Ok(cleared), Some(until)) if until > now => {
                bench.lay_aside(cleared.into_candidate(), until);
                Brought::Done(Outcome::Waiting { release, until })
            }
            (Ok(cleared), _) if self.runs.is_frozen() => {
                bench.lay_aside_frozen(cleared.into_candidate());
                let why = self.record().frozen().map(Frozen::said);
                let why =
                    why.unwrap_or_else(|| Said::new("activation was frozen", "切替が凍結されていました"));
                Brought::Done(Outcome::Held { release, cause: Cause::Frozen, why })
            }
            (Ok(cleared), _) => {
                let tried = match self.try_on(id, now) {
                    Ok(tried) => tried,
                    Err(NotTaken::NotAsked(Failed { why, .. })) => {
                        let candidate = Box::new(cleared.into_candidate());
                        return Brought::Later(NotActivated {
                            candidate,
                            amiss: Amiss::new(Cause::Program, why),
                        });
                    }
                    Err(NotTaken::Refused { failed: Failed { why, .. }, not_put_back }) => {
                        let why = not_put_back.map_or_else(|| why.clone(), |worse| why.then(&worse.why));
                        return Brought::Done(self.held_for(id, why, now));
                    }
                };
                let gone = self.runs.go_forward(bench, cleared, &self.acts, now);
                drop(tried);
                match gone {
                    Ok(phase) => Brought::Done(Outcome::Activated { release, phase }),
                    Err(not_activated) => {
                        // What fails is told, and tried again.
                        let _ = self.follow(now);
                        Brought::Later(not_activated)
                    }
                }
            }
        }
    }

    /// What is cleared lies ready, made already: the instant of an area finds all of it in memory.
    fn lay_ready(&self, cleared: Cleared, not_before: Option<UnixSeconds>, now: UnixSeconds) -> Outcome {
        let against = cleared.against();
        let ready = Arc::new(Ready { active: Arc::new(cleared.activate(now)), against, not_before });
        let area = self.epochs.get().map_or("", |epochs| epochs.area());
        let (told, old) = match self.abreast.comes(Arc::clone(&ready), || self.judges_by_area()) {
            Ok(old) => (waits_for_area(area, &ready), old),
            // What is promised, or judges already, comes first.
            Err(ready) => (waits_for_area(area, &ready), Some(ready)),
        };
        self.runs.retire(old.map(|old| Arc::clone(&old.active)));
        self.tell_epochs();
        told
    }

    /// What an area names is brought as any other.
    pub(super) fn bring_for_area(&self, content: ReleaseContent, now: UnixSeconds) -> Outcome {
        let id = content.id();
        self.at_bench(|bench| match self.kept_candidate(bench, content) {
            Ok(candidate) => match self.bring(bench, candidate, self.source.as_deref(), now) {
                Brought::Done(outcome) => outcome,
                Brought::Later(NotActivated { amiss, .. }) => unavailable(amiss),
            },
            Err(NotRead::Here(amiss)) => unavailable(amiss),
            Err(NotRead::Release(why)) => not_cleared(id, why, now),
        })
    }

    /// `id` is not taken again, because of `why`.
    fn held_for(&self, id: ReleaseRef, why: Said, now: UnixSeconds) -> Outcome {
        self.runs.hold(id, why, now);
        let record = self.record();
        let held = record.held(id).map(|held| held.why.then(&held.next_step()));
        let unwritten = || Said::new("it is held", "保留しました");
        Outcome::Held { release: id.release, cause: Cause::Held, why: held.unwrap_or_else(unwritten) }
    }

    /// What falls due with time: snapshots that nobody uses any more, what was observed and is still to be
    /// told, and a release that waited for its instant. It waits for no look at the source. What came of that
    /// one, if that is news: what keeps it from judging is told once.
    pub fn tick(&self, now: UnixSeconds) -> Option<Outcome> {
        self.runs.free_unused();
        self.runs.write_again(now);
        self.acts.write_again(now);
        self.recent.expire(now);
        if self.observed().is_left() {
            self.settle(now);
        }
        self.look_after(now);
        if clock::wrong(now, self.active().as_deref()).is_some() {
            return None;
        }
        // Not before the bench is held: what waits there may be older than what somebody is just bringing.
        let mut bench = self.bench.hold();
        let Due { candidate, failed } = bench.take_due(now, self.runs.is_frozen())?;
        // While somebody looks at the source, nobody else waits for it.
        let look = match self.looks.try_lock() {
            Ok(look) => Some(look),
            Err(TryLockError::Poisoned(look)) => Some(look.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        };
        let source = look.as_ref().and(self.source.as_deref());
        let brought = self.bring(&mut bench, candidate, source, now);
        drop(look);
        let (outcome, is_news) = match brought {
            Brought::Done(outcome) => (outcome, true),
            Brought::Later(NotActivated { candidate, amiss }) => {
                let is_news = bench.lay_back(*candidate, failed, amiss.clone(), now);
                (unavailable(amiss), is_news)
            }
        };
        // Whatever came of it: nobody waits for it any more.
        self.note_waiting(&bench);
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
}

/// That a release is ready, and that its area says when it judges.
fn waits_for_area(area: &str, ready: &Ready) -> Outcome {
    let why = Said::new(
        format!("it is ready, and the area {area} exchanges it as one"),
        format!("準備済みです。切替はエリア {area} 全体で同時に行われます"),
    );
    let until = ready.not_before.unwrap_or(ready.active.since);
    Outcome::Postponed { release: ready.active.id.release, until, why }
}

/// That there is nowhere to read from.
pub(super) fn no_channel() -> Said {
    Said::new("no channel is configured", "配信元が設定されていません")
}

fn unavailable(Amiss { cause, why }: Amiss) -> Outcome {
    Outcome::Unavailable { cause, why }
}

/// What ran is damaged and cannot be fetched: nothing else is taken, and what to do.
fn lost_and_not_had(lost: &Lost, why_not: &Said) -> Said {
    let (release, why) = (lost.installed.id.release, &lost.why);
    Said::new(
        format!(
            "release {release}, which ran here, is lost ({}) and could not be fetched again ({}); nothing \
             else is taken until it is, and each look tries it again; only where both organisations say that \
             it is to be had nowhere any more: warifu-checker give-up {release} --reason …, which cannot be \
             undone",
            why.en, why_not.en
        ),
        format!(
            "稼働していたリリース {release} が失われ（{}）、再取得もできません（{}）。再取得できるまで他のリリースは\
             受け入れず、確認のたびに再試行します。どこからも入手できないと両団体が認めた場合に限り、\
             warifu-checker give-up {release} --reason （理由）で断念してください（取り消せません）",
            why.ja, why_not.ja
        ),
    )
}

/// What trust does not let in, or what is older than it may be.
pub(super) fn refused_for_trust(
    id: Option<ReleaseRef>,
    reached: Step,
    why: Said,
    now: UnixSeconds,
) -> Outcome {
    let (id, reached) = (id.map(Id::from), Some(reached));
    Outcome::Refused(Refused { id, reached, refused_for: RefusedFor::Trust, why, at: now })
}

/// A release that is verified and may not run.
fn not_cleared(id: ReleaseRef, why: Said, now: UnixSeconds) -> Outcome {
    let (id, reached) = (Some(id.into()), Some(Step::Verified));
    Outcome::Refused(Refused { id, reached, refused_for: RefusedFor::Data, why, at: now })
}
