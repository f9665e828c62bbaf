//! The commands, and what each of them is told besides where to ask.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use warifu_usage::{Catalogue, Colour, Shell, number, parse_language};
use warifu_values::lang::Lang;

use crate::cli::arguments::check::Check;
use crate::cli::arguments::fleet::Fleet;
use crate::cli::arguments::gates::GateOptions;
use crate::cli::arguments::reason::reason;
use crate::cli::arguments::remote::Remote;
use crate::cli::arguments::serve::{From, Serve, Site, Windows};
use crate::state::Reason;

/// The Japanese of the help.
const HELP: &str = include_str!("../../../help/ja.po");

/// What the command line is parsed by, with its help in `lang`.
pub fn command_line(lang: Lang) -> clap::Command {
    let commands = <Arguments as clap::CommandFactory>::command();
    match lang {
        Lang::En => commands,
        Lang::Ja => in_japanese().put_into(commands),
    }
}

/// The help in Japanese.
pub(in crate::cli) fn in_japanese() -> Catalogue {
    Catalogue::read(HELP)
}

/// Checks medical claims by signed masters, and changes masters while claims are being checked.
#[derive(Debug, Parser)]
#[command(name = "warifu-checker", version = env!("WARIFU_VERSION"))]
pub(in crate::cli) struct Arguments {
    /// The language of messages: en or ja (else LC_ALL, LC_MESSAGES, LANG)
    #[arg(long, global = true, value_parser = parse_language, env = "WARIFU_LANG")]
    pub(in crate::cli) lang: Option<Lang>,
    /// Colours: auto, always or never; otherwise what NO_COLOR and CLICOLOR_FORCE say, and the terminal
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, hide_default_value = true)]
    #[arg(hide_possible_values = true)]
    pub(in crate::cli) color: Colour,
    /// Show no progress
    #[arg(short, long, global = true)]
    pub(in crate::cli) quiet: bool,
    #[command(subcommand)]
    pub(in crate::cli) command: Command,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Judge claim files over HTTP, taking releases from a channel
    Serve(Box<Serve>),
    /// Give releases of a channel to a program that was not written for this (docs/attach.md)
    Attach(Attach),
    /// Judge one claim file without a running checker
    ///
    /// Counts by code come first, then the findings under their codes. With --channel, the release is kept
    /// and kept up to date by itself: where the channel is silent, what is kept judges, and its age is told.
    ///
    /// Exit status: 0 no error in the file; 1 errors; 2 it could not be judged; 3 no release can be trusted.
    Check(Check),
    /// Say what the gates would say of a channel's newest release, and change nothing
    ///
    /// The configuration file and variables of `serve` say what is not said here. Claim files that the
    /// checker keeps are replayed, whether it runs or not.
    ///
    /// Exit status: 0 it would be taken, or runs already; 1 refused or held; 2 not usable; 3 not trusted.
    DryRun(Box<DryRun>),
    /// Say what made two answers for one claim file differ: which record, the checks or the program
    ///
    /// Exit status: 0 no finding differs; 1 some do; 2 they cannot be compared.
    Explain(Explain),
    /// Show what a running checker judges by, and why
    ///
    /// Exit status: 0; 1 no release judges, or an attached program is out of step; 2 it does not answer; 3
    /// what runs was withdrawn and judges on, or what would tell that is damaged.
    Status(Remote),
    /// Let a running checker look at its channel now
    Swap {
        /// Take this release or none; one refused for its data is tried again
        #[arg(value_parser = number::<u64>(1..))]
        release: Option<u64>,
        #[command(flatten)]
        remote: Remote,
    },
    /// Return a running checker to its previous confirmed release, or to an older one that it keeps
    FallBack {
        /// To this release; everything newer is held until a newer one is confirmed
        #[arg(value_parser = number::<u64>(1..))]
        release: Option<u64>,
        #[command(flatten)]
        remote: Remote,
    },
    /// Confirm the release on probation, where too few institutions use a checker to tell
    Confirm(Decide),
    /// Take other releases again after the running one was lost on disk and cannot be fetched any more: shows
    /// what follows, and asks
    GiveUp(GiveUp),
    /// Let a held release be taken again
    Unhold(Decide),
    /// Activate nothing until thawed, not even an emergency; falling back still works
    Freeze(DecideAll),
    /// Activate releases again
    Thaw(DecideAll),
    /// Mend what is damaged on a running checker's disk: shows what is done and from which copy, and asks
    Repair(Repair),
    /// Judge the kept claim files again by what runs and by the release before it; changes nothing
    Replay(Remote),
    /// Overwrite and delete every claim file that a running checker keeps to replay
    ForgetClaims(Remote),
    /// Found an area of checkers that move as one, look at it, and say what it does (docs/fleet.md)
    ///
    /// The store is asked that [fleet] of the configuration file names. Exit status: 0; 1 refused; 2 the
    /// store does not answer.
    Fleet(Box<Fleet>),
    /// Print the completions of commands and options for a shell; packages bring them along
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the OpenAPI document of the doors: every request, what it takes, and every answer
    Openapi {
        /// Only what is served at this door
        #[arg(long, value_parser = ["claims", "operators", "watchers"])]
        door: Option<String>,
    },
}

impl Command {
    /// As it is typed.
    pub(in crate::cli) fn name(&self) -> &'static str {
        match self {
            Command::Serve(_) => "serve",
            Command::Attach(_) => "attach",
            Command::Check(_) => "check",
            Command::DryRun(_) => "dry-run",
            Command::Explain(_) => "explain",
            Command::Status(_) => "status",
            Command::Swap { .. } => "swap",
            Command::FallBack { .. } => "fall-back",
            Command::Confirm(_) => "confirm",
            Command::GiveUp(_) => "give-up",
            Command::Unhold(_) => "unhold",
            Command::Freeze(_) => "freeze",
            Command::Thaw(_) => "thaw",
            Command::Repair(_) => "repair",
            Command::Replay(_) => "replay",
            Command::ForgetClaims(_) => "forget-claims",
            Command::Fleet(fleet) => fleet.act.name(),
            Command::Completions { .. } => "completions",
            Command::Openapi { .. } => "openapi",
        }
    }

    /// Whether JSON is asked for.
    pub(in crate::cli) fn json(&self) -> bool {
        match self {
            Command::Check(check) => check.given.json,
            Command::DryRun(dry) => dry.json,
            Command::Explain(explain) => explain.json,
            Command::Fleet(fleet) => fleet.json,
            _ => self.remote().is_some_and(|remote| remote.json),
        }
    }

    /// The running checker that it asks.
    pub(in crate::cli) fn remote(&self) -> Option<&Remote> {
        match self {
            Command::Serve(_)
            | Command::Attach(_)
            | Command::Check(_)
            | Command::DryRun(_)
            | Command::Explain(_)
            | Command::Fleet(_)
            | Command::Completions { .. }
            | Command::Openapi { .. } => None,
            Command::Status(remote)
            | Command::FallBack { remote, .. }
            | Command::Replay(remote)
            | Command::ForgetClaims(remote)
            | Command::Swap { remote, .. } => Some(remote),
            Command::Confirm(decide) | Command::Unhold(decide) => Some(&decide.remote),
            Command::GiveUp(give_up) => Some(&give_up.decide.remote),
            Command::Freeze(decide) | Command::Thaw(decide) => Some(&decide.remote),
            Command::Repair(repair) => Some(&repair.decide.remote),
        }
    }
}

/// What an operator decides of all releases.
#[derive(Debug, Args)]
pub(in crate::cli) struct DecideAll {
    /// Why: it is written to the log and the status
    #[arg(long, value_parser = reason)]
    pub(in crate::cli) reason: Reason,
    #[command(flatten)]
    pub(in crate::cli) remote: Remote,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct GiveUp {
    #[command(flatten)]
    pub(in crate::cli) decide: Decide,
    /// Do not ask
    #[arg(long)]
    pub(in crate::cli) yes: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Repair {
    #[command(flatten)]
    pub(in crate::cli) decide: DecideAll,
    /// Do not ask
    #[arg(long)]
    pub(in crate::cli) yes: bool,
}

/// What an operator decides of a release.
#[derive(Debug, Args)]
pub(in crate::cli) struct Decide {
    /// The release, by its number
    #[arg(value_parser = number::<u64>(1..))]
    pub(in crate::cli) release: u64,
    /// Why: it is written to the log, the status and the report
    #[arg(long, value_parser = reason)]
    pub(in crate::cli) reason: Reason,
    #[command(flatten)]
    pub(in crate::cli) remote: Remote,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct DryRun {
    /// The checker's state directory, whether it runs or not
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) state: PathBuf,
    /// The checker's configuration file, which says what is not said here (default, where no state directory
    /// is named: /etc/warifu/checker.toml); also WARIFU_CHECKER_CONFIG
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// One JSON document on stdout
    #[arg(long)]
    pub(in crate::cli) json: bool,
    // Headings hold for what comes after them: what has none stands above.
    #[command(flatten)]
    pub(in crate::cli) site: Site,
    #[command(flatten)]
    pub(in crate::cli) from: From,
    #[command(flatten)]
    pub(in crate::cli) gates: GateOptions,
    #[command(flatten)]
    pub(in crate::cli) windows: Windows,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Attach {
    /// What is given to whom, and how it is told and asked
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: PathBuf,
    /// Say whether the file can be used, and do nothing
    #[arg(long)]
    pub(in crate::cli) check_config: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Explain {
    /// An answer: JSON lines as the service or `check --json` gave them
    pub(in crate::cli) a: PathBuf,
    /// Another one for the same claim file
    pub(in crate::cli) b: PathBuf,
    /// Look the records up in the releases that this state directory holds
    #[arg(long)]
    pub(in crate::cli) state: Option<PathBuf>,
    /// One JSON document on stdout
    #[arg(long)]
    pub(in crate::cli) json: bool,
    #[command(flatten)]
    pub(in crate::cli) site: Site,
}

#[cfg(test)]
mod tests {
    use warifu_usage::manual;

    use super::*;

    #[test]
    fn every_command_has_a_manual_page_in_both_languages() {
        let pages = manual(command_line(Lang::En), &Catalogue::read(HELP), &[]).unwrap();
        let japanese: Vec<_> = pages.iter().filter(|page| page.path.starts_with("ja/man1/")).collect();
        assert!(japanese.len() > 10 && 2 * japanese.len() == pages.len(), "{}", japanese.len());
        assert!(japanese.iter().all(|page| page.text.contains(".SH 使い方\n")));
    }

    #[test]
    fn all_help_is_in_japanese_too() {
        let (missing, idle) = Catalogue::read(HELP).apart_from(&command_line(Lang::En));
        assert!(
            missing.is_empty(),
            "put these into crates/warifu-checker/help/ja.po:\n{}",
            missing.join("\n")
        );
        // What only some features have is there for them.
        let idle: Vec<_> = if cfg!(feature = "https") { idle } else { Vec::new() };
        assert!(idle.is_empty(), "nothing in the help is this any more:\n{}", idle.join("\n"));
    }
}
