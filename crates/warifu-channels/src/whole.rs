//! Files written so that each appears whole or not at all, and the lock of a folder.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use warifu_files::Whole;

/// Whether a file may take the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overwrite {
    Never,
    Yes,
}

/// Writes `bytes` to `place` so that it holds all of them or is untouched, whatever happens: beside it first,
/// flushed, renamed, and the directory flushed, without which a power cut could forget the rename.
pub(crate) fn write_whole(place: &Path, bytes: &[u8], overwrite: Overwrite) -> io::Result<()> {
    let _whole = Whole::begin();
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

/// Takes away what writers that were killed left in `directory`.
pub(crate) fn sweep(directory: &Path) {
    warifu_files::sweep(directory, WRITING);
}

/// A folder of nobody else's in `around`, to be filled and renamed; gone when it is dropped before. What
/// others that were killed left there goes with it.
pub(crate) fn folder_beside(around: &Path) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(MAKING);
    #[cfg(unix)]
    {
        // As every folder that is made: the rest is for the umask to say.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    let made = builder.tempdir_in(around)?;
    warifu_files::sweep_folders(made.path(), around, MAKING);
    Ok(made)
}

/// What the name of a folder begins with that is made beside its place.
const MAKING: &str = ".warifu-making-";

/// What the name of a file begins with that is written beside its place.
const WRITING: &str = ".writing-";

/// Flushes what a folder lists.
#[expect(clippy::disallowed_methods, reason = "a folder is opened, not read")]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Waits for the lock of the file `path`, not without end; it falls with the returned file, also when its
/// process dies.
pub(crate) fn locked(path: &Path) -> io::Result<File> {
    warifu_files::locked(path, LOCK_LIMIT)
}

/// How long somebody else's lock is waited for. What is done under one takes milliseconds.
const LOCK_LIMIT: Duration = Duration::from_secs(20);
