//! A draft on disk: the proposal and its halves, carried from person to person as a directory.
//!
//! `release.json` is the manifest, `blobs/` the blobs by target name, `targets.json` and `snapshot.json` the
//! halves as far as they are signed. Nothing in it is trusted; reading checks all of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use warifu_trust::{Halves, Proposal, ProposalError, TargetName, limits};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::files::{self, FileError, Overwrite, write_whole};

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
    /// [`DraftError::Occupied`] when a draft is there already; [`DraftError::File`].
    pub fn write(&self, proposal: &Proposal) -> Result<(), DraftError> {
        let manifest = self.directory.join("release.json");
        if fs::exists(&manifest).map_err(|source| FileError::io(&manifest, source))? {
            return Err(DraftError::Occupied { directory: self.directory.clone() });
        }
        let last = TargetName::manifest(proposal.manifest().release);
        for (name, bytes) in proposal.files() {
            let file = if name == last {
                manifest.clone()
            } else {
                self.directory.join("blobs").join(name.as_str())
            };
            write_whole(&file, bytes, Overwrite::Yes).map_err(|source| FileError::io(&file, source))?;
        }
        Ok(())
    }

    /// Reads the proposal; every blob is unfolded and compared with the manifest.
    ///
    /// # Errors
    ///
    /// [`DraftError::Missing`], [`DraftError::File`], [`DraftError::Proposal`].
    pub fn read(&self) -> Result<Proposal, DraftError> {
        let manifest = self.directory.join("release.json");
        let bytes = files::read(&manifest, limits::MANIFEST_BYTES)?
            .ok_or_else(|| DraftError::Missing { directory: self.directory.clone() })?;
        let blobs_directory = self.directory.join("blobs");
        let mut blobs = BTreeMap::new();
        let entries =
            fs::read_dir(&blobs_directory).map_err(|source| FileError::io(&blobs_directory, source))?;
        for entry in entries.take(limits::MASTERS + 1) {
            let entry = entry.map_err(|source| FileError::io(&blobs_directory, source))?;
            // What a file manager or an interrupted write leaves (.DS_Store, .writing-x) is no target name.
            let Some(name) = entry.file_name().to_str().and_then(|name| name.parse::<TargetName>().ok())
            else {
                continue;
            };
            if let Some(blob) = files::read(&entry.path(), limits::BLOB_BYTES)? {
                blobs.insert(name, blob);
            }
        }
        Proposal::from_files(&bytes, blobs).map_err(DraftError::Proposal)
    }

    /// Reads the halves as far as they are there.
    ///
    /// # Errors
    ///
    /// [`DraftError::File`].
    pub fn read_halves(&self) -> Result<Halves, DraftError> {
        Ok(Halves {
            targets: files::read(&self.directory.join("targets.json"), limits::TARGETS_BYTES)?,
            snapshot: files::read(&self.directory.join("snapshot.json"), limits::SNAPSHOT_BYTES)?,
        })
    }

    /// Writes the halves after a signature.
    ///
    /// # Errors
    ///
    /// [`DraftError::File`].
    pub fn write_halves(&self, halves: &Halves) -> Result<(), DraftError> {
        for (name, bytes) in [("targets.json", &halves.targets), ("snapshot.json", &halves.snapshot)] {
            let file = self.directory.join(name);
            if let Some(bytes) = bytes {
                write_whole(&file, bytes, Overwrite::Yes).map_err(|source| FileError::io(&file, source))?;
            }
        }
        Ok(())
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
    /// A file cannot be read or written, or is none.
    File(FileError),
    /// The files are no proposal.
    Proposal(ProposalError),
}

impl From<FileError> for DraftError {
    fn from(error: FileError) -> Self {
        DraftError::File(error)
    }
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
            DraftError::File(error) => error.say(lang),
            DraftError::Proposal(error) => error.say(lang),
        }
    }
}

warifu_trust::spoken_error!(
    DraftError,
    |error| matches!(error, DraftError::Proposal(error) if error.is_trust_refusal()),
    |error| match error {
        DraftError::File(error) => std::error::Error::source(error),
        DraftError::Proposal(error) => std::error::Error::source(error),
        _ => None,
    }
);
