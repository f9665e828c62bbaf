//! Cloning: a new copy, which stands only when all of it was looked through.

use std::path::Path;

use jiff::civil::Date;

use crate::library::Library;

use super::super::error::{Doing, ExchangeError, StoreError};
use super::super::making::Making;
use super::super::repository::Store;
use super::forward::CaughtUp;
use super::place::Place;
use super::receive::{Cleared, Examined, Passing, Received};

impl Store {
    /// Makes a copy of what lies at `from` in `path`, which must be new or empty: received, looked through,
    /// checked, and cleared by `clear`. Before that, and where it cannot be done, nothing of it lies in
    /// `path`.
    ///
    /// # Errors
    /// [`ExchangeError`], or what `clear` says.
    pub fn clone_from<E: From<ExchangeError>>(
        from: &str,
        path: &Path,
        library: impl Into<Library>,
        today: Date,
        passing: &mut dyn FnMut(Passing),
        clear: impl FnOnce(Examined) -> Result<Cleared, E>,
    ) -> Result<(Store, CaughtUp), E> {
        let place = Place::parse(from)?;
        let not_empty = || ExchangeError::NotEmpty { path: path.to_owned() };
        if path.is_file() {
            return Err(not_empty().into());
        }
        let making = Making::begin(path).map_err(ExchangeError::from)?.ok_or_else(not_empty)?;
        let library = library.into();
        let store = Store::over(making.repository().map_err(ExchangeError::from)?, library.clone());
        let received = store.first_of(&place, passing)?;
        let cleared = clear(store.examine(received, today, passing)?)?;
        let caught_up = store.catch_up(cleared, false)?;
        drop(store);
        let stands = making.finish().map_err(ExchangeError::from)?;
        Ok((Store::over(stands, library), caught_up))
    }

    fn first_of(&self, place: &Place, passing: &mut dyn FnMut(Passing)) -> Result<Received, ExchangeError> {
        self.remember_origin(place)?;
        let received = self.receive_branch(place, None, passing)?;
        let head = self.repository.set_head(&format!("refs/heads/{}", received.branch));
        head.map_err(StoreError::git(Doing::NameBranch))?;
        Ok(received)
    }
}
