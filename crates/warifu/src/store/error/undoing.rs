//! What stops an undo.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::asking::StoreError;
use super::committing::CommitError;
use crate::advice::Advised;
use crate::error::{Exit, Failure};

/// Imports that were not taken back; nothing was changed, but for [`CommitError::Unfinished`].
#[derive(Debug)]
pub enum UndoError {
    /// No import that stands is called so: name one that does.
    NoImport {
        /// As it was given.
        text: String,
        /// The newest imports that stand, newest first.
        newest: Vec<String>,
    },
    /// Several imports that stand are called so: name a commit.
    Ambiguous {
        /// As it was given.
        text: String,
        /// `series/kind commit` of each.
        choices: Vec<String>,
    },
    /// Fewer imports stand than were to be taken back.
    TooMany {
        /// How many stand.
        standing: usize,
    },
    /// Imports that came after it rest on it: name these too.
    RestsOnIt {
        /// The file that was named.
        file: String,
        /// `series/kind`.
        master: String,
        /// The files that rest on it and were not named, oldest first.
        later: Vec<String>,
        /// All that have to be named together.
        together: Vec<String>,
    },
    /// The master was changed by hand since: take that back with git first.
    ByHand {
        /// `series/kind`.
        master: String,
        /// The import that should have left it.
        file: String,
    },
    /// The commit could not be made, or not finished.
    Commit(CommitError),
}

impl Speak for UndoError {
    fn say(&self, lang: Lang) -> String {
        match self {
            UndoError::NoImport { text, newest } => {
                let newest = if newest.is_empty() { say!(lang, "none", "なし") } else { newest.join(", ") };
                say!(
                    lang,
                    "no import that stands is called {text}; the newest are {newest}",
                    "{text} という有効な取り込みはありません（新しい順: {newest}）"
                )
            }
            UndoError::Ambiguous { text, choices } => {
                let choices = choices.join(", ");
                say!(
                    lang,
                    "several imports are called {text}; name the commit: {choices}",
                    "{text} という取り込みが複数あります。コミットで指定してください: {choices}"
                )
            }
            UndoError::TooMany { standing } => say!(
                lang,
                "there are only {standing} imports to take back",
                "取り消せる取り込みは {standing} 件だけです"
            ),
            UndoError::RestsOnIt { file, master, later, .. } => {
                let later = later.join(", ");
                say!(
                    lang,
                    "{file} cannot be taken back alone: of {master}, {later} came in on top of it; \
                     take them back together",
                    "{file} だけを取り消すことはできません。{master} の {later} の基になっています。\
                     まとめて取り消してください"
                )
            }
            UndoError::ByHand { master, file } => say!(
                lang,
                "{master} is not as {file} left it: somebody changed it by hand; \
                 that change has to be taken back first, or `repo clone` another copy that does not have it",
                "{master} は {file} の取り込み後に手作業で変更されています。\
                 先にその変更を戻すか、変更のない別の複製を repo clone で取得してください"
            ),
            UndoError::Commit(error) => error.say(lang),
        }
    }
}

impl std::fmt::Display for UndoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for UndoError {}

impl From<CommitError> for UndoError {
    fn from(error: CommitError) -> Self {
        UndoError::Commit(error)
    }
}

impl From<StoreError> for UndoError {
    fn from(error: StoreError) -> Self {
        UndoError::Commit(error.into())
    }
}

impl From<UndoError> for Failure {
    fn from(error: UndoError) -> Self {
        let exit = match &error {
            UndoError::Commit(error) => error.exit(),
            UndoError::RestsOnIt { .. } | UndoError::ByHand { .. } => Exit::Data,
            _ => Exit::CouldNotRun,
        };
        let failure = Failure::because(exit, &error);
        match error {
            UndoError::RestsOnIt { together, .. } => {
                let undo = Advised::command(&["undo"]);
                failure.advising(together.iter().fold(undo, Advised::word))
            }
            _ => failure,
        }
    }
}
