//! What a person has changed in the work tree since the last commit.

use git2::{Repository, Status, StatusOptions};

use super::config::Config;
use super::error::{Doing, StoreError};

/// The files where imports write, or go by, that are not as the last commit has them. Nothing is written, not
/// even the index.
pub(super) fn changed_files(repository: &Repository) -> Result<Vec<String>, StoreError> {
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
    options.disable_pathspec_match(true).update_index(false);
    options.pathspec("masters").pathspec("sources").pathspec("rules").pathspec(Config::FILE);
    let statuses = repository.statuses(Some(&mut options)).map_err(StoreError::git(Doing::ReadStatus))?;
    let changed = statuses.iter().filter(|entry| entry.status() != Status::CURRENT);
    Ok(changed.map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned()).collect())
}
