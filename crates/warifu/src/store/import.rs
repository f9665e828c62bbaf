//! Importing: each file becomes one commit, and the branch takes all of a command's commits in one step, or
//! none.

use std::collections::{BTreeMap, BTreeSet};

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::chain::check_chain;
use warifu_masters::change::diff::{Diff, Summary, diff};
use warifu_masters::change::differential::apply;
use warifu_masters::change::plausibility::plausibility;
use warifu_masters::change::reissue::reissue;
use warifu_masters::file::write::write;
use warifu_masters::file::{Declared, Reading, read, read_canonical};
use warifu_masters::finding::{Code, Finding, Findings, Severity};
use warifu_masters::schema::{Rendering, StoredRendering};
use warifu_masters::table::{Master, Role, State};
use warifu_rules::consistency;
use warifu_rules::judge::{judge_changed_fields, judge_file};
use warifu_values::day::PublicationDay;
use warifu_values::digest::Digest;
use warifu_values::judgement::Basis;
use warifu_values::text::one_line;

use super::author::signature;
use super::error::{CommitError, ImportError, StoreError};
use super::judged::{ExtendOne as _, Judged};
use super::kept::Kept;
use super::message::Told;
use super::naming::published;
use super::past::Past;
use super::record::{Base, Counts, Glance, ImportRecord};
use super::repository::Store;
use super::request::{ImportRequest, Imported, Stopped};
use super::transaction::{Change, Message, Pending, Transaction};
use super::{rules, shards};

/// A file that was recognised.
struct Sound {
    file: Master,
    role: Role,
    rendering: Option<Rendering>,
    kind: String,
}

/// The last import of a master and the state it left.
struct Before {
    commit: Oid,
    record: ImportRecord,
    state: State,
}

impl Before {
    fn base(&self) -> Base {
        Base { commit: self.commit.to_string(), state: self.record.state }
    }
}

/// What differs between the state before and the one that a file made of it.
#[derive(Default)]
struct Compared {
    summary: Summary,
    told: Told,
}

impl Compared {
    fn of(diff: &Diff<'_>) -> Compared {
        Compared { summary: diff.summary(), told: Told::of(diff) }
    }
}

/// The files of one command: what was committed of them, and the states that are made of it.
struct Batch<'a> {
    transaction: Transaction<'a>,
    pending: Pending,
    tip: Oid,
    /// By series and kind, with the imports that led to them.
    states: BTreeMap<(String, String), (Before, Past)>,
}

/// Does `aside` on another processor while `here` goes on; none when it panicked, which the caller makes up
/// for.
fn beside<A: Send, B>(aside: impl FnOnce() -> A + Send, here: impl FnOnce() -> B) -> (B, Option<A>) {
    std::thread::scope(|scope| {
        let aside = scope.spawn(aside);
        (here(), aside.join().ok())
    })
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
            Err(error) => Err(Stopped { passed, error }),
        }
    }

    fn take_all(
        &self,
        requests: &[&ImportRequest<'_>],
        look: &mut dyn FnMut(&ImportRequest<'_>),
        passed: &mut Vec<Imported>,
    ) -> Result<(), ImportError> {
        let lock = self.lock()?;
        self.refuse_unclean()?;
        let head = self.head()?.ok_or(CommitError::Detached)?;
        let transaction = self.transaction(&lock);
        let pending = transaction.begin(Some(head))?;
        let mut batch = Batch { transaction, pending, tip: head, states: BTreeMap::new() };
        for request in requests {
            look(request);
            passed.push(self.take(request, &mut batch)?);
        }
        let Batch { transaction, pending, tip, states } = batch;
        let of = |(series, kind): &(String, String)| Kept::of(self.repository.path(), series, kind);
        let keep: Vec<(Kept, &Master)> =
            states.iter().map(|(at, (last, _))| (of(at), last.state.master())).collect();
        let (finished, begun) = beside(
            || keep.iter().map(|(kept, state)| kept.begin(state)).collect::<Vec<_>>(),
            || transaction.finish(pending),
        );
        finished?;
        let objects = self.objects()?;
        let (tree, _) = objects.commit(tip)?;
        for (((series, kind), (_, past)), begun) in states.iter().zip(begun.unwrap_or_default()) {
            if let Some(held) = objects.at(tree, &["masters", series, kind])? {
                begun.finish(held);
                past.keep(self.repository.path(), tip, series, kind);
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
        let mut judged = Judged { request, findings: Findings::new(), later: Vec::new() };

        let sound = self.recognise(&mut judged)?;
        let (series, kind) = (request.series, sound.kind.clone());
        judged.refuse_undeclared(&config, series, &kind)?;
        let sha256 = Digest::of(request.bytes);
        let present = batch.states.remove(&(series.to_owned(), kind.clone()));
        let (present, mut past) = match present {
            Some((before, past)) => (Some(before), past),
            None => {
                let git = self.repository.path();
                (None, Past::at(&self.objects()?, git, head, series, &kind)?)
            }
        };
        // Imports that a later commit took back are left out: their files may come in again.
        let earlier = past.standing();
        if let Some((commit, _)) = earlier.iter().find(|(_, past)| past.sha256 == sha256.to_string()) {
            let found = commit.to_string();
            judged.findings = Findings::new();
            judged.findings.push(Finding::new(Code::ImportSame).found(&found[..12]));
            let record = self.record_in(*commit, series, &kind)?;
            if let Some(before) = present {
                batch.states.insert((series.to_owned(), kind.clone()), (before, past));
            }
            return Ok(judged.already_there(found, kind, record));
        }
        let dated = judged.dated(&earlier);
        judged.later = self.later(&earlier, dated, &sound, series)?;
        judged.findings.extend(judge_file(&sound.file, sound.role, published(dated)));
        let today = judged.today();
        config.waive(&kind, &mut judged.findings, today);
        for doubt in rules::series_doubt(&config, series, dated, sound.role, &sound.file) {
            judged.findings.push(doubt);
        }
        let full = earlier.iter().find(|(_, past)| past.full).map(|(commit, _)| *commit);
        let before = match (present, earlier.first()) {
            (Some(before), _) => Some(before),
            (None, Some((commit, _))) => Some(self.before(*commit, head, full, series, &kind)?),
            (None, None) => None,
        };
        judged.refuse()?;
        let mut older = None;
        let state = match sound.role {
            Role::Full => self.take_full(&sound, before.as_ref(), full, &mut judged)?,
            Role::Differential => {
                let Some(before) = &before else {
                    judged.findings.push(Finding::new(Code::ImportNoBase).found(series));
                    return Err(judged.refused());
                };
                older = self.base_of_re_issue(before, full, &sound, &mut judged)?;
                take_differential(&sound, older.as_ref().unwrap_or(before), dated, &mut judged)?
            }
        };
        // What the file was applied to; for a re-issue that is not the present state.
        let onto = older.as_ref().or(before.as_ref());
        let mut compared = self.ask_rules(&sound, onto, &state, dated, tree, &mut judged)?;
        if let (Some(before), Some(_)) = (&before, &older) {
            // What changes for whoever has the present state is told, not what the file did to an older one.
            compared = diff(&before.state, &state).map(|diff| Compared::of(&diff)).unwrap_or_default();
        }
        config.waive(&kind, &mut judged.findings, today);
        judged.refuse()?;

        let (shards, digest) = beside(
            || state.canonical_digest(),
            || self.shard_changes(tree, series, &kind, before.as_ref(), &state),
        );
        let mut changes = shards?;
        let record = ImportRecord {
            name: one_line(request.name),
            sha256,
            bytes: request.bytes.len() as u64,
            role: sound.role,
            edition: sound.file.layout().name(),
            dated,
            imported: request.now,
            rows: sound.file.rows(),
            state: digest.unwrap_or_else(|| state.canonical_digest()),
            records: state.rows(),
            replaces: older.as_ref().and(before.as_ref()).map(|before| before.record.name.clone()),
            counts: Counts {
                added: compared.summary.added,
                changed: compared.summary.changed,
                abolished: compared.summary.abolished,
                removed: compared.summary.removed,
            },
            base: onto.map(Before::base),
            accepted: judged.accepted(),
            rendering: sound.rendering.clone().map(StoredRendering::from),
        };
        changes.extend(self.source_changes(tree, series, &sound, &record, request)?);
        let text = compared.told.message(series, state.layout(), &record, &compared.summary);
        let message = Message { author: &author, text: &text };
        let commit = batch.transaction.commit(&mut batch.pending, changes, &message)?;
        batch.tip = commit;
        let after = Before { commit, record: record.clone(), state };
        let objects = self.objects()?;
        if let Some(blob) =
            objects.at(objects.commit(commit)?.0, &["sources", series, &kind, "import.toml"])?
        {
            past.push(commit, blob, record.text()?.as_bytes());
        }
        batch.states.insert((series.to_owned(), kind.clone()), (after, past));
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

    /// Recognises the file. Its rendering is kept only when that gives the very bytes back.
    fn recognise(&self, judged: &mut Judged<'_>) -> Result<Sound, ImportError> {
        let request = judged.request;
        let declared = Declared { format: request.format, role: request.role };
        let Reading { layout, role, rendering, master, findings, .. } =
            read(self.schemas(), request.bytes.to_vec(), &declared);
        judged.findings.extend(findings);
        let (Some(layout), Some(role), Some(file)) = (layout, role, master) else {
            return Err(judged.refused());
        };
        let rendering =
            rendering.filter(|rendering| write(&file, rendering).is_ok_and(|bytes| bytes == request.bytes));
        Ok(Sound { file, role, rendering, kind: layout.kind.clone() })
    }

    /// The imports that stand where a differential published on `dated` belongs, oldest first; none where it
    /// would have no full beneath it.
    fn later(
        &self,
        earlier: &[(Oid, Glance)],
        dated: Date,
        sound: &Sound,
        series: &str,
    ) -> Result<Vec<ImportRecord>, StoreError> {
        // ISO dates sort as text.
        let dated = dated.to_string();
        let last = earlier.iter().rposition(|(_, past)| past.dated > dated);
        match last {
            Some(last) if sound.role == Role::Differential && earlier.len() > last + 1 => {
                let later = earlier[..=last].iter().rev();
                later.map(|(commit, _)| self.record_in(*commit, series, &sound.kind)).collect()
            }
            _ => Ok(Vec::new()),
        }
    }

    fn record_in(&self, commit: Oid, series: &str, kind: &str) -> Result<ImportRecord, StoreError> {
        let objects = self.objects()?;
        let (tree, _) = objects.commit(commit)?;
        self.record_at(&objects, tree, series, kind)
    }

    /// The import that `commit` made, as `at` (it or a later commit) holds it; `full` imported the full
    /// beneath it.
    fn before(
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
    fn base_of_re_issue(
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

    fn take_full(
        &self,
        sound: &Sound,
        before: Option<&Before>,
        previous: Option<Oid>,
        judged: &mut Judged<'_>,
    ) -> Result<State, ImportError> {
        let state = State::new(sound.file.clone(), Basis::Full);
        let Some(before) = before else { return Ok(state) };
        let mut chain = check_chain(&before.state, &state, None);
        if let (true, Some(previous)) = (chain.denies(), previous) {
            // A date set back to what the full before had is a known reason; that full is only read when
            // asked.
            let objects = self.objects()?;
            let (tree, _) = objects.commit(previous)?;
            let previous = self.state_at(&objects, tree, judged.request.series, &sound.kind)?;
            chain = check_chain(&before.state, &state, Some(&previous));
        }
        judged.findings.extend(chain);
        Ok(state)
    }

    /// Holds the new state against the rules that need more than the file: those of its fields and between
    /// its records, when the file is a differential; between the two states; the site's own; and those
    /// between it and the other masters of the series. Gives back what differs between the two.
    fn ask_rules(
        &self,
        sound: &Sound,
        before: Option<&Before>,
        state: &State,
        dated: Date,
        tree: Oid,
        judged: &mut Judged<'_>,
    ) -> Result<Compared, StoreError> {
        let published = published(dated);
        let between_records = || match (sound.role, before) {
            (Role::Differential, Some(before)) => new_findings(&before.state, state, published),
            _ => Findings::new(),
        };
        let (diff, found) =
            beside(between_records, || before.and_then(|before| diff(&before.state, state).ok()));
        judged.findings.extend(found.unwrap_or_else(between_records));
        if let (Role::Differential, Some(diff)) = (sound.role, &diff) {
            // What is wrong in the file itself is told by its line already.
            let mut found = judge_changed_fields(state, diff);
            found.retain(|finding| {
                let is_it = |told: &Finding| {
                    (told.code, told.column, &told.key) == (finding.code, finding.column, &finding.key)
                };
                !judged.findings.list().iter().any(is_it)
            });
            judged.findings.extend(found);
        }
        if let Some(diff) = &diff {
            let mut found = consistency::check_versions(diff, published);
            // What a full lacks of the state is said of the chain already.
            found.retain(|finding| sound.role != Role::Full || finding.code != Code::VersionsVanished);
            judged.findings.extend(found);
        }
        let site = self.site_rules(tree)?;
        judged.findings.extend(match &diff {
            Some(diff) => site.check_changes(diff),
            None => site.check(state, None),
        });
        let objects = self.objects()?;
        let mut others = Vec::new();
        for kind in consistency::needed_by(&sound.kind) {
            if objects.at(tree, &["masters", judged.request.series, kind])?.is_some() {
                others.push(self.state_at(&objects, tree, judged.request.series, kind)?);
            }
        }
        if !others.is_empty() {
            let together: Vec<&Master> = others.iter().chain([state.master()]).collect();
            let found = consistency::check_across_for(&sound.kind, &together, published);
            found.into_values().for_each(|found| judged.findings.extend(found));
        }
        Ok(diff.map(|diff| Compared::of(&diff)).unwrap_or_default())
    }

    /// What has to be written below `masters/`.
    fn shard_changes(
        &self,
        tree: Oid,
        series: &str,
        kind: &str,
        before: Option<&Before>,
        state: &Master,
    ) -> Result<Vec<Change>, StoreError> {
        let old = self.shards_at(&self.objects()?, tree, series, kind)?;
        shards::changes(
            &format!("masters/{series}/{kind}"),
            &old,
            before.map(|before| before.state.master()),
            state,
        )
    }

    /// What has to be written below `sources/`.
    fn source_changes(
        &self,
        tree: Oid,
        series: &str,
        sound: &Sound,
        record: &ImportRecord,
        request: &ImportRequest<'_>,
    ) -> Result<Vec<Change>, StoreError> {
        let objects = self.objects()?;
        let kind = &sound.kind;
        let mut changes = Vec::new();
        let folder = format!("sources/{series}/{kind}");
        changes.push(Change::put(format!("{folder}/import.toml"), record.text()?.into_bytes()));
        let mut keep = |name: &str, content: Option<Vec<u8>>| -> Result<(), StoreError> {
            match content {
                Some(content) => changes.push(Change::put(format!("{folder}/{name}"), content)),
                None if objects.at(tree, &["sources", series, kind, name])?.is_some() => {
                    changes.push(Change::remove(format!("{folder}/{name}")));
                }
                None => {}
            }
            Ok(())
        };
        keep("differential.csv", (sound.role == Role::Differential).then(|| sound.file.canonical()))?;
        keep("original", sound.rendering.is_none().then(|| request.bytes.to_vec()))?;
        Ok(changes)
    }
}

/// Applies the file to `onto`.
fn take_differential(
    sound: &Sound,
    onto: &Before,
    dated: Date,
    judged: &mut Judged<'_>,
) -> Result<State, ImportError> {
    let applied = match apply(&onto.state, &sound.file) {
        Ok(applied) => applied,
        Err(error) => {
            judged.findings.push(error.finding());
            return Err(judged.refused());
        }
    };
    judged.findings.extend_one(rules::base_doubt(&applied, sound.file.rows()));
    judged.findings.extend(applied.findings);
    let dated = dated.strftime("%Y%m%d").to_string();
    judged.findings.extend(plausibility(&onto.state, &sound.file, Some(&dated)).findings);
    Ok(onto.state.followed_by(applied.state))
}

/// What the rules find in `state` and did not find in `before`, notes left out: what a state had before was
/// said when it came in. Findings carry no lines, since the records stand in no file.
fn new_findings(before: &Master, state: &Master, published: Option<PublicationDay>) -> Findings {
    let mut found = consistency::check(state, published).without_lines();
    // Of a code with more findings than are kept, nobody can tell the new ones: where it refuses, it goes on
    // to.
    let kept = |code: Code| found.list().iter().filter(|finding| finding.code == code).count() as u64;
    let all_kept: BTreeSet<Code> =
        found.counts().filter(|(code, count)| *count == kept(*code)).map(|(code, _)| code).collect();
    found.retain(|finding| finding.severity > Severity::Note);
    if !found.is_empty() {
        let known = consistency::check(before, published).without_lines();
        found.retain(|finding| {
            let told_apart = all_kept.contains(&finding.code) || finding.severity < Severity::Deny;
            !(told_apart && known.list().contains(finding))
        });
    }
    found
}
