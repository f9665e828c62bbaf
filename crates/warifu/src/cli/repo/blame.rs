//! `warifu blame`

use serde_json::{Value, json};
use warifu::error::{Exit, Failure};
use warifu::store::{Blame, Credit};
use warifu_values::say;

use super::columns::Columns;
use super::given::Repo;
use super::words::{as_correction, no_record, said, short};
use crate::cli::context::Context;
use crate::cli::typed;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The code.
    #[arg(value_parser = typed::code)]
    code: String,
    /// The revision to look from.
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    at: String,
    #[command(flatten)]
    repo: Repo,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open(context)?;
        // All are asked: a code that one series still has may have left the next one.
        let masters = store.masters(&self.at)?;
        let mut blamed = Vec::new();
        for at in &masters {
            blamed.extend(store.blame(at, &self.code)?.map(|blame| (at, blame)));
        }
        if blamed.is_empty() {
            return Err(no_record(&self.code));
        }
        let mut documents: Vec<Value> = Vec::new();
        let mut text = String::new();
        for (at, Blame { record, fields: set_by, gone }) in &blamed {
            let layout = record.layout();
            let mut columns = Columns::new().right(&[0]);
            let mut fields: Vec<Value> = Vec::new();
            for (at, (credit, column)) in set_by.iter().zip(&layout.columns).enumerate() {
                let value = record.field(0, at);
                if value.is_empty() {
                    continue;
                }
                let dated = credit.dated.map(|day| said(day, context.lang)).unwrap_or_default();
                let number = (at + 1).to_string();
                columns.row([
                    &number,
                    &column.id,
                    &column.name,
                    &dated,
                    &as_correction(&credit.version, credit.correction, context.lang),
                    short(&credit.commit),
                    value,
                ]);
                fields.push(json!({
                    "column": at + 1,
                    "field": column.id,
                    "name": column.name,
                    "value": value,
                    "version": credit.version,
                    "dated": credit.dated,
                    "commit": credit.commit,
                    "correction": credit.correction,
                }));
            }
            let (series, kind) = (&at.series, &at.kind);
            let label = record.label(0);
            text.push_str(&format!("{series}/{kind} {} {label}\n", self.code));
            if let Some(Credit { commit, version, dated, correction }) = gone {
                let version = as_correction(version, *correction, context.lang);
                let dated = dated.map(|day| said(day, context.lang)).unwrap_or_default();
                let commit = short(commit);
                text.push_str(&say!(
                    context.lang,
                    "no longer there since {version} {dated} ({commit}); it was:\n",
                    "{version} {dated}（{commit}）以降はありません。最後の内容:\n"
                ));
            }
            text.push_str(&columns.text());
            let gone = gone.as_ref().map(
                |credit| json!({ "version": credit.version, "dated": credit.dated, "commit": credit.commit }),
            );
            documents.push(json!({
                "series": series,
                "kind": kind,
                "key": self.code,
                "gone": gone,
                "fields": fields,
            }));
        }
        if context.json {
            context.print_json(&json!({ "records": documents }))?;
        } else {
            context.page(&text)?;
        }
        Ok(Exit::Done)
    }
}
