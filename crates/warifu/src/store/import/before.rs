//! What an import is applied to: the state that the last one left, or for a re-issue the one before it.

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::reissue::{Reissue, reissue};
use warifu_masters::file::read_canonical;
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::table::{Master, Role, State};
use warifu_values::digest::Digest;
use warifu_values::judgement::Basis;

use super::super::error::{Doing, ImportError, StoreError};
use super::super::judged::Judged;
use super::super::objects::Objects;
use super::super::record::{Base, Glance, ImportRecord, Taken};
use super::super::repository::Store;
use super::sound::Sound;

/// The last import of a master.
pub(super) struct Last {
    pub(super) commit: Oid,
    pub(super) record: ImportRecord,
    /// What the state that it left was made of.
    pub(super) basis: Basis,
}

impl Last {
    pub(super) fn base(&self) -> Base {
        Base { commit: self.commit.to_string(), state: self.record.state }
    }
}

/// The last import of a master and the state it left.
pub(super) struct Before {
    pub(super) last: Last,
    pub(super) state: State,
}

impl Store {
    /// The imports that stand where a differential published on `dated` belongs, oldest first, with the
    /// corrections on top of them, the first `on_top`; none where it would have no full beneath it.
    pub(super) fn later(
        &self,
        earlier: &[(Oid, Glance)],
        on_top: usize,
        dated: Date,
        sound: &Sound,
        series: &str,
    ) -> Result<Vec<Taken>, StoreError> {
        // ISO dates sort as text.
        let dated = dated.to_string();
        let last = earlier[on_top..].iter().rposition(|(_, past)| past.dated > dated);
        match last.map(|last| on_top + last) {
            Some(last) if sound.role == Role::Differential && earlier.len() > last + 1 => {
                self.taken(&earlier[..=last], series, &sound.kind)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// What these imports, newest first, took in, oldest first.
    pub(super) fn taken(
        &self,
        imports: &[(Oid, Glance)],
        series: &str,
        kind: &str,
    ) -> Result<Vec<Taken>, StoreError> {
        let taken = |(commit, _): &(Oid, Glance)| {
            let record = self.record_in(*commit, series, kind)?;
            Ok(Taken { commit: commit.to_string(), kind: kind.to_owned(), record })
        };
        imports.iter().rev().map(taken).collect()
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
    pub(super) fn last(
        &self,
        commit: Oid,
        at: Oid,
        full: Option<Oid>,
        series: &str,
        kind: &str,
    ) -> Result<Last, StoreError> {
        let record = self.record_in(at, series, kind)?;
        let basis = match (record.role, full) {
            (Role::Differential, Some(full)) => self.basis_above(&self.record_in(full, series, kind)?)?,
            _ => Basis::Full,
        };
        Ok(Last { commit, record, basis })
    }

    /// `last` with the state that it left, as `at` holds it.
    pub(super) fn before(
        &self,
        last: Last,
        at: Oid,
        series: &str,
        kind: &str,
    ) -> Result<Before, ImportError> {
        let objects = self.objects()?;
        let (tree, _) = objects.commit(at)?;
        let kept = objects.at(tree, &["masters", series, kind])?.and_then(|held| {
            let bytes = self.kept_state(&objects, held, &last.record, series, kind)?;
            read_canonical(self.schemas(), kind, bytes).ok()
        });
        if let Some(state) = kept {
            let state = State::new(state, last.basis);
            return Ok(Before { last, state });
        }
        let state = State::new(self.state_at(&objects, tree, series, kind)?, last.basis);
        let (digest, expected) = (state.canonical_digest(), last.record.state);
        if digest != expected {
            let finding = Finding::new(Code::StoreState).found(digest.short()).expected(expected.short());
            let mut findings = Findings::new();
            findings.push(finding);
            return Err(ImportError::refused(format!("{series}/{kind}"), findings));
        }
        Ok(Before { last, state })
    }

    /// The canonical form of the state that the tree `held` has and `record` tells of, when it is kept.
    fn kept_state(
        &self,
        objects: &Objects<'_>,
        held: Oid,
        record: &ImportRecord,
        series: &str,
        kind: &str,
    ) -> Option<Vec<u8>> {
        let bytes = self.kept_text(objects, held, series, kind)?;
        (Digest::of(&bytes) == record.state).then_some(bytes)
    }

    /// What the file repeats of the differential that `last` took in, and that one, where it is a re-issue.
    pub(super) fn re_issue(
        &self,
        last: &Last,
        sound: &Sound,
        series: &str,
    ) -> Result<Option<(Reissue, Master)>, StoreError> {
        let previous = self.taken_in(last, series, &sound.kind)?.filter(|_| last.record.base.is_some());
        Ok(previous.and_then(|previous| Some((reissue(&previous, &sound.file)?, previous))))
    }

    /// The differential that the import of `commit` took in.
    pub(super) fn differential_in(
        &self,
        commit: Oid,
        series: &str,
        kind: &str,
    ) -> Result<Master, StoreError> {
        let objects = self.objects()?;
        let (tree, _) = objects.commit(commit)?;
        let place = format!("sources/{series}/{kind}/differential.csv");
        let Some(oid) = objects.at(tree, &["sources", series, kind, "differential.csv"])? else {
            return Err(StoreError::damaged(format_args!("{place} is missing")));
        };
        let differential = read_canonical(self.schemas(), kind, objects.blob(oid)?);
        differential.map_err(|_| StoreError::damaged(format_args!("{place} cannot be read")))
    }

    /// The differential that `last` took in, where it was one.
    pub(super) fn taken_in(
        &self,
        last: &Last,
        series: &str,
        kind: &str,
    ) -> Result<Option<Master>, StoreError> {
        if last.record.role != Role::Differential {
            return Ok(None);
        }
        self.differential_in(last.commit, series, kind).map(Some)
    }

    /// Where the file is a re-issue of the differential `before` took in: the state that one was applied to.
    pub(super) fn base_of_re_issue(
        &self,
        before: &Before,
        full: Option<Oid>,
        sound: &Sound,
        judged: &mut Judged<'_>,
    ) -> Result<Option<Before>, ImportError> {
        let series = judged.request.series;
        let (Some((reissue, previous)), Some(base)) =
            (self.re_issue(&before.last, sound, series)?, &before.last.record.base)
        else {
            return Ok(None);
        };
        judged.findings.extend(reissue.findings(&previous, &before.state));
        let commit = Oid::from_str(&base.commit).map_err(StoreError::git(Doing::ReadName))?;
        let last = self.last(commit, commit, full, series, &sound.kind)?;
        self.before(last, commit, series, &sound.kind).map(Some)
    }
}
