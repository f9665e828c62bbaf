//! The joint post-review that every emergency release asks for: who has said theirs, and who owes it.

use crate::metadata::ReleaseRef;
use crate::organisation::{Organisation, PerOrganisation};
use crate::release::Manifest;
use crate::statement::known::Statements;
use crate::statement::made::Made;
use crate::statement::says::Says;

/// An emergency release that at least one organisation has not reviewed afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The release.
    pub release: ReleaseRef,
    /// Who owes it.
    pub by: Vec<Organisation>,
}

impl Statements {
    /// The post-review of `release`, of each organisation that has said it.
    pub fn post_reviews(&self, release: ReleaseRef) -> PerOrganisation<Option<&Made>> {
        let counted = self.counted();
        PerOrganisation::from_fn(|organisation| {
            let is_it =
                |made: &&&Made| made.organisation == organisation && made.says == Says::Reviewed { release };
            counted.iter().find(is_it).copied()
        })
    }

    /// Which post-reviews are owed once `release`, which holds `manifest`, is published.
    pub fn owed_after(&self, release: ReleaseRef, manifest: &Manifest) -> Vec<Owed> {
        let mut owed = Vec::new();
        for release in manifest.asks_to_review(release) {
            let said = self.post_reviews(release);
            let by: Vec<Organisation> =
                Organisation::BOTH.into_iter().filter(|one| said.of(*one).is_none()).collect();
            if !by.is_empty() {
                owed.push(Owed { release, by });
            }
        }
        owed
    }
}
