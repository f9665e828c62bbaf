//! The commands and their options, as a person types them.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use warifu_claims::movement::Enough;
use warifu_values::lang::Lang;

use crate::cli::client::Client;
use crate::log::{Form, Level};
#[cfg(feature = "https")]
use crate::service::{Clients, TlsFiles};
use crate::service::{Limits, OperatorSocket};
use crate::state::{Keeping, Reason};
use crate::swap::Gates;

/// Checks medical claims by signed masters, and changes masters while claims are being checked.
#[derive(Debug, Parser)]
#[command(name = "warifu-checker", version)]
pub struct Arguments {
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
    /// Exit status: 0; 2 it does not answer; 3 what runs was withdrawn, and there is nothing to go back to.
    Status(Remote),
    /// Let a running checker look at its channel now
    Swap {
        /// Take this release or none; one refused for its data is tried again
        release: Option<u64>,
        #[command(flatten)]
        remote: Remote,
    },
    /// Return a running checker to its previous confirmed release
    FallBack(Remote),
    /// Confirm the release on probation, where too few institutions use a checker to tell
    Confirm(Decide),
    /// Take other releases again after the running one was lost on disk and cannot be fetched any more
    GiveUp(Decide),
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
}

impl Command {
    /// The running checker that it asks.
    pub(super) fn remote(&self) -> Option<&Remote> {
        match self {
            Command::Serve(_) | Command::Check(_) | Command::DryRun(_) | Command::Explain(_) => None,
            Command::Status(remote)
            | Command::FallBack(remote)
            | Command::Replay(remote)
            | Command::ForgetClaims(remote)
            | Command::Swap { remote, .. } => Some(remote),
            Command::Confirm(decide) | Command::GiveUp(decide) | Command::Unhold(decide) => {
                Some(&decide.remote)
            }
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

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    pub(super) from: From,
    /// Where this checker keeps its state; claim files kept for replay lie there too
    #[arg(long, value_name = "DIR", env = "WARIFU_CHECKER_STATE")]
    pub(super) state: PathBuf,
    /// The address to take claims at; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8642")]
    pub(super) listen: SocketAddr,
    /// An address at which everything can be looked at and nothing be commanded: /metrics, /status,
    /// /history.json, /livez, /readyz (default: none)
    #[arg(long, value_name = "ADDRESS", env = "WARIFU_CHECKER_WATCH_LISTEN")]
    pub(super) watch_listen: Option<SocketAddr>,
    /// The socket to hear operators at (default: operator.sock in the state directory)
    #[arg(long, value_name = "PATH", env = "WARIFU_CHECKER_SOCKET")]
    pub(super) socket: Option<PathBuf>,
    #[command(flatten)]
    pub(super) limits: LimitOptions,
    #[cfg(feature = "https")]
    #[command(flatten)]
    pub(super) tls: TlsOptions,
    /// Look at the channel every so many seconds
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) poll: u64,
    #[command(flatten)]
    pub(super) gates: GateOptions,
    #[command(flatten)]
    pub(super) windows: Windows,
    /// Claim files that may wait
    #[arg(long, default_value_t = 256)]
    pub(super) queue: usize,
    #[command(flatten)]
    pub(super) log: LogOptions,
    /// Claim files judged at once (default: one for each core)
    #[arg(long)]
    pub(super) judges: Option<usize>,
    #[command(flatten)]
    pub(super) site: Site,
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

/// When releases are activated.
#[derive(Debug, Args)]
pub(super) struct Windows {
    /// The calendar of the times in which nothing is activated, or `none` for no such times; without it, the
    /// built-in one of the claim windows
    #[arg(long, value_name = "FILE", env = "WARIFU_CALENDAR")]
    pub(super) calendar: Option<PathBuf>,
    /// The area of the network whose maintenance the calendar names too
    #[arg(long, env = "WARIFU_AREA")]
    pub(super) area: Option<String>,
}

/// What is told on stderr (docs/events.md).
#[derive(Debug, Args)]
pub(super) struct LogOptions {
    /// Lines for people, with the time in Japan, or JSON objects for programs
    #[arg(long, value_name = "FORM", default_value = "human", value_parser = ["human", "json"])]
    #[arg(env = "WARIFU_CHECKER_LOG")]
    log: String,
    /// The least that is told: info; warn, what is to be looked into; error, what needs somebody now
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = ["info", "warn", "error"])]
    #[arg(env = "WARIFU_CHECKER_LOG_LEVEL")]
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
    #[arg(long, default_value_t = 0)]
    pub(super) replay_files: usize,
    /// Mebibytes of claim files kept at most
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub(super) replay_mib: u64,
    /// Days that a claim file is kept at most
    #[arg(long, default_value_t = 62, value_parser = clap::value_parser!(u32).range(1..=366))]
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

/// What senders may take, and how it ends.
#[derive(Debug, Args)]
pub(super) struct LimitOptions {
    /// Connections at once; half of them from one sender
    #[arg(long, default_value_t = Limits::default().connections)]
    connections: usize,
    /// At the end, seconds in which claims are still taken while /readyz says no
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().notice_ms / 1000)]
    drain_notice: u64,
    /// After that, seconds that requests in flight may take
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().drain_ms / 1000)]
    drain: u64,
}

impl LimitOptions {
    /// As far as there are handles for connections.
    pub(super) fn limits(&self, handles_for: impl FnOnce(usize) -> usize) -> Limits {
        let connections = handles_for(self.connections);
        Limits {
            connections,
            connections_of_sender: connections.div_ceil(2),
            notice_ms: self.drain_notice.saturating_mul(1000),
            drain_ms: self.drain.saturating_mul(1000),
            ..Limits::default()
        }
    }
}

/// TLS before the claims. The files are read again when they change, and on SIGHUP.
#[cfg(feature = "https")]
#[derive(Debug, Args)]
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
    #[arg(long, value_name = "DIR", env = "WARIFU_CHECKER_STATE", required_unless_present = "socket")]
    state: Option<PathBuf>,
    /// The running checker, by the socket at which it hears operators
    #[arg(long, value_name = "PATH", env = "WARIFU_CHECKER_SOCKET")]
    socket: Option<PathBuf>,
    /// One JSON document on stdout
    #[arg(long)]
    pub(super) json: bool,
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
    }

    /// Its client. A socket that is named comes before a state directory.
    pub(super) fn client(&self) -> Client {
        let in_state = || OperatorSocket::in_state(self.state.as_deref().unwrap_or(Path::new(".")));
        Client::at(self.socket.clone().unwrap_or_else(in_state))
    }
}
