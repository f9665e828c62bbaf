//! What stops an import.

use std::collections::BTreeSet;

use jiff::civil::Date;
use warifu_masters::finding::{Findings, Severity};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::super::record::Taken;
use super::asking::StoreError;
use super::committing::CommitError;
use super::undoing::UndoError;
use crate::error::{Exit, Failure};

/// A file that was not taken.
#[derive(Debug)]
pub enum ImportError {
    /// The file does not pass: mend it, or accept by name what was found.
    Refused(Box<Refused>),
    /// The commit could not be made, or not finished.
    Commit(CommitError),
}

/// A file that does not pass.
#[derive(Debug)]
pub struct Refused {
    /// The file.
    pub file: String,
    /// Why.
    pub findings: Findings,
    /// The imports that stand where it belongs by its day, oldest first, when it came too late: they must be
    /// taken back first.
    pub later: Vec<Taken>,
    /// The first day that it may have, when it is a correction that would not come last.
    pub after: Option<Date>,
}

/// What stands in the way of an undo and of imports after it.
#[derive(Debug)]
pub enum Obstacle {
    /// The undo.
    Undo(UndoError),
    /// One of the imports.
    Import(ImportError),
}

impl ImportError {
    pub(in super::super) fn refused(file: impl Into<String>, findings: Findings) -> Self {
        let (file, later, after) = (file.into(), Vec::new(), None);
        ImportError::Refused(Box::new(Refused { file, findings, later, after }))
    }
}

impl Speak for ImportError {
    fn say(&self, lang: Lang) -> String {
        match self {
            ImportError::Refused(refused) => {
                let file = &refused.file;
                say!(lang, "{file} is refused", "{file} を拒否しました")
            }
            ImportError::Commit(error) => error.say(lang),
        }
    }
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for ImportError {}

impl Speak for Obstacle {
    fn say(&self, lang: Lang) -> String {
        match self {
            Obstacle::Undo(error) => error.say(lang),
            Obstacle::Import(ImportError::Refused(refused)) => {
                let found = refused.findings.list().iter();
                let denying = found.filter(|finding| finding.severity == Severity::Deny);
                let codes: BTreeSet<&str> = denying.map(|finding| finding.code.as_str()).collect();
                let codes: Vec<&str> = codes.into_iter().collect();
                format!("{}: {}", refused.file, codes.join(", "))
            }
            Obstacle::Import(error) => error.say(lang),
        }
    }
}

impl From<ImportError> for Obstacle {
    fn from(error: ImportError) -> Self {
        Obstacle::Import(error)
    }
}

impl From<CommitError> for ImportError {
    fn from(error: CommitError) -> Self {
        ImportError::Commit(error)
    }
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        ImportError::Commit(error.into())
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        let exit = match &error {
            ImportError::Refused(_) => Exit::Data,
            ImportError::Commit(error) => error.exit(),
        };
        let mut failure = Failure::because(exit, &error);
        if let ImportError::Refused(refused) = error {
            failure.findings = Box::new(refused.findings);
            failure.found_in = Some(refused.file.into());
        }
        failure
    }
}
