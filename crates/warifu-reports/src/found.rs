//! What was found, by file and code, as every form takes it.

use std::borrow::Cow;
use std::fmt;

use warifu_values::lang::{Lang, Speak};

/// Something in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Both<T> {
    /// In English.
    pub en: T,
    /// In Japanese.
    pub ja: T,
}

impl<T> Both<T> {
    /// What `said` gives in each language.
    pub fn of(said: impl Fn(Lang) -> T) -> Self {
        Both { en: said(Lang::En), ja: said(Lang::Ja) }
    }

    /// In `lang`.
    pub fn say(&self, lang: Lang) -> &T {
        match lang {
            Lang::En => &self.en,
            Lang::Ja => &self.ja,
        }
    }
}

/// How grave a finding is to what judges a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// To be looked at; nothing fails by it.
    Warning,
    /// What was looked at fails by it.
    Error,
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// How grave it is.
    pub level: Level,
    /// What people call that.
    pub severity: Both<&'static str>,
    /// The line, from 1; 0 for what is no line.
    pub line: Option<u32>,
    /// The field's number in its line.
    pub column: Option<u32>,
    /// The field.
    pub field: Option<Cow<'a, str>>,
    /// What it is about: a record's code, a claim's number.
    pub key: Option<Cow<'a, str>>,
    /// Line, column and field in one, as a terminal shows them.
    pub place: String,
    /// What is told of it.
    pub text: Both<String>,
    /// Why it was let pass, where it was.
    pub let_pass: Option<&'a str>,
}

/// What was found of one code.
pub struct Group<'a> {
    /// The code.
    pub name: Cow<'a, str>,
    /// The gravest of its findings.
    pub level: Level,
    /// What people call that.
    pub severity: Both<&'static str>,
    /// How many there are, also of those that are not among the rows.
    pub count: u64,
    /// What to do next; blank where nothing is advised.
    pub advice: Both<String>,
    /// Those that can be shown, in their order.
    pub rows: Box<dyn Iterator<Item = Row<'a>> + 'a>,
}

impl fmt::Debug for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("name", &self.name).field("count", &self.count).finish_non_exhaustive()
    }
}

/// What was found in one file.
#[derive(Debug)]
pub struct Suite<'a> {
    /// What it is called.
    pub file: &'a str,
    /// By code, what is gravest first; none where nothing was found.
    pub groups: Vec<Group<'a>>,
}

/// Who looked.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    /// The program.
    pub name: &'static str,
    /// Its version, as it names itself.
    pub version: &'static str,
    /// The same as semantic versioning reads it.
    pub semantic_version: &'static str,
}

/// How a command ended that found all this.
#[derive(Clone, Copy)]
pub enum Ended<'a> {
    /// It did what it was to do, or what was found says why not.
    AsFound,
    /// It could not be done for another reason.
    Failed {
        /// The exit status.
        status: u8,
        /// Why.
        said: &'a dyn Speak,
    },
}

impl fmt::Debug for Ended<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ended::AsFound => "AsFound",
            Ended::Failed { .. } => "Failed",
        })
    }
}
