//! Importing: one file becomes one commit, or nothing happens at all.

use git2::Oid;
use jiff::Timestamp;
use jiff::civil::Date;
use warifu_masters::chain::check_chain;
use warifu_masters::consistency;
use warifu_masters::diff::{Summary, diff};
use warifu_masters::differential::apply;
use warifu_masters::digest::Digest;
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::format::{Format, Rendering, StoredRendering};
use warifu_masters::read::{Declared, Reading, Role, read};
use warifu_masters::table::Master;
use warifu_masters::validate::validate;
use warifu_masters::write::write;

use super::judged::{ExtendOne as _, Judged};
use super::message::{Told, one_line, signature};
use super::record::Glance;
use super::transaction::{Change, Message};
use super::{Author, Base, Counts, ImportRecord, Store, StoreError, rules, shards};

/// A file to be imported.
#[derive(Debug, Clone)]
pub struct ImportRequest<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its name, without a folder.
    pub name: &'a str,
    /// The series it belongs to: no file says so itself.
    pub series: &'a str,
    /// The format it must be in; otherwise it is recognised.
    pub format: Option<&'a Format>,
    /// Full or differential; otherwise recognised.
    pub role: Option<Role>,
    /// The day of publication; otherwise what its name says.
    pub dated: Option<Date>,
    /// Findings that shall not refuse it, each with the reason.
    pub accept: &'a [(Code, String)],
    /// Who imports; otherwise git's configuration names somebody.
    pub author: Option<&'a Author>,
    /// When.
    pub now: Timestamp,
}

/// An import that was done, or that changed nothing because it had been done before.
#[derive(Debug)]
pub struct Imported {
    /// The commit that holds it.
    pub commit: String,
    /// Whether the file was there already: nothing was changed.
    pub unchanged: bool,
    /// The series.
    pub series: String,
    /// The kind of master.
    pub kind: String,
    /// What is recorded of it.
    pub record: ImportRecord,
    /// What changed against the state before; nothing for the first full of a series.
    pub summary: Summary,
    /// What was found and did not refuse it.
    pub findings: Findings,
}

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
    state: Master,
}

/// What a file made of the state before.
struct Outcome {
    state: Master,
    summary: Summary,
    told: Told,
}

/// Of the versions of one file, newest first, those that are not taken back: where an older version came back,
/// everything between its two appearances is undone. A file that was taken away has no version left.
fn standing(changes: &[(Oid, Option<Oid>)]) -> Vec<(Oid, Oid)> {
    let mut standing = Vec::new();
    let mut at = 0;
    while let Some((_, content)) = changes.get(at) {
        let Some(content) = *content else { return standing };
        let origin = changes.iter().rposition(|(_, past)| *past == Some(content)).unwrap_or(at);
        standing.push((changes[origin].0, content));
        at = origin + 1;
    }
    standing
}

impl Store {
    /// Imports a file: judges it, makes the next state, commits it.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with the findings when the data does not pass; [`StoreError::Busy`] when
    /// another import is running; [`StoreError::Unclean`] when somebody's changes would be overwritten. In all
    /// of these nothing was changed.
    pub fn import(&self, request: &ImportRequest<'_>) -> Result<Imported, StoreError> {
        let lock = self.lock()?;
        self.refuse_unclean()?;
        let author = signature(&self.repository, request.author, request.now)?;
        let head = self.head()?.ok_or(StoreError::Detached)?;
        let (tree, _) = self.objects()?.commit(head)?;
        let config = self.config_in(tree)?;
        let mut judged = Judged { request, findings: Findings::new() };

        let sound = self.recognise(&mut judged)?;
        let (series, kind) = (request.series, sound.kind.clone());
        judged.refuse_undeclared(&config, series, &kind)?;
        let sha256 = Digest::of(request.bytes);
        let earlier = self.glances(head, series, &kind)?;
        if let Some((commit, _)) = earlier.iter().find(|(_, past)| past.sha256 == sha256.to_string()) {
            let found = commit.to_string();
            judged.findings = Findings::new();
            judged.findings.push(Finding::new(Code::ImportSame).found(&found[..12]));
            let record = self.record_in(*commit, series, &kind)?;
            return Ok(judged.already_there(found, kind, record));
        }
        judged.findings.extend(validate(&sound.file, sound.role));
        if sound.role == Role::Full {
            judged.findings.extend(consistency::check(&sound.file));
        }
        let today = judged.today();
        config.waive(&kind, &mut judged.findings, today);
        let dated = judged.dated(&earlier);
        if let Some(declared) = config.series.get(series) {
            judged.findings.extend_one(rules::series_doubt(series, declared, dated, sound.role, &sound.file));
        }
        let before = match earlier.first() {
            Some((commit, _)) => Some(self.before(*commit, head, series, &kind)?),
            None => None,
        };
        judged.refuse()?;
        let outcome = match sound.role {
            Role::Full => {
                let previous = earlier.iter().find(|(_, past)| past.full).map(|(commit, _)| *commit);
                self.take_full(&sound, before.as_ref(), previous, &mut judged)?
            }
            Role::Differential => take_differential(&sound, before.as_ref(), &mut judged)?,
        };
        judged.refuse()?;

        let record = ImportRecord {
            name: one_line(request.name),
            sha256,
            bytes: request.bytes.len() as u64,
            role: sound.role,
            edition: sound.file.layout().name(),
            dated,
            imported: request.now,
            rows: sound.file.rows(),
            state: outcome.state.canonical_digest(),
            records: outcome.state.rows(),
            counts: Counts {
                added: outcome.summary.added,
                changed: outcome.summary.changed,
                abolished: outcome.summary.abolished,
                removed: outcome.summary.removed,
            },
            base: before
                .as_ref()
                .map(|before| Base { commit: before.commit.to_string(), state: before.record.state }),
            accepted: judged.accepted(),
            rendering: sound.rendering.clone().map(StoredRendering::from),
        };
        let changes = self.changes(tree, series, &sound, before.as_ref(), &outcome, &record, request)?;
        let text = outcome.told.message(series, outcome.state.layout(), &record, &outcome.summary);
        let message = Message { author: &author, text: &text };
        let commit = self.transaction(&lock).commit(Some(head), changes, &message)?;
        Ok(Imported {
            commit: commit.to_string(),
            unchanged: false,
            series: series.to_owned(),
            kind,
            record,
            summary: outcome.summary,
            findings: judged.findings,
        })
    }

    /// Recognises the file. Its rendering is kept only when that gives the very bytes back.
    fn recognise(&self, judged: &mut Judged<'_>) -> Result<Sound, StoreError> {
        let request = judged.request;
        let declared = Declared { format: request.format, role: request.role };
        let Reading { layout, role, rendering, master, findings, .. } =
            read(&self.schemas, request.bytes.to_vec(), &declared);
        judged.findings.extend(findings);
        let (Some(layout), Some(role), Some(file)) = (layout, role, master) else {
            return Err(judged.refused());
        };
        let rendering =
            rendering.filter(|rendering| write(&file, rendering).is_ok_and(|bytes| bytes == request.bytes));
        Ok(Sound { file, role, rendering, kind: layout.kind.clone() })
    }

    /// A short look at each import that the present state rests on, newest first. Imports that a later commit
    /// took back (`git revert`) are left out: their files may come in again.
    fn glances(&self, head: Oid, series: &str, kind: &str) -> Result<Vec<(Oid, Glance)>, StoreError> {
        let objects = self.objects()?;
        let changes = objects.changes_at(head, &["sources", series, kind, "import.toml"])?;
        let standing = standing(&changes);
        standing.into_iter().map(|(commit, oid)| Ok((commit, Glance::at(&objects.blob(oid)?)))).collect()
    }

    fn record_in(&self, commit: Oid, series: &str, kind: &str) -> Result<ImportRecord, StoreError> {
        let objects = self.objects()?;
        let (tree, _) = objects.commit(commit)?;
        self.record_at(&objects, tree, series, kind)
    }

    fn before(&self, commit: Oid, head: Oid, series: &str, kind: &str) -> Result<Before, StoreError> {
        let objects = self.objects()?;
        let (tree, _) = objects.commit(head)?;
        let state = self.state_at(&objects, tree, series, kind)?;
        let record = self.record_at(&objects, tree, series, kind)?;
        let digest = state.canonical_digest();
        if digest != record.state {
            let finding = Finding::new(Code::StoreState).found(digest.short()).expected(record.state.short());
            let mut findings = Findings::new();
            findings.push(finding);
            return Err(StoreError::Refused { file: format!("{series}/{kind}"), findings });
        }
        Ok(Before { commit, record, state })
    }

    fn take_full(
        &self,
        sound: &Sound,
        before: Option<&Before>,
        previous: Option<Oid>,
        judged: &mut Judged<'_>,
    ) -> Result<Outcome, StoreError> {
        let state = sound.file.clone();
        let Some(before) = before else {
            let told = Told::default();
            return Ok(Outcome { state, summary: Summary::default(), told });
        };
        let mut chain = check_chain(&before.state, &state, None);
        if let (true, Some(previous)) = (chain.denies(), previous) {
            // A date set back to what the full before had is a known reason; that full is only read when asked.
            let objects = self.objects()?;
            let (tree, _) = objects.commit(previous)?;
            let previous = self.state_at(&objects, tree, judged.request.series, &sound.kind)?;
            chain = check_chain(&before.state, &state, Some(&previous));
        }
        judged.findings.extend(chain);
        Ok(compared(&before.state, state))
    }

    #[expect(clippy::too_many_arguments, reason = "used once: the sequence of import is the subject")]
    fn changes(
        &self,
        tree: Oid,
        series: &str,
        sound: &Sound,
        before: Option<&Before>,
        outcome: &Outcome,
        record: &ImportRecord,
        request: &ImportRequest<'_>,
    ) -> Result<Vec<Change>, StoreError> {
        let objects = self.objects()?;
        let kind = &sound.kind;
        let old = self.shards_at(&objects, tree, series, kind)?;
        let old_master = before.map(|before| &before.state);
        let folder = format!("masters/{series}/{kind}");
        let mut changes = shards::changes(&folder, &old, old_master, &outcome.state)?;
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

fn take_differential(
    sound: &Sound,
    before: Option<&Before>,
    judged: &mut Judged<'_>,
) -> Result<Outcome, StoreError> {
    let Some(before) = before else {
        judged.findings.push(Finding::new(Code::ImportNoBase).found(judged.request.series));
        return Err(judged.refused());
    };
    let applied = match apply(&before.state, &sound.file) {
        Ok(applied) => applied,
        Err(error) => {
            judged.findings.push(Finding::new(Code::ApplyKind).found(error).expected(&sound.kind));
            return Err(judged.refused());
        }
    };
    judged.findings.extend_one(rules::base_doubt(&applied, sound.file.rows()));
    judged.findings.extend(applied.findings);
    Ok(compared(&before.state, applied.state))
}

fn compared(before: &Master, state: Master) -> Outcome {
    let (summary, told) = match diff(before, &state) {
        Ok(diff) => (diff.summary(), Told::of(&diff)),
        Err(_) => (Summary::default(), Told::default()),
    };
    Outcome { state, summary, told }
}
