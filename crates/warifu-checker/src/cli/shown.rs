//! How what came of a command is shown: as text for people, or as one JSON document that says what it is.

use std::io::{self, Write as _};

use serde::Serialize;
use serde_json::Value;
use warifu_usage::{Documents, Paint, code_of, error};
use warifu_values::lang::{Lang, Speak};

use crate::cli::advice::{Typed, to_be_typed};
use crate::cli::failure::Failure;
use crate::cli::output::tell_line;

/// The documents of this program.
pub(super) const DOCUMENTS: Documents = Documents::of("warifu-checker");

/// How results and failures of a command are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    /// The command, as it is typed.
    pub(super) command: &'static str,
    pub(super) json: bool,
    pub(super) lang: Lang,
    /// The checker that this run was given.
    pub(super) checker: Option<&'a str>,
}

impl Shown<'_> {
    /// Shows `value`, which ends the command with `status`.
    pub(super) fn show<T: Serialize + Speak>(self, value: &T, status: u8) -> Result<u8, Failure> {
        self.show_or(value, value, status)
    }

    /// Shows `value` to programs and `said` to people.
    pub(super) fn show_or(
        self,
        value: &impl Serialize,
        said: &impl Speak,
        status: u8,
    ) -> Result<u8, Failure> {
        let text = match self.json {
            true => {
                let value = serde_json::to_value(value).map_err(io::Error::from)?;
                format!("{:#}", DOCUMENTS.titled(self.command, value))
            }
            false => to_be_typed(&said.say(self.lang), self.checker),
        };
        tell_line(&text)?;
        Ok(status)
    }

    /// Tells why the command could not do its work: people on stderr, and programs in a document too.
    pub(super) fn fail(self, failure: &Failure) {
        let Failure { status, said } = failure;
        let typed = Typed { said, checker: self.checker };
        let told = typed.say(self.lang);
        let prefix = Paint::of(&io::stderr()).error("warifu-checker:");
        let _ = writeln!(io::stderr(), "{prefix} {told}");
        if self.json {
            print(&DOCUMENTS.ended(None, *status, error(code_of(*status), &typed, &typed.commands())));
        }
    }
}

/// On one line, as the findings are that `check` gives. The status says already that it failed: a reader that
/// went away loses nothing.
pub(super) fn print(document: &Value) {
    let _ = tell_line(&document.to_string());
}
