//! What stops a commit: an import's or an undo's.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::asking::StoreError;
use crate::error::{Exit, Failure};

/// A commit that could not be made, or made and not followed by the work tree. Except for
/// [`CommitError::Unfinished`], nothing was changed; what else a command did, it says itself.
#[derive(Debug)]
pub enum CommitError {
    /// Another process writes: wait for it.
    Busy,
    /// The work tree has changes that would be overwritten or committed by accident: commit them or take them
    /// back.
    Unclean {
        /// The first few paths.
        paths: Vec<String>,
    },
    /// Somebody else committed in between: try again.
    Moved,
    /// HEAD is on no branch: check one out.
    Detached,
    /// Nobody to name as the author: set one.
    NoIdentity,
    /// The commit is made and the branch names it, but the work tree is not up to it: the next one brings it
    /// there.
    Unfinished {
        /// The commit.
        commit: String,
        /// What failed.
        source: StoreError,
    },
    /// The repository could not be read or written.
    Store(StoreError),
}

impl CommitError {
    pub(super) fn exit(&self) -> Exit {
        match self {
            CommitError::Store(error) => error.exit(),
            _ => Exit::CouldNotRun,
        }
    }
}

impl Speak for CommitError {
    fn say(&self, lang: Lang) -> String {
        match self {
            CommitError::Busy => say!(
                lang,
                "another import is running in this repository; try again when it has ended",
                "このリポジトリでは別の取り込みが実行中です。終了後に再実行してください"
            ),
            CommitError::Unclean { paths } => {
                let paths = paths.join(", ");
                say!(
                    lang,
                    "the work tree has changes that are not committed: {paths}; keep what you wrote in \
                     warifu.toml and rules/ with `repo keep --reason REASON`, bring the rest back with \
                     `repo restore`",
                    "コミットされていない変更があります: {paths}。warifu.toml と rules/ の変更を残すなら \
                     repo keep --reason 理由、そのほかを戻すなら repo restore を実行してください"
                )
            }
            CommitError::Moved => say!(
                lang,
                "the branch moved while this was at work; try again",
                "処理中にブランチが進みました。再実行してください"
            ),
            CommitError::Detached => say!(
                lang,
                "this copy stands on no branch; go back to the branch that imports go to (main), or \
                 `repo clone` it anew",
                "この複製はどのブランチの上にもありません。取り込み先のブランチ（main）に戻すか、repo clone で取得し直してください"
            ),
            CommitError::NoIdentity => say!(
                lang,
                "no author is known; set git's user.name and user.email, or WARIFU_AUTHOR=\"Name <mail>\"",
                "作成者が不明です。git の user.name と user.email か、\
                 WARIFU_AUTHOR=\"名前 <メール>\" を設定してください"
            ),
            CommitError::Unfinished { commit, source } => {
                let cause = source.say(lang);
                say!(
                    lang,
                    "commit {commit} is made, but the work tree is not up to it ({cause}); \
                     the next import brings it there",
                    "コミット {commit} は作成済みですが、作業ツリーが追随していません（{cause}）。\
                     次の取り込みで修復されます"
                )
            }
            CommitError::Store(error) => error.say(lang),
        }
    }
}

impl std::fmt::Display for CommitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for CommitError {}

impl From<CommitError> for Failure {
    fn from(error: CommitError) -> Self {
        Failure::because(error.exit(), &error)
    }
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        CommitError::Store(error)
    }
}
