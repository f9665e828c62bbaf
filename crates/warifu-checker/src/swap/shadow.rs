//! What an area judges by and what its pilots run in the shadow, and how often codes were used meanwhile.

use std::sync::Arc;

use warifu_trust::ReleaseRef;
use warifu_values::digest::Digest;

use crate::said::Said;
use crate::swap::active::Active;
use crate::swap::swapper::Swapper;

impl Swapper {
    /// What judges by the area, in memory or not.
    pub(super) fn judges_by_area(&self) -> Option<Digest> {
        self.epochs.get()?.standing().ok()
    }

    /// What is ready and this member runs in the shadow, where it was cleared against `runs`.
    pub(super) fn shadow(&self, runs: ReleaseRef) -> Option<Arc<Active>> {
        let manifest = self.epochs.get()?.pilots()?;
        let ready = self.abreast.next()?;
        let is_it = ready.active.id.manifest == manifest && ready.against == Some(runs);
        is_it.then(|| Arc::clone(&ready.active))
    }

    /// What became of the release with this manifest in the shadow: whether claims were judged by it, or what
    /// was found against it.
    ///
    /// # Errors
    /// What speaks against it.
    pub fn ran_in_the_shadow(&self, manifest: &Digest) -> Result<bool, Said> {
        if let Some(why) = self.abreast.refused(manifest) {
            return Err(why);
        }
        let shadow = self.active().and_then(|active| self.shadow(active.id));
        Ok(shadow.is_some_and(|shadow| shadow.id.manifest == *manifest && shadow.has_seen()))
    }

    /// How often `code` of the master `kind` was used while what runs was watched, or had been until it was
    /// confirmed. None where nobody counted.
    pub fn uses_of(&self, kind: &str, code: &str) -> Option<u64> {
        let active = self.active()?;
        active.uses_of(kind, code).or_else(|| self.abreast.proven_uses(active.id, kind, code))
    }
}
