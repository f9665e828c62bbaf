//! What is wrong with one value: where it stands, and why it cannot be taken.

use std::ffi::OsStr;
use std::ops::Range;
use std::path::{Path, PathBuf};

use warifu_files::ReadError;
use warifu_values::lang::{Lang, Speak};

use crate::said::Said;

/// So many faults of one file are told; of the others, how many there are.
const MOST: usize = 100;

/// A configuration is some kilobytes.
const FILE_BYTES: u64 = 1 << 20;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where in the file it begins, to tell one after the other.
    at: usize,
    /// `FILE:line:column`, the file, or the variable.
    pub place: String,
    /// What is wrong there.
    pub why: Said,
}

impl Fault {
    /// Of what stands at `place`, as it was told before.
    pub(crate) fn at(place: &str, why: Said) -> Fault {
        Fault { at: usize::MAX, place: place.to_owned(), why }
    }

    /// Of a variable.
    pub(crate) fn of_variable(name: &OsStr, why: Said) -> Fault {
        Fault::at(&name.to_string_lossy(), why)
    }

    /// Of the file as a whole.
    pub(crate) fn of_file(path: &Path, why: Said) -> Fault {
        Fault::at(&path.display().to_string(), why)
    }

    /// Where and why.
    pub fn said(&self) -> Said {
        let Fault { place, why, .. } = self;
        Said::new(format!("{place}: {}", why.en), format!("{place}: {}", why.ja))
    }
}

impl Speak for Fault {
    fn say(&self, lang: Lang) -> String {
        self.said().say(lang)
    }
}

/// All that is wrong with one file, as far as it is told.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    told: Vec<Fault>,
    more: usize,
}

impl Faults {
    /// Also `fault`, which is put into words only where it is told.
    pub(crate) fn add(&mut self, fault: impl FnOnce() -> Fault) {
        if self.told.len() < MOST {
            self.told.push(fault());
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.told.is_empty()
    }

    /// In the order in which they stand in `path`.
    pub(crate) fn in_order(mut self, path: &Path) -> Vec<Fault> {
        self.told.sort_by_key(|fault| fault.at);
        let more = self.more;
        if more > 0 {
            let why = Said::new(
                format!("{more} more things are wrong; mend these first"),
                format!("ほかに {more} 件の誤りがあります。先に上記を修正してください"),
            );
            self.told.push(Fault::of_file(path, why));
        }
        self.told
    }
}

/// A file's text, to say where something stands in it.
#[derive(Debug)]
pub(crate) struct Text {
    path: PathBuf,
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Text {
    /// The file at `path`.
    ///
    /// # Errors
    /// It cannot be read, is too large, or no text.
    pub(crate) fn of_file(path: &Path) -> Result<Text, Fault> {
        let bytes = warifu_files::read(path, FILE_BYTES)
            .map_err(|error: ReadError| Fault::of_file(path, Said::of(&error)))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let why = Said::about("this is no UTF-8 text", "UTF-8 のテキストではありません", &error);
            Fault::of_file(path, why)
        })?;
        Ok(Text::new(path, text))
    }

    /// `text`, which is that of `path`.
    pub(crate) fn new(path: &Path, text: impl Into<String>) -> Text {
        let text = text.into();
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Text { path: path.to_owned(), text, lines }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// `FILE:line:column` of what begins at `span`; columns count characters.
    pub(crate) fn place(&self, span: &Range<usize>) -> String {
        let line = self.lines.partition_point(|begins| *begins <= span.start).max(1);
        let begins = self.lines[line - 1];
        let column = self.text.get(begins..span.start).unwrap_or_default().chars().count() + 1;
        format!("{}:{line}:{column}", self.path.display())
    }

    /// The line in which `span` begins.
    pub(super) fn line_of(&self, span: &Range<usize>) -> &str {
        let line = self.lines.partition_point(|begins| *begins <= span.start).max(1);
        self.text.get(self.lines[line - 1]..).and_then(|rest| rest.lines().next()).unwrap_or_default()
    }

    pub(crate) fn fault(&self, span: &Range<usize>, why: Said) -> Fault {
        Fault { at: span.start, place: self.place(span), why }
    }
}
