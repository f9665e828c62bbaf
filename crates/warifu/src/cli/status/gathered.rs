//! What is known of a repository and of what belongs to it: read, and nothing written.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use warifu::error::Failure;
use warifu::release::RELEASE_FILE;
use warifu::store::{Ancestry, ImportRecord, LogEntry, Store};
use warifu::withdrawn::Withdrawn;
use warifu_trust::{Expiries, Manifest, NotFollowed, Owed, UnixSeconds, limits};

use crate::cli::clock::now;
use crate::cli::context::shown;
use crate::cli::settings::NamedBy;
use crate::cli::signing::standing::{DraftSeen, Known, Standing, draft, look};

/// How many folders are looked at for drafts, and how many drafts are read.
const MOST_FOLDERS: usize = 200;
const MOST_DRAFTS: usize = 8;

/// What is asked beside the repository.
pub(super) struct Asked {
    pub(super) channel: Option<Asks>,
    pub(super) release: Option<PathBuf>,
    pub(super) drafts: Vec<PathBuf>,
}

/// A channel that is asked, who named it, and what is trusted of it.
pub(super) struct Asks {
    pub(super) channel: OsString,
    pub(super) by: NamedBy,
    pub(super) known: Known,
}

/// A master that is here.
pub(super) struct Master {
    pub(super) series: String,
    pub(super) kind: String,
    pub(super) record: ImportRecord,
}

/// How it is known which release was the last.
pub(super) enum Proof {
    /// Both signed it, and the channel shows it as the newest.
    Signed,
    /// A file says so.
    File(PathBuf),
}

/// The last release, and what came after it.
pub(super) struct Last {
    pub(super) manifest: Manifest,
    pub(super) proof: Proof,
    pub(super) ancestry: Ancestry,
    /// What came in since and stands; none where its commit is not before what is here.
    pub(super) imports: Vec<LogEntry>,
    /// Commits since that are no import: undone ones, changes of rules.
    pub(super) others: usize,
}

/// All of it.
pub(super) struct Gathered {
    pub(super) path: PathBuf,
    pub(super) commit: String,
    pub(super) masters: Vec<Master>,
    pub(super) series: Vec<String>,
    /// Imports that were taken back, with nothing of their master after them.
    pub(super) undone: Vec<LogEntry>,
    pub(super) changed: Vec<String>,
    pub(super) origin: Option<String>,
    /// Commits only here, and only in the shared copy, as it was last seen.
    pub(super) apart: Option<(usize, usize)>,
    /// The channel that was asked, as it is told, and who named it.
    pub(super) channel: Option<(String, NamedBy)>,
    pub(super) channel_fault: Option<Failure>,
    pub(super) nothing_published: bool,
    pub(super) last: Option<Last>,
    /// That the last release was taken away.
    pub(super) withdrawn: Option<Withdrawn>,
    /// The last release, where its signers were revoked since: nobody new takes it, and nothing follows it.
    pub(super) renew_first: Option<u64>,
    /// The post-reviews that are owed.
    pub(super) owed: Vec<Owed>,
    pub(super) expiries: Option<Expiries>,
    pub(super) drafts: Vec<DraftSeen>,
    /// Folders that look like drafts and cannot be read.
    pub(super) unreadable: Vec<(PathBuf, Failure)>,
    pub(super) now: UnixSeconds,
}

impl Gathered {
    pub(super) fn of(store: &Store, asked: &Asked) -> Result<Gathered, Failure> {
        let mut masters = Vec::new();
        let held = store.masters("HEAD")?;
        let commit = store.head_commit()?.unwrap_or_default();
        for at in held {
            let record = store.import_record(&at)?;
            masters.push(Master { series: at.series, kind: at.kind, record });
        }
        let log = store.log()?;
        let mut gathered = Gathered {
            path: store.path(),
            commit,
            masters,
            series: store.config("HEAD")?.series.keys().cloned().collect(),
            undone: undone(&log),
            changed: store.changed_files()?,
            origin: store.origin()?.map(|origin| origin.url),
            apart: store.apart_when_seen()?,
            channel: None,
            channel_fault: None,
            nothing_published: false,
            last: None,
            withdrawn: None,
            renew_first: None,
            owed: Vec::new(),
            expiries: None,
            drafts: Vec::new(),
            unreadable: Vec::new(),
            now: now(),
        };
        let mut standing = None;
        if let Some(Asks { channel, by, known }) = &asked.channel {
            gathered.channel = Some((shown(channel), by.clone()));
            match look(channel, by, known) {
                Ok(found) => standing = Some(found),
                Err(fault) => gathered.channel_fault = Some(fault),
            }
        }
        let (last, proof) = match (&standing, &asked.release) {
            (Some(Standing { manifest, .. }), _) => (manifest.clone(), Proof::Signed),
            (None, Some(path)) => (Some(manifest_at(path)?), Proof::File(path.clone())),
            (None, None) => (None, Proof::Signed),
        };
        gathered.nothing_published = standing.is_some() && last.is_none();
        if let Some(Standing { tip, manifest }) = &standing {
            gathered.withdrawn = Withdrawn::of(tip);
            gathered.renew_first = match tip.predecessor() {
                Err(NotFollowed::RenewFirst { release }) => Some(release),
                _ => None,
            };
            let published = tip.release().zip(manifest.as_ref());
            let owed = published.map(|(release, manifest)| tip.statements().owed_after(release, manifest));
            gathered.owed = owed.unwrap_or_default();
        }
        gathered.expiries = standing.as_ref().map(|standing| standing.tip.expiries());
        if let Some(manifest) = last {
            gathered.last = Some(Last::of(store, manifest, proof)?);
        }
        let published = gathered.last.as_ref().map(|last| last.manifest.release);
        for folder in drafts(asked, &gathered.path) {
            match draft(&folder, standing.as_ref().map(|standing| &standing.tip), published) {
                Ok(seen) => gathered.drafts.extend(seen),
                Err(fault) => gathered.unreadable.push((folder, fault)),
            }
        }
        gathered.drafts.sort_by_key(|seen| seen.manifest.release);
        Ok(gathered)
    }
}

impl Last {
    fn of(store: &Store, manifest: Manifest, proof: Proof) -> Result<Last, Failure> {
        let ancestry = store.ancestry("HEAD", &manifest.commit)?;
        let mut last = Last { manifest, proof, ancestry, imports: Vec::new(), others: 0 };
        if ancestry == Ancestry::Follows {
            let since = store.commits_since(&last.manifest.commit)?.len();
            last.imports = store.imports_since(&last.manifest.commit)?;
            last.others = since.saturating_sub(last.imports.len());
        }
        Ok(last)
    }
}

/// Of the imports, newest first, those that were taken back and that nothing of their master came in after.
fn undone(log: &[LogEntry]) -> Vec<LogEntry> {
    let mut has_newer: BTreeMap<(&str, &str), ()> = BTreeMap::new();
    let mut undone = Vec::new();
    for entry in log {
        let master = (entry.series.as_str(), entry.kind.as_str());
        if entry.taken_back.is_none() {
            has_newer.insert(master, ());
        } else if !has_newer.contains_key(&master) {
            undone.push(entry.clone());
        }
    }
    let stands = |one: &LogEntry| {
        log.iter().any(|entry| entry.taken_back.is_none() && entry.record.sha256 == one.record.sha256)
    };
    undone.retain(|entry| !stands(entry));
    undone
}

/// The folders of drafts: those that were named, else those in this folder and beside the repository.
fn drafts(asked: &Asked, repository: &Path) -> Vec<PathBuf> {
    if !asked.drafts.is_empty() {
        return asked.drafts.clone();
    }
    let beside = repository.parent().map(Path::to_owned);
    let here = std::env::current_dir().ok();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (folder, is_here) in [(here, true), (beside, false)] {
        let Some(folder) = folder else { continue };
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.take(MOST_FOLDERS).flatten() {
            let path = entry.path();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            // A draft has its manifest, and what it holds.
            let is_draft = is_folder && path.join(RELEASE_FILE).is_file() && path.join("blobs").is_dir();
            if is_draft && seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
                found.push(if is_here { entry.file_name().into() } else { path });
            }
        }
    }
    found.sort();
    found.truncate(MOST_DRAFTS);
    found
}

/// The manifest in this folder or file.
fn manifest_at(path: &Path) -> Result<Manifest, Failure> {
    let file = if path.is_dir() { path.join(RELEASE_FILE) } else { path.to_owned() };
    let bytes = warifu_files::read(&file, limits::MANIFEST_BYTES);
    let bytes = bytes.map_err(|error| Failure::told(warifu::error::Exit::CouldNotRun, &error))?;
    Manifest::from_bytes(&bytes).map_err(|error| warifu::release::trust_failure(&error))
}
