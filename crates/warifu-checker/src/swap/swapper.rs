//! The swap: what brings a release from its source to judging claims, watches it, and falls back. This file
//! holds what it is made of and what is asked of it; beside it lie taking a release, judging by one, and what
//! operators decide.
//!
//! Everything here blocks and is called off the request path. Requests only load the active release
//! ([`Swapper::active`]), once for each claim file, and tell what they saw ([`Swapper::observe`]).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use warifu_audit::Act;
use warifu_claims::Snapshot;
use warifu_masters::schema::Schemas;
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::acts::Acts;
use crate::calendar::Calendar;
use crate::cause::{Amiss, not_on_disk};
use crate::history::Chronicle;
use crate::log::{Event, Log};
use crate::said::Said;
use crate::source::{Expires, ReleaseSource};
use crate::state::{Damage, Held, KeptNow, Recent, Record, StateDirectory, StateDirectoryError};
use crate::swap::abreast::Abreast;
use crate::swap::active::Active;
use crate::swap::ending::Ending;
use crate::swap::epochs::Epochs;
use crate::swap::follower::Follower;
use crate::swap::gates::Gates;
use crate::swap::instant::Instant;
use crate::swap::known::Known;
use crate::swap::observed::Observed;
use crate::swap::outcome::{LastPoll, Outcome};
use crate::swap::resume::resume;
use crate::swap::room::Room;
use crate::swap::rules::Rules;
use crate::swap::runs::Runs;
use crate::swap::workbench::{Coming, Workbench};
use crate::trial::Replayed;

/// Brings releases in and out.
pub struct Swapper {
    pub(super) bench: Workbench,
    pub(super) runs: Runs,
    pub(super) source: Option<Box<dyn ReleaseSource>>,
    /// Held by whoever looks at the source, for as long as that takes: before the bench, never at it.
    pub(super) looks: Mutex<()>,
    pub(super) recent: Arc<Recent>,
    pub(super) known: Known,
    pub(super) rules: Rules,
    pub(super) schemas: Schemas,
    pub(super) log: Log,
    pub(super) acts: Acts,
    pub(super) stale: AtomicBool,
    /// What judged at the last look although it is withdrawn, and why it is.
    pub(super) withdrawn: Mutex<Option<(ReleaseRef, Said)>>,
    /// The instant of what waits at the bench.
    pub(super) instant: Instant,
    /// Which release that is, and when it judges.
    pub(super) coming: Mutex<Option<Coming>>,
    /// What was read and believed last of the channel.
    pub(super) trusted: Mutex<Option<Trusted>>,
    /// What the source stands on and was damaged at the last look.
    pub(super) damage: Mutex<Option<Damage>>,
    /// How much room the disk had when it was full at the last look.
    pub(super) room: Room,
    /// What was observed and is not done or told in full yet.
    pub(super) observed: Mutex<Observed>,
    /// A program that uses the releases too.
    pub(super) follower: Option<Arc<Mutex<Follower>>>,
    /// The end: that program is told nothing more then.
    pub(super) ending: Arc<Ending>,
    /// The area whose epochs say what judges, where this checker belongs to one.
    pub(super) epochs: OnceLock<Arc<dyn Epochs>>,
    /// What its instants find in memory.
    pub(super) abreast: Abreast,
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

impl Swapper {
    /// Resumes what the state directory records, without asking the source.
    ///
    /// A confirmed release is resumed as it is. One on probation is not: the confirmed one before it is, and
    /// the other has to come through the whole way again, at most until the third crash. Only a release that
    /// never had one before it is resumed however far it came.
    ///
    /// # Errors
    /// [`StateDirectoryError`]: the record cannot be read now, and no release lies there whole. Content that
    /// is damaged is logged and left out: the next look at the source fetches it again before anything else.
    pub fn resume(
        directory: StateDirectory,
        source: Option<Box<dyn ReleaseSource>>,
        recent: Arc<Recent>,
        schemas: Schemas,
        gates: Gates,
        log: Log,
        now: UnixSeconds,
    ) -> Result<Self, StateDirectoryError> {
        let acts = Acts::open(directory.path(), now, log);
        let (runs, held) = resume(directory, &schemas, log, now)?;
        if let Some(held) = held {
            acts.decided(Act::Hold, Some(held.id.release), &held.why, now);
        }
        acts.start(runs.active().map(|active| active.id.release), now);
        let (bench, looks, stale, withdrawn, instant, coming, observed, trusted) = Default::default();
        let known = Known::of(&recent.files());
        let damage = source.as_ref().and_then(|source| source.damage());
        if let Some(damage) = &damage {
            log.event(Event::StateDamaged, &damage.why);
        }
        let (damage, room) = (Mutex::new(damage), Room::default());
        Ok(Swapper {
            bench,
            runs,
            source,
            looks,
            recent,
            known,
            rules: Rules::of(gates),
            schemas,
            log,
            acts,
            stale,
            withdrawn,
            instant,
            coming,
            trusted,
            damage,
            room,
            observed,
            follower: None,
            ending: Arc::default(),
            epochs: OnceLock::new(),
            abreast: Abreast::default(),
        })
    }

    /// The same, which activates releases as `calendar` lets it.
    #[must_use]
    pub fn keeping_to(self, calendar: Calendar) -> Swapper {
        self.rules.keep_to(calendar);
        self
    }

    /// From now on, by these gates and this calendar; what runs goes on, and what waited for another calendar
    /// is tried anew with the next tick.
    pub fn go_by(&self, gates: Gates, calendar: Calendar) {
        self.rules.pass(gates);
        if *self.rules.calendar() != calendar {
            self.rules.keep_to(calendar);
            self.bench.keeps_to_other_calendar();
        }
    }

    /// The same, which keeps so many confirmed releases before what runs, to be gone back to; one at least.
    #[must_use]
    pub fn keeping_releases(self, keeps: usize) -> Swapper {
        Swapper { runs: self.runs.keeping(keeps), ..self }
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

    /// The newest release that can be gone back to by its number, as far as withdrawals were heard.
    pub fn can_go_back_to(&self) -> Option<u64> {
        let record = self.record();
        let mut usable = record.to_go_back_to().filter(|it| self.withdrawn(it.id.into()).is_none());
        usable.next().map(|installed| installed.id.release)
    }

    /// What is damaged here: nothing new is taken until it is mended.
    pub fn damages(&self) -> Vec<Damage> {
        let of_source = self.damage.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let record = self.record();
        let runs = record.running().release().map(|installed| installed.id.release);
        record.rebuilt().map(|rebuilt| rebuilt.damage(runs)).into_iter().chain(of_source).collect()
    }

    /// Whether what the channel's source stands on is damaged: then nobody here knows what was withdrawn.
    pub(super) fn source_is_damaged(&self) -> bool {
        self.damage.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Why what is recorded or was done is not on disk as it should be, if it is not.
    pub fn not_written(&self) -> Option<Amiss> {
        let record = self.record_not_written();
        record
            .map(|Amiss { cause, why }| Amiss::new(cause, why.then(&not_on_disk())))
            .or_else(|| self.acts.not_written())
    }

    /// Why the record is not on disk as it should be: then a restart may not know what was decided.
    pub fn record_not_written(&self) -> Option<Amiss> {
        self.runs.not_written()
    }

    /// Why the room for the next record is not kept: on a full disk what is decided then may not be written.
    pub fn no_reserve(&self) -> Option<Amiss> {
        self.runs.no_reserve()
    }

    /// Which release judges next, and from when, where one waits for that.
    pub fn coming(&self) -> Option<Coming> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is not taken again, and whether that is because it was withdrawn, as far as was heard.
    pub fn held(&self) -> Vec<Held> {
        let mut record = self.record();
        record.withdraws(|id| self.withdrawn(id));
        record.all_held().to_vec()
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

    /// The memory of the masters that judge, of those that can be gone back to, and of those that are ready:
    /// what they share, once.
    pub fn snapshot_bytes(&self) -> usize {
        let ready = self.abreast.next().map(|next| Arc::clone(&next.active));
        let in_use = self.active().into_iter().chain(self.runs.before());
        let in_use: Vec<_> = in_use.chain(ready).chain(self.abreast.before()).collect();
        Snapshot::bytes_of_all(in_use.iter().map(|active| &*active.snapshot))
    }

    /// What is configured of the gates.
    pub fn gates(&self) -> Gates {
        self.rules.gates()
    }

    /// The last replay, with all that it told since this checker started.
    pub fn replayed(&self) -> Option<Replayed> {
        self.runs.replayed()
    }

    /// What is damaged now is told where it is news; that it is whole again, too, and written down as an act:
    /// nobody is told of a hand that moved a file away but by this. A repair tells of itself, and asks with
    /// [`Swapper::look_for_damage`].
    pub(super) fn look_whether_whole(&self, now: UnixSeconds) {
        let before = self.damage.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.look_for_damage();
        let Some(before) = before.filter(|_| !self.source_is_damaged()) else { return };
        let part = before.part.word();
        let said = Said::new(
            format!(
                "{} is whole again, and no repair did it: somebody's hand, or this checker from memory",
                part.en
            ),
            format!(
                "{}の破損が、修復の操作なしに解消しました（手作業、または稼働中の情報からの書き直し）",
                part.ja
            ),
        );
        self.log.event(Event::StateWhole, &said);
        self.acts.decided(Act::Repair, None, &said, now);
    }

    /// What is damaged now, told where it is news.
    pub(super) fn look_for_damage(&self) {
        let found = self.source.as_ref().and_then(|source| source.damage());
        let mut damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = found.as_ref().filter(|found| damage.as_ref() != Some(found)) {
            self.log.event(Event::StateDamaged, &found.why);
        }
        *damage = found;
    }

    /// Why `id` is not to be used, when one organisation has withdrawn it.
    pub(super) fn withdrawn(&self, id: ReleaseRef) -> Option<Said> {
        self.source.as_ref()?.withdrawn(id)
    }

    /// What is in memory changed.
    pub(super) fn tell_epochs(&self) {
        self.epochs.get().into_iter().for_each(|epochs| epochs.changed());
    }

    pub(super) fn tell(&self, outcome: &Outcome, now: UnixSeconds) {
        self.acts.outcome(outcome, now);
        if let (Some(event), Some(said)) = (outcome.event(), outcome.said()) {
            match outcome.release() {
                Some(release) => self.log.of_release(event, release, &said),
                None => self.log.event(event, &said),
            }
        }
    }
}

impl std::fmt::Debug for Swapper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Swapper").field("active", &self.active().map(|active| active.id)).finish()
    }
}
