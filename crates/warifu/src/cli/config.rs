//! `warifu config`

use std::path::PathBuf;

use serde_json::json;
use warifu::daily::{Daily, Whose};
use warifu::error::{Exit, Failure};
use warifu_values::lang::Lang;
use warifu_values::say;

use super::context::Context;
use super::repo::columns::Columns;
use super::settings::{NamedBy, user_file};

/// Show what is typed daily, as it holds here, and where each comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The repository; otherwise the one that the current folder lies in.
    #[arg(long, value_name = "DIR", env = "WARIFU_REPO")]
    repo: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut columns = Columns::new();
        let mut documents = serde_json::Map::new();
        let mut is_any_set = false;
        for daily in Daily::ALL {
            let (value, by) = self.value(daily, context);
            // What is typed is said for this line alone.
            is_any_set |= by.as_ref().is_some_and(|by| *by != NamedBy::Line);
            let (kind, place) = match &by {
                Some(NamedBy::Line) => ("option", daily.option().map(|option| format!("--{option}"))),
                Some(NamedBy::Variable(name)) => ("environment", Some((*name).to_owned())),
                Some(NamedBy::Own(file) | NamedBy::Repository(file)) => {
                    ("file", Some(file.display().to_string()))
                }
                None => ("none", None),
            };
            documents
                .insert(daily.name().to_owned(), json!({ "value": value, "from": kind, "place": place }));
            let unset = say!(context.lang, "not set", "未設定");
            columns.row([daily.name(), &value.unwrap_or(unset), &place.unwrap_or_default()]);
        }
        if context.json {
            let files = context.settings.files();
            context
                .print_json(&json!({ "schema": "warifu/config/1", "settings": documents, "files": files }))?;
            return Ok(Exit::Done);
        }
        let example = if is_any_set { String::new() } else { example(context.lang) };
        context.print(&format!("{}{example}{}", columns.text(), how(context.lang)))?;
        Ok(Exit::Done)
    }

    fn value(&self, daily: Daily, context: &Context) -> (Option<String>, Option<NamedBy>) {
        let by = context.named_by(daily);
        let value = match (&by, daily) {
            (Some(NamedBy::Line), Daily::Repository) => {
                self.repo.as_ref().map(|repo| repo.display().to_string())
            }
            (Some(NamedBy::Line), Daily::Language) => Some(context.lang.code().to_owned()),
            (Some(NamedBy::Variable(name)), _) => {
                std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
            }
            _ => context.settings.get(daily).map(str::to_owned),
        };
        (value, by)
    }
}

/// That nothing is set, and what to write where.
fn example(lang: Lang) -> String {
    let file = user_file().map(|file| file.display().to_string()).unwrap_or_default();
    let lines = "  repository = \"/srv/masters\"\n  channel = \"https://masters.example.jp\"\n";
    say!(
        lang,
        "\nNothing is set. For example, write into {file}\n{lines}",
        "\n何も設定されていません。例えば {file} に次のように書きます。\n{lines}"
    )
}

/// How it is changed.
fn how(lang: Lang) -> String {
    let file = user_file().map(|file| file.display().to_string()).unwrap_or_default();
    let of = |whose| {
        let names = Daily::ALL.into_iter().filter(move |daily| daily.is_in(whose)).map(Daily::name);
        names.collect::<Vec<_>>().join(", ")
    };
    let (user, repository) = (of(Whose::User), of(Whose::Repository));
    say!(
        lang,
        "\nAn option counts before the environment, that before your own file {file}\n({user}), that before \
         [defaults] in the repository's warifu.toml ({repository}),\nwhich others can change: your login is \
         never sent to a channel that it names.\n",
        "\n優先順: 引数、環境変数、自分の設定ファイル {file}\n（{user}）、リポジトリの warifu.toml の [defaults]\
         （{repository}）。\nリポジトリの設定は他の人も変更できるため、そこに書かれた配信元に認証情報は送りません。\n"
    )
}
