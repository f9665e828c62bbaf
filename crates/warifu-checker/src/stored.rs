//! Parts of releases that lie in the state directory: compared with their digest once, and known again by
//! what their file looks like.
//!
//! What was compared by this process and has a file that nobody touched since is neither read nor compared
//! again, until its bytes are wanted; then they are compared again. Where a system does not tell enough of a
//! file (other than Unix), nothing is known again, and everything is read.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use warifu_files::ReadError;
use warifu_trust::Content;
use warifu_values::digest::Digest;

/// What a file looks like. Whoever writes into it, puts another one in its place or sets its times changes
/// that: the time of the last change of a file is the system's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Looks {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Looks {
    #[cfg(unix)]
    fn of(file: &Metadata) -> Option<Looks> {
        use std::os::unix::fs::MetadataExt as _;
        file.is_file().then(|| Looks {
            device: file.dev(),
            inode: file.ino(),
            bytes: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        })
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<Looks> {
        None
    }

    fn at(path: &Path) -> Option<Looks> {
        std::fs::symlink_metadata(path).ok().as_ref().and_then(Looks::of)
    }
}

/// What this process compared, and what each file looked like then. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compared(Arc<Mutex<BTreeMap<Digest, Looks>>>);

/// The bytes of a part cannot be had.
#[derive(Debug)]
pub enum NotHad {
    /// Its file cannot be read.
    Read(ReadError),
    /// It is not what its digest says.
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// A part that lies in a file. Only [`Compared`] makes one: its bytes were compared with its digest.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    path: PathBuf,
    content: Content,
    compared: Compared,
}

impl Compared {
    fn looks(&self) -> MutexGuard<'_, BTreeMap<Digest, Looks>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The part `content` in the file at `path`, when it was compared and nobody touched the file since.
    pub(crate) fn stored(&self, path: &Path, content: Content) -> Option<Stored> {
        let known = self.looks().get(&content.sha256).copied()?;
        let is_it = known.bytes == content.bytes && Looks::at(path) == Some(known);
        is_it.then(|| Stored { path: path.to_owned(), content, compared: self.clone() })
    }

    /// Notes that the file at `path` was written with these bytes just now, and lasts.
    pub(crate) fn written(&self, path: &Path, content: Content) {
        if let Some(looks) = Looks::at(path) {
            self.looks().insert(content.sha256, looks);
        }
    }

    /// Reads the part `content` from the file at `path` and compares it with its digest.
    pub(crate) fn read(&self, path: &Path, content: Content) -> Result<Vec<u8>, NotHad> {
        let before = Looks::at(path);
        match warifu_files::read(path, content.bytes) {
            Ok(bytes) if Content::of(&bytes) == content => {
                // One that was touched meanwhile may be another one by now.
                if let Some(looks) = before.filter(|before| Looks::at(path) == Some(*before)) {
                    self.looks().insert(content.sha256, looks);
                }
                Ok(bytes)
            }
            not_it => {
                // A disk may lose bytes without touching the file: what is there now is not known any more.
                self.looks().remove(&content.sha256);
                Err(match not_it {
                    Ok(_) | Err(ReadError::TooLong { .. }) => NotHad::Damaged { path: path.to_owned() },
                    Err(error) => NotHad::Read(error),
                })
            }
        }
    }

    /// Forgets what is not among `kept`.
    pub(crate) fn retain(&self, kept: impl Fn(Digest) -> bool) {
        self.looks().retain(|digest, _| kept(*digest));
    }
}

impl Stored {
    /// What it is by digest and length.
    pub(crate) fn content(&self) -> Content {
        self.content
    }

    /// What its file holds, for somebody who compares it himself.
    pub(crate) fn uncompared(&self) -> Option<Vec<u8>> {
        warifu_files::read(&self.path, self.content.bytes).ok()
    }

    /// Its bytes, compared with its digest again.
    pub(crate) fn read(&self) -> Result<Vec<u8>, NotHad> {
        self.compared.read(&self.path, self.content)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_touched_is_known_again_and_what_was_touched_is_compared_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part");
        let (bytes, content) = (b"a part", Content::of(b"a part"));
        let touch: [&dyn Fn(); 4] = [
            &|| std::fs::write(&path, b"a pard").unwrap(),
            &|| {
                std::fs::write(folder.path().join("other"), bytes).unwrap();
                std::fs::rename(folder.path().join("other"), &path).unwrap();
            },
            &|| std::fs::remove_file(&path).unwrap(),
            &|| {
                // The time of writing is as before; that of the change cannot be set.
                let file = std::fs::File::options().write(true).open(&path).unwrap();
                file.set_modified(file.metadata().unwrap().modified().unwrap()).unwrap();
            },
        ];
        for touch in touch {
            std::fs::write(&path, bytes).unwrap();
            let compared = Compared::default();
            assert!(compared.stored(&path, content).is_none(), "nobody compared it");
            compared.read(&path, content).unwrap();
            let stored = compared.stored(&path, content).expect("it was compared");
            assert_eq!(stored.read().unwrap(), bytes);
            // The clock of a file system may stand still for some milliseconds.
            while Looks::at(&path) == compared.looks().get(&content.sha256).copied() {
                touch();
                if Looks::at(&path).is_none() {
                    break;
                }
            }
            assert!(compared.stored(&path, content).is_none());
        }
    }

    /// A disk that loses bytes says nothing of it.
    #[test]
    fn what_was_lost_without_a_touch_is_not_known_any_more_once_it_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part");
        let (compared, content) = (Compared::default(), Content::of(b"a part"));
        std::fs::write(&path, b"a pard").unwrap();
        compared.written(&path, content);
        let stored = compared.stored(&path, content).expect("nobody touched it");
        assert!(matches!(stored.read(), Err(NotHad::Damaged { .. })));
        assert!(compared.stored(&path, content).is_none(), "so it is written again");
    }
}
