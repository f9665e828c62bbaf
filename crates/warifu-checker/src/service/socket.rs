//! The operators' socket: a file in the state folder that only the checker's own user can speak to. Commands
//! of operators come by it and by no other way, so that nothing that stands before the claims can pass them
//! on.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// Its name in a state folder.
const NAME: &str = "operator.sock";

/// A socket that is bound; removed with this.
#[derive(Debug)]
pub struct OperatorSocket {
    path: PathBuf,
    pub(super) listener: UnixListener,
}

/// Operators cannot be heard.
#[derive(Debug)]
pub enum SocketError {
    /// Another checker answers there.
    Live {
        /// The socket.
        path: PathBuf,
    },
    /// Something else lies there, and is left alone.
    NoSocket {
        /// What lies there.
        path: PathBuf,
    },
    /// It cannot be made; a name of more than about 100 bytes is no name of a socket.
    Io {
        /// The socket.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl Speak for SocketError {
    fn say(&self, lang: Lang) -> String {
        let (SocketError::Live { path } | SocketError::NoSocket { path } | SocketError::Io { path, .. }) =
            self;
        let path = path.display();
        match self {
            SocketError::Live { .. } => say!(
                lang,
                "a running checker hears operators at {path}; name another --socket",
                "{path} では別のチェッカーが運用操作を受け付けています。--socket を分けてください"
            ),
            SocketError::NoSocket { .. } => say!(
                lang,
                "{path} is there and is no socket; move it away, or name another --socket",
                "{path} はソケットではありません。移動するか、--socket で別のパスを指定してください"
            ),
            SocketError::Io { .. } => say!(
                lang,
                "operators cannot be heard at {path}; name a short path with --socket",
                "{path} で運用操作を受け付けられません。--socket で短いパスを指定してください"
            ),
        }
    }
}

impl std::fmt::Display for SocketError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for SocketError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SocketError::Io { source, .. } => Some(source),
            SocketError::Live { .. } | SocketError::NoSocket { .. } => None,
        }
    }
}

impl OperatorSocket {
    /// Where the checker on the state folder `state` hears operators, unless it is told otherwise.
    pub fn in_state(state: &Path) -> PathBuf {
        state.join(NAME)
    }

    /// Hears operators on `path`. What a checker left there that was killed is replaced.
    ///
    /// # Errors
    /// [`SocketError`]: a live one, and what is no socket, stay as they are.
    pub fn bind(path: impl Into<PathBuf>) -> Result<Self, SocketError> {
        let path = path.into();
        match fs::symlink_metadata(&path) {
            Ok(there) if !there.file_type().is_socket() => return Err(SocketError::NoSocket { path }),
            Ok(_) if UnixStream::connect(&path).is_ok() => return Err(SocketError::Live { path }),
            // Nobody answers there any more, or nothing is there.
            _ => {}
        }
        match Self::put(&path) {
            Ok(listener) => Ok(OperatorSocket { path, listener }),
            Err(source) => Err(SocketError::Io { path, source }),
        }
    }

    /// Made where nobody else can reach it and moved into place: there is no moment in which others could
    /// speak to it.
    fn put(path: &Path) -> io::Result<UnixListener> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let own = tempfile::Builder::new().prefix(".").rand_bytes(6).tempdir_in(folder)?;
        let made = own.path().join("s");
        let listener = UnixListener::bind(&made)?;
        fs::set_permissions(&made, Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        fs::rename(&made, path)?;
        // Clients give this name, which may be longer than the one it was made by.
        UnixStream::connect(path)?;
        Ok(listener)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for OperatorSocket {
    fn drop(&mut self) {
        // What stays is replaced at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_user_may_speak_to_it_and_a_dead_one_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = OperatorSocket::in_state(folder.path());
        let first = OperatorSocket::bind(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(matches!(OperatorSocket::bind(&path), Err(SocketError::Live { .. })));
        UnixStream::connect(&path).unwrap();
        // As a kill leaves it: the file without a listener.
        let OperatorSocket { listener, .. } = &first;
        let other = listener.try_clone().unwrap();
        fs::rename(&path, folder.path().join("kept")).unwrap();
        drop(first);
        drop(other);
        fs::rename(folder.path().join("kept"), &path).unwrap();
        assert!(UnixStream::connect(&path).is_err() && path.exists());
        let second = OperatorSocket::bind(&path).unwrap();
        UnixStream::connect(&path).unwrap();
        drop(second);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
    }

    #[test]
    fn what_is_no_socket_is_left_alone_and_a_long_path_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine");
        fs::write(&path, "mine").unwrap();
        assert!(matches!(OperatorSocket::bind(&path), Err(SocketError::NoSocket { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        let deep = folder.path().join("d".repeat(120));
        fs::create_dir(&deep).unwrap();
        let error = OperatorSocket::bind(deep.join("s")).unwrap_err();
        for lang in [Lang::En, Lang::Ja] {
            assert!(error.say(lang).contains("--socket"), "{}", error.say(lang));
        }
    }
}
