//! The operators' socket: a file in the state folder that only the checker's own user can speak to. Commands
//! of operators come by it and by no other way, so that nothing that stands before the claims can pass them
//! on.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::cause::Cause;

/// Its name in a state folder.
const NAME: &str = "operator.sock";

/// So many wait to be heard.
const WAITING: i32 = 128;

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
    /// A name of more than about 100 bytes is no name of a socket.
    TooLong {
        /// The name.
        path: PathBuf,
    },
    /// It cannot be made.
    Io {
        /// The socket.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl Speak for SocketError {
    fn say(&self, lang: Lang) -> String {
        let (SocketError::Live { path }
        | SocketError::NoSocket { path }
        | SocketError::TooLong { path }
        | SocketError::Io { path, .. }) = self;
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
            SocketError::TooLong { .. } => say!(
                lang,
                "{path} is too long for a socket's name; name a short path with --socket",
                "{path} はソケットの名前として長すぎます。--socket で短いパスを指定してください"
            ),
            SocketError::Io { .. } => say!(
                lang,
                "operators cannot be heard at {path}, for no socket can be made there",
                "{path} にソケットを作成できないため、運用操作を受け付けられません"
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
            SocketError::Live { .. } | SocketError::NoSocket { .. } | SocketError::TooLong { .. } => None,
        }
    }
}

impl SocketError {
    /// What is amiss with the disk, where it may pass: nobody need wait for operators until then.
    pub fn of_disk(&self) -> Option<Cause> {
        let SocketError::Io { source, .. } = self else { return None };
        let cause = Cause::of_disk(source);
        let may_pass = cause == Cause::DiskFull || source.kind() == io::ErrorKind::ReadOnlyFilesystem;
        may_pass.then_some(cause)
    }
}

/// Whether somebody listens at the socket `path`, also one at which too many wait already.
pub(crate) fn is_heard(path: &Path) -> bool {
    matches!(line_to(path), Ok(_) | Err(Errno::AGAIN))
}

/// A line to the socket `path`, without waiting to be let in.
fn line_to(path: &Path) -> Result<OwnedFd, Errno> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket)
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
            Ok(_) if is_heard(&path) => return Err(SocketError::Live { path }),
            // Nobody answers there any more, or nothing is there.
            _ => {}
        }
        match Self::put(&path) {
            Ok(listener) => Ok(OperatorSocket { path, listener }),
            Err(source) => match source.kind() {
                io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput => {
                    Err(SocketError::TooLong { path })
                }
                _ => Err(SocketError::Io { path, source }),
            },
        }
    }

    /// Made under a name of its own and moved into place. Nothing is made beside it: a socket takes no room
    /// of a disk, and a folder does.
    fn put(path: &Path) -> io::Result<UnixListener> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let made = tempfile::Builder::new().prefix(".").rand_bytes(6).make_in(folder, listening)?;
        let (listener, made) = made.into_parts();
        made.persist(path).map_err(|error| error.error)?;
        // Clients give this name, which may be longer than the one it was made by.
        UnixStream::connect(path)?;
        Ok(listener)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A socket that listens at `path`. It is its user's own before it listens: there is no moment in which
/// others could speak to it.
fn listening(path: &Path) -> io::Result<UnixListener> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    let listens = fs::set_permissions(path, Permissions::from_mode(0o600))
        .and_then(|()| Ok(rustix::net::listen(&socket, WAITING)?));
    if let Err(error) = listens {
        let _ = fs::remove_file(path);
        return Err(error);
    }
    Ok(UnixListener::from(socket))
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

    /// Lines that say nothing, and that nobody takes: whoever comes then is not told that nobody is there.
    #[test]
    fn a_socket_at_which_too_many_wait_is_a_live_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = OperatorSocket::in_state(folder.path());
        let first = OperatorSocket::bind(&path).unwrap();
        let full: Vec<_> = std::iter::from_fn(|| line_to(&path).ok()).take(10_000).collect();
        assert!(full.len() < 10_000);
        assert!(matches!(OperatorSocket::bind(&path), Err(SocketError::Live { .. })));
        drop(full);
        drop(first);
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

    /// A full disk has room for a socket and not for a folder.
    #[test]
    fn nothing_that_takes_room_is_made_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = OperatorSocket::in_state(folder.path());
        let is_over = std::sync::atomic::AtomicBool::new(false);
        let folders = std::thread::scope(|scope| {
            let watched = scope.spawn(|| {
                let mut folders = 0;
                while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    let there = fs::read_dir(folder.path()).unwrap().flatten();
                    folders += there.filter(|it| it.file_type().is_ok_and(|kind| kind.is_dir())).count();
                }
                folders
            });
            for _ in 0..2000 {
                drop(OperatorSocket::bind(&path).unwrap());
            }
            is_over.store(true, std::sync::atomic::Ordering::Relaxed);
            watched.join().unwrap()
        });
        assert_eq!(folders, 0);
    }

    #[test]
    fn what_is_told_of_a_disk_is_not_that_the_name_is_long() {
        let of = |kind: io::ErrorKind| SocketError::Io { path: "s".into(), source: kind.into() };
        let full = of(io::ErrorKind::StorageFull);
        assert_eq!(full.of_disk(), Some(Cause::DiskFull));
        assert_eq!(of(io::ErrorKind::ReadOnlyFilesystem).of_disk(), Some(Cause::DiskFault));
        assert_eq!(of(io::ErrorKind::PermissionDenied).of_disk(), None, "it does not pass by itself");
        for lang in [Lang::En, Lang::Ja] {
            assert!(!full.say(lang).contains("--socket"), "{}", full.say(lang));
        }
    }
}
