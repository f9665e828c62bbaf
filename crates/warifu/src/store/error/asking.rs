//! What stops a question: it names something that is not there, or what the repository holds cannot be read.

use std::path::PathBuf;

use warifu_files::os_error;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::declaring::ConfigError;
use super::doing::{Doing, WithFile};
use crate::advice::Advised;
use crate::error::{Exit, Failure};

/// A question that could not be answered.
#[derive(Debug)]
pub enum StoreError {
    /// No such revision: name another.
    NoRevision {
        /// As it was given.
        text: String,
    },
    /// The revision does not hold the master asked for: name one that it holds.
    NoMaster {
        /// What was asked for.
        text: String,
        /// `series/kind` of those that are there.
        choices: Vec<String>,
    },
    /// No such series: name one of these, the closest first.
    NoSeries {
        /// As it was given.
        text: String,
        /// Those that are declared.
        choices: Vec<String>,
    },
    /// Several series hold the kind asked for: say which.
    Ambiguous {
        /// What was asked for.
        text: String,
        /// `REV:series/kind` for each.
        choices: Vec<String>,
    },
    /// `warifu.toml` is not right: mend it.
    Config(ConfigError),
    /// A rule of the site, under `rules/`, is not right: mend it.
    Rules {
        /// The file, the rule and what is wrong with it.
        what: String,
    },
    /// What the repository holds is not what it should be: bring it back from another clone.
    Damaged {
        /// What and where.
        what: String,
    },
    /// Git could not do something.
    Git {
        /// What was tried.
        doing: Doing,
        /// What git says.
        source: git2::Error,
    },
    /// A file could not be read or written.
    Io {
        /// What was tried.
        doing: WithFile,
        /// On which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl StoreError {
    pub(in super::super) fn damaged(what: impl std::fmt::Display) -> Self {
        StoreError::Damaged { what: what.to_string() }
    }

    /// For `map_err`: git failed while `doing`.
    pub(in super::super) fn git(doing: Doing) -> impl FnOnce(git2::Error) -> StoreError {
        move |source| StoreError::Git { doing, source }
    }

    /// For `map_err`: the system failed while `doing` something to `path`.
    pub(in super::super) fn io(
        doing: WithFile,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> StoreError {
        move |source| StoreError::Io { doing, path: path.into(), source }
    }

    pub(super) fn exit(&self) -> Exit {
        match self {
            StoreError::Damaged { .. } => Exit::Data,
            _ => Exit::CouldNotRun,
        }
    }
}

impl Speak for StoreError {
    fn say(&self, lang: Lang) -> String {
        match self {
            StoreError::NoRevision { text } => {
                say!(lang, "no revision {text}", "リビジョン {text} はありません")
            }
            StoreError::NoMaster { text, choices } => {
                let none = say!(lang, "none", "なし");
                let choices = if choices.is_empty() { none } else { choices.join(", ") };
                say!(
                    lang,
                    "{text}: there is no such master; there are {choices}",
                    "{text}: そのマスターはありません（あるもの: {choices}）"
                )
            }
            StoreError::NoSeries { text, choices } => {
                let none = say!(lang, "none", "なし");
                let choices = if choices.is_empty() { none } else { choices.join(", ") };
                say!(
                    lang,
                    "{text}: there is no such series; there are {choices}",
                    "{text}: その系列はありません（あるもの: {choices}）"
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
            StoreError::Config(error) => error.say(lang),
            StoreError::Rules { what } => say!(
                lang,
                "a rule of the repository is not right: {what}",
                "リポジトリの規則が正しくありません: {what}"
            ),
            StoreError::Damaged { what } => say!(
                lang,
                "the repository is damaged: {what}; `repo clone` of another copy brings it back whole",
                "リポジトリが壊れています: {what}。別の複製から repo clone で取り戻してください"
            ),
            StoreError::Git { doing, source } if source.code() == git2::ErrorCode::Locked => {
                let (what, cause) = (doing.say(lang), source.message().trim().trim_end_matches(':'));
                say!(
                    lang,
                    "{what}: another program holds a file, or one that was killed left it; run this again, \
                     and where none is at work any more, delete the file first (git says: {cause})",
                    "{what}。別のプログラムが確保しているか、強制終了されたプログラムが残したファイルがあります。\
                     もう一度実行し、実行中のものがなければそのファイルを削除してからやり直してください（詳細: {cause}）"
                )
            }
            // git tells it by words alone, wherever it was writing.
            StoreError::Git { doing, source } if source.message().contains("No space left on device") => {
                let (what, cause) = (doing.say(lang), source.message());
                say!(
                    lang,
                    "{what}: the disk is full; make room on it and try again (git says: {cause})",
                    "{what}。ディスクの空きがありません。空きを作り、再実行してください（詳細: {cause}）"
                )
            }
            StoreError::Git { doing, source } => {
                let (what, next, cause) = (doing.say(lang), doing.next_step(lang), source.message());
                say!(lang, "{what}; {next} (git says: {cause})", "{what}。{next}（詳細: {cause}）")
            }
            StoreError::Io { doing, path, source } => {
                let path = path.display().to_string();
                format!("{}: {}", doing.say(&path, lang), os_error(source, lang))
            }
        }
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

// The message has its cause in it: there is none beneath to be told again.
impl std::error::Error for StoreError {}

impl From<ConfigError> for StoreError {
    fn from(error: ConfigError) -> Self {
        StoreError::Config(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let failure = Failure::because(error.exit(), &error);
        match error {
            StoreError::Damaged { .. } => failure.advising(Advised::command(&["check"])),
            _ => failure,
        }
    }
}
