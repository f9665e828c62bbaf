//! One file, read whole: a regular one, never longer than a limit, without waiting for anybody.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

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

/// The bytes of `path`, a regular file of at most `limit_bytes`.
///
/// # Errors
/// [`ReadError`].
pub fn read(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    let read = open(path)?.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
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
