//! What stops the store, by what the caller does next.

use std::path::PathBuf;

use warifu_masters::finding::Findings;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::{Exit, Failure};

/// An operation on the repository that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no repository of masters here.
    #[error("{} is not in a repository of masters", path.display())]
    NoRepository {
        /// Where it was looked for, upwards.
        path: PathBuf,
    },
    /// `init` would overwrite something.
    #[error("{} is not empty", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// Another process is importing.
    #[error("another import is running in this repository")]
    Busy,
    /// The work tree has changes that an import would overwrite or commit by accident.
    #[error("the work tree has changes that are not committed: {}", paths.join(", "))]
    Unclean {
        /// The first few paths.
        paths: Vec<String>,
    },
    /// Somebody else committed in between.
    #[error("the branch moved while the import was at work")]
    Moved,
    /// HEAD is on no branch.
    #[error("HEAD is on no branch")]
    Detached,
    /// Nobody to name as the author.
    #[error("no author is known")]
    NoIdentity,
    /// The commit is made, but the work tree could not be brought up to it.
    #[error("commit {commit} is made, but the work tree is not up to it")]
    Unfinished {
        /// The commit.
        commit: String,
        /// What failed.
        #[source]
        source: Box<StoreError>,
    },
    /// No such revision.
    #[error("no revision {text}")]
    NoRevision {
        /// As it was given.
        text: String,
    },
    /// The revision does not hold the master asked for.
    #[error("{text}: there is no such master; there are {}", list(choices))]
    NoMaster {
        /// What was asked for.
        text: String,
        /// `series/kind` of those that are there.
        choices: Vec<String>,
    },
    /// Several series hold the kind asked for.
    #[error("{text}: several series have it; say which: {}", choices.join(", "))]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// `REV:series/kind` for each.
        choices: Vec<String>,
    },
    /// The file is refused because of what was found; nothing was changed.
    #[error("{file} is refused; nothing was changed")]
    Refused {
        /// The file.
        file: String,
        /// Why.
        findings: Findings,
    },
    /// What the repository holds is not what it should.
    #[error("the repository is damaged: {what}")]
    Damaged {
        /// What and where.
        what: String,
    },
    /// `warifu.toml` is not right.
    #[error("warifu.toml: {what}")]
    Config {
        /// What.
        what: String,
    },
    /// A rule of the site, under `rules/`, is not right.
    #[error("{what}")]
    Rules {
        /// The file, the rule and what is wrong with it.
        what: String,
    },
    /// Git could not do something.
    #[error("cannot {doing}")]
    Git {
        /// What was tried.
        doing: String,
        /// What git says.
        #[source]
        source: git2::Error,
    },
    /// A file could not be read or written.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}

fn list(choices: &[String]) -> String {
    if choices.is_empty() { "none".to_owned() } else { choices.join(", ") }
}

impl StoreError {
    pub(super) fn damaged(what: impl std::fmt::Display) -> Self {
        StoreError::Damaged { what: what.to_string() }
    }

    /// For `map_err`: git failed while `doing`.
    pub(super) fn git(doing: impl std::fmt::Display) -> impl FnOnce(git2::Error) -> StoreError {
        move |source| StoreError::Git { doing: doing.to_string(), source }
    }

    /// For `map_err`: the system failed while `doing` something to `path`.
    pub(super) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> StoreError {
        move |source| StoreError::Io { doing, path: path.into(), source }
    }

    fn exit(&self) -> Exit {
        match self {
            StoreError::Refused { .. } | StoreError::Damaged { .. } => Exit::Data,
            _ => Exit::CouldNotRun,
        }
    }
}

impl Speak for StoreError {
    fn say(&self, lang: Lang) -> String {
        match self {
            StoreError::NoRepository { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} is not in a repository of masters; make one with `warifu init DIR`, or name it with --repo",
                    "{path} はマスターのリポジトリではありません。warifu init DIR で作るか、--repo で指定してください"
                )
            }
            StoreError::Exists { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} is not empty; name a new or an empty folder",
                    "{path} は空ではありません。新しいフォルダーを指定してください"
                )
            }
            StoreError::Busy => say!(
                lang,
                "another import is running in this repository; nothing was changed; try again when it has ended",
                "このリポジトリでは別の取り込みが実行中です。何も変更していません。終了後に再実行してください"
            ),
            StoreError::Unclean { paths } => {
                let paths = paths.join(", ");
                say!(
                    lang,
                    "the work tree has changes that are not committed: {paths}; commit them, or undo them with `git checkout`",
                    "コミットされていない変更があります: {paths}。コミットするか git checkout で戻してください"
                )
            }
            StoreError::Moved => say!(
                lang,
                "the branch moved while the import was at work; nothing was changed; try again",
                "取り込み中にブランチが進みました。何も変更していません。再実行してください"
            ),
            StoreError::Detached => say!(
                lang,
                "HEAD is on no branch; check out the branch that imports go to (`git checkout main`)",
                "HEAD がブランチ上にありません。取り込み先のブランチをチェックアウトしてください (git checkout main)"
            ),
            StoreError::NoIdentity => say!(
                lang,
                "no author is known; set git's user.name and user.email, or WARIFU_AUTHOR=\"Name <mail>\"",
                "作成者が不明です。git の user.name と user.email か、WARIFU_AUTHOR=\"名前 <メール>\" を設定してください"
            ),
            StoreError::Unfinished { commit, source } => {
                let cause = source.say(lang);
                say!(
                    lang,
                    "commit {commit} is made, but the work tree is not up to it ({cause}); the next import brings it there",
                    "コミット {commit} は作成済みですが、作業ツリーが追随していません（{cause}）。次の取り込みで修復されます"
                )
            }
            StoreError::NoRevision { text } => {
                say!(lang, "no revision {text}", "リビジョン {text} はありません")
            }
            StoreError::NoMaster { text, choices } => {
                let choices = list(choices);
                say!(
                    lang,
                    "{text}: there is no such master; there are {choices}",
                    "{text}: そのマスターはありません（あるもの: {choices}）"
                )
            }
            StoreError::Ambiguous { text, choices } => {
                let choices = choices.join(", ");
                say!(
                    lang,
                    "{text}: several series have it; say which: {choices}",
                    "{text}: 複数の系列にあります。指定してください: {choices}"
                )
            }
            StoreError::Refused { file, .. } => {
                say!(
                    lang,
                    "{file} is refused; nothing was changed",
                    "{file} を拒否しました。何も変更していません"
                )
            }
            StoreError::Damaged { what } => say!(
                lang,
                "the repository is damaged: {what}; `git fsck` and `warifu check` say more",
                "リポジトリが壊れています: {what}。git fsck と warifu check で確認してください"
            ),
            StoreError::Config { what } => {
                say!(lang, "warifu.toml: {what}", "warifu.toml が正しくありません: {what}")
            }
            StoreError::Rules { what } => {
                say!(
                    lang,
                    "a rule of the repository is not right: {what}",
                    "保管庫の規則が正しくありません: {what}"
                )
            }
            StoreError::Git { doing, source } => {
                let cause = source.message();
                say!(lang, "cannot {doing}: {cause}", "git の操作に失敗しました ({doing}): {cause}")
            }
            StoreError::Io { doing, path, source } => {
                let path = path.display();
                say!(lang, "cannot {doing} {path}: {source}", "{path} を操作できません ({doing}): {source}")
            }
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let mut failure = Failure::because(error.exit(), &error);
        if let StoreError::Refused { findings, .. } = error {
            failure.findings = findings;
        }
        failure
    }
}
