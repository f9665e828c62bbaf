//! Whose `warifu.toml` counts before a repository is opened: that of one which libgit2 opens for its user.

use std::fs;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::config::Config;

/// `warifu.toml` of the repository that `path` lies in.
///
/// None where libgit2 does not open that: a folder called `.git` is no repository yet, and one that belongs
/// to another user is opened only where git's own configuration calls it safe. None either where the file
/// belongs to neither the owner of the folder nor the owner of its `.git`.
pub fn declared_at(path: &Path) -> Option<PathBuf> {
    let repository = Repository::discover(path).ok()?;
    let top = repository.workdir()?;
    let file = top.join(Config::FILE);
    let is_theirs = || [top, repository.path()].iter().any(|folder| is_of_one(&file, folder));
    (file.is_file() && is_theirs()).then_some(file)
}

/// Whether the two have one owner.
#[cfg(unix)]
fn is_of_one(file: &Path, folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &Path| fs::metadata(path).ok().map(|about| about.uid());
    owner(file).is_some_and(|user| owner(folder) == Some(user))
}

/// Owners are libgit2's matter there.
#[cfg(not(unix))]
fn is_of_one(file: &Path, folder: &Path) -> bool {
    fs::exists(file).is_ok() && fs::exists(folder).is_ok()
}
