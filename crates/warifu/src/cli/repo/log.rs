//! `warifu log`

use serde_json::{Value, json};
use warifu::error::{Exit, Failure};
use warifu::store::{Event, LogEntry, Store, What};
use warifu_masters::say;

use super::{Columns, Context, Repo, short};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A kind of master (drug): its imports. A code (111000110): its whole life. Otherwise every import.
    #[arg(value_name = "KIND|CODE")]
    of: Option<String>,
    /// Only this series.
    #[arg(long)]
    series: Option<String>,
    #[command(flatten)]
    repo: Repo,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open(context)?;
        match &self.of {
            Some(code) if !context.schemas.kinds().contains(&code.as_str()) => {
                self.life(&store, code, context)
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
        for LogEntry { commit, series, kind, record } in &entries {
            let counts = record.counts;
            let (dated, records) = (record.dated.to_string(), record.records);
            let changes = match &record.base {
                Some(_) => [
                    format!("+{}", counts.added),
                    format!("~{}", counts.changed),
                    format!("-{}", counts.abolished),
                ],
                None => [say!(context.lang, "={records}", "={records}"), String::new(), String::new()],
            };
            let [added, changed, abolished] = &changes;
            columns.row([&dated, series, kind, &record.name, added, changed, abolished, short(commit)]);
        }
        context.print(&columns.text())?;
        Ok(Exit::Done)
    }

    fn life(&self, store: &Store, code: &str, context: &Context) -> Result<Exit, Failure> {
        let mut lives = Vec::new();
        for at in store.masters("HEAD")? {
            if self.series.as_ref().is_none_or(|series| at.series == *series) {
                let events = store.history(&at, code)?;
                if !events.is_empty() {
                    lives.push((at, events));
                }
            }
        }
        if lives.is_empty() {
            return Err(super::no_record(code));
        }
        if context.json {
            let life = |(at, events): &(warifu::store::At, Vec<Event>)| {
                let events: Vec<Value> = events.iter().map(event_document).collect();
                json!({ "series": at.series, "kind": at.kind, "events": events })
            };
            let lives: Vec<Value> = lives.iter().map(life).collect();
            context.print_json(&json!({ "key": code, "lives": lives }))?;
            return Ok(Exit::Done);
        }
        let mut text = String::new();
        for (at, events) in &lives {
            text.push_str(&format!("{}/{} {code}\n", at.series, at.kind));
            let mut columns = Columns::new();
            for event in events {
                rows_of(event, context, &mut columns);
            }
            text.push_str(&columns.text());
        }
        context.print(&text)?;
        Ok(Exit::Done)
    }
}

/// One row for the event and one more for each further field.
fn rows_of(event: &Event, context: &Context, columns: &mut Columns) {
    let lang = context.lang;
    let (what, detail, fields) = match &event.what {
        What::Introduced { label } => (say!(lang, "introduced", "収載"), label.clone(), &[][..]),
        What::Changed { fields } => (say!(lang, "changed", "変更"), String::new(), fields.as_slice()),
        What::Abolished { class, fields } if class == "1" => {
            (say!(lang, "withdrawn", "抹消"), String::new(), fields.as_slice())
        }
        What::Abolished { fields, .. } => (say!(lang, "abolished", "廃止"), String::new(), fields.as_slice()),
        What::Removed => (say!(lang, "gone", "削除"), String::new(), &[][..]),
    };
    let told = |(id, from, to): &(String, String, String)| {
        let blank = |text: &str| if text.is_empty() { "\"\"".to_owned() } else { text.to_owned() };
        format!("{id} {} -> {}", blank(from), blank(to))
    };
    let dated = event.dated.map(|day| day.to_string()).unwrap_or_default();
    let first = fields.first().map_or(detail, told);
    columns.row([&dated, &event.version, short(&event.commit), &what, &first]);
    for field in fields.iter().skip(1) {
        columns.row(["", "", "", "", &told(field)]);
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
    })
}

fn event_document(event: &Event) -> Value {
    let fields = |fields: &[(String, String, String)]| -> Vec<Value> {
        let field =
            |(id, from, to): &(String, String, String)| json!({ "field": id, "from": from, "to": to });
        fields.iter().map(field).collect()
    };
    let (what, rest) = match &event.what {
        What::Introduced { label } => ("introduced", json!({ "label": label })),
        What::Changed { fields: changed } => ("changed", json!({ "fields": fields(changed) })),
        What::Abolished { class, fields: changed } => {
            ("abolished", json!({ "class": class, "fields": fields(changed) }))
        }
        What::Removed => ("removed", json!({})),
    };
    let mut document = json!({
        "what": what,
        "commit": event.commit,
        "version": event.version,
        "dated": event.dated,
        "imported": event.imported,
    });
    if let (Some(document), Some(rest)) = (document.as_object_mut(), rest.as_object()) {
        document.extend(rest.clone());
    }
    document
}
