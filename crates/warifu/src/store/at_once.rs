//! Several masters read at once.

use std::sync::{Mutex, PoisonError};

use git2::Repository;

use super::error::{Doing, StoreError};
use super::repository::Store;
use crate::in_order::all_in_order;

impl Store {
    /// What `work` makes of each of `items`, on all cores, in their order.
    ///
    /// libgit2's handle of a repository belongs to one thread at a time, so each core opens it for itself.
    ///
    /// # Errors
    /// That of the first of `items` that has one; when the repository cannot be opened once more.
    pub(crate) fn each<I: Sync, T: Send, E: From<StoreError> + Send>(
        &self,
        items: &[I],
        work: impl Fn(&Store, &I) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        let (path, library) = (self.repository.path(), self.library());
        let idle: Mutex<Vec<Store>> = Mutex::new(Vec::new());
        let idle = || idle.lock().unwrap_or_else(PoisonError::into_inner);
        let done = all_in_order(items, |item| {
            let free = idle().pop();
            let store = match free {
                Some(store) => store,
                None => {
                    let repository = Repository::open(path).map_err(StoreError::git(Doing::Open))?;
                    Store::over(repository, library.clone())
                }
            };
            let done = work(&store, item);
            idle().push(store);
            done
        });
        done.into_iter().collect()
    }
}
