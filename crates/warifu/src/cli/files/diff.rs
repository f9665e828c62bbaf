use std::path::{Path, PathBuf};

use clap::ValueEnum;
use warifu::diff_report;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::side::load_sides;
use warifu_masters::diff::diff;
use warifu_masters::finding::Findings;
use warifu_masters::say;
use warifu_masters::write::write;

use super::refused;
use crate::cli::Context;

/// Show what changed between two states of a master, record by record and field by field.
///
/// OLD and NEW are files or REV:kind of the repository. `--output differential` writes an official 変更分 that
/// `warifu apply OLD` takes to NEW.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The older state.
    old: String,
    /// The newer state.
    new: String,
    /// The repository that REV:kind is looked up in; otherwise the one this folder lies in.
    #[arg(long, value_name = "DIR", default_value = ".", env = "WARIFU_REPO", hide_default_value = true)]
    repo: PathBuf,
    /// What to write.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// The format of a differential.
    #[arg(long, value_name = "FORMAT", default_value = "kikin")]
    format: String,
    /// Where to write it; otherwise standard output.
    #[arg(short, value_name = "OUT")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
    Differential,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let lang = context.lang;
        let (old, new) = load_sides(&self.old, &self.new, &context.schemas, &self.repo)?;
        let (old, new) = (old.master, new.master);
        let diff = diff(&old, &new).map_err(|error| {
            let japanese = format!("{} と {} は別のマスターのため比較できません", error.old, error.new);
            Failure::refused(error.to_string(), japanese, Findings::new())
        })?;
        let bytes = match self.output {
            Output::Json => None,
            Output::Text if context.json => None,
            Output::Text => Some(diff_report::text(&diff, &self.old, &self.new, lang)),
            Output::Differential => {
                let format = context.format(&self.format)?;
                let (differential, lost) = diff.differential();
                for (key, column) in lost.iter().take(20) {
                    let id = &diff.layout().columns[*column].id;
                    tell(&say!(
                        lang,
                        "{key} {id}: became blank or went unannounced; only the next full file can say so",
                        "{key} {id}: 空になった、または予告なく消えたため、変更分では表せません"
                    ));
                }
                if lost.len() > 20 {
                    tell(&say!(lang, "and {} more", "他 {} 件", lost.len() - 20));
                }
                let header = differential.layout().header.is_some();
                Some(write(&differential, &format.rendering(header)).map_err(|findings| {
                    context.findings(Path::new(&self.new), &findings);
                    refused(Path::new(&self.new))
                })?)
            }
        };
        match (bytes, &self.out) {
            (Some(bytes), None) => context.print_bytes(&bytes)?,
            (Some(bytes), Some(out)) => files::write(out, &bytes)?,
            (None, None) => context.print_json(&diff_report::json(&diff, &self.old, &self.new))?,
            (None, Some(out)) => {
                let text = diff_report::json(&diff, &self.old, &self.new).to_string();
                files::write(out, text.as_bytes())?;
            }
        }
        Ok(Exit::Done)
    }
}

#[expect(clippy::print_stderr, reason = "what a differential cannot express is told beside it")]
fn tell(line: &str) {
    eprintln!("{line}");
}
