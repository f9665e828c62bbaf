//! `warifu show`

use serde_json::{Value, json};
use warifu::error::{Exit, Failure};
use warifu::store::{Record, Store};
use warifu_masters::relations::Group;
use warifu_values::day::TreatmentDay;
use warifu_values::say;

use super::columns::Columns;
use super::given::Repo;
use super::words::{marked, no_record, said, short};
use super::{as_of, fields, readable, related};
use crate::cli::context::Context;
use crate::cli::terminal;
use crate::cli::typed;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A code (111000110), or a master (HEAD:drug, HEAD:r06/drug).
    #[arg(value_name = "CODE|REV:KIND", value_parser = typed::code)]
    what: String,
    /// The record of a code in force for treatment on this day (2024-05-31), in whichever series.
    ///
    /// Exit status: 0 in force; 1 not in force; 2 not known here.
    #[arg(long, value_name = "DATE", value_parser = warifu_usage::day)]
    on: Option<TreatmentDay>,
    /// The revision to look in for a code: what was known then.
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    at: String,
    /// Every field, also those that are 0 or blank, and all of what belongs to the record.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    repo: Repo,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open(context)?;
        if let Some(day) = self.on {
            return as_of::show(&store, &self.at, &self.what, as_of::Asked { day, all: self.all }, context);
        }
        if self.what.contains(':') {
            return summary(&store, &self.what, context);
        }
        let mut records = store.show(&self.at, &self.what)?;
        // The record itself before rows about it, as the 電子点数表 has them.
        records.sort_by_key(|record| record.shard.layout().master_type.is_none());
        if records.is_empty() {
            return Err(no_record(&self.what));
        }
        let related: Vec<Vec<Group>> =
            records.iter().map(|record| store.related(record)).collect::<Result<_, _>>()?;
        let records = records.iter().zip(&related);
        if context.json {
            let records: Vec<Value> = records.map(|(record, groups)| document(record, groups)).collect();
            let document = json!({ "key": self.what, "records": records });
            context.print_json(&document)?;
            return Ok(Exit::Done);
        }
        let texts: Vec<String> =
            records.map(|(record, groups)| text(record, groups, self.all, context)).collect();
        context.page(&texts.join("\n"))?;
        Ok(Exit::Done)
    }
}

fn text(record: &Record, groups: &[Group], all: bool, context: &Context) -> String {
    let Record { at, shard, row } = record;
    let (lang, width) = (context.lang, terminal::columns());
    let name = shard.layout().master_name(lang);
    let title = format!("{} {}", shard.key(*row), shard.label(*row));
    let place = format!("{name} {}/{} {}", at.series, at.kind, short(&at.commit));
    let fields = if all { fields::text(shard, *row) } else { readable::text(shard, *row, width, lang) };
    let related = related::text(groups, all, width, lang);
    let between = if related.is_empty() { "" } else { "\n" };
    format!("{title}\n{place}\n{fields}{between}{related}")
}

fn document(record: &Record, groups: &[Group]) -> Value {
    let Record { at, shard, row } = record;
    json!({
        "series": at.series,
        "kind": at.kind,
        "commit": at.commit,
        "key": shard.key(*row),
        "label": shard.label(*row),
        "fields": fields::document(shard, *row),
        "relations": related::document(groups),
    })
}

fn summary(store: &Store, what: &str, context: &Context) -> Result<Exit, Failure> {
    let at = store.at(what)?;
    let record = store.import_record(&at)?;
    let state = store.state(&at)?;
    let layout = state.layout();
    if context.json {
        context.print_json(&json!({
            "series": at.series,
            "kind": at.kind,
            "commit": at.commit,
            "edition": layout.name(),
            "records": state.rows(),
            "state": record.state,
            "import": record,
        }))?;
        return Ok(Exit::Done);
    }
    let lang = context.lang;
    let mut columns = Columns::new();
    let records = state.rows().to_string();
    columns.row([&say!(lang, "master", "マスター"), layout.master_name(lang)]);
    columns.row([&say!(lang, "series", "系列"), &at.series]);
    columns.row([&say!(lang, "edition", "レイアウト"), &layout.name()]);
    columns.row([&say!(lang, "records", "件数"), &records]);
    columns.row([&say!(lang, "state", "状態"), &record.state.to_string()]);
    columns.row([&say!(lang, "last import", "最終取込"), &marked(&record, lang)]);
    if let Some(reason) = &record.correction {
        columns.row([&say!(lang, "correction", "訂正理由"), reason]);
    }
    columns.row([&say!(lang, "dated", "公表日"), &said(record.dated, lang)]);
    columns.row(["sha256", &record.sha256.to_string()]);
    columns.row([&say!(lang, "commit", "コミット"), &at.commit]);
    context.print(&columns.text())?;
    Ok(Exit::Done)
}
