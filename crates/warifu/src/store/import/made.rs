//! What a file makes of a state, before it is committed.

use std::sync::Arc;

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::diff::diff;
use warifu_masters::finding::{Code, Finding};
use warifu_masters::schema::Layout;
use warifu_masters::table::{Role, State};
use warifu_rules::consistency::Shown;
use warifu_values::digest::Digest;
use warifu_values::judgement::Basis;

use super::super::beside::beside;
use super::super::error::ImportError;
use super::super::judged::Judged;
use super::super::kept::ToKeep;
use super::super::record::{Base, Ended};
use super::super::repository::Store;
use super::super::transaction::Change;
use super::before::Before;
use super::correction::Corrections;
use super::next::{Compared, take_differential};
use super::sound::Sound;

/// What a file makes of a state.
pub(super) struct Made {
    pub(super) compared: Compared,
    /// What has to be written below `masters/`.
    pub(super) shards: Vec<Change>,
    /// The digest of the new state, and how many records it has.
    pub(super) state: Digest,
    pub(super) records: usize,
    /// What the file was applied to; for a re-issue that is not the present state.
    pub(super) onto: Option<Base>,
    /// The differential that a re-issue was applied in the place of.
    pub(super) replaces: Option<String>,
    /// The corrections that it came after.
    pub(super) ended: Vec<Ended>,
    pub(super) basis: Basis,
    pub(super) layout: Arc<Layout>,
    pub(super) left: Left,
}

/// What a file is applied to.
pub(super) struct Onto<'a> {
    /// The present state.
    pub(super) before: Option<&'a Before>,
    /// The corrections in it that an official file comes after.
    pub(super) corrections: Option<&'a Corrections>,
    /// The import of the full beneath.
    pub(super) full: Option<Oid>,
}

/// The state that an import left.
pub(super) enum Left {
    /// In memory.
    Here(State),
    /// In the commit; its canonical form, where it is to be kept anew.
    InGit {
        /// See there.
        keep: Option<Vec<u8>>,
    },
}

impl Left {
    /// What of it is to be kept for the next command.
    pub(super) fn to_keep(&self) -> Option<ToKeep<'_>> {
        match self {
            Left::Here(state) => Some(ToKeep::Master(state)),
            Left::InGit { keep } => keep.as_deref().map(ToKeep::Text),
        }
    }
}

impl Store {
    /// What the file makes of the whole state before, which `tree` holds.
    pub(super) fn take_whole(
        &self,
        sound: &Sound,
        Onto { before, corrections, full }: Onto<'_>,
        dated: Date,
        tree: Oid,
        judged: &mut Judged<'_>,
    ) -> Result<Made, ImportError> {
        let series = judged.request.series;
        let mut older = None;
        // What official files made of each other, whatever was corrected between.
        let official = corrections.map(|corrections| &corrections.beneath).or(before);
        let state = match sound.role {
            Role::Full => self.take_full(sound, official, full, judged)?,
            Role::Differential => {
                let Some(official) = official else {
                    judged.findings.push(Finding::new(Code::ImportNoBase).found(series));
                    return Err(judged.refused());
                };
                if judged.request.correction.is_none() {
                    older = self.base_of_re_issue(official, full, sound, judged)?;
                }
                let onto = &older.as_ref().unwrap_or(official).state;
                take_differential(sound, (onto, onto.rows()), dated, judged)?
            }
        };
        let onto = older.as_ref().or(official);
        let changes = onto.and_then(|onto| diff(&onto.state, &state).ok());
        let asked = self.ask_rules(sound, (changes.as_ref(), Shown::Whole), &state, dated, tree, judged)?;
        let mut compared = asked.unwrap_or_default();
        if let (Some(before), true) = (before, older.is_some() || corrections.is_some()) {
            // What changes for whoever has the present state is told, not what the file did to an older one.
            compared = diff(&before.state, &state).map(|diff| Compared::of(&diff)).unwrap_or_default();
        }
        let ended = match (corrections, before) {
            (Some(corrections), Some(before)) => {
                corrections.ended(&before.state, &state, &mut judged.findings)
            }
            _ => Vec::new(),
        };
        let (shards, digest) = beside(
            || state.canonical_digest(),
            || self.shard_changes(tree, series, &sound.kind, before, &state),
        );
        Ok(Made {
            compared,
            shards: shards?,
            state: digest.unwrap_or_else(|| state.canonical_digest()),
            records: state.rows(),
            onto: onto.map(|onto| onto.last.base()),
            replaces: older.as_ref().and(official).map(|official| official.last.record.name.clone()),
            ended,
            basis: state.basis(),
            layout: Arc::clone(state.layout()),
            left: Left::Here(state),
        })
    }
}
