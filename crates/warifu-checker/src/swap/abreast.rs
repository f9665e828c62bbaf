//! What a member of a fleet has in memory beside what runs: the release that comes next, made already, and
//! the one before. So at an instant nothing is read, cleared or written first.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use warifu_claims::movement::UsesByCode;
use warifu_trust::{ReleaseRef, UnixSeconds};
use warifu_values::digest::Digest;

use crate::said::Said;
use crate::swap::active::Active;

/// A release that is cleared and in memory, and that does not run.
#[derive(Debug)]
pub(super) struct Ready {
    /// It, with a watch of its own.
    pub(super) active: Arc<Active>,
    /// What it was cleared against.
    pub(super) against: Option<ReleaseRef>,
    /// Before this it is not to be proposed: both signed so, or the calendar puts it off.
    pub(super) not_before: Option<UnixSeconds>,
}

/// What is there.
#[derive(Debug, Default)]
pub(super) struct Abreast {
    next: ArcSwapOption<Ready>,
    before: ArcSwapOption<Active>,
    /// What was found against what comes next while it ran in the shadow.
    refused: ArcSwapOption<(ReleaseRef, Said)>,
    /// How often codes were used while what runs was on probation, which it passed.
    proven: ArcSwapOption<(ReleaseRef, UsesByCode)>,
    /// What may not be let go, since the member gave its word for it. Held while `next` changes.
    promised: Mutex<Option<Digest>>,
}

impl Abreast {
    fn promised(&self) -> MutexGuard<'_, Option<Digest>> {
        // Every change is one assignment.
        self.promised.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What comes next.
    pub(super) fn next(&self) -> Option<Arc<Ready>> {
        self.next.load_full()
    }

    /// What was before what runs.
    pub(super) fn before(&self) -> Option<Arc<Active>> {
        self.before.load_full()
    }

    /// The one of both with this manifest. Waits for nobody.
    pub(super) fn with(&self, manifest: &Digest) -> Option<Arc<Active>> {
        if let Some(ready) = self.next.load().as_ref().filter(|ready| ready.active.id.manifest == *manifest) {
            return Some(Arc::clone(&ready.active));
        }
        self.before.load().as_ref().filter(|before| before.id.manifest == *manifest).map(Arc::clone)
    }

    /// Whether another one may come next: nothing was promised of the one that does, and it is not what
    /// `judges` by the area while the pointer has not moved yet.
    pub(super) fn takes_another(&self, judges: Option<Digest>) -> bool {
        may_give_way(*self.promised(), judges, self.next.load().as_deref())
    }

    /// `ready` comes next; what did is given, to be freed where no claim waits. Where that one stays, `ready`
    /// is given back.
    pub(super) fn comes(
        &self,
        ready: Arc<Ready>,
        judges: impl FnOnce() -> Option<Digest>,
    ) -> Result<Option<Arc<Ready>>, Arc<Ready>> {
        let promised = self.promised();
        if !may_give_way(*promised, judges(), self.next.load().as_deref()) {
            return Err(ready);
        }
        Ok(self.next.swap(Some(ready)))
    }

    /// Nothing comes next any more.
    pub(super) fn clear_next(&self) -> Option<Arc<Ready>> {
        let _promised = self.promised();
        self.next.swap(None)
    }

    /// `before` is what was before what runs.
    pub(super) fn stood(&self, before: Option<Arc<Active>>) -> Option<Arc<Active>> {
        self.before.swap(before)
    }

    /// This was found against `id` in the shadow; whether that is news.
    pub(super) fn refuses(&self, id: ReleaseRef, why: Said) -> bool {
        let is_news = self.refused.load().as_ref().is_none_or(|refused| refused.0 != id);
        if is_news {
            self.refused.store(Some(Arc::new((id, why))));
        }
        is_news
    }

    /// What was found against the release with this manifest in the shadow.
    pub(super) fn refused(&self, manifest: &Digest) -> Option<Said> {
        let refused = self.refused.load_full()?;
        (refused.0.manifest == *manifest).then(|| refused.1.clone())
    }

    /// `id` passed its probation, in which codes were used so often.
    pub(super) fn proves(&self, id: ReleaseRef, uses: UsesByCode) {
        self.proven.store(Some(Arc::new((id, uses))));
    }

    /// How often `code` was used in the probation that `id` passed.
    pub(super) fn proven_uses(&self, id: ReleaseRef, kind: &str, code: &str) -> Option<u64> {
        let proven = self.proven.load();
        proven.as_ref().filter(|proven| proven.0 == id).map(|proven| proven.1.uses_of(kind, code))
    }

    /// Promises to keep what `has` says is there; whether it is.
    pub(super) fn promise(&self, manifest: Digest, has: impl FnOnce() -> bool) -> bool {
        let mut promised = self.promised();
        let is_there = has();
        if is_there {
            *promised = Some(manifest);
        }
        is_there
    }
}

fn may_give_way(promised: Option<Digest>, judges: Option<Digest>, next: Option<&Ready>) -> bool {
    next.is_none_or(|next| {
        let next = Some(next.active.id.manifest);
        next != promised && next != judges
    })
}
