//! How two commits stand to each other, and what lies between them, as people are told.

use git2::{Oid, Repository};
use warifu_values::text::shown;

use super::error::{CommitTold, Doing, StoreError};

/// How many commits are read of one side at most; of more it is only said that there are that many.
const MOST: usize = 10_000;

/// What is reachable from `tip` and not from `without`, newest first.
pub(super) fn only_in(
    repository: &Repository,
    tip: Oid,
    without: Option<Oid>,
) -> Result<Vec<Oid>, StoreError> {
    let git = || StoreError::git(Doing::WalkHistory);
    let mut walk = repository.revwalk().map_err(git())?;
    walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME).map_err(git())?;
    walk.push(tip).map_err(git())?;
    without.map_or(Ok(()), |oid| walk.hide(oid)).map_err(git())?;
    walk.map(|oid| oid.map_err(git())).collect()
}

/// The commits, as people are told of them.
pub(super) fn told(repository: &Repository, commits: &[Oid]) -> Result<Vec<CommitTold>, StoreError> {
    let one = |oid: &Oid| {
        let commit = repository.find_commit(*oid).map_err(StoreError::git(Doing::ReadCommit))?;
        let title = String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned();
        let author = String::from_utf8_lossy(commit.author().name_bytes()).into_owned();
        Ok(CommitTold { commit: oid.to_string(), title: cut(&title), author: cut(&author) })
    };
    commits.iter().take(MOST).map(one).collect()
}

/// Whoever sent it wrote it: it makes no line of its own, and not a long one.
fn cut(text: &str) -> String {
    shown(&text.chars().take(100).collect::<String>())
}
