//! The command line: one file for each group of commands, each an `Args` and a `run`.

mod acts;
mod audit;
mod clock;
mod completions;
mod config;
mod context;
mod demo;
mod document;
mod end;
mod files;
mod findings_as;
mod invocation;
mod meant;
mod memory;
mod of_kind;
mod pager;
mod places;
mod repo;
mod settings;
mod signing;
mod status;
mod terminal;
mod typed;

use std::ffi::OsString;
use std::rc::Rc;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use warifu::error::{Exit, Failure};
use warifu::interrupt;
use warifu_audit::Act;
use warifu_usage::{Catalogue, Colour, Usage, asked_for, of_locale};
use warifu_values::lang::Lang;

pub(crate) use context::Context;
use end::{end, end_of_usage, end_unbegun};
use findings_as::FindingsAs;
use invocation::Invocation;
use settings::{Globals, Settings};

/// Versions, converts, signs and publishes the masters of Japanese medical claims.
///
/// Exit status: 0 done; 1 refused because of the data; 2 could not run; 3 refused because of trust.
#[derive(Debug, Parser)]
#[command(name = "warifu", version = env!("WARIFU_VERSION"), max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: context::Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Status(status::Args),
    Demo(demo::Args),
    Inspect(files::inspect::Args),
    Validate(files::validate::Args),
    Convert(files::convert::Args),
    Apply(files::apply::Args),
    Diff(files::diff::Args),
    Key(signing::key::Args),
    Trust(signing::trust::Args),
    Release(Box<signing::release::Args>),
    Notice(Box<signing::notice::Args>),
    Channel(signing::channel::Args),
    Fleet(signing::fleet::Args),
    /// Make a repository of masters.
    Init(repo::init::Args),
    /// Take files into the repository, one commit each.
    Import(repo::import::Args),
    /// Take the last imports back, as a commit of its own.
    Undo(repo::undo::Args),
    /// List what came in, or the life of one code.
    Log(repo::log::Args),
    /// Find records by names or parts of codes, over all masters and series.
    Find(repo::find::Args),
    /// Show a record with the meaning of its values and what belongs to it, or sum up a master.
    Show(repo::show::Args),
    /// Say which version set each field of a record.
    Blame(repo::blame::Args),
    /// Check that what is stored is what was imported, and still passes.
    Check(repo::check::Args),
    /// Write a master of the repository to a file.
    Export(repo::export::Args),
    Audit(audit::Args),
    Repo(repo::copies::Args),
    Config(config::Args),
    Completions(completions::Args),
}

impl Command {
    /// What is written down of it in the log of acts.
    fn act(&self) -> Option<Act> {
        match self {
            Command::Import(_) => Some(Act::Import),
            Command::Undo(_) => Some(Act::Undo),
            Command::Check(_) => Some(Act::Check),
            Command::Key(args) => args.act(),
            Command::Trust(args) => args.act(),
            Command::Release(args) => args.act(),
            Command::Repo(args) => args.act(),
            _ => None,
        }
    }
}

impl Command {
    /// Whether it may take long without a word. The demonstration tells at once what it does.
    fn takes_long(&self) -> bool {
        !matches!(self, Command::Demo(_) | Command::Config(_))
    }

    /// How its findings are given, where it has some.
    fn findings_as(&self) -> Option<&FindingsAs> {
        match self {
            Command::Inspect(args) => Some(&args.given),
            Command::Validate(args) => Some(&args.given),
            Command::Convert(args) => Some(&args.given),
            Command::Apply(args) => Some(&args.given),
            Command::Import(args) => Some(&args.given),
            Command::Check(args) => Some(&args.given),
            Command::Release(args) => args.findings_as(),
            _ => None,
        }
    }
}

/// Runs the command line `args` and says how it ended.
pub(crate) fn main(args: impl IntoIterator<Item = OsString>) -> Exit {
    let mut args: Vec<OsString> = args.into_iter().collect();
    Colour::asked_for(&args).settle();
    let globals = Globals::of(&Cli::command());
    let is_bare = settings::is_bare(&args, &globals);
    if is_bare {
        args.push("status".into());
    }
    let args = settings::repository_last(args, &globals);
    let settings = Rc::new(Settings::read(&args));
    let lang = asked_for(&args).or_else(|| settings.language()).or_else(of_locale).unwrap_or_default();
    let mut commands = in_language(settings.applied(Cli::command()), lang);
    let parsed = commands.try_get_matches_from_mut(&args).and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut commands))?;
        Ok((cli, matches))
    });
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let usage = Usage::of(error, &args, &commands).with_settings(settings::may_say);
            return end_of_usage(&usage, &args, lang);
        }
    };
    let (lang, json, given) = (cli.global.lang(), cli.global.json(), cli.command.findings_as().cloned());
    let invocation = Rc::new(Invocation::new(&args, &matches, commands, &settings));
    let context = settings
        .sound()
        .and_then(|()| Context::new(cli.global, given, &args, Rc::clone(&invocation), Rc::clone(&settings)));
    let context = match context {
        Ok(context) => context,
        Err(failure) => return end_unbegun(&failure, json, &invocation, lang),
    };
    interrupt::watch(lang);
    if cli.command.takes_long() {
        context.begin_progress();
    }
    let done = match (cli.command.act(), &cli.command) {
        (_, Command::Status(args)) if is_bare => status::bare(args, &context),
        (Some(act), _) => context.acts.around(act, &args, lang, || run(cli.command, &context)),
        (None, _) => run(cli.command, &context),
    };
    context.end_progress();
    end(done, &context, &invocation)
}

/// The Japanese of the help.
const HELP: &str = include_str!("../../help/ja.po");

/// `commands` with their help in `lang`.
fn in_language(commands: clap::Command, lang: Lang) -> clap::Command {
    match lang {
        Lang::En => commands,
        Lang::Ja => in_japanese().put_into(commands),
    }
}

fn in_japanese() -> Catalogue {
    Catalogue::read(HELP)
}

fn run(command: Command, context: &Context) -> Result<Exit, Failure> {
    match command {
        Command::Status(args) => args.run(context),
        Command::Demo(args) => args.run(context),
        Command::Inspect(args) => args.run(context),
        Command::Validate(args) => args.run(context),
        Command::Convert(args) => args.run(context),
        Command::Apply(args) => args.run(context),
        Command::Diff(args) => args.run(context),
        Command::Key(args) => args.run(context),
        Command::Trust(args) => args.run(context),
        Command::Release(args) => args.run(context),
        Command::Notice(args) => args.run(context),
        Command::Channel(args) => args.run(context),
        Command::Fleet(args) => args.run(context),
        Command::Init(args) => args.run(context),
        Command::Import(args) => args.run(context),
        Command::Undo(args) => args.run(context),
        Command::Log(args) => args.run(context),
        Command::Find(args) => args.run(context),
        Command::Show(args) => args.run(context),
        Command::Blame(args) => args.run(context),
        Command::Check(args) => args.run(context),
        Command::Export(args) => args.run(context),
        Command::Audit(args) => args.run(context),
        Command::Repo(args) => args.run(context),
        Command::Config(args) => args.run(context),
        Command::Completions(args) => {
            let japanese = (context.lang == Lang::Ja).then(in_japanese);
            args.run(Cli::command(), japanese.as_ref(), context)
        }
    }
}

#[cfg(test)]
mod tests {
    use warifu_usage::{Page, manual};
    use warifu_values::lang::Speak as _;

    use super::*;

    #[test]
    fn all_help_is_in_japanese_too() {
        let (missing, idle) = Catalogue::read(HELP).apart_from(&Cli::command());
        assert!(missing.is_empty(), "put these into crates/warifu/help/ja.po:\n{}", missing.join("\n"));
        assert!(idle.is_empty(), "nothing in the help is this any more:\n{}", idle.join("\n"));
    }

    #[test]
    fn every_command_has_a_manual_page_in_both_languages() {
        let pages = manual(Cli::command(), &Catalogue::read(HELP), &[]).unwrap();
        let (japanese, english): (Vec<&Page>, Vec<&Page>) =
            pages.iter().partition(|page| page.path.starts_with("ja/"));
        assert!(english.len() > 40, "{}", english.len());
        for (en, ja) in english.iter().zip(&japanese) {
            assert_eq!(format!("ja/{}", en.path), ja.path);
            assert!(en.text.contains(".SH SYNOPSIS\n") && ja.text.contains(".SH 使い方\n"), "{}", ja.path);
        }
        assert_eq!(english.len(), japanese.len());
    }

    #[test]
    fn what_is_missing_unknown_or_wrong_is_said_in_japanese() {
        let told = |line: &str| {
            let line: Vec<OsString> = line.split(' ').map(Into::into).collect();
            let error = Cli::try_parse_from(&line).unwrap_err();
            Usage::of(error, &line, &Cli::command()).say(Lang::Ja)
        };
        for (line, says) in [
            ("warifu import a.csv", "必要な引数がありません: --series"),
            ("warifu importt a.csv", "importt というコマンドはありません"),
            ("warifu check --repositry x", "--repositry という引数はありません"),
            ("warifu --lang xx check", "の値「xx」は使えません: en または ja を指定してください"),
            ("warifu show 620000001 --on x", "の値「x」は使えません: 暦にある日を 2024-05-31"),
            ("warifu import a.csv --series r06 --accept x", "指摘コード=理由"),
        ] {
            assert!(told(line).contains(says), "{line}: {}", told(line));
        }
    }
}
