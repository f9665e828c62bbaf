//! A new repository is made whole within its folder, under another name, before anything of it lies there:
//! one that was killed while it was made leaves nothing that stops the next.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use git2::{Repository, RepositoryInitOptions};

use super::error::{Doing, StoreError, WithFile};
use crate::interrupt::{self, Whole};

/// What the name of the folder begins with.
const MAKING: &str = ".warifu-making-";

/// By its lock others see that somebody is at work.
const LOCK: &str = "lock";

/// Where git keeps its own.
const GIT: &str = ".git";

/// A folder that a repository is made in; gone, with what was made, when this is dropped before it stands.
#[derive(Debug)]
#[must_use = "what was made must be put in its place"]
pub(super) struct Making {
    place: PathBuf,
    /// Whether the place was there before.
    was_there: bool,
    within: Option<tempfile::TempDir>,
    lock: Option<File>,
    /// The last to go.
    _whole: Whole,
}

impl Making {
    /// Begins a repository at `place`; none where that is neither new nor empty. What somebody who was killed
    /// left there is nothing.
    pub(super) fn begin(place: &Path) -> Result<Option<Making>, StoreError> {
        let whole = Whole::begin();
        let was_there = place.exists();
        fs::create_dir_all(place).map_err(StoreError::io(WithFile::Make, place))?;
        // However the working folder changes, and whatever it is called.
        let place = place.canonicalize().map_err(StoreError::io(WithFile::Open, place))?;
        if !place.is_dir() {
            return Ok(None);
        }
        let mut left = Vec::new();
        for entry in fs::read_dir(&place).map_err(StoreError::io(WithFile::Read, &place))? {
            let path = entry.map_err(StoreError::io(WithFile::Read, &place))?.path();
            if !is_left(&path) {
                return Ok(None);
            }
            left.push(path);
        }
        for path in left {
            fs::remove_dir_all(&path).map_err(StoreError::io(WithFile::Remove, &path))?;
        }
        let mut builder = tempfile::Builder::new();
        let within = builder.prefix(MAKING).tempdir_in(&place);
        let within = within.map_err(StoreError::io(WithFile::Write, &place))?;
        let lock = within.path().join(LOCK);
        let lock = File::create(&lock).map_err(StoreError::io(WithFile::Make, &lock))?;
        // A file system without locks has none: then only one at a time may make it.
        let _unlocked = lock.try_lock();
        Ok(Some(Making { place, was_there, within: Some(within), lock: Some(lock), _whole: whole }))
    }

    /// The repository, of which there is nothing yet.
    pub(super) fn repository(&self) -> Result<Repository, StoreError> {
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        Repository::init_opts(self.work(), &options).map_err(StoreError::git(Doing::Make))
    }

    fn work(&self) -> PathBuf {
        self.within.as_ref().map_or_else(PathBuf::new, |within| within.path().join("repository"))
    }

    /// Puts it in its place, git's own folder first: from then on it stands, and what is missing of its files
    /// is brought back by `repo restore`.
    pub(super) fn finish(mut self) -> Result<Repository, StoreError> {
        let (work, place) = (self.work(), self.place.clone());
        let mut names = vec![GIT.into()];
        for entry in fs::read_dir(&work).map_err(StoreError::io(WithFile::Read, &work))? {
            let name = entry.map_err(StoreError::io(WithFile::Read, &work))?.file_name();
            if name != GIT {
                names.push(name);
            }
        }
        for name in names {
            let (from, to) = (work.join(&name), place.join(&name));
            if fs::symlink_metadata(&to).is_ok() {
                return Err(StoreError::io(WithFile::Make, to)(io::ErrorKind::AlreadyExists.into()));
            }
            fs::rename(&from, &to).map_err(StoreError::io(WithFile::Make, to))?;
            self.was_there = true;
        }
        interrupt::wrote(place.display());
        drop(self);
        Repository::open(&place).map_err(StoreError::git(Doing::Open))
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        drop(self.lock.take());
        drop(self.within.take());
        if !self.was_there {
            let _ = fs::remove_dir(&self.place);
        }
    }
}

/// Whether that is what somebody left who was killed: called so, and nobody holds its lock.
fn is_left(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let is_folder = fs::symlink_metadata(path).is_ok_and(|about| about.is_dir());
    if !name.is_some_and(|name| name.starts_with(MAKING)) || !is_folder {
        return false;
    }
    match warifu_files::open(&path.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(warifu_files::ReadError::Missing { .. }) => true,
        Err(_) => false,
    }
}
