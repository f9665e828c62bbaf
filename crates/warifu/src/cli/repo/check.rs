//! `warifu check`

use std::path::Path;

use serde_json::{Value, json};
use warifu::error::{Exit, Failure};
use warifu::findings::FindingsJson;
use warifu::store::today;
use warifu_values::say;

use super::columns::Columns;
use super::given::{Repo, now};
use super::words::short;
use crate::cli::context::Context;
use crate::cli::findings_as::FindingsAs;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The revision.
    #[arg(default_value = "HEAD")]
    rev: String,
    #[command(flatten)]
    repo: Repo,
    #[command(flatten)]
    pub(crate) given: FindingsAs,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open(context)?;
        let checked = store.check(&self.rev, today(now()?))?;
        let mut columns = Columns::new().right(&[1]);
        let mut documents: Vec<Value> = Vec::new();
        for state in &checked.states {
            let name = state.at.name();
            context.findings(Path::new(&name), &state.findings);
            let records = state.record.as_ref().map(|record| record.records);
            let denied = state.findings.denies();
            let verdict = match denied {
                true => say!(context.lang, "not right", "不合格"),
                false => say!(context.lang, "right", "合格"),
            };
            let file = state.record.as_ref().map(|record| record.name.as_str());
            columns.row([
                &name,
                &records.map(|records| records.to_string()).unwrap_or_default(),
                file.unwrap_or_default(),
                &verdict,
            ]);
            documents.push(json!({
                "series": state.at.series,
                "kind": state.at.kind,
                "records": records,
                "file": file,
                "right": !denied,
                "findings": FindingsJson::new(&state.findings),
            }));
        }
        if context.json {
            context.print_json(&json!({ "commit": checked.commit, "masters": documents }))?;
        } else {
            context.print(&columns.text())?;
        }
        if !checked.denies() {
            return Ok(Exit::Done);
        }
        let commit = short(&checked.commit);
        Err(Failure::new(
            Exit::Data,
            format!("{commit} is not as it should be"),
            format!("{commit} に問題があります"),
        ))
    }
}
