//! Files on disk: regular ones only, read up to a limit, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// Why a file was not read or written.
#[derive(Debug)]
pub enum FileError {
    /// The system refused.
    Io {
        /// The file.
        file: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// It is a FIFO, a device or a folder.
    NotAFile {
        /// The file.
        file: PathBuf,
    },
    /// It goes on after the limit.
    TooLong {
        /// The file.
        file: PathBuf,
        /// The limit in bytes.
        limit_bytes: u64,
    },
}

impl FileError {
    pub(crate) fn io(file: &Path, source: io::Error) -> Self {
        FileError::Io { file: file.to_owned(), source }
    }
}

impl Speak for FileError {
    fn say(&self, lang: Lang) -> String {
        match self {
            FileError::Io { file, .. } => {
                let file = file.display();
                say!(lang, "{file} could not be read or written", "{file} を読み書きできませんでした")
            }
            FileError::NotAFile { file } => {
                let file = file.display();
                say!(lang, "{file} is not a regular file", "{file} は通常のファイルではありません")
            }
            FileError::TooLong { file, limit_bytes } => {
                let file = file.display();
                say!(
                    lang,
                    "{file} is longer than {limit_bytes} bytes",
                    "{file} が上限 {limit_bytes} バイトを超えています"
                )
            }
        }
    }
}

warifu_trust::spoken_error!(FileError, |_| false, |error| match error {
    FileError::Io { source, .. } => Some(source),
    _ => None,
});

/// The bytes of the regular file at `path`, at most `limit_bytes`; `None` when there is nothing of that name.
///
/// # Errors
///
/// [`FileError`].
pub fn read(path: &Path, limit_bytes: u64) -> Result<Option<Vec<u8>>, FileError> {
    let io = |source| FileError::io(path, source);
    let file = match open(path) {
        Ok(Some(file)) => file,
        Ok(None) => return Err(FileError::NotAFile { file: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    let mut bytes = Vec::new();
    file.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > limit_bytes {
        return Err(FileError::TooLong { file: path.to_owned(), limit_bytes });
    }
    Ok(Some(bytes))
}

/// The regular file at `path`, opened to read; `None` when it is something else.
fn open(path: &Path) -> io::Result<Option<File>> {
    regular(unblocked(OpenOptions::new().read(true)).open(path)?)
}

/// The lock file at `path`, made when it is not there; `None` when it is something else.
pub(crate) fn open_lock(path: &Path) -> io::Result<Option<File>> {
    regular(unblocked(OpenOptions::new().create(true).truncate(false).write(true)).open(path)?)
}

/// Asked of what was opened, not of the name: between the two, the name could come to mean another thing.
fn regular(file: File) -> io::Result<Option<File>> {
    Ok(file.metadata()?.is_file().then_some(file))
}

/// Without this, opening a FIFO that somebody laid there waits until another opens its other end.
#[cfg(unix)]
fn unblocked(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.custom_flags(libc::O_NONBLOCK)
}

#[cfg(not(unix))]
fn unblocked(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

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
    builder.prefix(".writing-");
    #[cfg(unix)]
    {
        // What lies here is public; a web server under another user must be able to read it.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    match overwrite {
        Overwrite::Never => file.persist_noclobber(place)?,
        Overwrite::Yes => file.persist(place)?,
    };
    sync_folder(directory)
}

/// Flushes what a folder lists.
#[expect(clippy::disallowed_methods, reason = "a folder is opened, not read")]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit_and_what_is_not_there_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        assert!(read(&file, 3).unwrap().is_none());
        write_whole(&file, b"abc", Overwrite::Never).unwrap();
        assert_eq!(read(&file, 3).unwrap().as_deref(), Some(&b"abc"[..]));
        assert!(matches!(read(&file, 2), Err(FileError::TooLong { limit_bytes: 2, .. })));
        assert!(matches!(read(folder.path(), 9), Err(FileError::NotAFile { .. })));
    }

    /// Nobody ever opens the other end: without the flag this test would not end.
    #[cfg(unix)]
    #[test]
    fn a_fifo_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        assert!(matches!(read(&fifo, 9), Err(FileError::NotAFile { .. })));
        assert!(matches!(read(Path::new("/dev/zero"), 9), Err(FileError::NotAFile { .. })));
        // Nobody reads the FIFO, so opening it to write is refused by the system, at once.
        assert!(open_lock(&fifo).is_err());
    }
}
