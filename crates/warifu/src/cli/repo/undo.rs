//! `warifu undo`

use std::num::NonZeroUsize;

use serde_json::{Value, json};
use warifu::advice::Advised;
use warifu::error::{Exit, Failure};
use warifu::store::{Left, TakenBack, UndoRequest, Undone, Which};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Role;
use warifu_values::lang::{Lang, counted};
use warifu_values::say;

use super::again::{self, Again, kind_to_say};
use super::given::{Repo, author, now};
use super::words::{said, short};
use crate::cli::context::Context;
use crate::cli::typed;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many imports, from the newest on (1); or the files that were imported, or the imports' commits.
    #[arg(value_name = "N|FILE|COMMIT")]
    what: Vec<String>,
    /// Only imports of this series.
    #[arg(long, value_parser = typed::code)]
    series: Option<String>,
    /// Say what would be taken back, and change nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    repo: Repo,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = self.repo.open_for(self.series.as_deref(), context)?;
        let author = author(context)?;
        let count = match self.what.as_slice() {
            [] => Some(NonZeroUsize::MIN),
            [one] if one == "0" => {
                return Err(Failure::new(
                    Exit::CouldNotRun,
                    "undo 0 takes nothing back; say how many imports, or which",
                    "undo 0 では何も取り消しません。件数、ファイル名、コミットのいずれかを指定してください",
                ));
            }
            [one] if one.len() < 6 => one.parse().ok(),
            _ => None,
        };
        let undone = store.undo(&UndoRequest {
            which: count.map_or(Which::Named(&self.what), Which::Last),
            series: self.series.as_deref(),
            dry_run: self.dry_run,
            author: author.as_ref(),
            now: now()?,
        })?;
        let commands: Vec<String> =
            commands(&undone, store.schemas()).iter().map(|one| context.advise(one)).collect();
        if context.json {
            context.print_json(&json!({
                "commit": undone.commit,
                "dry_run": self.dry_run,
                "taken_back": undone.taken_back.iter().map(document).collect::<Vec<Value>>(),
                "left": undone.left.iter().map(left_document).collect::<Vec<Value>>(),
                "again": commands,
            }))?;
        } else {
            context.print(&text(&undone, &commands, context.lang))?;
        }
        Ok(Exit::Done)
    }
}

/// What brings the files in again: first, where they are not at hand, the files themselves.
fn commands(undone: &Undone, schemas: &Schemas) -> Vec<Advised> {
    let export = |TakenBack { commit, series, kind, record }: &TakenBack| {
        again::export(format!("{}:{series}/{kind}", short(commit)), &record.name)
    };
    let mut commands: Vec<Advised> = undone.taken_back.iter().map(export).collect();
    let again = |TakenBack { series, record, .. }: &TakenBack| Again {
        kind: kind_to_say(schemas, record),
        ..Again::of(record, series, record.name.clone())
    };
    let files: Vec<Again> = undone.taken_back.iter().map(again).collect();
    commands.extend(again::imports(&files));
    commands
}

fn text(undone: &Undone, commands: &[String], lang: Lang) -> String {
    let mut text = String::new();
    for TakenBack { commit, series, kind, record } in undone.taken_back.iter().rev() {
        let (name, dated, commit) = (&record.name, said(record.dated, lang), short(commit));
        let (rows, rows_en) = (record.rows, counted(record.rows as u64, "row"));
        let role = match record.role {
            Role::Full => say!(lang, "full", "全件"),
            Role::Differential => say!(lang, "differential", "変更分"),
        };
        text.push_str(&match undone.commit {
            Some(_) => say!(
                lang,
                "{series} {kind} {name}: taken back ({role} of {dated}, {rows_en}, {commit})\n",
                "{series} {kind} {name}: 取り消しました（{role}、{dated} 公表、{rows} 行、{commit}）\n"
            ),
            None => say!(
                lang,
                "{series} {kind} {name}: would be taken back ({role} of {dated}, {rows_en}, {commit})\n",
                "{series} {kind} {name}: 取り消し対象です（{role}、{dated} 公表、{rows} 行、{commit}）\n"
            ),
        });
    }
    for Left { series, kind, record } in &undone.left {
        text.push_str(&match record {
            Some(record) => {
                let (name, records) = (&record.name, record.records);
                say!(
                    lang,
                    "{series} {kind} is then as {name} left it: {records} records\n",
                    "{series} {kind} は {name} 取込後の状態になります: {records} 件\n"
                )
            }
            None => {
                say!(lang, "{series} {kind}: nothing is left of it\n", "{series} {kind}: 何も残りません\n")
            }
        });
    }
    text.push_str(&match &undone.commit {
        Some(commit) => {
            let commit = short(commit);
            say!(lang, "commit {commit}\n", "コミット {commit}\n")
        }
        None => say!(lang, "nothing was changed (--dry-run)\n", "何も変更していません（--dry-run）\n"),
    });
    text.push_str(&say!(
        lang,
        "\nTo bring them in again, in this order (the first lines where the files are not at hand):\n",
        "\n再度取り込むには、次の順に実行してください（ファイルがない場合は最初の行から）:\n"
    ));
    commands.iter().for_each(|command| text.push_str(&format!("  {command}\n")));
    text
}

fn document(import: &TakenBack) -> Value {
    let TakenBack { commit, series, kind, record } = import;
    json!({
        "file": record.name,
        "series": series,
        "kind": kind,
        "role": record.role,
        "dated": record.dated,
        "rows": record.rows,
        "records": record.records,
        "sha256": record.sha256,
        "commit": commit,
    })
}

fn left_document(left: &Left) -> Value {
    json!({
        "series": left.series,
        "kind": left.kind,
        "file": left.record.as_ref().map(|record| &record.name),
        "records": left.record.as_ref().map_or(0, |record| record.records),
        "state": left.record.as_ref().map(|record| record.state),
    })
}
