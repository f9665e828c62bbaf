//! `warifu init`

use std::collections::BTreeMap;
use std::path::PathBuf;

use warifu::advice::{Advised, Blank};
use warifu::error::{Exit, Failure};
use warifu::store::{Config, Series, Store};
use warifu_usage::Refusal;
use warifu_values::say;

use super::given::{author, now};
use crate::cli::context::Context;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder; new or empty.
    dir: PathBuf,
    /// A series with the first day each kind is in force, and the last where it is known:
    /// r07=drug:2025-04-01..2026-03-31,comment:2025-06-01. Otherwise r04 and r06 with their known days.
    #[arg(long, value_name = "SERIES", value_parser = series)]
    series: Vec<(String, Series)>,
}

fn series(text: &str) -> Result<(String, Series), Refusal> {
    Series::declared(text).ok_or_else(|| {
        Refusal::new(
            "write NAME=KIND:FIRST[..LAST],... with days as 2024-06-01",
            "名前=種類:初日[..末日],… の形で、日付は 2024-06-01 のように書いてください",
        )
    })
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let series: BTreeMap<String, Series> = match self.series.is_empty() {
            true => Config::known_series(),
            false => self.series.into_iter().collect(),
        };
        let author = author(context)?;
        let store = Store::init(&self.dir, context.library.clone(), &series, author.as_ref(), now()?)?;
        let names: Vec<&str> = series.keys().map(String::as_str).collect();
        if context.json {
            let path = store.path();
            context.print_json(&serde_json::json!({ "repository": path, "series": names }))?;
            return Ok(Exit::Done);
        }
        let (dir, names) = (self.dir.display(), names.join(", "));
        let example = series.keys().next_back().map_or("r06", String::as_str);
        let import = Advised::command(&["import"]).word("--repo").word(&dir).word("--series").word(example);
        let import = context.advise(&import.blank(Blank::Files));
        context.print(&say!(
            context.lang,
            "{dir} is a repository of masters; it declares series {names} (warifu.toml).\n\
             Next, take in the full each series begins with, then its differentials:\n\
             \n  {import}\n",
            "{dir} にマスターのリポジトリを作成しました。系列: {names}（warifu.toml）\n\
             次に、系列の最初の全件、続けて変更分を取り込んでください:\n\
             \n  {import}\n"
        ))?;
        Ok(Exit::Done)
    }
}
