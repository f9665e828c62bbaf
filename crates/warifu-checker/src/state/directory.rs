//! The state directory: content by digest, and one record that names what runs.
//!
//! ```text
//! content/<sha256>      bytes of a release: its masters, their timelines, its lists of changes
//! manifests/<sha256>    manifests
//! trusted/              what was accepted of the channel (warifu_channels::StateStore)
//! recent/               claim files to replay
//! reports/              what the gates said of each release
//! checker.json          the record: the one file that changes
//! lock                  held while a checker runs
//! ```
//! Content is written and made durable before the record names it, so a kill at any point leaves the record
//! of before or after, and everything that either names.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use warifu_trust::{Manifest, Part, ReleaseBytes, ReleaseRef};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::release::ReleaseContent;
use crate::state::disk::{private_directory, write_whole};
use crate::state::record::Record;

/// The directory, held by this process alone.
#[derive(Debug)]
pub struct StateDirectory {
    path: PathBuf,
    /// Locked as long as it is open.
    _lock: Option<File>,
}

/// The state directory cannot be used.
#[derive(Debug)]
pub enum StateDirectoryError {
    /// It cannot be read or written.
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Another checker runs on it.
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// A file does not hold what it must.
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl Speak for StateDirectoryError {
    fn say(&self, lang: Lang) -> String {
        match self {
            StateDirectoryError::Io { path, .. } => {
                let path = path.display();
                say!(lang, "{path} could not be read or written", "{path} を読み書きできません")
            }
            StateDirectoryError::InUse { path } => {
                let path = path.display();
                say!(
                    lang,
                    "another checker runs on {path}; give each its own --state",
                    "{path} は別のチェッカーが使用中です。--state を分けてください"
                )
            }
            StateDirectoryError::Damaged { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} is damaged; remove it and start with the channel in reach",
                    "{path} が壊れています。削除し、配信元に接続できる状態で起動してください"
                )
            }
        }
    }
}

impl std::fmt::Display for StateDirectoryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for StateDirectoryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StateDirectoryError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> StateDirectoryError {
    let path = path.to_owned();
    move |source| StateDirectoryError::Io { path, source }
}

impl StateDirectory {
    /// Opens `path` for a running checker, making it when it is not there.
    ///
    /// # Errors
    /// [`StateDirectoryError::InUse`] when another checker runs on it; otherwise it cannot be made or locked.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StateDirectoryError> {
        let path = path.into();
        for directory in [path.clone(), path.join("content"), path.join("manifests")] {
            private_directory(&directory).map_err(io_error(&directory))?;
        }
        let lock = path.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&lock);
        let file = file.map_err(io_error(&lock))?;
        match file.try_lock() {
            Ok(()) => Ok(StateDirectory { path, _lock: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(StateDirectoryError::InUse { path }),
            Err(TryLockError::Error(source)) => Err(StateDirectoryError::Io { path: lock, source }),
        }
    }

    /// Looks at `path` without locking it: also beside a running checker.
    pub fn look_at(path: impl Into<PathBuf>) -> Self {
        StateDirectory { path: path.into(), _lock: None }
    }

    /// Where the channel's trusted metadata is kept.
    pub fn trusted(&self) -> PathBuf {
        self.path.join("trusted")
    }

    /// Where recent claim files are kept.
    pub fn recent(&self) -> PathBuf {
        self.path.join("recent")
    }

    fn content(&self, digest: Digest) -> PathBuf {
        self.path.join("content").join(digest.to_string())
    }

    fn manifest(&self, digest: Digest) -> PathBuf {
        self.path.join("manifests").join(digest.to_string())
    }

    /// Writes a release's content. Nothing names it yet.
    ///
    /// # Errors
    /// [`StateDirectoryError::Io`].
    pub fn keep(&self, content: &ReleaseContent) -> Result<(), StateDirectoryError> {
        let write = |path: PathBuf, bytes: &[u8], digest: Digest| {
            // What is there whole already is not written again: two releases share most of their masters.
            if fs::read(&path).is_ok_and(|there| Digest::of(&there) == digest) {
                return Ok(());
            }
            write_whole(&path, bytes).map_err(io_error(&path))
        };
        for (part, bytes) in content.parts() {
            let digest = part.content.sha256;
            write(self.content(digest), bytes, digest)?;
        }
        let digest = content.id().manifest;
        let path = self.manifest(digest);
        let bytes = content.manifest().to_bytes();
        let bytes =
            bytes.map_err(|error| io_error(&path)(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        write(path, &bytes, digest)
    }

    /// Reads a release's content, every byte by its digest.
    ///
    /// # Errors
    /// [`StateDirectoryError`] names the file that is missing or damaged.
    pub fn load(&self, id: ReleaseRef) -> Result<ReleaseContent, StateDirectoryError> {
        let path = self.manifest(id.manifest);
        let damaged = |path: PathBuf| StateDirectoryError::Damaged { path };
        let bytes = fs::read(&path).map_err(io_error(&path))?;
        let manifest = Manifest::from_bytes(&bytes).map_err(|_| damaged(path.clone()))?;
        if Digest::of(&bytes) != id.manifest || manifest.release != id.release {
            return Err(damaged(path));
        }
        let read = |part: Part<'_>| {
            let path = self.content(part.content.sha256);
            fs::read(&path).map_err(io_error(&path))
        };
        let bytes = ReleaseBytes::gather(&manifest, read)?;
        ReleaseContent::new(manifest, bytes).map_err(|error| {
            let path = self.path.join("content");
            StateDirectoryError::Io { path, source: io::Error::new(io::ErrorKind::InvalidData, error) }
        })
    }

    /// The record; an empty one when nothing was recorded.
    ///
    /// # Errors
    /// [`StateDirectoryError`]: it cannot be read, or was written by another version.
    pub fn record(&self) -> Result<Record, StateDirectoryError> {
        let path = self.path.join("checker.json");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Record::default()),
            Err(source) => return Err(StateDirectoryError::Io { path, source }),
        };
        match serde_json::from_slice::<Record>(&bytes) {
            Ok(record) if record.schema == Record::SCHEMA => Ok(record),
            _ => Err(StateDirectoryError::Damaged { path }),
        }
    }

    /// Replaces the record as a whole: the instant that a restart sees.
    ///
    /// # Errors
    /// [`StateDirectoryError::Io`]; the record is the one before then.
    pub fn write_record(&self, record: &Record) -> Result<(), StateDirectoryError> {
        let path = self.path.join("checker.json");
        let mut bytes = serde_json::to_vec_pretty(record).map_err(|error| io_error(&path)(error.into()))?;
        bytes.push(b'\n');
        write_whole(&path, &bytes).map_err(io_error(&path))
    }

    /// Writes a report of this name as JSON and as a page, beside the record.
    ///
    /// # Errors
    /// [`StateDirectoryError::Io`]; the ones before stay.
    pub fn write_report(&self, name: &str, json: &[u8], page: &[u8]) -> Result<(), StateDirectoryError> {
        let reports = self.path.join("reports");
        private_directory(&reports).map_err(io_error(&reports))?;
        for (ending, bytes) in [("json", json), ("html", page)] {
            let path = reports.join(format!("{name}.{ending}"));
            write_whole(&path, bytes).map_err(io_error(&path))?;
        }
        Ok(())
    }

    /// Removes content that none of `kept` needs. What cannot be removed stays and does no harm.
    pub fn prune(&self, kept: &[ReleaseRef]) {
        let mut names = BTreeSet::new();
        for id in kept {
            let Ok(bytes) = fs::read(self.manifest(id.manifest)) else { return };
            let Ok(manifest) = Manifest::from_bytes(&bytes) else { return };
            names.insert(id.manifest.to_string());
            names.extend(manifest.parts().map(|part| part.content.sha256.to_string()));
        }
        for directory in ["content", "manifests"] {
            let Ok(entries) = fs::read_dir(self.path.join(directory)) else { continue };
            for entry in entries.flatten() {
                if !names.contains(&*entry.file_name().to_string_lossy()) {
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use warifu_trust::testing::{head, held, masters};

    use super::*;

    #[test]
    fn one_checker_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let first = StateDirectory::open(directory.path()).unwrap();
        let second = StateDirectory::open(directory.path());
        assert!(matches!(second, Err(StateDirectoryError::InUse { .. })));
        drop(first);
        StateDirectory::open(directory.path()).unwrap();
    }

    /// A release that carries changes, and one that follows none.
    fn releases() -> [ReleaseContent; 2] {
        [2, 1].map(|number| {
            let (manifest, bytes) = held(head(number, None), &masters(number));
            ReleaseContent::new(manifest, bytes).unwrap()
        })
    }

    #[test]
    fn every_part_of_a_release_is_kept_and_held_to_its_digest() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path()).unwrap();
        let [content, _] = releases();
        state.keep(&content).unwrap();
        assert_eq!(content.parts().count(), 2 * 2 + 1);
        let loaded = state.load(content.id()).unwrap();
        assert!(loaded.parts().eq(content.parts()));
        for (part, bytes) in content.parts() {
            let file = state.content(part.content.sha256);
            let told = |state: &StateDirectory| state.load(content.id()).unwrap_err().to_string();
            fs::write(&file, [bytes, b"x"].concat()).unwrap();
            assert!(told(&state).contains("content"), "{:?}", part.holds);
            fs::remove_file(&file).unwrap();
            assert!(told(&state).contains("content"), "{:?}", part.holds);
            state.keep(&content).unwrap();
            assert!(state.load(content.id()).is_ok());
        }
    }

    #[test]
    fn what_a_kept_release_carries_is_not_pruned() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path()).unwrap();
        let releases = releases();
        releases.iter().for_each(|content| state.keep(content).unwrap());
        let [second, first] = releases.each_ref().map(ReleaseContent::id);
        state.prune(&[second, first]);
        assert!(state.load(second).is_ok() && state.load(first).is_ok());
        state.prune(&[second]);
        assert!(state.load(second).is_ok() && state.load(first).is_err());
        let left = fs::read_dir(directory.path().join("content")).unwrap().count();
        assert_eq!(left, releases[0].parts().count());
    }

    #[test]
    fn a_damaged_record_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path()).unwrap();
        assert_eq!(state.record().unwrap(), Record::default());
        fs::write(directory.path().join("checker.json"), "{").unwrap();
        assert!(matches!(state.record(), Err(StateDirectoryError::Damaged { .. })));
    }
}
