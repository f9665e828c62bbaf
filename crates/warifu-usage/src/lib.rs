//! What command lines have in common: what is wrong with one, in the language that it asks for (clap finds it
//! and says it in English), help, completions, colours, the screen and the line that tells progress.
//!
//! A **refusal** is why a value is none, in both languages, as parsers of values give it. A **usage** is what
//! a line came to that is no command: told by clap's kind and what it found, never by reading its sentences.
//! A **catalogue** has the Japanese of a program's help, which stands in English beside what it describes.
//! A **document** is the JSON that a command prints for programs: both programs title theirs, and say why a
//! command could not do its work, by the same members.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod colour;

mod catalogue;

mod completions;

mod screen;

mod help;

#[cfg(any(test, feature = "manual"))]
mod manual;

mod language;

mod paint;

mod progress;

mod refusal;

mod told;

mod usage;

mod document;

mod agreed;

pub use agreed::agreed;
pub use catalogue::Catalogue;
pub use colour::Colour;
pub use completions::Shell;
pub use document::{Documents, asks_for_json, code_of, coded, error};
pub use language::{asked_for, of_locale, parse_language};
#[cfg(any(test, feature = "manual"))]
pub use manual::{FileOf, Page, manual};
pub use paint::Paint;
pub use progress::{Progress, Steps};
pub use refusal::{Refusal, day, number, why};
pub use screen::{columns, rows};
pub use told::told;
pub use usage::Usage;
