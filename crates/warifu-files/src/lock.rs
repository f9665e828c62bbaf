//! Locks between programs, and what writers that were killed left behind. The system lets a lock go when its
//! holder dies.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::regular::{ReadError, open};

/// Waits for the lock of the file `path`, which is made where there is none, for `longest` at most; it falls
/// with the returned file, also when its process dies.
///
/// # Errors
/// [`io::ErrorKind::TimedOut`] when somebody else holds it as long; what the system says.
pub fn locked(path: &Path, longest: Duration) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = lock_file(path)?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // The operating system knows no waiting with an end; a thread that waits too long is left behind.
    let (send, receive) = mpsc::channel();
    thread::spawn(move || send.send(file.lock().map(|()| file)));
    receive.recv_timeout(longest).unwrap_or_else(|_| {
        let held = format!("{} has been held by another program for {longest:?}", path.display());
        Err(io::Error::new(io::ErrorKind::TimedOut, held))
    })
}

/// The file whose lock is a folder's, made when it is not there. One that is, is opened as every other file:
/// without waiting on what was laid in its place.
fn lock_file(path: &Path) -> io::Result<File> {
    loop {
        return match OpenOptions::new().write(true).create_new(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match open(path) {
                // Whoever held it took it away between the two.
                Err(ReadError::Missing { .. }) => continue,
                opened => opened.map_err(io::Error::other),
            },
            made => made,
        };
    }
}

/// The lock of a folder of somebody's own files: its file goes with it, so that nothing of ours stays there.
#[derive(Debug)]
#[must_use = "the lock falls when this is dropped"]
pub struct FolderLock {
    file: File,
    path: PathBuf,
}

impl FolderLock {
    /// Waits for the lock called `name` of `folder`, which is made where there is none, for `longest` at
    /// most.
    ///
    /// # Errors
    /// As [`locked`].
    pub fn take(folder: &Path, name: &str, longest: Duration) -> io::Result<FolderLock> {
        let (path, began) = (folder.join(name), Instant::now());
        loop {
            let file = locked(&path, longest.saturating_sub(began.elapsed()))?;
            // Whoever held it before took its file away: that lock is nobody's any more.
            if is_at(&file, &path) {
                return Ok(FolderLock { file, path });
            }
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        let _stays_when_it_must = fs::remove_file(&self.path);
        // Closing is not enough: a child process that another thread is just starting shares the open file,
        // and with it the lock, until it runs its own program.
        let _ = self.file.unlock();
    }
}

/// Whether `path` still leads to `file`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let same =
        |one: &fs::Metadata, other: &fs::Metadata| (one.dev(), one.ino()) == (other.dev(), other.ino());
    file.metadata().is_ok_and(|file| fs::metadata(path).is_ok_and(|there| same(&file, &there)))
}

/// Where an open file cannot be taken away, it was not.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// Takes away what writers that were killed left in `directory`: the files whose names begin with `prefix`
/// and which nobody holds the lock of any more. What cannot be taken away stays; it is in nobody's way.
pub fn sweep(directory: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let left = entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix));
        if left && open(&entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_writer_left_is_swept_and_what_is_being_written_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let writing = lock_file(&at(".writing-now")).unwrap();
        writing.lock().unwrap();
        drop(lock_file(&at(".writing-left")).unwrap());
        drop(lock_file(&at("1.root.json")).unwrap());
        sweep(folder.path(), ".writing-");
        assert!(at(".writing-now").exists() && at("1.root.json").exists());
        assert!(!at(".writing-left").exists());
    }

    /// Nobody ever opens the other end: a lock that waited would never be given.
    #[test]
    fn a_fifo_in_the_place_of_the_lock_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("lock");
        drop(locked(&place, Duration::ZERO).unwrap());
        drop(locked(&place, Duration::ZERO).unwrap());
        fs::remove_file(&place).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&place).status().unwrap().success());
        assert!(locked(&place, Duration::ZERO).is_err());
    }

    #[test]
    fn of_many_at_once_one_holds_a_folder_and_nothing_stays_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let counted = folder.path().join("count");
        fs::write(&counted, "0").unwrap();
        let take = |longest| FolderLock::take(folder.path(), ".lock", longest);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let _lock = take(Duration::from_secs(60)).unwrap();
                        let count: u32 = fs::read_to_string(&counted).unwrap().parse().unwrap();
                        fs::write(&counted, (count + 1).to_string()).unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_to_string(&counted).unwrap(), "160");
        let held = take(Duration::ZERO).unwrap();
        assert_eq!(take(Duration::ZERO).unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(held);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
