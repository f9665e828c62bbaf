//! What stops the making and the opening of a repository.

use std::path::PathBuf;

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::asking::StoreError;
use super::committing::CommitError;
use super::declaring::ConfigError;
use crate::advice::{Advised, Blank};
use crate::error::{Exit, Failure};

/// A repository that could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// There is no repository of masters here: make one, or name another folder.
    NoRepository {
        /// Where it was looked for, upwards.
        path: PathBuf,
    },
    /// The folder is not there: name another one.
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// There is one, and it cannot be read.
    Store(StoreError),
}

/// A repository that could not be made.
#[derive(Debug)]
pub enum InitError {
    /// It would overwrite something: name another folder.
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// Its first commit could not be made.
    Commit(CommitError),
}

impl Speak for OpenError {
    fn say(&self, lang: Lang) -> String {
        match self {
            OpenError::NoRepository { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} is not in a repository of masters; name one with --repo; to begin a new one:",
                    "{path} はマスターのリポジトリではありません。--repo でリポジトリを指定してください。新しく始める場合に限り:"
                )
            }
            OpenError::NoFolder { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path}: there is no such folder; is it mistyped? name the repository with --repo",
                    "{path} というフォルダーはありません。入力を確認し、--repo でリポジトリを指定してください"
                )
            }
            OpenError::Store(error) => error.say(lang),
        }
    }
}

impl Speak for InitError {
    fn say(&self, lang: Lang) -> String {
        match self {
            InitError::NotEmpty { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} is not empty; name a new or an empty folder",
                    "{path} は空ではありません。新しいフォルダーを指定してください"
                )
            }
            InitError::Commit(error) => error.say(lang),
        }
    }
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::fmt::Display for InitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for OpenError {}
impl std::error::Error for InitError {}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        OpenError::Store(error)
    }
}

impl From<CommitError> for InitError {
    fn from(error: CommitError) -> Self {
        InitError::Commit(error)
    }
}

impl From<StoreError> for InitError {
    fn from(error: StoreError) -> Self {
        InitError::Commit(error.into())
    }
}

impl From<ConfigError> for InitError {
    fn from(error: ConfigError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NoRepository { .. } => Failure::because(Exit::CouldNotRun, &error)
                .advising(Advised::command(&["init"]).blank(Blank::Folder)),
            OpenError::NoFolder { .. } => Failure::because(Exit::CouldNotRun, &error),
            OpenError::Store(error) => Failure::from(error),
        }
    }
}

impl From<InitError> for Failure {
    fn from(error: InitError) -> Self {
        let exit = match &error {
            InitError::NotEmpty { .. } => Exit::CouldNotRun,
            InitError::Commit(error) => error.exit(),
        };
        Failure::because(exit, &error)
    }
}
