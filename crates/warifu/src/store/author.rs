//! Who a commit is by.

use git2::{Oid, Repository, Signature, Time};
use jiff::Timestamp;

pub use crate::identity::Author;

use super::error::{CommitError, Doing, StoreError};

/// Japan Standard Time, in minutes: where the masters are published.
const JST_MINUTES: i32 = 540;

/// Who and when, as a commit carries it. Without an `author`, git's configuration names one.
pub(super) fn signature(
    repository: &Repository,
    author: Option<&Author>,
    now: Timestamp,
) -> Result<Signature<'static>, CommitError> {
    let time = Time::new(now.as_second(), JST_MINUTES);
    let known = match author {
        Some(author) => Signature::new(&author.name, &author.mail, &time),
        None => {
            let git = repository.signature().map_err(|_| CommitError::NoIdentity)?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            Signature::new(&text(git.name_bytes()), &text(git.email_bytes()), &time)
        }
    };
    known.map_err(|_| CommitError::NoIdentity)
}

/// Whom a commit is by.
pub(super) fn author_of(repository: &Repository, commit: Oid) -> Result<String, StoreError> {
    let commit = repository.find_commit(commit).map_err(StoreError::git(Doing::ReadCommit))?;
    Ok(String::from_utf8_lossy(commit.author().name_bytes()).into_owned())
}
