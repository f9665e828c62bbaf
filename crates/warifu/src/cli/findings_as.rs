//! How findings are given: what every command that finds something takes for it.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::builder::ValueHint;
use clap::{ArgMatches, Command, FromArgMatches};
use warifu::error::{Exit, Failure};
use warifu::files::Over;
use warifu::findings::{Ended, Found, Most, csv, github, html, junit, sarif};
use warifu::place::Place;
use warifu_values::lang::Lang;

/// How findings are given, beside the text on standard error.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Findings")]
pub(crate) struct FindingsAs {
    /// Show every finding, and not the first of each code.
    #[arg(long)]
    all: bool,
    /// Write all findings as a table for a spreadsheet too (CSV, UTF-8).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    csv: Option<PathBuf>,
    /// Write them as one page for people too, in both languages.
    #[arg(id = "findings_html", long = "html", value_name = "FILE", value_hint = ValueHint::FilePath)]
    html: Option<PathBuf>,
    /// Write them as JUnit's XML too, for what judges a build.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    junit: Option<PathBuf>,
    /// Write them as SARIF 2.1.0 too, for what shows findings in files.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    sarif: Option<PathBuf>,
    /// Print them as annotations of GitHub Actions too.
    #[arg(long, conflicts_with = "json")]
    github: bool,
}

impl FindingsAs {
    /// How many are shown as text.
    pub(crate) fn most(&self) -> Most {
        match self.all {
            true => Most::All,
            false if io::stderr().is_terminal() => Most::OnScreen,
            false => Most::SomeUnlessAll,
        }
    }

    /// Whether anything is wanted beside the text.
    pub(crate) fn lists(&self) -> bool {
        let files = [&self.csv, &self.html, &self.junit, &self.sarif];
        self.github || files.iter().any(|file| file.is_some())
    }

    /// Writes what was found as it is asked for, and gives what is to be printed on standard output.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) fn give(
        &self,
        found: &[Found],
        ended: Ended<'_>,
        over: Over,
        lang: Lang,
    ) -> Result<String, Failure> {
        type Write<'a> = &'a dyn Fn() -> String;
        let ways: [(&Option<PathBuf>, Write<'_>); 4] = [
            (&self.csv, &|| csv(found, lang)),
            (&self.html, &|| html(found)),
            (&self.junit, &|| junit(found, ended, lang)),
            (&self.sarif, &|| format!("{:#}\n", sarif(found, ended, lang))),
        ];
        for (path, written) in ways {
            if let Some(path) = path {
                Place::at(path, over)?.write(written().as_bytes())?;
            }
        }
        Ok(if self.github { github(found, ended, lang) } else { String::new() })
    }

    /// Refuses what cannot be written before the work is done.
    ///
    /// # Errors
    /// When two are one file, a folder is missing, or one is there already and is not written over.
    pub(crate) fn check(&self, over: Over) -> Result<(), Failure> {
        let paths: Vec<&Path> = [&self.csv, &self.html, &self.junit, &self.sarif]
            .into_iter()
            .filter_map(Option::as_deref)
            .collect();
        for (at, path) in paths.iter().enumerate() {
            let shown = path.display();
            if paths[..at].contains(path) {
                return Err(Failure::new(
                    Exit::CouldNotRun,
                    format!("{shown} is named for two lists of findings; name a file for each"),
                    format!(
                        "{shown} が 2 種類の指摘一覧の出力先になっています。それぞれ別のファイルを指定してください"
                    ),
                ));
            }
            Place::at(path, over)?;
        }
        Ok(())
    }
}

/// The same where `--html` is the page of a release's changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct BesideChanges(pub(crate) FindingsAs);

impl clap::Args for BesideChanges {
    fn augment_args(command: Command) -> Command {
        FindingsAs::augment_args(command).mut_arg("findings_html", |arg| arg.long("findings-html"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for BesideChanges {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        FindingsAs::from_arg_matches(matches).map(BesideChanges)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}
