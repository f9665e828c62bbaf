//! Cloning: a new copy, which stands only when all of it was looked through.

use std::fs;
use std::path::Path;

use git2::{Repository, RepositoryInitOptions};
use jiff::civil::Date;

use crate::library::Library;

use super::super::error::{Doing, ExchangeError, StoreError};
use super::super::repository::Store;
use super::place::Place;
use super::receive::{Examined, Passing};

impl Store {
    /// Makes a copy of what lies at `from` in `path`, which must be new or empty: received, looked through
    /// and checked. Its branch names nothing until [`Store::catch_up`] takes what came. Where that cannot be
    /// done, nothing is left in `path`.
    ///
    /// # Errors
    /// [`ExchangeError`].
    pub fn clone_from(
        from: &str,
        path: &Path,
        library: impl Into<Library>,
        today: Date,
        passing: &mut dyn FnMut(Passing),
    ) -> Result<(Store, Examined), ExchangeError> {
        let place = Place::parse(from)?;
        let was_there = path.exists();
        if path.read_dir().is_ok_and(|mut entries| entries.next().is_some()) || path.is_file() {
            return Err(ExchangeError::NotEmpty { path: path.to_owned() });
        }
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        let made = Repository::init_opts(path, &options).map_err(StoreError::git(Doing::Make))?;
        let store = Store::over(made, library.into());
        let received = store.first_of(&place, passing).and_then(|received| {
            let examined = store.examine(received, today, passing)?;
            Ok(examined)
        });
        match received {
            Ok(examined) => Ok((store, examined)),
            Err(error) => {
                drop(store);
                remove(path, was_there);
                Err(error)
            }
        }
    }

    /// Takes a clone away whose branch names nothing: what came may not stand.
    pub fn give_up(self) {
        if matches!(self.head(), Ok(None)) {
            let path = self.path();
            drop(self);
            remove(&path, false);
        }
    }

    fn first_of(
        &self,
        place: &Place,
        passing: &mut dyn FnMut(Passing),
    ) -> Result<super::receive::Received, ExchangeError> {
        self.remember_origin(place)?;
        let received = self.receive_branch(place, None, passing)?;
        let head = self.repository.set_head(&format!("refs/heads/{}", received.branch));
        head.map_err(StoreError::git(Doing::NameBranch))?;
        Ok(received)
    }
}

/// Takes away what a clone that failed has made.
fn remove(path: &Path, was_there: bool) {
    let _ = fs::remove_dir_all(path.join(".git"));
    if !was_there {
        let _ = fs::remove_dir(path);
    }
}
