//! The commands and their options, as a person types them.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::{Args, Parser, Subcommand};
use warifu_claims::movement::Enough;
use warifu_values::lang::Lang;

use crate::cli::client::Client;
use crate::log::{Form, Level};
use crate::service::Limits;
#[cfg(feature = "https")]
use crate::service::{Clients, TlsFiles};
use crate::state::{Keeping, Reason};
use crate::swap::Gates;

/// The heading of what is about the file and does not stand in it.
pub(super) const ABOUT_THE_FILE: &str = "Configuration file";

/// What the help of `serve` says of all its options.
pub(super) const HOW: &str = "\
Each option can stand in the configuration file, under its heading: --arrived-mib is arrived-mib in \
[limits], --tls-key is key in [tls]; --print-config shows them all. Each has a variable too: \
--arrived-mib is WARIFU_CHECKER_ARRIVED_MIB. The command line comes first, then variables, then the file. \
SIGHUP reads the file again.";

/// What the command line is parsed by, for whoever writes of it.
pub fn command_line() -> clap::Command {
    <Arguments as clap::CommandFactory>::command()
}

/// Checks medical claims by signed masters, and changes masters while claims are being checked.
#[derive(Debug, Parser)]
#[command(name = "warifu-checker", version)]
pub(super) struct Arguments {
    /// The language of messages: en or ja (else LC_ALL, LC_MESSAGES, LANG)
    #[arg(long, global = true, value_parser = language, env = "WARIFU_LANG")]
    pub(super) lang: Option<Lang>,
    #[command(subcommand)]
    pub(super) command: Command,
}

fn language(text: &str) -> Result<Lang, String> {
    Lang::from_locale(text).ok_or_else(|| "en or ja".to_owned())
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge claim files over HTTP, taking releases from a channel
    Serve(Box<Serve>),
    /// Give releases of a channel to a program that was not written for this (docs/attach.md)
    Attach(Attach),
    /// Judge one claim file without a running checker
    Check(Check),
    /// Say what the gates would say of a channel's newest release, and change nothing
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
    /// what runs was withdrawn, and there is nothing to go back to.
    Status(Remote),
    /// Let a running checker look at its channel now
    Swap {
        /// Take this release or none; one refused for its data is tried again
        release: Option<u64>,
        #[command(flatten)]
        remote: Remote,
    },
    /// Return a running checker to its previous confirmed release, or to an older one that it keeps
    FallBack {
        /// To this release; everything newer is held until a newer one is confirmed
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
    /// Print the OpenAPI document of the doors: every request, what it takes, and every answer
    Openapi {
        /// Only what is served at this door
        #[arg(long, value_parser = ["claims", "operators", "watchers"])]
        door: Option<String>,
    },
}

impl Command {
    /// The running checker that it asks.
    pub(super) fn remote(&self) -> Option<&Remote> {
        match self {
            Command::Serve(_)
            | Command::Attach(_)
            | Command::Check(_)
            | Command::DryRun(_)
            | Command::Explain(_)
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

/// `value` as a shell reads it back.
fn in_shell(value: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+:@%,=".contains(letter);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// What an operator decides of all releases.
#[derive(Debug, Args)]
pub(super) struct DecideAll {
    /// Why: it is written to the log and the status
    #[arg(long)]
    pub(super) reason: Reason,
    #[command(flatten)]
    pub(super) remote: Remote,
}

#[derive(Debug, Args)]
pub(super) struct GiveUp {
    #[command(flatten)]
    pub(super) decide: Decide,
    /// Do not ask
    #[arg(long)]
    pub(super) yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct Repair {
    #[command(flatten)]
    pub(super) decide: DecideAll,
    /// Do not ask
    #[arg(long)]
    pub(super) yes: bool,
}

/// What an operator decides of a release.
#[derive(Debug, Args)]
pub(super) struct Decide {
    /// The release, by its number
    pub(super) release: u64,
    /// Why: it is written to the log, the status and the report
    #[arg(long)]
    pub(super) reason: Reason,
    #[command(flatten)]
    pub(super) remote: Remote,
}

/// Where releases come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Channel")]
pub(super) struct From {
    /// The channel: a folder, a bundle file, or a URL (https, s3, oci); again for each mirror of it
    #[arg(long, required = true)]
    pub(super) channel: Vec<OsString>,
    /// The pinned root file
    #[arg(long)]
    pub(super) root: PathBuf,
    /// What this side demands whatever the root says (docs/trust.md)
    #[arg(long, value_name = "FILE", env = "WARIFU_POLICY")]
    pub(super) policy: Option<PathBuf>,
}

/// What `serve` can be told. Each option can also stand in the configuration file, in the section that its
/// heading names, and in a variable; there is no other list of them.
#[derive(Debug, Args)]
#[command(after_help = HOW)]
pub(super) struct Serve {
    /// Where this checker keeps its state; claim files kept for replay lie there too
    #[arg(long, value_name = "DIR", env = "WARIFU_CHECKER_STATE")]
    pub(super) state: PathBuf,
    #[command(flatten)]
    pub(super) site: Site,
    // Headings hold for what comes after them: what has none stands above.
    #[command(flatten)]
    pub(super) configuration: Configuration,
    #[command(flatten)]
    pub(super) from: From,
    /// Look at the channel every so many seconds
    #[arg(
        long,
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..),
        help_heading = "Channel"
    )]
    pub(super) poll: u64,
    #[command(flatten)]
    pub(super) claims: Claims,
    #[cfg(feature = "https")]
    #[command(flatten)]
    pub(super) tls: TlsOptions,
    #[command(flatten)]
    pub(super) limits: LimitOptions,
    #[command(flatten)]
    pub(super) gates: GateOptions,
    #[command(flatten)]
    pub(super) windows: Windows,
    /// Confirmed releases kept to be gone back to, before the one that runs
    #[arg(
        long,
        default_value_t = 3,
        value_parser = clap::value_parser!(u8).range(1..=16),
        help_heading = "Gates"
    )]
    pub(super) keep_releases: u8,
    #[command(flatten)]
    pub(super) operators: Operators,
    #[command(flatten)]
    pub(super) watch: Watch,
    #[command(flatten)]
    pub(super) log: LogOptions,
}

/// Which configuration file, and what is done with it. These alone do not stand in it.
#[derive(Debug, Args)]
#[command(next_help_heading = ABOUT_THE_FILE)]
pub(super) struct Configuration {
    /// The configuration file, in TOML; also WARIFU_CHECKER_CONFIG
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Check the file and all that it names, tell each value and where it comes from, and start nothing
    #[arg(long)]
    pub(super) check_config: bool,
    /// Print the values in force as a configuration file with comments, and start nothing
    #[arg(long, conflicts_with = "check_config")]
    pub(super) print_config: bool,
}

/// Where claims come in, and how many are judged.
#[derive(Debug, Args)]
#[command(next_help_heading = "Claims")]
pub(super) struct Claims {
    /// The address to take claims at; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8642")]
    pub(super) listen: SocketAddr,
    /// Claim files that may wait
    #[arg(long, default_value_t = 256)]
    pub(super) queue: usize,
    /// Claim files judged at once (default: one for each core)
    #[arg(long)]
    pub(super) judges: Option<usize>,
}

/// Where operators are heard.
#[derive(Debug, Args)]
#[command(next_help_heading = "Operators")]
pub(super) struct Operators {
    /// The socket to hear operators at (default: operator.sock in the state directory)
    #[arg(long, value_name = "PATH", env = "WARIFU_CHECKER_SOCKET")]
    pub(super) socket: Option<PathBuf>,
    #[cfg(feature = "https")]
    #[command(flatten)]
    over_tcp: OperatorsOverTcp,
}

#[cfg(feature = "https")]
impl Operators {
    /// The address for operators who show a certificate, and the files of that door.
    pub(super) fn over_tcp(&self) -> Option<(SocketAddr, TlsFiles)> {
        let OperatorsOverTcp {
            operators_listen: listen,
            operators_certificate: certificate,
            operators_key: key,
            operators_clients: clients,
        } = self.over_tcp.clone();
        let clients = Clients::OnlyKnown(clients?);
        Some((listen?, TlsFiles { certificate: certificate?, key: key?, clients }))
    }
}

/// Operators who are elsewhere: only by TLS, and only with a certificate of their own.
#[cfg(feature = "https")]
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Operators")]
struct OperatorsOverTcp {
    /// Hear operators at this address too, each known by a certificate
    #[arg(
        long,
        value_name = "ADDRESS",
        requires_all = ["operators_certificate", "operators_key", "operators_clients"]
    )]
    operators_listen: Option<SocketAddr>,
    /// The certificate of that door, and those between it and its authority (PEM)
    #[arg(long, value_name = "FILE", requires = "operators_listen")]
    operators_certificate: Option<PathBuf>,
    /// The key of that certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "operators_listen")]
    operators_key: Option<PathBuf>,
    /// Who has a certificate of these authorities is an operator, and nobody else (PEM)
    #[arg(long, value_name = "FILE", requires = "operators_listen")]
    operators_clients: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct DryRun {
    #[command(flatten)]
    pub(super) from: From,
    /// The checker's state directory, whether it runs or not
    #[arg(long)]
    pub(super) state: PathBuf,
    #[command(flatten)]
    pub(super) gates: GateOptions,
    #[command(flatten)]
    pub(super) windows: Windows,
    /// One JSON document on stdout
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) site: Site,
}

#[derive(Debug, Args)]
pub(super) struct Attach {
    /// What is given to whom, and how it is told and asked
    #[arg(long, value_name = "FILE")]
    pub(super) config: PathBuf,
    /// Say whether the file can be used, and do nothing
    #[arg(long)]
    pub(super) check_config: bool,
}

/// When releases are activated.
#[derive(Debug, Args)]
#[command(next_help_heading = "Windows")]
pub(super) struct Windows {
    /// The calendar of the times in which nothing is activated, or `none` for no such times; without it, the
    /// built-in one of the claim windows
    #[arg(long, value_name = "FILE", env = "WARIFU_CALENDAR")]
    pub(super) calendar: Option<PathBuf>,
    /// The area of the network whose maintenance the calendar names too
    #[arg(long, env = "WARIFU_AREA")]
    pub(super) area: Option<String>,
}

/// Who looks and commands nothing.
#[derive(Debug, Args)]
#[command(next_help_heading = "Watch")]
pub(super) struct Watch {
    /// An address at which everything can be looked at and nothing be commanded: the page, /metrics, /status,
    /// /history.json, /livez, /readyz (default: none)
    #[arg(long, value_name = "ADDRESS")]
    pub(super) watch_listen: Option<SocketAddr>,
    /// A name by which it is asked for, besides its addresses and localhost; again for each
    #[arg(long, value_name = "NAME")]
    pub(super) watch_name: Vec<String>,
}

/// What is told on stderr (docs/events.md).
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(super) struct LogOptions {
    /// Lines for people, with the time in Japan, or JSON objects for programs
    #[arg(long, value_name = "FORM", default_value = "human", value_parser = ["human", "json"])]
    log: String,
    /// The least that is told: info; warn, what is to be looked into; error, what needs somebody now
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = ["info", "warn", "error"])]
    log_level: String,
}

impl LogOptions {
    pub(super) fn form(&self) -> Form {
        if self.log == "json" { Form::Json } else { Form::Human }
    }

    pub(super) fn least(&self) -> Level {
        let levels = [Level::Error, Level::Warn];
        levels.into_iter().find(|level| level.as_str() == self.log_level).unwrap_or(Level::Info)
    }
}

/// What the gates must see.
#[derive(Debug, Args)]
#[command(next_help_heading = "Gates")]
pub(super) struct GateOptions {
    /// Claim files that a new release must judge before it is confirmed, and nothing speak against it
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) probation: u64,
    /// Institutions that these files must be of
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub(super) probation_institutions: u64,
    /// Uses of codes in them that both releases must have judged: 300 without a movement mean at most 1 %
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) probation_uses: u64,
    /// Claim files kept to be replayed against what comes; they hold patients' data, so by default none is
    #[arg(long, default_value_t = 0, help_heading = "Replay")]
    pub(super) replay_files: usize,
    /// Mebibytes of claim files kept at most
    #[arg(
        long,
        default_value_t = 64,
        value_parser = clap::value_parser!(u64).range(1..=1024),
        help_heading = "Replay"
    )]
    pub(super) replay_mib: u64,
    /// Days that a claim file is kept at most
    #[arg(
        long,
        default_value_t = 62,
        value_parser = clap::value_parser!(u32).range(1..=366),
        help_heading = "Replay"
    )]
    pub(super) replay_days: u32,
}

impl GateOptions {
    pub(super) fn keeping(&self) -> Keeping {
        let GateOptions { replay_files: files, replay_mib, replay_days: days, .. } = *self;
        Keeping { files, bytes: usize::try_from(replay_mib << 20).unwrap_or(usize::MAX), days }
    }

    pub(super) fn gates(&self) -> Gates {
        let GateOptions { probation: files, probation_institutions: institutions, .. } = *self;
        Gates { probation: Enough { files, institutions, uses: self.probation_uses } }
    }
}

/// What senders may take, and how it ends. What is of one sender is half of all unless it is said.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitOptions {
    /// Connections at once
    #[arg(long, default_value_t = Limits::default().connections, value_parser = at_least_one)]
    connections: usize,
    /// Of these, from one sender (default: half)
    #[arg(long, value_parser = at_least_one)]
    connections_of_sender: Option<usize>,
    /// Mebibytes of claim files that have arrived and are not judged yet
    #[arg(long, default_value_t = Limits::default().arrived_bytes >> 20, value_parser = mebibytes)]
    arrived_mib: usize,
    /// Of these, from one sender (default: half)
    #[arg(long, value_parser = mebibytes)]
    arrived_mib_of_sender: Option<usize>,
    /// Mebibytes of answers that were not taken yet
    #[arg(long, default_value_t = Limits::default().unread_bytes >> 20, value_parser = mebibytes)]
    unread_mib: usize,
    /// Of these, left by one sender (default: half)
    #[arg(long, value_parser = mebibytes)]
    unread_mib_of_sender: Option<usize>,
    /// Kibibytes of the head of a request
    #[arg(
        long,
        default_value_t = (Limits::default().head_bytes >> 10) as u64,
        value_parser = clap::value_parser!(u64).range(8..=1024)
    )]
    head_kib: u64,
    /// A file that came compressed grows at most so many times, once it is above a mebibyte
    #[arg(long, default_value_t = Limits::default().unpacked_ratio, value_parser = at_least_one)]
    unpacked_ratio: usize,
    /// Seconds for the head of a request
    #[arg(long, default_value_t = Limits::default().head_ms / 1000, value_parser = seconds())]
    head_seconds: u64,
    /// Seconds for a claim file
    #[arg(long, default_value_t = Limits::default().body_ms / 1000, value_parser = seconds())]
    body_seconds: u64,
    /// Seconds for taking an answer
    #[arg(long, default_value_t = Limits::default().answer_ms / 1000, value_parser = seconds())]
    answer_seconds: u64,
    /// Seconds between two requests on a connection, and before the first
    #[arg(long, default_value_t = Limits::default().idle_ms / 1000, value_parser = seconds())]
    idle_seconds: u64,
    /// The least bytes a second that a sender sends, or takes of an answer
    #[arg(
        long,
        default_value_t = Limits::default().bytes_a_second,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    bytes_a_second: u64,
    /// That is asked of it after so many seconds
    #[arg(long, default_value_t = Limits::default().slow_after_ms / 1000, value_parser = seconds())]
    slow_after_seconds: u64,
    /// Refusals that are told at once in a second; others wait a moment
    #[arg(
        long,
        default_value_t = Limits::default().refusals_a_second,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    refusals_a_second: u64,
    /// Seconds of such a moment, at most
    #[arg(
        long,
        default_value_t = Limits::default().refusal_ms / 1000,
        value_parser = clap::value_parser!(u64).range(..=60)
    )]
    refusal_seconds: u64,
    /// At the end, seconds in which claims are still taken while /readyz says no
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = Limits::default().notice_ms / 1000,
        value_parser = clap::value_parser!(u64).range(..=86_400)
    )]
    drain_notice: u64,
    /// After that, seconds that requests in flight may take
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = Limits::default().drain_ms / 1000,
        value_parser = clap::value_parser!(u64).range(..=86_400)
    )]
    drain: u64,
}

/// A time that something may take: a day at most.
fn seconds() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=86_400)
}

fn at_least_one(text: &str) -> Result<usize, String> {
    // In clap's words, which have others in Japanese.
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| format!("{text} is not in 1.."))
}

/// So many are also bytes in the memory that there may be.
fn mebibytes(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|mib| (1..=1 << 20).contains(mib))
        .ok_or_else(|| format!("{text} is not in 1..=1048576"))
}

impl LimitOptions {
    /// As far as there are handles for connections.
    pub(super) fn limits(&self, handles_for: impl FnOnce(usize) -> usize) -> Limits {
        let connections = handles_for(self.connections);
        let of_sender = |own: Option<usize>, all: usize| own.unwrap_or(all.div_ceil(2)).min(all);
        let (arrived, unread) = (self.arrived_mib, self.unread_mib);
        Limits {
            connections,
            connections_of_sender: of_sender(self.connections_of_sender, connections),
            arrived_bytes: arrived << 20,
            arrived_bytes_of_sender: of_sender(self.arrived_mib_of_sender, arrived) << 20,
            unread_bytes: unread << 20,
            unread_bytes_of_sender: of_sender(self.unread_mib_of_sender, unread) << 20,
            head_bytes: usize::try_from(self.head_kib << 10).unwrap_or(usize::MAX),
            unpacked_ratio: self.unpacked_ratio,
            head_ms: self.head_seconds * 1000,
            body_ms: self.body_seconds * 1000,
            answer_ms: self.answer_seconds * 1000,
            idle_ms: self.idle_seconds * 1000,
            bytes_a_second: self.bytes_a_second,
            slow_after_ms: self.slow_after_seconds * 1000,
            refusals_a_second: self.refusals_a_second,
            refusal_ms: self.refusal_seconds * 1000,
            notice_ms: self.drain_notice * 1000,
            drain_ms: self.drain * 1000,
        }
    }
}

/// TLS before the claims. The files are read again when they change, and on SIGHUP.
#[cfg(feature = "https")]
#[derive(Debug, Args)]
#[command(next_help_heading = "TLS")]
pub(super) struct TlsOptions {
    /// Take claims over TLS, by this certificate and those between it and its authority (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Know senders by certificates of these authorities (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_clients: Option<PathBuf>,
    /// Let nobody else in
    #[arg(long, requires = "tls_clients")]
    tls_only_clients: bool,
}

#[cfg(feature = "https")]
impl TlsOptions {
    pub(super) fn files(&self) -> Option<TlsFiles> {
        let clients = match &self.tls_clients {
            None => Clients::Unknown,
            Some(authorities) if self.tls_only_clients => Clients::OnlyKnown(authorities.clone()),
            Some(authorities) => Clients::Known(authorities.clone()),
        };
        let (certificate, key) = (self.tls_certificate.clone()?, self.tls_key.clone()?);
        Some(TlsFiles { certificate, key, clients })
    }
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The claim file (UKE)
    pub(super) file: PathBuf,
    /// Judge by the release that runs on this state directory
    #[arg(long, conflicts_with = "channel", required_unless_present = "channel")]
    pub(super) state: Option<PathBuf>,
    /// Judge by the newest release of this channel
    #[arg(long, requires = "root")]
    pub(super) channel: Vec<OsString>,
    /// The pinned root file
    #[arg(long)]
    pub(super) root: Option<PathBuf>,
    /// What this side demands whatever the root says
    #[arg(long, value_name = "FILE", env = "WARIFU_POLICY")]
    pub(super) policy: Option<PathBuf>,
    /// JSON lines as the service answers them
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) site: Site,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// An answer: JSON lines as the service or `check --json` gave them
    pub(super) a: PathBuf,
    /// Another one for the same claim file
    pub(super) b: PathBuf,
    /// Look the records up in the releases that this state directory holds
    #[arg(long)]
    pub(super) state: Option<PathBuf>,
    /// One JSON document on stdout
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) site: Site,
}

/// What a site adds to the program.
#[derive(Debug, Args)]
pub(super) struct Site {
    /// A folder with layouts/, formats/, charsets/ and codes/ of a site, added to the built-in ones
    #[arg(long, value_name = "DIR", env = "WARIFU_SCHEMAS")]
    pub(super) schemas: Option<PathBuf>,
}

/// Which running checker.
#[derive(Debug, Args)]
pub(super) struct Remote {
    /// The running checker, by its state directory
    #[arg(long, value_name = "DIR", env = "WARIFU_CHECKER_STATE")]
    pub(super) state: Option<PathBuf>,
    /// The running checker, by the socket at which it hears operators
    #[arg(long, value_name = "PATH", env = "WARIFU_CHECKER_SOCKET")]
    pub(super) socket: Option<PathBuf>,
    /// The running checker, by its configuration file (default: /etc/warifu/checker.toml); also
    /// WARIFU_CHECKER_CONFIG
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    #[cfg(feature = "https")]
    #[command(flatten)]
    pub(super) elsewhere: Elsewhere,
    /// Its client, once it is found.
    #[arg(skip)]
    pub(super) found: OnceLock<Client>,
    /// One JSON document on stdout
    #[arg(long)]
    pub(super) json: bool,
}

/// A checker on another machine, and who asks it.
#[cfg(feature = "https")]
#[derive(Debug, Args)]
pub(super) struct Elsewhere {
    /// The running checker, by the URL at which it hears operators: https://HOST:PORT
    #[arg(
        long,
        value_name = "URL",
        env = "WARIFU_CHECKER_OPERATOR_URL",
        requires_all = ["client_certificate", "client_key", "authority"]
    )]
    pub(super) operator_url: Option<String>,
    /// The operator's certificate (PEM)
    #[arg(long, value_name = "FILE", env = "WARIFU_CHECKER_CLIENT_CERTIFICATE")]
    pub(super) client_certificate: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, value_name = "FILE", env = "WARIFU_CHECKER_CLIENT_KEY")]
    pub(super) client_key: Option<PathBuf>,
    /// The authority of the checker's certificate (PEM)
    #[arg(long, value_name = "FILE", env = "WARIFU_CHECKER_AUTHORITY")]
    pub(super) authority: Option<PathBuf>,
}

impl Remote {
    /// Which one was given, as it is typed again; nothing where a variable gives it the next time too.
    pub(super) fn given(&self) -> Option<String> {
        let typed = |option: &str, path: Option<&Path>, variable: &str| {
            let path = path.filter(|path| std::env::var_os(variable).as_deref() != Some(path.as_os_str()))?;
            Some(format!("{option} {}", in_shell(&path.to_string_lossy())))
        };
        typed("--socket", self.socket.as_deref(), "WARIFU_CHECKER_SOCKET")
            .or_else(|| typed("--state", self.state.as_deref(), "WARIFU_CHECKER_STATE"))
            .or_else(|| typed("--config", self.config.as_deref(), "WARIFU_CHECKER_CONFIG"))
    }

    /// Its state directory, where that was given.
    pub(super) fn state(&self) -> Option<&Path> {
        self.state.as_deref()
    }
}
