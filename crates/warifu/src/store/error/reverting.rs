//! What stops a revert.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::asking::StoreError;
use super::committing::CommitError;
use crate::error::{Exit, Failure};

/// Masters that were not brought back; nothing was changed, but for [`CommitError::Unfinished`].
#[derive(Debug)]
pub enum RevertError {
    /// What the release was made of is not among the commits that lead to HEAD.
    NotBeneath {
        /// The release.
        release: u64,
        /// Its commit.
        commit: String,
    },
    /// The commit could not be made, or not finished.
    Commit(CommitError),
}

impl Speak for RevertError {
    fn say(&self, lang: Lang) -> String {
        match self {
            RevertError::NotBeneath { release, commit } => say!(
                lang,
                "release {release} was made of commit {commit}, which does not lead to this branch; bring \
                 the branch up to date first, or merge that commit",
                "リリース {release} のコミット {commit} は、このブランチの履歴にありません。先にブランチを最新にするか、そのコミットをマージしてください"
            ),
            RevertError::Commit(error) => error.say(lang),
        }
    }
}

impl From<CommitError> for RevertError {
    fn from(error: CommitError) -> Self {
        RevertError::Commit(error)
    }
}

impl From<StoreError> for RevertError {
    fn from(error: StoreError) -> Self {
        RevertError::Commit(error.into())
    }
}

impl From<RevertError> for Failure {
    fn from(error: RevertError) -> Self {
        let exit = match &error {
            RevertError::Commit(error) => error.exit(),
            RevertError::NotBeneath { .. } => Exit::CouldNotRun,
        };
        Failure::because(exit, &error)
    }
}
