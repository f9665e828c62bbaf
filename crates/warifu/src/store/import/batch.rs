//! The files of one command: each becomes one commit, and the branch takes all of them in one step, or none.

use std::collections::BTreeMap;

use git2::Oid;
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::schema::StoredRendering;
use warifu_masters::table::Role;
use warifu_rules::judge::judge_file;
use warifu_values::digest::Digest;
use warifu_values::text::one_line;

use super::super::author::signature;
use super::super::beside::beside;
use super::super::error::{CommitError, ImportError, Obstacle, StoreError};
use super::super::judged::Judged;
use super::super::kept::{Kept, ToKeep};
use super::super::known_imports::KnownImports;
use super::super::naming::published;
use super::super::record::{Counts, ImportRecord};
use super::super::repository::Store;
use super::super::request::{ImportRequest, Imported, Stopped};
use super::super::rules;
use super::super::transaction::{Message, Pending, Transaction};
use super::super::undo::UndoRequest;
use super::before::{Before, Last};
use super::correction::{on_top, refuse_unless_small};
use super::made::{Left, Onto};

/// The files of one command: what was committed of them, and the states that are made of it.
struct Batch<'a> {
    transaction: Transaction<'a>,
    pending: Pending,
    tip: Oid,
    /// By series and kind.
    masters: BTreeMap<(String, String), After>,
}

/// A master after an import of this command, and the imports that led to it.
struct After {
    last: Last,
    left: Left,
    known: KnownImports,
}

impl Store {
    /// Imports a file: judges it, makes the next state, commits it.
    ///
    /// # Errors
    /// [`ImportError::Refused`] with the findings when the data does not pass, or why the commit could not be
    /// made. But for [`CommitError::Unfinished`] nothing was changed.
    pub fn import(&self, request: &ImportRequest<'_>) -> Result<Imported, ImportError> {
        let mut imported = self.import_all(&[request], |_| ()).map_err(|stopped| stopped.error)?;
        imported.pop().ok_or_else(|| StoreError::damaged("an import that says nothing").into())
    }

    /// Imports files in the order given, each on top of those before it and each as one commit: the branch
    /// takes all of them in one step, or none. `look` hears of each file before it is judged.
    ///
    /// # Errors
    /// [`Stopped`] says which file did not pass and why. Unless the cause is [`CommitError::Unfinished`],
    /// nothing was changed, also of the files that did pass.
    pub fn import_all(
        &self,
        requests: &[&ImportRequest<'_>],
        mut look: impl FnMut(&ImportRequest<'_>),
    ) -> Result<Vec<Imported>, Stopped> {
        let mut passed = Vec::new();
        match self.take_all(requests, &mut look, &mut passed) {
            Ok(()) => Ok(passed),
            Err(error) => {
                // Where a person's changes lie in the way, no file is looked at.
                if matches!(error, ImportError::Commit(CommitError::Unclean { .. })) {
                    passed.clear();
                }
                Err(Stopped { passed, error })
            }
        }
    }

    /// Whether an undo and then these imports would pass, in this order; nothing is changed.
    ///
    /// # Errors
    /// [`Obstacle`], with what would be refused.
    pub fn would_take(
        &self,
        undo: &UndoRequest<'_>,
        requests: &[&ImportRequest<'_>],
    ) -> Result<(), Obstacle> {
        let lock = self.lock().map_err(ImportError::from)?;
        let head = self.head().map_err(ImportError::from)?;
        let head = head.ok_or(CommitError::Detached).map_err(ImportError::from)?;
        let planned = self.planned_undo(head, undo).map_err(Obstacle::Undo)?;
        let take = || {
            let author = signature(&self.repository, undo.author, undo.now)?;
            let transaction = self.transaction(&lock);
            let mut pending = transaction.begin(Some(head))?;
            let message = Message { author: &author, text: "an undo that is only tried" };
            let tip = transaction.commit(&mut pending, planned.changes, &message)?;
            let mut batch = Batch { transaction, pending, tip, masters: BTreeMap::new() };
            requests.iter().try_for_each(|request| self.take(request, &mut batch).map(drop))
        };
        // The commits are dropped: no branch ever names them.
        take().map_err(Obstacle::Import)
    }

    fn take_all(
        &self,
        requests: &[&ImportRequest<'_>],
        look: &mut dyn FnMut(&ImportRequest<'_>),
        passed: &mut Vec<Imported>,
    ) -> Result<(), ImportError> {
        let lock = self.lock()?;
        let batch = self.refuse_unclean_beside(|| {
            let head = self.head()?.ok_or(CommitError::Detached)?;
            let transaction = self.transaction(&lock);
            let pending = transaction.begin(Some(head))?;
            let mut batch = Batch { transaction, pending, tip: head, masters: BTreeMap::new() };
            for request in requests {
                look(request);
                passed.push(self.take(request, &mut batch)?);
            }
            Ok::<_, ImportError>(batch)
        })?;
        let Batch { transaction, pending, tip, masters } = batch;
        let of = |(series, kind): &(String, String)| Kept::of(self.repository.path(), series, kind);
        let keep: Vec<(Kept, Option<ToKeep<'_>>)> =
            masters.iter().map(|(at, after)| (of(at), after.left.to_keep())).collect();
        let begin =
            |(kept, state): &(Kept, Option<ToKeep<'_>>)| state.as_ref().map(|state| kept.begin(state));
        let (finished, begun) =
            beside(|| keep.iter().map(begin).collect::<Vec<_>>(), || transaction.finish(pending));
        finished?;
        let objects = self.objects()?;
        let (tree, _) = objects.commit(tip)?;
        for (((series, kind), after), begun) in masters.iter().zip(begun.unwrap_or_default()) {
            if let Some(held) = objects.at(tree, &["masters", series, kind])? {
                begun.into_iter().for_each(|begun| begun.finish(held));
                after.known.keep(self.repository.path(), tip, series, kind);
            }
        }
        Ok(())
    }

    /// Judges one file and commits it on top of `batch`; no branch names that commit yet.
    fn take(&self, request: &ImportRequest<'_>, batch: &mut Batch<'_>) -> Result<Imported, ImportError> {
        let author = signature(&self.repository, request.author, request.now)?;
        let head = batch.tip;
        let (tree, _) = self.objects()?.commit(head)?;
        let config = self.config_in(tree)?;
        let mut judged = Judged { request, findings: Findings::new(), later: Vec::new(), newest: None };

        let sound = self.recognise(&config, &mut judged)?;
        let (series, kind) = (request.series, sound.kind.clone());
        judged.refuse_undeclared(&config, series, &kind)?;
        let sha256 = Digest::of(request.bytes);
        let master = (series.to_owned(), kind.clone());
        let present = batch.masters.remove(&master);
        let (present, mut known) = match present {
            Some(After { last, left, known }) => (Some((last, left)), known),
            None => {
                let git = self.repository.path();
                (None, KnownImports::at(&self.objects()?, git, head, series, &kind)?)
            }
        };
        // Imports that a later commit took back are left out: their files may come in again.
        let earlier = known.standing();
        // A correction that an official file came after may be needed again. An official file with the bytes
        // of a correction is what ends that, and not the correction again.
        let (corrections, sum) = (on_top(&earlier), sha256.to_string());
        let is_correction = request.correction.is_some();
        let is_held = |at: usize, was_correction: bool| !was_correction || is_correction && at < corrections;
        let mut held = earlier.iter().enumerate().filter(|(at, (_, past))| is_held(*at, past.correction));
        let standing = self.records_corrected(&earlier, series, &kind)?;
        if let Some((at, (commit, past))) = held.find(|(_, (_, past))| past.sha256 == sum) {
            let found = commit.to_string();
            if request.correction.is_some() && !past.correction {
                refuse_unless_small(&mut judged, &sound, &config, standing)?;
                judged.findings.push(Finding::new(Code::ImportCorrectionOfficial).found(&found[..12]));
                judged.later = self.taken(&earlier[..=at], series, &kind)?;
                return Err(judged.refused());
            }
            judged.findings = Findings::new();
            judged.findings.push(Finding::new(Code::ImportSame).found(&found[..12]));
            let record = self.record_in(*commit, series, &kind)?;
            if let Some((last, left)) = present {
                batch.masters.insert(master, After { last, left, known });
            }
            return Ok(judged.already_there(found, kind, record));
        }
        refuse_unless_small(&mut judged, &sound, &config, standing)?;
        // An official file comes after official files, whatever was corrected between.
        let on_top = if request.correction.is_none() { corrections } else { 0 };
        let dated = judged.dated(&earlier[on_top..]);
        if request.correction.is_none() {
            judged.later = self.later(&earlier, on_top, dated, &sound, series)?;
        }
        judged.findings.extend(judge_file(&sound.file, sound.role, published(dated)));
        let today = judged.today();
        config.waive(&kind, &mut judged.findings, today);
        for doubt in rules::series_doubt(&config, series, dated, sound.role, &sound.file) {
            judged.findings.push(doubt);
        }
        let full = earlier.iter().find(|(_, past)| past.full).map(|(commit, _)| *commit);
        let (last, left) = match (present, earlier.first()) {
            (Some((last, left)), _) => (Some(last), left),
            (None, Some((commit, _))) => {
                (Some(self.last(*commit, head, full, series, &kind)?), Left::InGit { keep: None })
            }
            (None, None) => (None, Left::InGit { keep: None }),
        };
        judged.refuse()?;
        let corrections = match on_top {
            0 => None,
            _ => self.corrections(&earlier, full, series, &kind)?,
        };
        let as_ever = request.correction.is_none() && corrections.is_none();
        let narrow = match (&last, &left, sound.role) {
            (Some(last), Left::InGit { .. }, Role::Differential) if as_ever => {
                let kept = Kept::of(self.repository.path(), series, &kind);
                self.take_narrowly(&sound, last, &kept, dated, tree, &mut judged)?
            }
            _ => None,
        };
        let made = match narrow {
            Some(made) => made,
            None => {
                let before = match (last, left) {
                    (Some(last), Left::Here(state)) => Some(Before { last, state }),
                    (Some(last), Left::InGit { .. }) => Some(self.before(last, head, series, &kind)?),
                    (None, _) => None,
                };
                let onto = Onto { before: before.as_ref(), corrections: corrections.as_ref(), full };
                self.take_whole(&sound, onto, dated, tree, &mut judged)?
            }
        };
        config.waive(&kind, &mut judged.findings, today);
        judged.refuse()?;

        let compared = made.compared;
        let record = ImportRecord {
            name: one_line(request.name),
            sha256,
            bytes: request.bytes.len() as u64,
            role: sound.role,
            edition: sound.file.layout().name(),
            dated,
            imported: request.now,
            rows: sound.file.rows(),
            state: made.state,
            records: made.records,
            replaces: made.replaces,
            correction: request.correction.map(one_line),
            corrections: made.ended,
            counts: Counts {
                added: compared.summary.added,
                changed: compared.summary.changed,
                abolished: compared.summary.abolished,
                removed: compared.summary.removed,
            },
            base: made.onto,
            accepted: judged.accepted(),
            rendering: sound.rendering.clone().map(StoredRendering::from),
        };
        let mut changes = made.shards;
        changes.extend(self.source_changes(tree, series, &sound, &record, request)?);
        let text = compared.told.message(series, &made.layout, &record, &compared.summary);
        let message = Message { author: &author, text: &text };
        let commit = batch.transaction.commit(&mut batch.pending, changes, &message)?;
        batch.tip = commit;
        let last = Last { commit, record: record.clone(), basis: made.basis };
        let objects = self.objects()?;
        if let Some(blob) =
            objects.at(objects.commit(commit)?.0, &["sources", series, &kind, "import.toml"])?
        {
            known.push(commit, blob, record.text()?.as_bytes());
        }
        batch.masters.insert(master, After { last, left: made.left, known });
        Ok(Imported {
            commit: commit.to_string(),
            unchanged: false,
            series: series.to_owned(),
            kind,
            record,
            summary: compared.summary,
            findings: judged.findings,
        })
    }
}
