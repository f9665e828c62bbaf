//! What an import is applied to: the state that the last one left, or for a re-issue the one before it.

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::reissue::reissue;
use warifu_masters::file::read_canonical;
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::table::{Role, State};
use warifu_values::judgement::Basis;

use super::super::error::{ImportError, StoreError};
use super::super::judged::Judged;
use super::super::kept::Kept;
use super::super::record::{Base, Glance, ImportRecord, Taken};
use super::super::repository::Store;
use super::sound::Sound;

/// The last import of a master and the state it left.
pub(super) struct Before {
    pub(super) commit: Oid,
    pub(super) record: ImportRecord,
    pub(super) state: State,
}

impl Before {
    pub(super) fn base(&self) -> Base {
        Base { commit: self.commit.to_string(), state: self.record.state }
    }
}

impl Store {
    /// The imports that stand where a differential published on `dated` belongs, oldest first; none where it
    /// would have no full beneath it.
    pub(super) fn later(
        &self,
        earlier: &[(Oid, Glance)],
        dated: Date,
        sound: &Sound,
        series: &str,
    ) -> Result<Vec<Taken>, StoreError> {
        // ISO dates sort as text.
        let dated = dated.to_string();
        let last = earlier.iter().rposition(|(_, past)| past.dated > dated);
        match last {
            Some(last) if sound.role == Role::Differential && earlier.len() > last + 1 => {
                let later = earlier[..=last].iter().rev();
                let taken = |(commit, _): &(Oid, Glance)| {
                    let record = self.record_in(*commit, series, &sound.kind)?;
                    Ok(Taken { commit: commit.to_string(), kind: sound.kind.clone(), record })
                };
                later.map(taken).collect()
            }
            _ => Ok(Vec::new()),
        }
    }

    pub(super) fn record_in(
        &self,
        commit: Oid,
        series: &str,
        kind: &str,
    ) -> Result<ImportRecord, StoreError> {
        let objects = self.objects()?;
        let (tree, _) = objects.commit(commit)?;
        self.record_at(&objects, tree, series, kind)
    }

    /// The import that `commit` made, as `at` (it or a later commit) holds it; `full` imported the full
    /// beneath it.
    pub(super) fn before(
        &self,
        commit: Oid,
        at: Oid,
        full: Option<Oid>,
        series: &str,
        kind: &str,
    ) -> Result<Before, ImportError> {
        let objects = self.objects()?;
        let (tree, _) = objects.commit(at)?;
        let record = self.record_at(&objects, tree, series, kind)?;
        let kept = objects.at(tree, &["masters", series, kind])?.and_then(|held| {
            let bytes = Kept::of(self.repository.path(), series, kind).load(held, record.state)?;
            read_canonical(self.schemas(), kind, bytes).ok()
        });
        let basis = match (record.role, full) {
            (Role::Differential, Some(full)) => self.basis_above(&self.record_in(full, series, kind)?)?,
            _ => Basis::Full,
        };
        if let Some(state) = kept {
            return Ok(Before { commit, record, state: State::new(state, basis) });
        }
        let state = State::new(self.state_at(&objects, tree, series, kind)?, basis);
        let digest = state.canonical_digest();
        if digest != record.state {
            let finding = Finding::new(Code::StoreState).found(digest.short()).expected(record.state.short());
            let mut findings = Findings::new();
            findings.push(finding);
            return Err(ImportError::refused(format!("{series}/{kind}"), findings));
        }
        Ok(Before { commit, record, state })
    }

    /// Where the file is a re-issue of the differential `before` took in: the state that one was applied to.
    pub(super) fn base_of_re_issue(
        &self,
        before: &Before,
        full: Option<Oid>,
        sound: &Sound,
        judged: &mut Judged<'_>,
    ) -> Result<Option<Before>, ImportError> {
        let (Role::Differential, Some(base)) = (before.record.role, &before.record.base) else {
            return Ok(None);
        };
        let (series, kind) = (judged.request.series, sound.kind.as_str());
        let objects = self.objects()?;
        let (tree, _) = objects.commit(before.commit)?;
        let place = format!("sources/{series}/{kind}/differential.csv");
        let Some(oid) = objects.at(tree, &["sources", series, kind, "differential.csv"])? else {
            return Err(StoreError::damaged(format_args!("{place} is missing")).into());
        };
        let previous = read_canonical(self.schemas(), kind, objects.blob(oid)?)
            .map_err(|_| StoreError::damaged(format_args!("{place} cannot be read")))?;
        let Some(reissue) = reissue(&previous, &sound.file) else { return Ok(None) };
        judged.findings.extend(reissue.findings(&previous, &before.state));
        let commit = Oid::from_str(&base.commit).map_err(StoreError::git("read the base's id"))?;
        self.before(commit, commit, full, series, kind).map(Some)
    }
}
