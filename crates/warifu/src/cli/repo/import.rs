//! `warifu import`

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::{Value, json};
use warifu::advice::{Advised, Blank, says_nothing};
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::findings::FindingsJson;
use warifu::store::{
    Author, CommitError, ImportError, ImportRequest, Imported, Obstacle, Refused, Stopped, Store, Taken,
    UndoRequest, Which, dated_in,
};
use warifu_masters::file::{Declared, read};
use warifu_masters::finding::Code;
use warifu_masters::table::Role;
use warifu_usage::Refusal;
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;
use warifu_values::text::shown_path;
use warifu_values::text::{CHARS, is_plain};

use super::again::{self, Again, kind_to_say};
use super::given::{Repo, author, now};
use super::words::{marked, short, told};
use crate::cli::context::Context;
use crate::cli::findings_as::FindingsAs;
use crate::cli::of_kind::OfKind;
use crate::cli::typed::{self, date};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The files; they go in by date, a differential before the full of its day. Either all are taken or
    /// none.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The series they belong to (r06); file names do not tell.
    #[arg(long, value_parser = typed::code)]
    series: String,
    /// They are full files, whatever their change classes say.
    #[arg(long, conflicts_with = "differential")]
    full: bool,
    /// They are differentials, whatever their change classes say.
    #[arg(long)]
    differential: bool,
    /// The day of publication, such as 2024-06-28, where the name does not tell: there it must be said.
    #[arg(long, value_name = "DATE", value_parser = date)]
    dated: Option<Date>,
    /// A finding that shall not refuse the file, with the reason that is recorded; of all files, unless one
    /// is named.
    #[arg(long, value_name = "[FILE:]CODE=REASON", value_parser = accepted)]
    accept: Vec<Acceptance>,
    /// They are an emergency correction, made by both organisations before the next official file, for this
    /// reason: a small differential, marked as such until an official file contains it.
    #[arg(long, value_name = "REASON", value_parser = reason)]
    correction: Option<String>,
    /// Take the official file although corrections that it does not contain are lost, for this reason.
    #[arg(long, value_name = "REASON", value_parser = reason, conflicts_with = "correction")]
    drop_correction: Option<String>,
    #[command(flatten)]
    of_kind: OfKind,
    /// The format they must be in; otherwise it is recognised.
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Each file is a step of its own: what was taken before a refused file stays taken.
    #[arg(long)]
    one_by_one: bool,
    #[command(flatten)]
    repo: Repo,
    /// Whom the commits are by.
    #[arg(skip)]
    author: Option<Author>,
    #[command(flatten)]
    pub(crate) given: FindingsAs,
}

/// A finding that is accepted.
#[derive(Debug, Clone)]
struct Acceptance {
    /// The name of the one file that it is accepted of; none means every file of the command.
    file: Option<String>,
    code: Code,
    reason: String,
}

impl Acceptance {
    fn concerns(&self, name: &str) -> bool {
        self.file.as_deref().is_none_or(|file| file == name)
    }
}

fn accepted(text: &str) -> Result<Acceptance, Refusal> {
    let (code, reason) = text.split_once('=').ok_or_else(|| {
        Refusal::new(
            "write CODE=REASON or FILE:CODE=REASON",
            "指摘コード=理由、またはファイル名:指摘コード=理由の形で書いてください",
        )
    })?;
    let (file, code) = match code.rsplit_once(':') {
        Some((file, code)) => (Some(file_name(file)), code),
        None => (None, code),
    };
    let code = Code::parse(code).ok_or_else(|| {
        Refusal::new(format!("no finding is called {code}"), format!("{code} という指摘コードはありません"))
    })?;
    if code.is_absolute() {
        return Err(Refusal::new(
            format!("{code} cannot be accepted: no reason makes up for it"),
            format!("{code} は、理由があっても承認できません"),
        ));
    }
    Ok(Acceptance { file, code, reason: self::reason(reason)? })
}

/// A reason that people read.
fn reason(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if says_nothing(text) {
        return Err(Refusal::new(
            "a reason is missing: it is recorded in the history",
            "理由がありません。履歴に残るため、必ず書いてください",
        ));
    }
    if !is_plain(text) {
        return Err(Refusal::new(
            format!("a reason has at most {CHARS} characters, and all of them show"),
            format!("理由は、すべて表示できる {CHARS} 文字以内で書いてください"),
        ));
    }
    Ok(text.to_owned())
}

fn file_name(path: impl AsRef<Path>) -> String {
    path.as_ref().file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A file to go in.
struct Input {
    path: PathBuf,
    name: String,
    bytes: Vec<u8>,
    dated: Option<Date>,
    /// What is accepted of it.
    accept: Vec<(Code, String)>,
}

/// A file that is brought in again, in its turn.
struct Step {
    dated: Option<Date>,
    again: Again,
    name: String,
    bytes: Vec<u8>,
}

/// What became of the files of one command.
#[derive(Default)]
struct Told {
    /// Taken, or there already.
    taken: Vec<Imported>,
    /// Passed, and not taken because of another file.
    passed: Vec<Imported>,
}

impl Args {
    pub(crate) fn run(mut self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open(context)?;
        self.author = author(context)?;
        let format = self.format.as_deref().map(|name| context.format(name)).transpose()?;
        let now = now()?;
        let role = match (self.full, self.differential) {
            (true, _) => Some(Role::Full),
            (_, true) => Some(Role::Differential),
            _ => None,
        };
        let inputs = self.inputs(context)?;
        let mut requests = Vec::new();
        for input in &inputs {
            requests.push(ImportRequest {
                bytes: &input.bytes,
                name: &input.name,
                series: &self.series,
                kind: self.of_kind.kind.as_deref(),
                format: format.as_deref(),
                role,
                dated: input.dated,
                accept: &input.accept,
                correction: self.correction.as_deref(),
                author: self.author.as_ref(),
                now,
            });
        }
        let steps = context.steps(inputs.len());
        let (mut told, mut stopped) = (Told::default(), None);
        for step in requests.chunks(if self.one_by_one { 1 } else { requests.len() }) {
            let step: Vec<&ImportRequest<'_>> = step.iter().collect();
            let look = |request: &ImportRequest<'_>| {
                steps.say(request.name.to_owned());
                steps.done_one();
            };
            match store.import_all(&step, look) {
                Ok(done) => told.taken.extend(done),
                Err(Stopped { passed, error }) => {
                    let taken = matches!(error, ImportError::Commit(CommitError::Unfinished { .. }));
                    if taken { &mut told.taken } else { &mut told.passed }.extend(passed);
                    stopped = Some(error);
                    break;
                }
            }
        }
        drop(steps);
        self.tell(&store, &inputs, &told, stopped, context)
    }

    /// Says of each file what became of it.
    fn tell(
        &self,
        store: &Store,
        inputs: &[Input],
        told: &Told,
        stopped: Option<ImportError>,
        context: &Context,
    ) -> Result<Exit, Failure> {
        let judged = told.taken.iter().chain(&told.passed);
        for (input, imported) in inputs.iter().zip(judged.clone()) {
            context.findings(&input.path, &imported.findings);
        }
        let at = judged.count();
        if let (Some(input), Some(ImportError::Refused(refused))) = (inputs.get(at), &stopped) {
            context.findings(&input.path, &refused.findings);
        }
        // A file that is refused is the one after those that passed; otherwise it was the writing that
        // failed.
        let refused = usize::from(matches!(stopped, Some(ImportError::Refused(_))));
        let left: Vec<&Input> = inputs.iter().skip(at + refused).collect();
        let commits: Vec<&str> = told.taken.iter().map(|imported| short(&imported.commit)).collect();
        context.acts.note("commits", commits.join(" "));
        if context.json {
            let mut documents: Vec<Value> =
                told.taken.iter().map(|imported| document(imported, outcome(imported))).collect();
            documents.extend(told.passed.iter().map(|imported| document(imported, "not-taken")));
            if let Some(ImportError::Refused(refused)) = &stopped {
                let Refused { file, findings, .. } = refused.as_ref();
                documents.push(json!({
                    "file": file,
                    "outcome": "refused",
                    "refused": true,
                    "findings": FindingsJson::new(findings),
                }));
            }
            documents.extend(left.iter().map(|input| json!({ "file": input.name, "outcome": "not-judged" })));
            context.print_json(&json!({ "imports": documents }))?;
        } else {
            let lines: Vec<String> = told.taken.iter().map(|imported| line(imported, context)).collect();
            context.print(&lines.concat())?;
        }
        let Some(error) = stopped else { return Ok(Exit::Done) };
        let way = match &error {
            ImportError::Refused(refused) => {
                self.in_its_place(store, refused, inputs.get(at), &inputs[..at], &left)
            }
            ImportError::Commit(_) => Ok(Vec::new()),
        };
        let say = |lang| {
            let more = self.what_was_done(inputs, told, &left, lang);
            let why = error.say(lang);
            let mut said = say!(lang, "{why}; {more}", "{why}。{more}");
            if let ImportError::Refused(refused) = &error {
                match &way {
                    Ok(commands) if commands.is_empty() => {}
                    Ok(_) => said.push_str(&road(refused, lang)),
                    Err(obstacle) => said.push_str(&no_road(refused, obstacle, lang)),
                }
            }
            said
        };
        let (english, japanese) = (say(Lang::En), say(Lang::Ja));
        let because = Failure::from(error);
        let failure = Failure::new(because.exit, english, japanese);
        Err(because.advised.into_iter().chain(way.unwrap_or_default()).fold(failure, Failure::advising))
    }

    /// Which files were taken, and which were not although they were not refused.
    fn what_was_done(&self, inputs: &[Input], told: &Told, left: &[&Input], lang: Lang) -> String {
        let list = |names: &[&str]| names.join(", ");
        let taken: Vec<&str> =
            told.taken.iter().filter(|one| !one.unchanged).map(|one| one.record.name.as_str()).collect();
        let mut said = if taken.is_empty() {
            match (inputs.len(), self.one_by_one) {
                (1, _) | (_, true) => say!(lang, "nothing was changed", "何も変更していません"),
                (count, false) => say!(
                    lang,
                    "none of the {count} files was taken: nothing was changed",
                    "{count} ファイルのいずれも取り込んでいません。何も変更していません"
                ),
            }
        } else {
            let taken = list(&taken);
            say!(lang, "taken: {taken}", "取り込み済み: {taken}")
        };
        let passed: Vec<&str> =
            told.passed.iter().filter(|one| !one.unchanged).map(|one| one.record.name.as_str()).collect();
        if !passed.is_empty() {
            let passed = list(&passed);
            said.push_str(&say!(
                lang,
                "; {passed} passed and would have been taken (--one-by-one takes them)",
                "。{passed} は合格していました（--one-by-one なら取り込みます）"
            ));
        }
        if !left.is_empty() {
            let left = list(&left.iter().map(|input| input.name.as_str()).collect::<Vec<_>>());
            said.push_str(&say!(lang, "; not looked at: {left}", "。未処理: {left}"));
        }
        said
    }

    /// The commands that bring in what was refused: they take back what stands in its place, and bring all in
    /// again; or they give a correction the day on which it comes last. None where nothing stands in the way.
    ///
    /// They take away first, so they are tried before anybody is told of them.
    ///
    /// # Errors
    /// What would refuse one of them.
    fn in_its_place(
        &self,
        store: &Store,
        refused: &Refused,
        input: Option<&Input>,
        passed: &[Input],
        left: &[&Input],
    ) -> Result<Vec<Advised>, Obstacle> {
        let Some(input) = input else { return Ok(Vec::new()) };
        let passed = passed.iter().filter(|_| !self.one_by_one);
        let inputs = std::iter::once(input).chain(passed).chain(left.iter().copied());
        if let Some(after) = refused.after {
            let again = |input| Again { dated: Some(after), ..self.again(input) };
            return Ok(again::imports(&inputs.map(again).collect::<Vec<_>>()));
        }
        if refused.later.is_empty() {
            return Ok(Vec::new());
        }
        // The same file again, and not as it was taken.
        let sum = Digest::of(&input.bytes);
        let is_other = |taken: &&Taken| taken.record.sha256 != sum;
        // A correction may have been taken twice.
        let undone = |taken: &Taken| match taken.record.correction {
            Some(_) => short(&taken.commit).to_owned(),
            None => taken.record.name.clone(),
        };
        let undone: Vec<String> = refused.later.iter().map(undone).collect();
        let undo = Advised::command(&["undo"]).word("--series").word(&self.series);
        let undo = undone.iter().fold(undo, Advised::word);
        // What was taken before lies beside the file, or is got out of the repository first.
        let mut commands = Vec::new();
        let mut beside = |Taken { commit, kind, record }: &Taken| {
            let path = input.path.with_file_name(&record.name);
            if path.is_file() {
                return path.display().to_string();
            }
            // Nothing is written beside what was published: into the folder where the command is typed.
            let revision = format!("{}:{}/{kind}", short(commit), self.series);
            commands.push(again::export(revision, &record.name));
            record.name.clone()
        };
        // What was taken keeps its order: a correction that came after a file of its day stays on top of it.
        let mut files: Vec<Step> = Vec::new();
        for taken in refused.later.iter().filter(is_other) {
            let kind = kind_to_say(store.schemas(), &taken.record);
            let again = Again { kind, ..Again::of(&taken.record, &self.series, beside(taken)) };
            let revision = format!("{}:{}/{}", taken.commit, self.series, taken.kind);
            let original = store.at(&revision).and_then(|at| store.original(&at));
            let (name, bytes) = original.map_err(ImportError::from)?;
            files.push(Step { dated: Some(taken.record.dated), again, name, bytes });
        }
        // What was named besides, and was taken already, is brought in again as it was taken.
        let is_taken = |one: &&Input| {
            let sum = Digest::of(&one.bytes);
            !std::ptr::eq(*one, input) && refused.later.iter().any(|taken| taken.record.sha256 == sum)
        };
        for input in inputs.filter(|one| !is_taken(one)) {
            let (dated, again) = (input.dated, self.again(input));
            let is_after = |step: &Step| {
                let (day, other) = (step.dated, &step.again);
                let same = (day.is_none(), day).cmp(&(dated.is_none(), dated));
                let same = same.then_with(|| other.correction.is_some().cmp(&false));
                same.then_with(|| other.path.cmp(&again.path)).is_gt()
            };
            let at = files.iter().position(is_after).unwrap_or(files.len());
            let (name, bytes) = (input.name.clone(), input.bytes.clone());
            files.insert(at, Step { dated, again, name, bytes });
        }
        self.would_pass(store, &undone, &files)?;
        let files: Vec<Again> = files.into_iter().map(|step| step.again).collect();
        commands.push(undo);
        commands.extend(again::imports(&files));
        Ok(commands)
    }

    /// Whether the undo and the imports that are about to be advised pass, as they will be typed.
    fn would_pass(&self, store: &Store, undone: &[String], steps: &[Step]) -> Result<(), Obstacle> {
        let (author, now) = (self.author.clone(), jiff::Timestamp::now());
        let accept: Vec<Vec<(Code, String)>> = steps.iter().map(Step::accept).collect();
        let mut requests = Vec::new();
        for (step, accept) in steps.iter().zip(&accept) {
            requests.push(ImportRequest {
                bytes: &step.bytes,
                name: &step.name,
                series: &step.again.series,
                kind: step.again.kind.as_deref(),
                format: None,
                role: None,
                dated: step.dated,
                accept,
                correction: step.again.correction.as_deref(),
                author: author.as_ref(),
                now,
            });
        }
        let which = Which::Named(undone);
        let (series, author) = (Some(self.series.as_str()), author.as_ref());
        let undo = UndoRequest { which, series, dry_run: false, author, now };
        store.would_take(&undo, &requests.iter().collect::<Vec<_>>())
    }

    /// The file as this command brings it in.
    fn again(&self, input: &Input) -> Again {
        let accepted = input.accept.iter().map(|(code, why)| (code.to_string(), why.clone())).collect();
        let path = input.path.display().to_string();
        let dated = self.dated.filter(|dated| dated_in(&input.name) != Some(*dated));
        let (series, correction) = (self.series.clone(), self.correction.clone());
        Again { path, series, kind: self.of_kind.kind.clone(), dated, correction, accepted }
    }

    /// The files in the order they go in.
    fn inputs(&self, context: &Context) -> Result<Vec<Input>, Failure> {
        let schemas = self.of_kind.schemas(context)?;
        let mut inputs = Vec::new();
        for path in &self.files {
            let name = file_name(path);
            let bytes = files::read(path)?;
            let dated = Some(self.dated.or_else(|| dated_in(&name)).ok_or_else(|| no_day(path))?);
            let accept = self.accept.iter().filter(|one| one.concerns(&name));
            let mut accept: Vec<_> = accept.map(|one| (one.code, one.reason.clone())).collect();
            let dropped = self.drop_correction.iter().cloned();
            accept.extend(dropped.map(|reason| (Code::ImportCorrectionLost, reason)));
            inputs.push(Input { path: path.clone(), bytes, name, dated, accept });
        }
        let unknown = |one: &&Acceptance| !inputs.iter().any(|input| one.concerns(&input.name));
        if let Some(Acceptance { file: Some(file), code, .. }) = self.accept.iter().find(unknown) {
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!("--accept {file}:{code}: no file of this command is called {file}"),
                format!("--accept {file}:{code}: {file} という名前のファイルは指定されていません"),
            ));
        }
        inputs.sort_by(|a, b| {
            (a.dated.is_none(), a.dated, &a.name).cmp(&(b.dated.is_none(), b.dated, &b.name))
        });
        // Only where a day has several files does it matter which of them is a full.
        for day in inputs.chunk_by_mut(|a, b| a.dated == b.dated).filter(|day| day.len() > 1) {
            let full = |input: &Input| {
                read(&schemas, input.bytes.clone(), &Declared::default()).role == Some(Role::Full)
            };
            day.sort_by_cached_key(|input| (full(input), input.name.clone()));
        }
        Ok(inputs)
    }
}

/// A file whose name has no day: today's in its place would stand in the way of what was published before.
fn no_day(path: &Path) -> Failure {
    let file = shown_path(path);
    Failure::new(
        Exit::CouldNotRun,
        format!(
            "{file}: its name does not tell the day of publication, by which files go in; nothing was \
             changed. Say it (a correction: the day from which it is right):"
        ),
        format!(
            "{file}: 名前から公表日が分かりません。公表日の順に取り込むため、何も変更していません。公表日を指定してください\
             （緊急訂正では訂正の日付）:"
        ),
    )
    .advising(Advised::again().word("--dated").blank(Blank::Day))
}

impl Step {
    fn accept(&self) -> Vec<(Code, String)> {
        let known = |(code, why): &(String, String)| Some((Code::parse(code)?, why.clone()));
        self.again.accepted.iter().filter_map(known).collect()
    }
}

/// Why no commands are told with a refusal: they were tried, and would lose what they take back.
fn no_road(refused: &Refused, obstacle: &Obstacle, lang: Lang) -> String {
    let why = obstacle.say(lang);
    if refused.findings.count(Code::ImportCorrectionOfficial) > 0 {
        let later = refused.later.len().saturating_sub(1);
        return say!(
            lang,
            "\nThis file is an official one that {later} later ones rest on, and taking it back to bring it \
             in as a correction does not lead through: {why}. A correction is a small differential of \
             today: make one of what is wrong now, and import it with --correction and --dated, today's day",
            "\nこのファイルは公式ファイルで、その後の {later} ファイルが前提にしています。取り消して緊急訂正として\
             入れ直すことはできません（{why}）。緊急訂正には、現在の誤りだけを直す小さな変更分を新しく作り、\
             --correction と --dated（本日の日付）を付けて取り込んでください"
        );
    }
    say!(
        lang,
        "\nIt comes before files that were taken already. Taking these back and bringing all in by date was \
         tried, and does not lead through: {why}. Take nothing back before that is mended",
        "\n取り込み済みのファイルより前の公表分です。取り消して日付順に入れ直す手順は、途中で拒否されます（{why}）。\
         その原因が解消するまで、何も取り消さないでください"
    )
}

/// What the commands that are told with a refusal do.
fn road(refused: &Refused, lang: Lang) -> String {
    if refused.after.is_some() {
        return say!(
            lang,
            "\nWhere it is still right after the newest file, it goes on top of that one:",
            "\n最新の公表分の後も訂正が必要な場合は、その上に重ねて取り込んでください:"
        );
    }
    if refused.findings.count(Code::ImportCorrectionOfficial) > 0 {
        return say!(
            lang,
            "\nTo make a correction of it, take it back as an official file, and bring all in again:",
            "\n緊急訂正にするには、公式ファイルとしての取り込みを取り消してから取り込み直してください:"
        );
    }
    say!(
        lang,
        "\nIt comes before files that were taken already. To put it in its place, take these back \
         and bring all in again, by date:",
        "\n取り込み済みのファイルより前の公表分です。本来の位置に入れるには、\
         それらを取り消してから日付順に取り込み直してください:"
    )
}

fn line(imported: &Imported, context: &Context) -> String {
    let Imported { series, kind, record, .. } = imported;
    let (name, commit) = (marked(record, context.lang), short(&imported.commit));
    if imported.unchanged {
        return say!(
            context.lang,
            "{series} {kind} {name}: already there since {commit}; nothing changed\n",
            "{series} {kind} {name}: {commit} で取り込み済みです。変更はありません\n"
        );
    }
    let told = told((series, kind), record, context.lang);
    format!("{told} ({commit})\n")
}

fn outcome(imported: &Imported) -> &'static str {
    if imported.unchanged { "already-there" } else { "taken" }
}

/// The commit is left out of a file that was not taken: nothing names it.
fn document(imported: &Imported, outcome: &str) -> Value {
    let record = &imported.record;
    let commit = (outcome != "not-taken").then_some(&imported.commit);
    json!({
        "file": record.name,
        "outcome": outcome,
        "series": imported.series,
        "kind": imported.kind,
        "role": record.role,
        "dated": record.dated,
        "commit": commit,
        "unchanged": imported.unchanged,
        "sha256": record.sha256,
        "state": record.state,
        "records": record.records,
        "counts": record.counts,
        "correction": record.correction,
        "corrections": record.corrections,
        "fields": imported.summary.fields.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "findings": FindingsJson::new(&imported.findings),
    })
}
