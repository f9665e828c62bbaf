use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use warifu::diff_json::{self, Form};
use warifu::error::{Exit, Failure};
use warifu::place::Place;
use warifu::side::{By, load_sides, load_states, load_with_origins};
use warifu::{diff_html, diff_report};
use warifu_masters::change::diff::{Diff, OtherKind, diff};
use warifu_masters::file::write::write;
use warifu_masters::finding::Findings;
use warifu_masters::schema::CHANGE_CLASS;
use warifu_values::lang::Lang;
use warifu_values::say;

use super::refused;
use crate::cli::Context;
use crate::cli::of_kind::OfKind;

/// Show what changed between two states of a master, record by record and field by field.
///
/// OLD and NEW are files or REV:kind of the repository. `--form html` writes one page for a joint review.
/// `--form differential` writes an official 変更分 that `warifu apply OLD` takes to NEW.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The older state.
    old: String,
    /// The newer state.
    new: String,
    #[command(flatten)]
    of_kind: OfKind,
    /// The repository that REV:kind is looked up in; otherwise the one this folder lies in.
    #[arg(long, value_name = "DIR", default_value = ".", env = "WARIFU_REPO", hide_default_value = true)]
    repo: PathBuf,
    /// What to write.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = As::Text)]
    form: As,
    /// Refuse a differential that cannot express everything: a field that became blank, a record that went
    /// without having been announced. Otherwise it is written, and what it cannot say is told.
    #[arg(long)]
    exact: bool,
    /// The format of a differential.
    #[arg(long, value_name = "FORMAT", default_value = "kikin")]
    format: String,
    /// Where to write it; otherwise standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum As {
    /// Lines: totals by column and by risk, then each record with each field that differs.
    Text,
    /// One JSON document.
    Json,
    /// JSON lines: what is compared, then a line for each record.
    Jsonl,
    /// One page for a review by people: riskiest changes first, every record, search, print.
    Html,
    /// An official 変更分.
    Differential,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let lang = context.lang;
        let output = context.place_of(self.output.as_ref())?;
        if context.json && matches!(self.form, As::Html | As::Differential) {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "--json prints one JSON document, and this --form is none: leave one of the two out",
                "--json は JSON 文書を出力しますが、この --form は JSON ではありません。どちらか一方を指定してください",
            ));
        }
        if self.form == As::Html {
            return self.page(context, output.as_ref());
        }
        let of_files = self.of_kind.schemas(context)?;
        let by = By { schemas: &context.library.schemas, of_files: &of_files, repo: &self.repo };
        if self.form == As::Text && !context.json {
            return self.text(by, context, output.as_ref());
        }
        let (old, new) = load_sides(&self.old, &self.new, by)?;
        let (old, new) = (old.master, new.master);
        let diff = diff(&old, &new).map_err(other_kind)?;
        let report = |out: &mut dyn Write| match self.form {
            As::Jsonl => diff_json::write_json(&diff, &self.old, &self.new, Form::Lines, out),
            _ => diff_json::write_json(&diff, &self.old, &self.new, Form::Document, out),
        };
        let bytes = match self.form {
            As::Text | As::Json | As::Jsonl | As::Html => None,
            As::Differential => {
                let format = context.format(&self.format)?;
                let (differential, lost) = diff.differential();
                if !lost.is_empty() {
                    let what = lost_lines(&diff, &lost, lang);
                    if self.exact {
                        return Err(Failure::refused(
                            format!("{what}no differential takes OLD to NEW; nothing was written"),
                            format!("{what}変更分では OLD を NEW にできません。出力していません"),
                            Findings::new(),
                        ));
                    }
                    context.tell(&say!(
                        lang,
                        "{what}the differential cannot say this; the next full must\n",
                        "{what}以上は変更分では表せません。次の全件で反映されます\n"
                    ));
                }
                let header = differential.layout().header.is_some();
                Some(write(&differential, &format.rendering(header)).map_err(|findings| {
                    context.findings(Path::new(&self.new), &findings);
                    refused(Path::new(&self.new))
                })?)
            }
        };
        match (bytes, &output) {
            (Some(bytes), None) => context.print_bytes(&bytes)?,
            (Some(bytes), Some(out)) => out.write(&bytes)?,
            (None, None) => context.print_pieces(report)?,
            (None, Some(out)) => out.write_pieces(report)?,
        }
        Ok(Exit::Done)
    }

    /// What people read: what it comes to first.
    fn text(&self, by: By<'_>, context: &Context, output: Option<&Place>) -> Result<Exit, Failure> {
        let states = load_states(&self.old, &self.new, by)?;
        let (diff, risks) = states.reviewed().map_err(other_kind)?;
        let names = (self.old.as_str(), self.new.as_str());
        let report = |out: &mut dyn Write| diff_report::write_text(&diff, &risks, names, context.lang, out);
        match output {
            Some(out) => out.write_pieces(report)?,
            None => context.page_pieces(report)?,
        }
        Ok(Exit::Done)
    }

    fn page(&self, context: &Context, output: Option<&Place>) -> Result<Exit, Failure> {
        let lang = context.lang;
        context.doing(say!(lang, "reading", "読み込み中"));
        let of_files = self.of_kind.schemas(context)?;
        let by = By { schemas: &context.library.schemas, of_files: &of_files, repo: &self.repo };
        let (states, origins) = load_with_origins(&self.old, &self.new, by)?;
        context.doing(say!(lang, "comparing", "比較中"));
        let page = diff_html::page(&states, &origins, lang).map_err(other_kind)?;
        match output {
            Some(out) => out.write(&page)?,
            None => context.print_bytes(&page)?,
        }
        Ok(Exit::Done)
    }
}

fn other_kind(error: OtherKind) -> Failure {
    Failure::because(Exit::Data, &error)
}

/// What a differential cannot say, by column: how often, and the first record.
fn lost_lines(diff: &Diff<'_>, lost: &[(String, usize)], lang: Lang) -> String {
    let layout = diff.layout();
    let mut text = String::new();
    for (column, about) in layout.columns.iter().enumerate() {
        let keys: Vec<&str> =
            lost.iter().filter(|(_, at)| *at == column).map(|(key, _)| key.as_str()).collect();
        let (Some(first), count, id) = (keys.first(), keys.len(), &about.id) else { continue };
        if id == CHANGE_CLASS {
            let (marked, gone): (Vec<&str>, Vec<&str>) =
                keys.iter().partition(|key| diff.new.find(key).is_some());
            if let Some(first) = marked.first() {
                let count = marked.len();
                text.push_str(&say!(
                    lang,
                    "change_class: {count} records are marked abolished or withdrawn, and come in as new \
                     (first {first})\n",
                    "change_class: 廃止・抹消の {count} 件は新規の行になります（最初は {first}）\n"
                ));
            }
            if let Some(first) = gone.first() {
                let count = gone.len();
                text.push_str(&say!(
                    lang,
                    "{count} records went without having been announced (first {first})\n",
                    "予告なく消えた行 {count} 件（最初は {first}）\n"
                ));
            }
            continue;
        }
        text.push_str(&say!(
            lang,
            "{id}: became blank in {count} records (first {first})\n",
            "{id}: {count} 件で空になりました（最初は {first}）\n"
        ));
    }
    text
}
