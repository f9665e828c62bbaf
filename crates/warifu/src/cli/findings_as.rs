//! How findings are given: what every command that finds something takes for it.

use std::path::PathBuf;

use clap::builder::ValueHint;
use clap::{ArgMatches, Command, FromArgMatches};
use warifu::error::Failure;
use warifu::findings::{Found, Most, csv, github, html, junit, sarif};
use warifu::place::Place;
use warifu_reports::Ended;
use warifu_values::lang::Lang;

use super::places::Places;

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

/// Where each list goes that is wanted.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    csv: Option<Place>,
    html: Option<Place>,
    junit: Option<Place>,
    sarif: Option<Place>,
}

impl FindingsAs {
    /// How many are shown as text.
    pub(crate) fn most(&self) -> Most {
        if self.all { Most::All } else { Most::SomeUnlessAll }
    }

    /// Whether anything is wanted beside the text.
    pub(crate) fn lists_any(&self) -> bool {
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
        lists: &Lists,
        lang: Lang,
    ) -> Result<String, Failure> {
        type Write<'a> = &'a dyn Fn() -> String;
        let ways: [(&Option<Place>, Write<'_>); 4] = [
            (&lists.csv, &|| csv(found, lang)),
            (&lists.html, &|| html(found)),
            (&lists.junit, &|| junit(found, ended, lang)),
            (&lists.sarif, &|| format!("{:#}\n", sarif(found, ended, lang))),
        ];
        for (place, written) in ways {
            if let Some(place) = place {
                place.write(written().as_bytes())?;
            }
        }
        Ok(if self.github { github(found, ended, lang) } else { String::new() })
    }

    /// Where the lists go: what cannot be written is refused before the work is done.
    ///
    /// # Errors
    /// As [`Places::at`].
    pub(crate) fn lists(&self, places: &Places) -> Result<Lists, Failure> {
        let of = |path: &Option<PathBuf>| places.of_option(path.as_ref());
        Ok(Lists {
            csv: of(&self.csv)?,
            html: of(&self.html)?,
            junit: of(&self.junit)?,
            sarif: of(&self.sarif)?,
        })
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
