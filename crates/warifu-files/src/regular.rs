//! One file, read whole: a regular one, never longer than a limit, without waiting for anybody.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use warifu_values::lang::{Lang, Speak, too_long};
use warifu_values::say;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum ReadError {
    /// There is no such file.
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// It is there, and is no file: a folder, a pipe, a device, a socket.
    NotRegular {
        /// What it was taken for.
        path: PathBuf,
    },
    /// It goes on after the limit.
    TooLong {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// The operating system says no.
    Io {
        /// The file.
        path: PathBuf,
        /// What it says.
        #[source]
        source: io::Error,
    },
}

impl Speak for ReadError {
    fn say(&self, lang: Lang) -> String {
        match self {
            ReadError::Missing { path } => {
                let path = path.display();
                say!(lang, "there is no file {path}", "ファイル {path} がありません")
            }
            ReadError::NotRegular { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} is no regular file (a folder, pipe or device); it was not read",
                    "{path} は通常のファイルではないため（フォルダー、パイプ、デバイスなど）読み取りませんでした"
                )
            }
            ReadError::TooLong { path, limit_bytes } => too_long(lang, path.display(), *limit_bytes),
            ReadError::Io { path, .. } => {
                let path = path.display();
                say!(lang, "cannot read {path}", "{path} を読めません")
            }
        }
    }
}

/// Opens `path` when it is a regular file, or a link to one; a pipe without a writer is refused and not
/// waited for.
///
/// # Errors
/// [`ReadError`], but for `TooLong`.
pub fn open(path: &Path) -> Result<File, ReadError> {
    let io = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => ReadError::Missing { path: path.to_owned() },
        _ => ReadError::Io { path: path.to_owned(), source },
    };
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        // Opening a pipe would wait for a writer; what it is can only be asked safely of what is open
        // already.
        use std::os::unix::fs::OpenOptionsExt as _;
        const O_NONBLOCK: i32 = if cfg!(target_os = "linux") { 0o4000 } else { 0x4 };
        options.custom_flags(O_NONBLOCK);
    }
    let file = options.open(path).map_err(io)?;
    if file.metadata().map_err(io)?.is_file() {
        Ok(file)
    } else {
        Err(ReadError::NotRegular { path: path.to_owned() })
    }
}

/// How long one file is waited for: a mount that is gone answers never. The largest file that is read has
/// 64 MiB, which takes seconds from any disk.
const READ_LIMIT: Duration = Duration::from_secs(60);

/// What `work` gives, when it gives it in time. The operating system knows no reading with an end; a thread
/// that waits too long is left behind.
fn within<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let (send, receive) = mpsc::channel();
    thread::Builder::new().spawn(move || send.send(work()))?;
    receive
        .recv_timeout(limit)
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, format!("nothing came of it within {limit:?}")))
}

/// The bytes of `path`, a regular file of at most `limit_bytes`, waited for no longer than a minute.
///
/// # Errors
/// [`ReadError`].
pub fn read(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, ReadError> {
    let whole = path.to_owned();
    let read = move || -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        let read = open(&whole)?.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|source| ReadError::Io { path: whole, source })?;
        Ok(bytes)
    };
    let bytes = within(READ_LIMIT, read)
        .unwrap_or_else(|source| Err(ReadError::Io { path: path.to_owned(), source }))?;
    if bytes.len() as u64 > limit_bytes {
        return Err(ReadError::TooLong { path: path.to_owned(), limit_bytes });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_within_the_limit_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, b"12345").unwrap();
        assert_eq!(read(&file, 5).unwrap(), b"12345");
        assert!(matches!(read(&file, 4), Err(ReadError::TooLong { limit_bytes: 4, .. })));
        assert!(matches!(read(folder.path(), 5), Err(ReadError::NotRegular { .. })));
        assert!(matches!(read(&folder.path().join("none"), 5), Err(ReadError::Missing { .. })));
    }

    #[test]
    fn what_never_answers_is_not_waited_for_without_end() {
        assert_eq!(within(READ_LIMIT, || 7).unwrap(), 7);
        let (keep, never) = mpsc::channel::<()>();
        let error = within(Duration::from_millis(1), move || never.recv()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(keep);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_without_a_writer_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(matches!(read(&pipe, 5), Err(ReadError::NotRegular { .. })));
        assert!(matches!(read(Path::new("/dev/zero"), 5), Err(ReadError::NotRegular { .. })));
    }
}
