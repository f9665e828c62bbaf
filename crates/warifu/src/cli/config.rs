//! `warifu config`

use std::path::PathBuf;

use serde_json::json;
use warifu::daily::{Daily, Whose};
use warifu::error::{Exit, Failure};
use warifu_values::lang::Lang;
use warifu_values::say;

use super::context::Context;
use super::repo::columns::Columns;
use super::settings::user_file;

/// Show what is typed daily, as it holds here, and where each comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The repository; otherwise the one that the current folder lies in.
    #[arg(long, value_name = "DIR", env = "WARIFU_REPO")]
    repo: Option<PathBuf>,
}

/// Where a value comes from.
enum From {
    Option(&'static str),
    Variable(&'static str),
    File(String),
    Nowhere,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut columns = Columns::new();
        let mut documents = serde_json::Map::new();
        for daily in Daily::ALL {
            let (value, from) = self.value(daily, context);
            let (kind, place) = match &from {
                From::Option(option) => ("option", Some(format!("--{option}"))),
                From::Variable(name) => ("environment", Some((*name).to_owned())),
                From::File(file) => ("file", Some(file.clone())),
                From::Nowhere => ("none", None),
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
        context.print(&format!("{}{}", columns.text(), how(context.lang)))?;
        Ok(Exit::Done)
    }

    fn value(&self, daily: Daily, context: &Context) -> (Option<String>, From) {
        let was_typed = |id| context.was_typed(id);
        let variable = daily.variable().and_then(|name| Some((name, std::env::var(name).ok()?)));
        match (daily, variable) {
            (Daily::Repository, _) if was_typed("repo") => {
                (self.repo.as_ref().map(|repo| repo.display().to_string()), From::Option("repo"))
            }
            (Daily::Language, _) if was_typed("lang") => {
                (Some(context.lang.code().to_owned()), From::Option("lang"))
            }
            (_, Some((name, value))) => (Some(value), From::Variable(name)),
            _ => match (context.settings.get(daily), context.settings.file(daily)) {
                (Some(value), Some(file)) => (Some(value.to_owned()), From::File(file.display().to_string())),
                _ => (None, From::Nowhere),
            },
        }
    }
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
        "\nAn option counts before the environment, that before [defaults] in the repository's warifu.toml\n\
         ({repository}), that before your own file {file}\n({user}).\n",
        "\n優先順: 引数、環境変数、リポジトリの warifu.toml の [defaults]（{repository}）、\n自分の設定ファイル {file}\n\
         （{user}）。\n"
    )
}
