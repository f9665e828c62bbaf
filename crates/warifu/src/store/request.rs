//! A file to be imported, and what became of it.

use jiff::Timestamp;
use jiff::civil::Date;
use warifu_masters::change::diff::Summary;
use warifu_masters::finding::{Code, Findings};
use warifu_masters::schema::Format;
use warifu_masters::table::Role;

use super::author::Author;
use super::error::{CommitError, ImportError};
use super::record::ImportRecord;

/// A file to be imported.
#[derive(Debug, Clone)]
pub struct ImportRequest<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its name, without a folder.
    pub name: &'a str,
    /// The series it belongs to: no file says so itself.
    pub series: &'a str,
    /// The kind of master it is; otherwise recognised, where its rows tell.
    pub kind: Option<&'a str>,
    /// The format it must be in; otherwise it is recognised.
    pub format: Option<&'a Format>,
    /// Full or differential; otherwise recognised.
    pub role: Option<Role>,
    /// The day of publication; otherwise what its name says.
    pub dated: Option<Date>,
    /// Findings that shall not refuse it, each with the reason.
    pub accept: &'a [(Code, String)],
    /// Why it comes in before the next official file, when it is an emergency correction.
    pub correction: Option<&'a str>,
    /// Who imports; otherwise git's configuration names somebody.
    pub author: Option<&'a Author>,
    /// When.
    pub now: Timestamp,
}

/// An import that was done, or that changed nothing because it had been done before.
#[derive(Debug)]
pub struct Imported {
    /// The commit that holds it.
    pub commit: String,
    /// Whether the file was there already: nothing was changed.
    pub unchanged: bool,
    /// The series.
    pub series: String,
    /// The kind of master.
    pub kind: String,
    /// What is recorded of it.
    pub record: ImportRecord,
    /// What changed against the state before; nothing for the first full of a series.
    pub summary: Summary,
    /// What was found and did not refuse it.
    pub findings: Findings,
}

/// An import of several files that stopped.
#[derive(Debug)]
pub struct Stopped {
    /// The files that passed, in the order given. The file after them is the one that stopped it; where all
    /// passed, it stopped when they were written.
    pub passed: Vec<Imported>,
    /// Why.
    pub error: ImportError,
}

impl Stopped {
    /// Whether what passed was taken all the same: the branch has it, and only the work tree is not up to it.
    pub fn taken(&self) -> bool {
        matches!(self.error, ImportError::Commit(CommitError::Unfinished { .. }))
    }
}
