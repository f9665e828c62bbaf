//! Words that several commands say.

use warifu::error::{Exit, Failure};

/// A commit's name for people.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

pub(super) fn no_record(key: &str) -> Failure {
    Failure::new(
        Exit::CouldNotRun,
        format!("no master in the repository has a record {key}"),
        format!("コード {key} はリポジトリのどのマスターにもありません"),
    )
}
