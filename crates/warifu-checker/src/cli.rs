//! The command line. Exit status: 0 done, 1 refused because of the data, 2 could not run, 3 refused because of
//! trust. Results go to stdout, everything else to stderr.

use std::fs;
use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use tokio::net::TcpListener;
use warifu_claims::FILE_LIMIT_BYTES;
use warifu_masters::schema::Schemas;
use warifu_values::lang::{Lang, Speak, counted};

use crate::answer::answer;
use crate::candidate::Candidate;
use crate::client::{Client, ClientError};
use crate::drift::Thresholds;
use crate::log::{Log, now};
use crate::queue::FairQueue;
use crate::recent::Recent;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::schema_folder::schemas;
use crate::service::Service;
use crate::source::{SourceError, TrustSource, newest};
use crate::state_directory::StateDirectory;
use crate::swap::{Gates, Swapper};

/// Checks medical claims by signed masters, and changes masters while claims are being checked.
#[derive(Debug, Parser)]
#[command(name = "warifu-checker", version)]
pub struct Arguments {
    /// The language of messages: en or ja (else LC_ALL, LC_MESSAGES, LANG)
    #[arg(long, global = true, value_parser = language, env = "WARIFU_LANG")]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Command,
}

fn language(text: &str) -> Result<Lang, String> {
    Lang::from_locale(text).ok_or_else(|| "en or ja".to_owned())
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge claim files over HTTP, taking releases from a channel
    Serve(Box<Serve>),
    /// Judge one claim file without a running checker
    Check(Check),
    /// Show what a running checker judges by, and why
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
}

#[derive(Debug, Args)]
struct Serve {
    /// The channel: a directory that releases are published in
    #[arg(long)]
    channel: PathBuf,
    /// The pinned root file
    #[arg(long)]
    root: PathBuf,
    /// Where this checker keeps its state; claim files kept for replay lie there too
    #[arg(long)]
    state: PathBuf,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8642")]
    listen: SocketAddr,
    /// Look at the channel every so many seconds
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    poll: u64,
    /// Claim files that a new release must judge well before it is confirmed
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    probation: u64,
    /// New errors on probation and in replay that are always allowed
    #[arg(long, default_value_t = 5)]
    drift_least: u64,
    /// New errors allowed beyond that, in percent of the items judged
    #[arg(long, default_value_t = 2.0)]
    drift_percent: f64,
    /// Items that may stop being judged, in percent
    #[arg(long, default_value_t = 10.0)]
    unjudged_percent: f64,
    /// Recent claim files kept to be replayed; 0 keeps none
    #[arg(long, default_value_t = 32)]
    replay_files: usize,
    /// Claim files that may wait
    #[arg(long, default_value_t = 256)]
    queue: usize,
    /// Claim files judged at once (default: one for each core)
    #[arg(long)]
    judges: Option<usize>,
    #[command(flatten)]
    site: Site,
}

#[derive(Debug, Args)]
struct Check {
    /// The claim file (UKE)
    file: PathBuf,
    /// Judge by the release that runs on this state directory
    #[arg(long, conflicts_with = "channel", required_unless_present = "channel")]
    state: Option<PathBuf>,
    /// Judge by the newest release of this channel
    #[arg(long, requires = "root")]
    channel: Option<PathBuf>,
    /// The pinned root file
    #[arg(long)]
    root: Option<PathBuf>,
    /// JSON lines as the service answers them
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: Site,
}

/// What a site adds to the program.
#[derive(Debug, Args)]
struct Site {
    /// A folder with layouts/, formats/ and codes/ of a site, added to the built-in ones
    #[arg(long, value_name = "DIR", env = "WARIFU_SCHEMAS")]
    schemas: Option<PathBuf>,
}

impl Site {
    fn schemas(&self) -> Result<Schemas, Failure> {
        schemas(self.schemas.as_deref()).map_err(Failure::could_not)
    }
}

#[derive(Debug, Args)]
struct Remote {
    /// The running checker
    #[arg(long, default_value = "http://127.0.0.1:8642")]
    url: String,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

/// Why a command ended, with its exit status.
struct Failure {
    status: u8,
    said: Said,
}

impl Failure {
    fn could_not(said: Said) -> Self {
        Failure { status: 2, said }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Unavailable(said) => Failure::could_not(said),
            SourceError::Stale(said) | SourceError::Refused(said) => Failure { status: 3, said },
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Unreachable(said) => Failure::could_not(said),
            ClientError::Refused(said) => Failure { status: 1, said },
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::could_not(Said::about("could not write", "書き込めません", &error))
    }
}

/// Runs the command that `arguments` name.
pub fn run(arguments: Arguments) -> ExitCode {
    let lang = arguments.lang.or_else(from_environment).unwrap_or_default();
    let done = match arguments.command {
        Command::Serve(serve) => serve_claims(*serve, lang),
        Command::Check(check) => check_file(&check, lang),
        Command::Status(remote) => Client::new(&remote.url)
            .status()
            .map_err(Failure::from)
            .and_then(|status| show(&status, remote.json, lang, 0)),
        Command::Swap { release, remote } => {
            Client::new(&remote.url).swap(release).map_err(Failure::from).and_then(|outcome| {
                let unchanged = Said::new("nothing new", "変更はありません");
                let said = outcome.said().unwrap_or(unchanged);
                show_or(&outcome, &said, remote.json, lang, outcome.exit_status())
            })
        }
        Command::FallBack(remote) => {
            Client::new(&remote.url).fall_back().map_err(Failure::from).and_then(|back| {
                let release = back.release;
                let said = Said::new(
                    format!("fell back to release {release}"),
                    format!("リリース {release} へ戻しました"),
                );
                show_or(&back, &said, remote.json, lang, 0)
            })
        }
    };
    match done {
        Ok(status) => ExitCode::from(status),
        Err(Failure { status, said }) => {
            let _ = writeln!(io::stderr(), "warifu-checker: {}", said.say(lang));
            ExitCode::from(status)
        }
    }
}

fn from_environment() -> Option<Lang> {
    let value = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(value)?;
    Lang::from_locale(&locale)
}

fn show<T: Serialize + Speak>(value: &T, json: bool, lang: Lang, status: u8) -> Result<u8, Failure> {
    show_or(value, value, json, lang, status)
}

fn show_or(
    value: &impl Serialize,
    said: &impl Speak,
    json: bool,
    lang: Lang,
    status: u8,
) -> Result<u8, Failure> {
    let text =
        if json { serde_json::to_string_pretty(value).map_err(io::Error::from)? } else { said.say(lang) };
    writeln!(io::stdout(), "{text}")?;
    Ok(status)
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| {
        let path = path.display().to_string();
        Failure::could_not(Said::about(&path, &path, &error))
    })
}

fn check_file(check: &Check, lang: Lang) -> Result<u8, Failure> {
    let schemas = check.site.schemas()?;
    let content = release_for(check)?;
    let candidate = Candidate::build(&schemas, content).map_err(|said| Failure { status: 1, said })?;
    let too_large = fs::metadata(&check.file).is_ok_and(|file| file.len() > FILE_LIMIT_BYTES as u64);
    if too_large {
        let said = Said::new(
            format!("a claim file may have {FILE_LIMIT_BYTES} bytes"),
            format!("請求ファイルの上限は {FILE_LIMIT_BYTES} バイトです"),
        );
        return Err(Failure { status: 1, said });
    }
    let answer = answer(&read_file(&check.file)?, &candidate.snapshot, candidate.id);
    let mut out = io::stdout().lock();
    if check.json {
        out.write_all(&answer.lines)?;
    } else {
        for finding in answer.findings.list() {
            let claim = finding.claim.map(|claim| format!(" #{claim}")).unwrap_or_default();
            let asp = finding.code.asp().map(|asp| format!(" {asp}")).unwrap_or_default();
            let (line, severity, code) = (finding.line, finding.severity().as_str(), finding.code);
            writeln!(out, "{line}{claim}: {severity} {code}{asp}: {}", finding.message(lang))?;
        }
        let s = &answer.summary;
        let said = Said::new(
            format!(
                "{}, {}: {}, {} not judged, by release {}",
                counted(s.claims, "claim"),
                counted(s.items, "item"),
                counted(s.errors, "error"),
                s.unjudged,
                s.release
            ),
            format!(
                "レセプト {} 件、{} 項目: エラー {} 件、判定不能 {} 件（リリース {}）",
                s.claims, s.items, s.errors, s.unjudged, s.release
            ),
        );
        writeln!(out, "{}", said.say(lang))?;
    }
    Ok(u8::from(answer.summary.errors > 0))
}

fn release_for(check: &Check) -> Result<ReleaseContent, Failure> {
    if let (Some(channel), Some(root)) = (&check.channel, &check.root) {
        return Ok(newest(channel, &read_file(root)?, now())?);
    }
    let directory = StateDirectory::look_at(check.state.clone().unwrap_or_default());
    let could_not = |error| Failure::could_not(Said::of(&error));
    let running = directory.record().map_err(could_not)?.running.ok_or_else(|| {
        Failure::could_not(Said::new("this state directory records no release", "リリースの記録がありません"))
    })?;
    directory.load(running.id.into()).map_err(could_not)
}

fn serve_claims(serve: Serve, lang: Lang) -> Result<u8, Failure> {
    let log = Log::new(lang);
    let schemas = serve.site.schemas()?;
    let directory =
        StateDirectory::open(&serve.state).map_err(|error| Failure::could_not(Said::of(&error)))?;
    let root = read_file(&serve.root)?;
    let source = TrustSource::new(&serve.channel, &root, &directory.trusted()).map_err(|error| Failure {
        status: if error.is_trust_refusal() { 3 } else { 2 },
        said: Said::of(&error),
    })?;
    let recent = Recent::open(directory.recent(), serve.replay_files)?;
    let recent = Arc::new(recent);
    let thresholds = Thresholds {
        least: serve.drift_least,
        percent: serve.drift_percent,
        unjudged_percent: serve.unjudged_percent,
    };
    let gates = Gates { replay: thresholds, probation: thresholds, probation_files: serve.probation };
    let swapper =
        Swapper::resume(directory, Some(Box::new(source)), Arc::clone(&recent), schemas, gates, log, now());
    let swapper = Arc::new(swapper.map_err(|error| Failure::could_not(Said::of(&error)))?);
    if swapper.active().is_none() {
        // Nothing to judge by yet: the first answer should not be a refusal when a release lies ready.
        swapper.poll(now(), None);
    }
    let judges =
        serve.judges.or_else(|| std::thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
    let service = Service::new(Arc::clone(&swapper), FairQueue::new(judges, serve.queue), recent, log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(serve.listen).await?;
        // Whoever started this waits for the line to know the port.
        writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;
        io::stdout().flush()?;
        tokio::spawn(keep_polling(swapper, Duration::from_secs(serve.poll)));
        serve_until(listener, service, ended()).await
    })?;
    Ok(0)
}

/// Serves `service` until `end`, then lets requests in flight finish.
///
/// # Errors
/// The listener fails.
pub async fn serve_until(
    listener: TcpListener,
    service: Arc<Service>,
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let routes = service.router().into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, routes).with_graceful_shutdown(end).await
}

async fn keep_polling(swapper: Arc<Swapper>, every: Duration) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut next = tokio::time::Instant::now();
    loop {
        second.tick().await;
        let is_due = tokio::time::Instant::now() >= next;
        let swapper = Arc::clone(&swapper);
        let worked = tokio::task::spawn_blocking(move || {
            swapper.tick(now());
            if is_due {
                swapper.poll(now(), None);
            }
        });
        // A panic in there is told by the runtime and must not end the polling.
        let _ = worked.await;
        if is_due {
            next = tokio::time::Instant::now() + every;
        }
    }
}

/// Ends with SIGTERM or SIGINT.
async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
