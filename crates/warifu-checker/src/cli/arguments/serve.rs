//! What `serve` can be told: where releases come from and when they are activated, and all that stands in
//! files beside this one.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use warifu_usage::number;

#[cfg(feature = "https")]
use crate::cli::arguments::doors::TlsOptions;
use crate::cli::arguments::doors::{Claims, Operators, Watch};
use crate::cli::arguments::fleet::FleetOptions;
use crate::cli::arguments::gates::GateOptions;
use crate::cli::arguments::limits::LimitOptions;
use crate::log::{Form, Level};

/// The heading of what is about the file and does not stand in it.
pub(in crate::cli) const ABOUT_THE_FILE: &str = "Configuration file";

/// What the help of `serve` says of all its options.
pub(in crate::cli) const HOW: &str = "\
Each option can stand in the configuration file, under its heading: --arrived-mib is arrived-mib in \
[limits], --tls-key is key in [tls]; --print-config shows them all. Each has a variable too: \
--arrived-mib is WARIFU_CHECKER_ARRIVED_MIB. The command line comes first, then variables, then the file. \
SIGHUP reads the file again.";

/// Where releases come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Channel")]
pub(in crate::cli) struct From {
    /// The channel: a folder, a bundle file, or a URL (https, s3, oci); again for each mirror of it
    #[arg(long, required = true)]
    pub(in crate::cli) channel: Vec<OsString>,
    /// The pinned root file
    #[arg(long)]
    pub(in crate::cli) root: PathBuf,
    /// What this side demands whatever the root says (docs/trust.md)
    #[arg(long, value_name = "FILE", env = "WARIFU_POLICY")]
    pub(in crate::cli) policy: Option<PathBuf>,
}

/// What `serve` can be told. Each option can also stand in the configuration file, in the section that its
/// heading names, and in a variable; there is no other list of them.
#[derive(Debug, Args)]
#[command(after_help = HOW)]
pub(in crate::cli) struct Serve {
    /// Where this checker keeps its state; claim files kept for replay lie there too
    #[arg(long, value_name = "DIR", env = "WARIFU_CHECKER_STATE")]
    pub(in crate::cli) state: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) site: Site,
    // Headings hold for what comes after them: what has none stands above.
    #[command(flatten)]
    pub(in crate::cli) configuration: Configuration,
    #[command(flatten)]
    pub(in crate::cli) from: From,
    /// Look at the channel every so many seconds
    #[arg(
        long,
        default_value_t = 30,
        value_parser = number::<u64>(1..),
        help_heading = "Channel"
    )]
    pub(in crate::cli) poll: u64,
    #[command(flatten)]
    pub(in crate::cli) claims: Claims,
    #[cfg(feature = "https")]
    #[command(flatten)]
    pub(in crate::cli) tls: TlsOptions,
    #[command(flatten)]
    pub(in crate::cli) limits: LimitOptions,
    #[command(flatten)]
    pub(in crate::cli) gates: GateOptions,
    #[command(flatten)]
    pub(in crate::cli) windows: Windows,
    /// Confirmed releases kept to be gone back to, before the one that runs
    #[arg(
        long,
        default_value_t = 3,
        value_parser = number::<u8>(1..=16),
        help_heading = "Gates"
    )]
    pub(in crate::cli) keep_releases: u8,
    #[command(flatten)]
    pub(in crate::cli) fleet: FleetOptions,
    #[command(flatten)]
    pub(in crate::cli) operators: Operators,
    #[command(flatten)]
    pub(in crate::cli) watch: Watch,
    #[command(flatten)]
    pub(in crate::cli) log: LogOptions,
}

/// Which configuration file, and what is done with it. These alone do not stand in it.
#[derive(Debug, Args)]
#[command(next_help_heading = ABOUT_THE_FILE)]
pub(in crate::cli) struct Configuration {
    /// The configuration file, in TOML; also WARIFU_CHECKER_CONFIG
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Check the file and all that it names, tell each value and where it comes from, and start nothing
    #[arg(long)]
    pub(in crate::cli) check_config: bool,
    /// Print the values in force as a configuration file with comments, and start nothing
    #[arg(long, conflicts_with = "check_config")]
    pub(in crate::cli) print_config: bool,
}

/// When releases are activated.
#[derive(Debug, Args)]
#[command(next_help_heading = "Windows")]
pub(in crate::cli) struct Windows {
    /// The calendar of the times in which nothing is activated, or `none` for no such times; without it, the
    /// built-in one of the claim windows
    #[arg(long, value_name = "FILE", env = "WARIFU_CALENDAR")]
    pub(in crate::cli) calendar: Option<PathBuf>,
    /// The area of the network whose maintenance the calendar names too
    #[arg(long, env = "WARIFU_AREA")]
    pub(in crate::cli) area: Option<String>,
}

/// What is told on stderr (docs/events.md).
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(in crate::cli) struct LogOptions {
    /// Lines for people, with the time in Japan, or JSON objects for programs
    #[arg(long, value_name = "FORM", default_value = "human", value_parser = ["human", "json"])]
    log: String,
    /// The least that is told: info; warn, what is to be looked into; error, what needs somebody now
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = ["info", "warn", "error"])]
    log_level: String,
}

impl LogOptions {
    pub(in crate::cli) fn form(&self) -> Form {
        if self.log == "json" { Form::Json } else { Form::Human }
    }

    pub(in crate::cli) fn least(&self) -> Level {
        let levels = [Level::Error, Level::Warn];
        levels.into_iter().find(|level| level.as_str() == self.log_level).unwrap_or(Level::Info)
    }
}

/// What a site adds to the program.
#[derive(Debug, Args)]
pub(in crate::cli) struct Site {
    /// A folder with layouts/, formats/, charsets/ and codes/ of a site, added to the built-in ones
    #[arg(long, value_name = "DIR", env = "WARIFU_SCHEMAS")]
    pub(in crate::cli) schemas: Option<PathBuf>,
}
