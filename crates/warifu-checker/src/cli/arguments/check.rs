//! What `check` is told: by which release it judges, and how its findings are given.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::cli::arguments::serve::Site;

#[derive(Debug, Args)]
pub(in crate::cli) struct Check {
    /// The claim file (UKE)
    pub(in crate::cli) file: PathBuf,
    // Headings hold for what comes after them: what has none stands above.
    #[command(flatten)]
    pub(in crate::cli) site: Site,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) given: GivenAs,
}

/// By which release.
#[derive(Debug, Args)]
#[command(next_help_heading = "By which release")]
pub(in crate::cli) struct By {
    /// Judge by the release that runs on this state directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["channel", "offline", "root", "keep"])]
    pub(in crate::cli) state: Option<PathBuf>,
    /// Judge by the newest release of this channel (a folder, a bundle file or a URL; again for each mirror),
    /// which is kept for when it cannot be reached
    #[arg(long, conflicts_with = "offline")]
    pub(in crate::cli) channel: Vec<OsString>,
    /// Judge by what is kept and ask nobody
    #[arg(long)]
    pub(in crate::cli) offline: bool,
    /// The pinned root file; named once, it is kept beside the release
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) root: Option<PathBuf>,
    /// Keep releases here, in a folder for each root; otherwise in warifu-checker below $XDG_DATA_HOME or
    /// ~/.local/share
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) keep: Option<PathBuf>,
    /// What this side demands whatever the root says (docs/trust.md)
    #[arg(long, value_name = "FILE", env = "WARIFU_POLICY")]
    pub(in crate::cli) policy: Option<PathBuf>,
}

/// How findings are given.
#[derive(Debug, Args)]
#[command(next_help_heading = "Findings")]
pub(in crate::cli) struct GivenAs {
    /// Show every finding, and not the first ten of each code
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// JSON lines as the service answers them, up to a million findings
    #[arg(long, conflicts_with = "all")]
    pub(in crate::cli) json: bool,
    /// Write a table for a spreadsheet too (CSV, UTF-8); - writes it alone, to standard output
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) csv: Option<PathBuf>,
    /// Write them as one page for people too, in both languages
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) html: Option<PathBuf>,
    /// Write them as JUnit's XML too, for what judges a build: an error fails, what was not judged does not
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) junit: Option<PathBuf>,
    /// Write them as SARIF 2.1.0 too, for what shows findings in files
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) sarif: Option<PathBuf>,
    /// Print them as annotations of GitHub Actions too
    #[arg(long, conflicts_with = "json")]
    pub(in crate::cli) github: bool,
    /// Write over lists that are there already
    #[arg(long)]
    pub(in crate::cli) force: bool,
}
