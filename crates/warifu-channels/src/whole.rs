//! Files written so that each appears whole or not at all, and the lock of a folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Whether a file may take the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overwrite {
    Never,
    Yes,
}

/// Writes `bytes` to `place` so that it holds all of them or is untouched, whatever happens: beside it first,
/// flushed, renamed, and the directory flushed, without which a power cut could forget the rename.
pub(crate) fn write_whole(place: &Path, bytes: &[u8], overwrite: Overwrite) -> io::Result<()> {
    let directory = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    if overwrite == Overwrite::Never && fs::exists(place)? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(WRITING);
    #[cfg(unix)]
    {
        // What lies here is public; a web server under another user must be able to read it.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    let mut file = builder.tempfile_in(directory)?;
    // Whoever sweeps sees by the lock that it is being written.
    file.as_file().try_lock()?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    match overwrite {
        Overwrite::Never => file.persist_noclobber(place)?,
        Overwrite::Yes => file.persist(place)?,
    };
    sync_folder(directory)
}

/// Takes away what writers that were killed left in `directory`: files beside their place that nobody is
/// writing any more. What cannot be taken away stays; it is in nobody's way.
pub(crate) fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let left = entry.file_name().to_str().is_some_and(|name| name.starts_with(WRITING));
        if left && warifu_files::open(&entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What the name of a file begins with that is written beside its place.
const WRITING: &str = ".writing-";

/// Flushes what a folder lists.
#[expect(clippy::disallowed_methods, reason = "a folder is opened, not read")]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// How long somebody else's lock is waited for. What is done under one takes milliseconds.
const LOCK_LIMIT: Duration = Duration::from_secs(20);

/// Waits for the lock of the file `path`, not without end; it falls with the returned file, also when its
/// process dies.
pub(crate) fn locked(path: &Path) -> io::Result<File> {
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
    receive.recv_timeout(LOCK_LIMIT).unwrap_or_else(|_| {
        let held = format!("{} has been held by another program for {LOCK_LIMIT:?}", path.display());
        Err(io::Error::new(io::ErrorKind::TimedOut, held))
    })
}

/// The file whose lock is a folder's, made when it is not there. One that is, is opened as every other file:
/// without waiting on what was laid in its place.
fn lock_file(path: &Path) -> io::Result<File> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            warifu_files::open(path).map_err(io::Error::other)
        }
        made => made,
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
        sweep(folder.path());
        assert!(at(".writing-now").exists() && at("1.root.json").exists());
        assert!(!at(".writing-left").exists());
    }

    /// Nobody ever opens the other end: a lock that waited would never be given.
    #[test]
    fn a_fifo_in_the_place_of_the_lock_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("lock");
        drop(locked(&place).unwrap());
        drop(locked(&place).unwrap());
        std::fs::remove_file(&place).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&place).status().unwrap().success());
        assert!(locked(&place).is_err());
    }
}
