//! What is wrong with one value: where it stands, and why it cannot be taken.

use std::ffi::OsStr;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::said::Said;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Fault {
    /// Where in the file it begins, to tell one after the other.
    pub(super) at: usize,
    /// `FILE:line:column`, or the variable.
    place: String,
    why: Said,
}

/// A file's text, to say where something stands in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Text<'_> {
    /// `FILE:line:column` of what begins at `span`; columns count characters.
    pub(super) fn place(&self, span: &Range<usize>) -> String {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        format!("{}:{line}:{column}", self.path.display())
    }

    pub(super) fn fault(&self, span: &Range<usize>, why: Said) -> Fault {
        Fault { at: span.start, place: self.place(span), why }
    }
}

impl Fault {
    /// Of a variable.
    pub(super) fn of_variable(name: &OsStr, why: Said) -> Fault {
        Fault { at: 0, place: name.to_string_lossy().into_owned(), why }
    }

    /// Of the file as a whole.
    pub(super) fn of_file(path: PathBuf, why: Said) -> Fault {
        Fault { at: 0, place: path.display().to_string(), why }
    }

    /// Where and why.
    pub(in crate::cli) fn said(&self) -> Said {
        let Fault { place, why, .. } = self;
        Said::new(format!("{place}: {}", why.en), format!("{place}: {}", why.ja))
    }
}
