//! Importing: one file becomes one commit, or nothing happens at all.

use std::collections::BTreeSet;
use warifu_values::day::PublicationDay;

use git2::Oid;
use jiff::Timestamp;
use jiff::civil::Date;
use warifu_masters::change::chain::check_chain;
use warifu_masters::change::diff::{Summary, diff};
use warifu_masters::change::differential::apply;
use warifu_masters::change::plausibility::plausibility;
use warifu_masters::change::reissue::reissue;
use warifu_masters::file::write::write;
use warifu_masters::file::{Declared, Reading, read, read_canonical};
use warifu_masters::finding::{Code, Finding, Findings, Severity};
use warifu_masters::schema::{Format, Rendering, StoredRendering};
use warifu_masters::table::{Master, Role, fields};
use warifu_rules::consistency;
use warifu_values::digest::Digest;

use super::check::published;
use super::judged::{ExtendOne as _, Judged};
use super::kept::Kept;
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

impl Before {
    fn base(&self) -> Base {
        Base { commit: self.commit.to_string(), state: self.record.state }
    }
}

/// What a file made of the state before.
struct Outcome {
    state: Master,
    summary: Summary,
    told: Told,
}

/// Does `aside` on another processor while `here` goes on; none when it panicked, which the caller makes up for.
fn beside<A: Send, B>(aside: impl FnOnce() -> A + Send, here: impl FnOnce() -> B) -> (B, Option<A>) {
    std::thread::scope(|scope| {
        let aside = scope.spawn(aside);
        (here(), aside.join().ok())
    })
}

/// Of the versions of one file, newest first, those that are not taken back: where an older version came back,
/// everything between its two appearances is undone. A file that was taken away has no version left.
pub(super) fn standing(changes: &[(Oid, Option<Oid>)]) -> Vec<(Oid, Oid)> {
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
        let dated = judged.dated(&earlier);
        judged.findings.extend(fields::check(&sound.file, sound.role));
        if sound.role == Role::Full {
            judged.findings.extend(consistency::check(&sound.file, published(dated)));
        }
        let today = judged.today();
        config.waive(&kind, &mut judged.findings, today);
        for doubt in rules::series_doubt(&config, series, dated, sound.role, &sound.file) {
            judged.findings.push(doubt);
        }
        let before = match earlier.first() {
            Some((commit, _)) => Some(self.before(*commit, head, series, &kind)?),
            None => None,
        };
        judged.refuse()?;
        let mut older = None;
        let outcome = match sound.role {
            Role::Full => {
                let previous = earlier.iter().find(|(_, past)| past.full).map(|(commit, _)| *commit);
                self.take_full(&sound, before.as_ref(), previous, &mut judged)?
            }
            Role::Differential => {
                let Some(before) = &before else {
                    judged.findings.push(Finding::new(Code::ImportNoBase).found(series));
                    return Err(judged.refused());
                };
                older = self.base_of_re_issue(before, &sound, &mut judged)?;
                take_differential(&sound, older.as_ref().unwrap_or(before), before, dated, &mut judged)?
            }
        };
        // What the file was applied to; for a re-issue that is not the present state.
        let onto = older.as_ref().or(before.as_ref());
        self.ask_rules(&sound, onto, &outcome, dated, tree, &mut judged)?;
        config.waive(&kind, &mut judged.findings, today);
        judged.refuse()?;

        let (shards, digest) = beside(
            || outcome.state.canonical_digest(),
            || self.shard_changes(tree, series, &kind, before.as_ref(), &outcome.state),
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
            state: digest.unwrap_or_else(|| outcome.state.canonical_digest()),
            records: outcome.state.rows(),
            replaces: older.as_ref().and(before.as_ref()).map(|before| before.record.name.clone()),
            counts: Counts {
                added: outcome.summary.added,
                changed: outcome.summary.changed,
                abolished: outcome.summary.abolished,
                removed: outcome.summary.removed,
            },
            base: onto.map(Before::base),
            accepted: judged.accepted(),
            rendering: sound.rendering.clone().map(StoredRendering::from),
        };
        changes.extend(self.source_changes(tree, series, &sound, &record, request)?);
        let text = outcome.told.message(series, outcome.state.layout(), &record, &outcome.summary);
        let message = Message { author: &author, text: &text };
        let kept = Kept::of(self.repository.path(), series, &kind);
        let (commit, begun) = beside(
            || kept.begin(&outcome.state),
            || self.transaction(&lock).commit(Some(head), changes, &message),
        );
        let (commit, objects) = (commit?, self.objects()?);
        if let (Some(begun), Some(held)) =
            (begun, objects.at(objects.commit(commit)?.0, &["masters", series, &kind])?)
        {
            begun.finish(held);
        }
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
            read(self.schemas(), request.bytes.to_vec(), &declared);
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

    /// The import that `commit` made, as `at` (it or a later commit) holds it.
    fn before(&self, commit: Oid, at: Oid, series: &str, kind: &str) -> Result<Before, StoreError> {
        let objects = self.objects()?;
        let (tree, _) = objects.commit(at)?;
        let record = self.record_at(&objects, tree, series, kind)?;
        let kept = objects.at(tree, &["masters", series, kind])?.and_then(|held| {
            let bytes = Kept::of(self.repository.path(), series, kind).load(held, record.state)?;
            read_canonical(self.schemas(), kind, bytes).ok()
        });
        if let Some(state) = kept {
            return Ok(Before { commit, record, state });
        }
        let state = self.state_at(&objects, tree, series, kind)?;
        let digest = state.canonical_digest();
        if digest != record.state {
            let finding = Finding::new(Code::StoreState).found(digest.short()).expected(record.state.short());
            let mut findings = Findings::new();
            findings.push(finding);
            return Err(StoreError::Refused { file: format!("{series}/{kind}"), findings });
        }
        Ok(Before { commit, record, state })
    }

    /// Where the file is a re-issue of the differential `before` took in: the state that one was applied to.
    fn base_of_re_issue(
        &self,
        before: &Before,
        sound: &Sound,
        judged: &mut Judged<'_>,
    ) -> Result<Option<Before>, StoreError> {
        let (Role::Differential, Some(base)) = (before.record.role, &before.record.base) else {
            return Ok(None);
        };
        let (series, kind) = (judged.request.series, sound.kind.as_str());
        let objects = self.objects()?;
        let (tree, _) = objects.commit(before.commit)?;
        let place = format!("sources/{series}/{kind}/differential.csv");
        let Some(oid) = objects.at(tree, &["sources", series, kind, "differential.csv"])? else {
            return Err(StoreError::damaged(format_args!("{place} is missing")));
        };
        let previous = read_canonical(self.schemas(), kind, objects.blob(oid)?)
            .map_err(|_| StoreError::damaged(format_args!("{place} cannot be read")))?;
        let Some(reissue) = reissue(&previous, &sound.file) else { return Ok(None) };
        judged.findings.extend(reissue.findings(&previous, &before.state));
        let commit = Oid::from_str(&base.commit).map_err(StoreError::git("read the base's id"))?;
        self.before(commit, commit, series, kind).map(Some)
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

    /// Holds the new state against the rules that need more than the file: those between its records, when the
    /// file is a differential; between the two states; the site's own; and those between it and the other masters of
    /// the series.
    fn ask_rules(
        &self,
        sound: &Sound,
        before: Option<&Before>,
        outcome: &Outcome,
        dated: Date,
        tree: Oid,
        judged: &mut Judged<'_>,
    ) -> Result<(), StoreError> {
        let published = published(dated);
        let between_records = || match (sound.role, before) {
            (Role::Differential, Some(before)) => new_findings(&before.state, &outcome.state, published),
            _ => Findings::new(),
        };
        let (diff, found) =
            beside(between_records, || before.and_then(|before| diff(&before.state, &outcome.state).ok()));
        judged.findings.extend(found.unwrap_or_else(between_records));
        if let Some(diff) = &diff {
            let mut found = consistency::check_versions(diff, published);
            // What a full lacks of the state is said of the chain already.
            found.retain(|finding| sound.role != Role::Full || finding.code != Code::VersionsVanished);
            judged.findings.extend(found);
        }
        let site = self.site_rules(tree)?;
        judged.findings.extend(match &diff {
            Some(diff) => site.check_changes(diff),
            None => site.check(&outcome.state, None),
        });
        let objects = self.objects()?;
        let mut others = Vec::new();
        for kind in consistency::needed_by(&sound.kind) {
            if objects.at(tree, &["masters", judged.request.series, kind])?.is_some() {
                others.push(self.state_at(&objects, tree, judged.request.series, kind)?);
            }
        }
        if !others.is_empty() {
            let together: Vec<&Master> = others.iter().chain([&outcome.state]).collect();
            let found = consistency::check_across_for(&sound.kind, &together, published);
            found.into_values().for_each(|found| judged.findings.extend(found));
        }
        Ok(())
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
        shards::changes(&format!("masters/{series}/{kind}"), &old, before.map(|before| &before.state), state)
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

/// Applies the file to `onto`; what it changed is told against `before`, the present state.
fn take_differential(
    sound: &Sound,
    onto: &Before,
    before: &Before,
    dated: Date,
    judged: &mut Judged<'_>,
) -> Result<Outcome, StoreError> {
    let applied = match apply(&onto.state, &sound.file) {
        Ok(applied) => applied,
        Err(error) => {
            judged.findings.push(Finding::new(Code::ApplyKind).found(error).expected(&sound.kind));
            return Err(judged.refused());
        }
    };
    judged.findings.extend_one(rules::base_doubt(&applied, sound.file.rows()));
    judged.findings.extend(applied.findings);
    let dated = dated.strftime("%Y%m%d").to_string();
    judged.findings.extend(plausibility(&onto.state, &sound.file, Some(&dated)).findings);
    Ok(compared(&before.state, applied.state))
}

/// What the rules find in `state` and did not find in `before`, notes left out: what a state had before was said
/// when it came in. Findings carry no lines, since the records stand in no file.
fn new_findings(before: &Master, state: &Master, published: Option<PublicationDay>) -> Findings {
    let mut found = consistency::check(state, published).without_lines();
    // Of a code with more findings than are kept, nobody can tell the new ones: where it refuses, it goes on to.
    let all_kept: BTreeSet<Code> =
        found.counts().filter(|(_, count)| *count <= Findings::EXAMPLES).map(|(code, _)| code).collect();
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

fn compared(before: &Master, state: Master) -> Outcome {
    let (summary, told) = match diff(before, &state) {
        Ok(diff) => (diff.summary(), Told::of(&diff)),
        Err(_) => (Summary::default(), Told::default()),
    };
    Outcome { state, summary, told }
}
