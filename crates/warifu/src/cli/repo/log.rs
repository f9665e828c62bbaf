//! `warifu log`

use serde_json::{Value, json};
use warifu::error::{Exit, Failure};
use warifu::store::{LogEntry, Store};
use warifu_values::say;

use super::columns::Columns;
use super::given::Repo;
use super::life;
use super::words::{marked, said, short};
use crate::cli::context::Context;
use crate::cli::typed;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A kind of master (drug): its imports. A code (111000110): its whole life. Otherwise every import.
    #[arg(value_name = "KIND|CODE", value_parser = typed::code)]
    of: Option<String>,
    /// Only this series.
    #[arg(long, value_parser = typed::code)]
    series: Option<String>,
    /// Of a code, also what changed in the publisher's bookkeeping columns only.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    repo: Repo,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open_for(self.series.as_deref(), context)?;
        match &self.of {
            Some(code) if !context.library.schemas.kinds().contains(&code.as_str()) => {
                let series = self.series.as_deref();
                life::log(&store, code, life::Told { series, all: self.all }, context)
            }
            _ => self.imports(&store, context),
        }
    }

    fn imports(&self, store: &Store, context: &Context) -> Result<Exit, Failure> {
        let mut entries = store.log()?;
        entries.retain(|entry| {
            self.of.as_ref().is_none_or(|kind| entry.kind == *kind)
                && self.series.as_ref().is_none_or(|series| entry.series == *series)
        });
        if context.json {
            let entries: Vec<Value> = entries.iter().map(document).collect();
            context.print_json(&json!({ "imports": entries }))?;
            return Ok(Exit::Done);
        }
        let mut columns = Columns::new().right(&[4, 5, 6]);
        for LogEntry { commit, series, kind, record, taken_back } in &entries {
            let counts = record.counts;
            let (dated, records) = (said(record.dated, context.lang), record.records);
            let changes = match &record.base {
                Some(_) => [
                    format!("+{}", counts.added),
                    format!("~{}", counts.changed),
                    format!("-{}", counts.abolished),
                ],
                None => [say!(context.lang, "={records}", "={records}"), String::new(), String::new()],
            };
            let [added, changed, abolished] = &changes;
            let taken_back = taken_back.as_ref().map(|commit| {
                let commit = short(commit);
                say!(context.lang, "taken back in {commit}", "{commit} で取消")
            });
            let taken_back = taken_back.unwrap_or_default();
            columns.row([
                &dated,
                series,
                kind,
                &marked(record, context.lang),
                added,
                changed,
                abolished,
                short(commit),
                &taken_back,
            ]);
        }
        context.page(&columns.text())?;
        Ok(Exit::Done)
    }
}

fn document(entry: &LogEntry) -> Value {
    json!({
        "commit": entry.commit,
        "series": entry.series,
        "kind": entry.kind,
        "file": entry.record.name,
        "role": entry.record.role,
        "dated": entry.record.dated,
        "imported": entry.record.imported,
        "sha256": entry.record.sha256,
        "state": entry.record.state,
        "records": entry.record.records,
        "counts": entry.record.counts,
        "accepted": entry.record.accepted,
        "correction": entry.record.correction,
        "corrections": entry.record.corrections,
        "taken_back": entry.taken_back,
    })
}
