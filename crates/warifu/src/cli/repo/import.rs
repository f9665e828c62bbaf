//! `warifu import`

use std::path::PathBuf;

use jiff::civil::Date;
use serde_json::{Value, json};
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::report::FindingsJson;
use warifu::store::{ImportRequest, Imported, StoreError, dated_in};
use warifu_masters::file::{Declared, read};
use warifu_masters::finding::{Code, Findings};
use warifu_masters::table::Role;
use warifu_values::say;

use super::{Context, Repo, short};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The files; they go in by date, a differential before the full of its day.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The series they belong to (r06); file names do not tell.
    #[arg(long)]
    series: String,
    /// They are full files, whatever their change classes say.
    #[arg(long, conflicts_with = "differential")]
    full: bool,
    /// They are differentials, whatever their change classes say.
    #[arg(long)]
    differential: bool,
    /// The day of publication, where the name does not tell.
    #[arg(long, value_name = "DATE")]
    dated: Option<Date>,
    /// A finding that shall not refuse the file, with the reason that is recorded.
    #[arg(long, value_name = "CODE=REASON", value_parser = accepted)]
    accept: Vec<(Code, String)>,
    /// The format they must be in; otherwise it is recognised.
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    #[command(flatten)]
    repo: Repo,
}

fn accepted(text: &str) -> Result<(Code, String), String> {
    let (code, reason) = text.split_once('=').ok_or("write CODE=REASON")?;
    let code = Code::parse(code).ok_or_else(|| format!("no finding is called {code}"))?;
    if reason.trim().is_empty() {
        return Err("a reason is missing: it is recorded in the history".to_owned());
    }
    Ok((code, reason.trim().to_owned()))
}

/// A file to go in.
struct Input {
    path: PathBuf,
    name: String,
    bytes: Vec<u8>,
    dated: Option<Date>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open(context)?;
        let format = self.format.as_deref().map(|name| context.format(name)).transpose()?;
        let (author, now) = (super::author()?, super::now()?);
        let role = match (self.full, self.differential) {
            (true, _) => Some(Role::Full),
            (_, true) => Some(Role::Differential),
            _ => None,
        };
        let inputs = self.inputs(context)?;
        let progress = context.progress(inputs.len());
        let mut done: Vec<Value> = Vec::new();
        let mut stopped = None;
        for input in &inputs {
            progress.set_message(input.name.clone());
            let imported = store.import(&ImportRequest {
                bytes: &input.bytes,
                name: &input.name,
                series: &self.series,
                format: format.as_deref(),
                role,
                dated: input.dated,
                accept: &self.accept,
                author: author.as_ref(),
                now,
            });
            progress.inc(1);
            match imported {
                Ok(imported) => progress.suspend(|| {
                    context.findings(&input.path, &imported.findings);
                    done.push(document(&imported));
                    if context.json { Ok(()) } else { context.print(&line(&imported, context)) }
                })?,
                Err(StoreError::Refused { file, findings }) => {
                    progress.suspend(|| context.findings(&input.path, &findings));
                    done.push(
                        json!({ "file": file, "refused": true, "findings": FindingsJson::new(&findings) }),
                    );
                    let findings = Findings::new();
                    stopped = Some(Failure::from(StoreError::Refused { file, findings }));
                }
                Err(error) => stopped = Some(error.into()),
            }
            if stopped.is_some() {
                break;
            }
        }
        progress.finish_and_clear();
        if context.json {
            context.print_json(&json!({ "imports": done }))?;
        }
        stopped.map_or(Ok(Exit::Done), Err)
    }

    /// The files in the order they go in.
    fn inputs(&self, context: &Context) -> Result<Vec<Input>, Failure> {
        let mut inputs = Vec::new();
        for path in &self.files {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let dated = self.dated.or_else(|| dated_in(&name));
            inputs.push(Input { path: path.clone(), bytes: files::read(path)?, name, dated });
        }
        inputs.sort_by(|a, b| {
            (a.dated.is_none(), a.dated, &a.name).cmp(&(b.dated.is_none(), b.dated, &b.name))
        });
        // Only where a day has several files does it matter which of them is a full.
        for day in inputs.chunk_by_mut(|a, b| a.dated == b.dated).filter(|day| day.len() > 1) {
            let full = |input: &Input| {
                read(&context.library.schemas, input.bytes.clone(), &Declared::default()).role
                    == Some(Role::Full)
            };
            day.sort_by_cached_key(|input| (full(input), input.name.clone()));
        }
        Ok(inputs)
    }
}

fn line(imported: &Imported, context: &Context) -> String {
    let Imported { series, kind, record, .. } = imported;
    let (name, commit) = (&record.name, short(&imported.commit));
    let (added, changed, abolished) = (record.counts.added, record.counts.changed, record.counts.abolished);
    let records = record.records;
    if imported.unchanged {
        return say!(
            context.lang,
            "{series} {kind} {name}: already there since {commit}; nothing changed\n",
            "{series} {kind} {name}: {commit} で取り込み済みです。変更はありません\n"
        );
    }
    if record.base.is_none() {
        return say!(
            context.lang,
            "{series} {kind} {name}: {records} records, the base of the series ({commit})\n",
            "{series} {kind} {name}: {records} 件、系列の基になる全件 ({commit})\n"
        );
    }
    say!(
        context.lang,
        "{series} {kind} {name}: {added} added, {changed} changed, {abolished} abolished ({commit})\n",
        "{series} {kind} {name}: 追加 {added}、変更 {changed}、廃止 {abolished} ({commit})\n"
    )
}

fn document(imported: &Imported) -> Value {
    let record = &imported.record;
    json!({
        "file": record.name,
        "series": imported.series,
        "kind": imported.kind,
        "role": record.role,
        "dated": record.dated,
        "commit": imported.commit,
        "unchanged": imported.unchanged,
        "sha256": record.sha256,
        "state": record.state,
        "records": record.records,
        "counts": record.counts,
        "fields": imported.summary.fields.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "findings": FindingsJson::new(&imported.findings),
    })
}
