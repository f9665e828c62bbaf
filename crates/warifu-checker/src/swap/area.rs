//! A checker that belongs to a fleet: what it makes ready, what judges by the epochs of its area, and what
//! follows an instant.

use std::sync::{Arc, PoisonError};

use warifu_audit::Act;
use warifu_claims::movement::Report;
use warifu_trust::{ReleaseRef, UnixSeconds};
use warifu_values::digest::Digest;

use crate::area_seen::InArea;
use crate::cause::{Amiss, Cause};
use crate::log::Event;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::source::SourceError;
use crate::state::{Phase, Step};
use crate::swap::active::Active;
use crate::swap::aside::aside;
use crate::swap::epochs::{Epochs, NotReady};
use crate::swap::outcome::Outcome;
use crate::swap::swapper::Swapper;
use crate::swap::taking::{no_channel, refused_for_trust};

/// What is made ready, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prepared {
    /// It.
    pub id: ReleaseRef,
    /// Before this it is not to be proposed.
    pub not_before: Option<UnixSeconds>,
}

/// What a member has in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InMemory {
    /// What runs, and how far it has proven itself.
    pub runs: Option<(ReleaseRef, Phase)>,
    /// What is ready.
    pub ready: Option<Prepared>,
    /// What was before.
    pub before: Option<ReleaseRef>,
}

impl InMemory {
    /// All of it.
    pub fn all(&self) -> impl Iterator<Item = ReleaseRef> {
        let runs = self.runs.map(|(id, _)| id);
        runs.into_iter().chain(self.ready.map(|ready| ready.id)).chain(self.before)
    }

    /// Whether the release with this manifest is among it.
    pub fn has(&self, manifest: &Digest) -> bool {
        self.all().any(|id| id.manifest == *manifest)
    }
}

/// What is asked of it.
impl Swapper {
    /// From now on the epochs of an area say what judges. What an area is moved by is not undone: only the
    /// first call counts.
    pub fn moves_with(&self, epochs: Arc<dyn Epochs>) {
        // What would be gone back to alone can be what the area goes back to.
        self.abreast.stood(self.runs.before());
        let _first = self.epochs.set(epochs);
    }

    /// What judges a claim file that is received now, by its area; none where this checker is alone. No lock,
    /// no disk.
    pub fn met(&self) -> Option<Result<Arc<Active>, NotReady>> {
        let epochs = self.epochs.get()?;
        Some(epochs.standing().and_then(|manifest| {
            let runs = || self.active().filter(|active| active.id.manifest == manifest);
            // Asked once more: the pointer may have moved in between to what was not it before.
            let judges = runs().or_else(|| self.abreast.with(&manifest)).or_else(runs);
            judges.ok_or_else(|| not_held(&manifest))
        }))
    }

    /// Why this checker does not judge now, by its area.
    pub fn not_ready(&self) -> Option<NotReady> {
        self.met()?.err()
    }

    /// What it knows of its area, for people; none where this checker is alone.
    pub fn in_area(&self) -> Option<InArea> {
        self.epochs.get().map(|epochs| epochs.in_area())
    }

    /// The area that it belongs to.
    pub fn area(&self) -> Option<&str> {
        self.epochs.get().map(|epochs| epochs.area())
    }

    /// What is in memory.
    pub fn in_memory(&self) -> InMemory {
        let runs = self.active().map(|active| active.id);
        // What was cleared against another release than runs now would have to be cleared again.
        let ready = self.abreast.next().filter(|ready| ready.against == runs);
        InMemory {
            runs: self.active().map(|active| (active.id, active.phase())),
            ready: ready.map(|ready| Prepared { id: ready.active.id, not_before: ready.not_before }),
            before: self.abreast.before().map(|before| before.id),
        }
    }

    /// Those that this checker verified itself, in memory or not.
    pub fn verified_here(&self) -> Vec<ReleaseRef> {
        let record = self.record();
        let kept = record.running().kept().map(ReleaseRef::from);
        let earlier = record.earlier().iter().map(|earlier| ReleaseRef::from(earlier.id));
        kept.chain(earlier).chain(self.in_memory().all()).collect()
    }

    /// Keeps the release with this manifest in memory from now on, until another one is promised; whether it
    /// is there.
    pub fn promise(&self, manifest: Digest) -> bool {
        self.abreast.promise(manifest, || self.in_memory().has(&manifest))
    }

    /// What the watch on the release that runs has seen.
    pub fn watched(&self) -> Option<(ReleaseRef, Report)> {
        let active = self.active()?;
        Some((active.id, active.watched(&self.rules.gates().probation)?))
    }
}

/// What is done for it.
impl Swapper {
    /// What the member of a fleet kept before, if anything.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn kept_of_fleet(&self) -> Result<Option<Vec<u8>>, Said> {
        self.runs.kept_of_fleet()
    }

    /// Keeps `bytes` for the member of a fleet: on disk when this returns.
    ///
    /// # Errors
    /// The disk does not keep them.
    pub fn keep_of_fleet(&self, bytes: &[u8]) -> Result<(), Said> {
        self.runs.keep_of_fleet(bytes)
    }

    /// What the area names comes into memory, whatever else the channel offers: after what runs it is cleared
    /// as any other; what is older is read only, since the area fell back to it. None when it is there.
    pub fn make_ready(&self, id: ReleaseRef, now: UnixSeconds) -> Option<Outcome> {
        let has = || self.in_memory().all().any(|it| it == id);
        if has() {
            return None;
        }
        let look = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = self.active().map(|active| active.id.release);
        let outcome = match self.content_of(id, now) {
            Err(outcome) => outcome,
            Ok(content) if runs.is_some_and(|runs| id.release < runs) => self.read_before(content, now),
            Ok(content) => self.bring_for_area(content, now),
        };
        drop(look);
        (!has()).then_some(outcome)
    }

    /// The content of `id` from this disk, or from the channel by its digest.
    fn content_of(&self, id: ReleaseRef, now: UnixSeconds) -> Result<ReleaseContent, Outcome> {
        if let Some(why) = self.withdrawn(id) {
            return Err(Outcome::Held { release: id.release, cause: Cause::Withdrawn, why });
        }
        if self.verified_here().contains(&id)
            && let Ok(content) = self.runs.load(id)
        {
            return Ok(content);
        }
        let Some(source) = &self.source else {
            return Err(Outcome::Unavailable { cause: Cause::Channel, why: no_channel() });
        };
        aside(self.log, || source.again(id, now)).map_err(|error| match error {
            SourceError::Unavailable(why) | SourceError::Stale(why) => {
                Outcome::Unavailable { cause: Cause::Channel, why }
            }
            SourceError::Refused(why) => refused_for_trust(Some(id), Step::Opened, why, now),
            SourceError::Here(Amiss { cause, why }) => Outcome::Unavailable { cause, why },
        })
    }

    /// What the area stands by is older than what runs: it is read, and judges when the pointer moves.
    fn read_before(&self, content: ReleaseContent, now: UnixSeconds) -> Outcome {
        let release = content.id().release;
        match self.build(content) {
            Ok(candidate) => {
                let older = self.abreast.stood(Some(Arc::new(Active::new(candidate, None, now))));
                self.runs.retire(older);
                self.tell_epochs();
                Outcome::Unchanged { release }
            }
            Err(why) => Outcome::Unavailable { cause: Cause::Data, why: why.why() },
        }
    }

    /// What the area let go again by a person's word is no longer held here because of a fall back; what was
    /// withdrawn stays so.
    pub fn let_again(&self, id: ReleaseRef, why: Said, now: UnixSeconds) {
        if self.withdrawn(id).is_none() && self.runs.let_again(id) {
            self.acts.decided(Act::Unhold, Some(id.release), &why, now);
        }
    }

    /// What judges by the area since an instant that has passed is what runs; what follows the pointer comes
    /// after it. Whether anything changed.
    pub fn follow_area(&self, manifest: Digest, why: &Said, now: UnixSeconds) -> bool {
        let runs = self.active();
        if runs.as_ref().is_some_and(|runs| runs.id.manifest == manifest) {
            return false;
        }
        let Some(to) = self.abreast.with(&manifest) else { return false };
        let release = to.id.release;
        let is_back = runs.as_ref().is_some_and(|runs| release < runs.id.release);
        let bench = self.bench.hold();
        if is_back {
            let Some(moved) = self.runs.moves_back(to.confirmed(now), why.clone(), now) else { return false };
            let old = self.abreast.stood(None).into_iter();
            let next = self.abreast.clear_next().map(|next| Arc::clone(&next.active));
            self.runs.retire(old.chain(next));
            self.runs.tidy(&bench, &[]);
            drop(bench);
            self.went_back(Event::FallBack, moved, why, now);
        } else {
            self.acts.swapped(release, now);
            let active = Arc::new(to.judging_since(now));
            let phase = active.phase();
            let old = self.runs.moves_on(active);
            let older = self.abreast.stood(old);
            let next = self.abreast.clear_next().map(|next| Arc::clone(&next.active));
            self.runs.retire(older.into_iter().chain(next));
            let before = self.abreast.before().map(|before| before.id);
            self.runs.tidy(&bench, before.as_slice());
            drop(bench);
            self.tell(&Outcome::Activated { release, phase }, now);
        }
        self.tell_epochs();
        true
    }
}

fn not_held(manifest: &Digest) -> NotReady {
    let manifest = manifest.short();
    NotReady {
        code: "fleet/not-held".into(),
        why: Said::new(
            format!("what the area judges by, {manifest}, is not in memory"),
            format!("エリアの現行リリース {manifest} がメモリーにありません"),
        ),
    }
}
