//! One import at a time: a lock that the system lets go when its holder dies.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::error::{CommitError, StoreError, WithFile};

/// Held while an import is at work.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    folder: PathBuf,
}

impl Lock {
    /// Takes the lock of the repository whose `.git` folder is `git`.
    pub(super) fn take(git: &Path) -> Result<Lock, CommitError> {
        let folder = git.join("warifu");
        fs::create_dir_all(&folder).map_err(StoreError::io(WithFile::Make, &folder))?;
        let path = folder.join("lock");
        let file = File::create(&path).map_err(StoreError::io(WithFile::Open, &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { file, folder }),
            Err(TryLockError::WouldBlock) => Err(CommitError::Busy),
            Err(TryLockError::Error(error)) => Err(StoreError::io(WithFile::Lock, path)(error).into()),
        }
    }

    /// Where an import notes which commit it is about to check out, so that the next one can finish it.
    pub(super) fn journal(&self) -> PathBuf {
        self.folder.join("journal")
    }
}

/// Held while something is received under the one name that is for that. Whoever dies while holding it leaves
/// nothing that stops the next.
#[derive(Debug)]
pub(super) struct Receiving {
    file: File,
}

impl Receiving {
    /// Takes it in the repository whose shared `.git` folder is `git`; `incoming` is the name.
    pub(super) fn take(git: &Path, incoming: &str) -> Result<Receiving, CommitError> {
        let folder = git.join("warifu");
        fs::create_dir_all(&folder).map_err(StoreError::io(WithFile::Make, &folder))?;
        let path = folder.join("receiving");
        let file = File::create(&path).map_err(StoreError::io(WithFile::Open, &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(CommitError::Busy),
            Err(TryLockError::Error(error)) => return Err(StoreError::io(WithFile::Lock, path)(error).into()),
        }
        // Nobody else writes that name: a lock of libgit2's on it is of one that was killed.
        let left = git.join(format!("{incoming}.lock"));
        match fs::remove_file(&left) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io(WithFile::Remove, left)(error).into())
            }
            _ => Ok(Receiving { file }),
        }
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        // As of the other lock.
        let _ = self.file.unlock();
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a child process that another thread is just starting shares the open file,
        // and with it the lock, until it runs its own program.
        let _ = self.file.unlock();
    }
}
