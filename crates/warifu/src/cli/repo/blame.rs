//! `warifu blame`

use serde_json::{Value, json};
use warifu::error::{Exit, Failure};

use super::{Columns, Context, Repo, short};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The code.
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
        let records = store.show(&self.at, &self.code)?;
        if records.is_empty() {
            return Err(super::no_record(&self.code));
        }
        let mut documents: Vec<Value> = Vec::new();
        let mut text = String::new();
        for record in &records {
            let layout = record.shard.layout();
            let mut blamed = store.blame(&record.at, &self.code)?;
            blamed.retain(|field| !field.value.is_empty());
            let mut columns = Columns::new().right(&[0]);
            let mut fields: Vec<Value> = Vec::new();
            for field in &blamed {
                let Some(column) = layout.columns.get(field.column) else { continue };
                let dated = field.dated.map(|day| day.to_string()).unwrap_or_default();
                let number = (field.column + 1).to_string();
                columns.row([
                    &number,
                    &column.id,
                    &column.name,
                    &dated,
                    &field.version,
                    short(&field.commit),
                    &field.value,
                ]);
                fields.push(json!({
                    "column": field.column + 1,
                    "field": column.id,
                    "name": column.name,
                    "value": field.value,
                    "version": field.version,
                    "dated": field.dated,
                    "commit": field.commit,
                }));
            }
            let (series, kind) = (&record.at.series, &record.at.kind);
            let label = record.shard.label(record.row);
            text.push_str(&format!("{series}/{kind} {} {label}\n{}", self.code, columns.text()));
            documents.push(json!({ "series": series, "kind": kind, "key": self.code, "fields": fields }));
        }
        if context.json {
            context.print_json(&json!({ "records": documents }))?;
        } else {
            context.print(&text)?;
        }
        Ok(Exit::Done)
    }
}
