//! A draft on disk: the proposal and its halves, carried from person to person as a directory.
//!
//! `release.json` is the manifest, `blobs/` the blobs by target name, `targets.json` and `snapshot.json` the
//! halves as far as they are signed. Nothing in it is trusted; reading checks all of it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::channel::{Overwrite, write_whole};
use crate::error::spoken_error;
use crate::limits;
use crate::names::TargetName;
use crate::proposal::{Proposal, ProposalError};
use crate::sign::Halves;

/// A directory that holds one draft.
#[derive(Debug, Clone)]
pub struct DraftDirectory {
    directory: PathBuf,
}

impl DraftDirectory {
    /// The draft in `directory`.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        DraftDirectory { directory: directory.into() }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Writes a new draft. The manifest comes last, so a directory with one is complete.
    ///
    /// # Errors
    ///
    /// [`DraftError::Occupied`] when a draft is there already; [`DraftError::Io`].
    pub fn write(&self, proposal: &Proposal) -> Result<(), DraftError> {
        let manifest = self.directory.join("release.json");
        if fs::exists(&manifest).map_err(|source| self.io(&manifest, source))? {
            return Err(DraftError::Occupied { directory: self.directory.clone() });
        }
        let last = TargetName::manifest(proposal.manifest().release);
        for (name, bytes) in proposal.files() {
            let file = if name == last {
                manifest.clone()
            } else {
                self.directory.join("blobs").join(name.as_str())
            };
            write_whole(&file, bytes, Overwrite::Yes).map_err(|source| self.io(&file, source))?;
        }
        Ok(())
    }

    /// Reads the proposal; every blob is unfolded and compared with the manifest.
    ///
    /// # Errors
    ///
    /// [`DraftError::Missing`], [`DraftError::Io`], [`DraftError::TooLong`], [`DraftError::Proposal`].
    pub fn read(&self) -> Result<Proposal, DraftError> {
        let manifest = self.directory.join("release.json");
        let bytes = self
            .read_file(&manifest, limits::MANIFEST_BYTES)?
            .ok_or_else(|| DraftError::Missing { directory: self.directory.clone() })?;
        let blobs_directory = self.directory.join("blobs");
        let mut blobs = BTreeMap::new();
        let entries = fs::read_dir(&blobs_directory).map_err(|source| self.io(&blobs_directory, source))?;
        for entry in entries.take(limits::MASTERS + 1) {
            let entry = entry.map_err(|source| self.io(&blobs_directory, source))?;
            // What a file manager or an interrupted write leaves (.DS_Store, .writing-x) is no target name.
            let Some(name) = entry.file_name().to_str().and_then(|name| name.parse::<TargetName>().ok())
            else {
                continue;
            };
            if let Some(blob) = self.read_file(&entry.path(), limits::BLOB_BYTES)? {
                blobs.insert(name, blob);
            }
        }
        Proposal::from_files(&bytes, blobs).map_err(DraftError::Proposal)
    }

    /// Reads the halves as far as they are there.
    ///
    /// # Errors
    ///
    /// [`DraftError::Io`], [`DraftError::TooLong`].
    pub fn read_halves(&self) -> Result<Halves, DraftError> {
        Ok(Halves {
            targets: self.read_file(&self.directory.join("targets.json"), limits::TARGETS_BYTES)?,
            snapshot: self.read_file(&self.directory.join("snapshot.json"), limits::SNAPSHOT_BYTES)?,
        })
    }

    /// Writes the halves after a signature.
    ///
    /// # Errors
    ///
    /// [`DraftError::Io`].
    pub fn write_halves(&self, halves: &Halves) -> Result<(), DraftError> {
        for (name, bytes) in [("targets.json", &halves.targets), ("snapshot.json", &halves.snapshot)] {
            let file = self.directory.join(name);
            if let Some(bytes) = bytes {
                write_whole(&file, bytes, Overwrite::Yes).map_err(|source| self.io(&file, source))?;
            }
        }
        Ok(())
    }

    fn read_file(&self, file: &Path, limit_bytes: u64) -> Result<Option<Vec<u8>>, DraftError> {
        let opened = match fs::File::open(file) {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(file, error)),
        };
        let mut bytes = Vec::new();
        opened
            .take(limit_bytes.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|source| self.io(file, source))?;
        if bytes.len() as u64 > limit_bytes {
            return Err(DraftError::TooLong { file: file.to_owned(), limit_bytes });
        }
        Ok(Some(bytes))
    }

    fn io(&self, file: &Path, source: io::Error) -> DraftError {
        DraftError::Io { file: file.to_owned(), source }
    }
}

/// Why a draft was not read or written.
#[derive(Debug)]
pub enum DraftError {
    /// There is a draft already.
    Occupied {
        /// The directory.
        directory: PathBuf,
    },
    /// There is no draft.
    Missing {
        /// The directory.
        directory: PathBuf,
    },
    /// A file cannot be read or written.
    Io {
        /// The file.
        file: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file is longer than it can be.
    TooLong {
        /// The file.
        file: PathBuf,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// The files are no proposal.
    Proposal(ProposalError),
}

impl Speak for DraftError {
    fn say(&self, lang: Lang) -> String {
        match self {
            DraftError::Occupied { directory } => {
                let directory = directory.display();
                say!(
                    lang,
                    "{directory} holds a draft already; choose another directory",
                    "{directory} には既に草案があります。別のディレクトリを指定してください"
                )
            }
            DraftError::Missing { directory } => {
                let directory = directory.display();
                say!(lang, "{directory} holds no draft", "{directory} に草案がありません")
            }
            DraftError::Io { file, .. } => {
                let file = file.display();
                say!(lang, "{file} could not be read or written", "{file} を読み書きできませんでした")
            }
            DraftError::TooLong { file, limit_bytes } => {
                let file = file.display();
                say!(
                    lang,
                    "{file} is longer than {limit_bytes} bytes",
                    "{file} が上限 {limit_bytes} バイトを超えています"
                )
            }
            DraftError::Proposal(error) => error.say(lang),
        }
    }
}

spoken_error!(
    DraftError,
    |error| matches!(error, DraftError::Proposal(error) if error.is_trust_refusal()),
    |error| match error {
        DraftError::Io { source, .. } => Some(source),
        DraftError::Proposal(error) => std::error::Error::source(error),
        _ => None,
    }
);
