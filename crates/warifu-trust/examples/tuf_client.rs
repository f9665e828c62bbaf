//! A plain TUF client on the core that every reader of a channel here stands on, for conformance suites.
//!
//! ```sh
//! tuf_client --metadata-dir DIR init ROOT
//! tuf_client --metadata-dir DIR --metadata-url URL refresh
//! tuf_client --metadata-dir DIR --metadata-url URL --target-dir TARGETS --target-base-url URL \
//!     --target-name NAME [--target-name NAME ...] download
//! ```
//! It ends with 0 or 1 and says why on standard error. The core is
//! [`TrustedMetadataSet`], fed in the order in which the crate feeds it; what the crate asks beyond the
//! specification (Ed25519 only, two organisations, no delegations, flat names) is left out, so that
//! repositories of any kind can be read. docs/trust.md says how the suite of the TUF project is run on it.
#![expect(clippy::disallowed_methods, reason = "a program of its own; the crate's library opens no file")]

#[path = "tuf_client/crypto.rs"]
mod crypto;
#[path = "tuf_client/files.rs"]
mod files;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use files::{Web, encoded, write_whole};
use jiff::Timestamp;
use sigstore_tuf::trusted::TrustedMetadataSet;
use sigstore_tuf::{Error, TargetFile};

/// An error for whoever runs the suite; its text is all that is asked of it.
type Failure = Box<dyn std::error::Error>;

/// Before every expiry: what was accepted once stays the floor when it has run out.
const ANY_TIME: Timestamp = Timestamp::MIN;

/// The most bytes of each file (specification, section 5.3 to 5.6: chosen by the client; python-tuf's).
const ROOT_BYTES: u64 = 512_000;
const TIMESTAMP_BYTES: u64 = 16_384;
const SNAPSHOT_BYTES: u64 = 2_000_000;
const TARGETS_BYTES: u64 = 5_000_000;

/// How many roots are walked in one go, and how many delegated roles for one target.
const ROOT_ROTATIONS: u64 = 256;
const DELEGATIONS: usize = 32;

#[derive(Parser)]
struct Args {
    /// Where trusted metadata is kept, byte for byte, by the names `root.json`, `timestamp.json` and so on.
    #[arg(long)]
    metadata_dir: PathBuf,
    /// Where the repository's metadata lies.
    #[arg(long)]
    metadata_url: Option<String>,
    /// The targets to download, in this order.
    #[arg(long)]
    target_name: Vec<String>,
    /// Where targets are put.
    #[arg(long)]
    target_dir: Option<PathBuf>,
    /// Where the repository's targets lie.
    #[arg(long)]
    target_base_url: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Trusts this root.
    Init { root: PathBuf },
    /// Brings the metadata up to date.
    Refresh,
    /// Brings the metadata up to date and downloads the targets.
    Download,
}

fn main() -> ExitCode {
    let args = Args::parse();
    crypto::install();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr(), "tuf_client: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    let web = || args.metadata_url.as_deref().map(Web::at).ok_or("--metadata-url is missing");
    match &args.command {
        Command::Init { root } => {
            let bytes = std::fs::read(root)?;
            TrustedMetadataSet::from_root(&bytes)?;
            write_whole(&args.metadata_dir, "root.json", &bytes)
        }
        Command::Refresh => Client::refreshed(&args.metadata_dir, web()?).map(drop),
        Command::Download => {
            let mut client = Client::refreshed(&args.metadata_dir, web()?)?;
            let from = Web::at(args.target_base_url.as_deref().ok_or("--target-base-url is missing")?);
            let to = args.target_dir.as_deref().ok_or("--target-dir is missing")?;
            args.target_name.iter().try_for_each(|name| client.download(name, &from, to))
        }
    }
}

struct Client<'a> {
    set: TrustedMetadataSet,
    kept: &'a Path,
    web: Web,
    now: Timestamp,
}

impl<'a> Client<'a> {
    /// A client whose metadata is what the repository has now (specification, section 5).
    fn refreshed(kept: &'a Path, web: Web) -> Result<Self, Failure> {
        let set = TrustedMetadataSet::from_root(&std::fs::read(kept.join("root.json"))?)?;
        let mut client = Client { set, kept, web, now: Timestamp::now() };
        client.roots()?;
        client.floor();
        client.timestamp()?;
        client.snapshot()?;
        client.targets()?;
        Ok(client)
    }

    fn roots(&mut self) -> Result<(), Failure> {
        for _ in 0..ROOT_ROTATIONS {
            let next = self.set.root().version.saturating_add(1);
            let Some(bytes) = self.web.get(&format!("{next}.root.json"), ROOT_BYTES)? else { break };
            self.set.update_root(&bytes)?;
            write_whole(self.kept, "root.json", &bytes)?;
        }
        Ok(self.set.check_root_expired(self.now)?)
    }

    /// What was trusted before is what nothing may fall behind, as far as it verifies under today's root.
    fn floor(&mut self) {
        let kept = |name: &str| std::fs::read(self.kept.join(name)).ok();
        let (timestamp, snapshot, targets) =
            (kept("timestamp.json"), kept("snapshot.json"), kept("targets.json"));
        let _ = timestamp.map(|bytes| self.set.update_timestamp(&bytes, ANY_TIME));
        let _ = snapshot.map(|bytes| self.set.update_snapshot(&bytes, ANY_TIME));
        let _ = targets.map(|bytes| self.set.update_targets(&bytes, ANY_TIME).map(drop));
    }

    fn timestamp(&mut self) -> Result<(), Failure> {
        let bytes = self.web.required("timestamp.json", TIMESTAMP_BYTES)?;
        match self.set.update_timestamp(&bytes, self.now) {
            Ok(()) => write_whole(self.kept, "timestamp.json", &bytes),
            Err(Error::EqualVersion { .. }) => Ok(self.set.check_timestamp_expired(self.now)?),
            Err(error) => Err(error.into()),
        }
    }

    fn snapshot(&mut self) -> Result<(), Failure> {
        let timestamp = self.set.timestamp().ok_or("no timestamp")?;
        let pin = timestamp.snapshot_meta().ok_or("the timestamp names no snapshot")?;
        if self.set.snapshot().is_some_and(|held| held.version == pin.version && held.expires > self.now) {
            return Ok(());
        }
        let name = self.versioned(pin.version, "snapshot");
        let bytes = self.web.required(&name, pin.length.unwrap_or(SNAPSHOT_BYTES))?;
        self.set.update_snapshot(&bytes, self.now)?;
        write_whole(self.kept, "snapshot.json", &bytes)
    }

    fn targets(&mut self) -> Result<(), Failure> {
        self.set.check_snapshot_expired(self.now)?;
        let pinned = self.set.snapshot().and_then(|snapshot| snapshot.meta.get("targets.json"));
        let held = self.set.targets_role("targets");
        if held.is_some_and(|held| {
            pinned.is_some_and(|pin| pin.version == held.version) && held.expires > self.now
        }) {
            return Ok(());
        }
        let bytes = self.role("targets")?;
        self.set.update_targets(&bytes, self.now)?;
        write_whole(self.kept, "targets.json", &bytes)
    }

    /// The file of a targets role, as the snapshot names it.
    fn role(&self, role: &str) -> Result<Vec<u8>, Failure> {
        let pin = self.set.snapshot().and_then(|snapshot| snapshot.meta.get(&format!("{role}.json")));
        let pin = pin.ok_or_else(|| format!("the snapshot does not name {role}"))?;
        let name = self.versioned(pin.version, &encoded(role));
        self.web.required(&name, pin.length.unwrap_or(TARGETS_BYTES))
    }

    fn versioned(&self, version: u64, name: &str) -> String {
        match self.set.root().consistent_snapshot {
            true => format!("{version}.{name}.json"),
            false => format!("{name}.json"),
        }
    }

    /// What the targets roles say of `name`: in pre-order, depth first, each role once (section 5.6.7).
    fn find(&mut self, name: &str) -> Result<Option<TargetFile>, Failure> {
        let (mut seen, mut next) = (BTreeSet::new(), vec![("targets".to_owned(), String::new())]);
        while let Some((role, by)) = next.pop() {
            if seen.contains(&role) {
                continue;
            }
            if seen.len() == DELEGATIONS {
                return Ok(None);
            }
            if role != "targets" {
                self.delegated(&role, &by)?;
            }
            let targets = self.set.targets_role(&role).ok_or("a role that was not loaded")?;
            if let Some(found) = targets.target(name) {
                return Ok(Some(found.clone()));
            }
            let mut children = Vec::new();
            for child in targets.delegations.iter().flat_map(|delegations| &delegations.roles) {
                if child.matches_path(name)? {
                    children.push((child.name.clone(), role.clone()));
                    if child.terminating {
                        next.clear();
                        break;
                    }
                }
            }
            next.extend(children.into_iter().rev());
            seen.insert(role);
        }
        Ok(None)
    }

    /// Takes in `role`, delegated by `by`: what is kept when the snapshot still names it, else what is there.
    fn delegated(&mut self, role: &str, by: &str) -> Result<(), Failure> {
        if self.set.targets_role(role).is_some() {
            self.set.verify_delegated_targets(role, by, self.now)?;
            return Ok(());
        }
        let file = format!("{}.json", encoded(role));
        if let Ok(kept) = std::fs::read(self.kept.join(&file))
            && self.set.update_delegated_targets(&kept, role, by, self.now).is_ok()
        {
            return Ok(());
        }
        let bytes = self.role(role)?;
        self.set.update_delegated_targets(&bytes, role, by, self.now)?;
        write_whole(self.kept, &file, &bytes)
    }

    fn download(&mut self, name: &str, from: &Web, to: &Path) -> Result<(), Failure> {
        let target = self.find(name)?.ok_or_else(|| format!("no role names {name}"))?;
        let file = encoded(name);
        if std::fs::read(to.join(&file)).is_ok_and(|held| crypto::is(&target, &held)) {
            return Ok(());
        }
        let path = match name.rsplit_once('/') {
            _ if !self.set.root().consistent_snapshot => name.to_owned(),
            Some((folder, base)) => format!("{folder}/{}.{base}", crypto::preferred(&target)?),
            None => format!("{}.{name}", crypto::preferred(&target)?),
        };
        let bytes = from.required(&path, target.length)?;
        if !crypto::is(&target, &bytes) {
            return Err(format!("{name}: other bytes than the metadata names").into());
        }
        write_whole(to, &file, &bytes)
    }
}
