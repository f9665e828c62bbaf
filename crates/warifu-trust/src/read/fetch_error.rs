//! Why content was not fetched.

use warifu_values::lang::{Lang, Speak};

use crate::error::spoken_error;
use crate::metadata::ChannelPath;
use crate::read::open_error::say_missing;
use crate::refusal::Refusal;

/// Why content was not fetched, split by what to do next. What is running stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchError {
    /// The channel lacks a file that was signed: a mirror that lags behind; try again.
    Missing {
        /// The file.
        path: ChannelPath,
    },
    /// The content is not what was signed, or more than is ever read: tell people.
    Refused(Refusal),
}

impl From<Refusal> for FetchError {
    fn from(refusal: Refusal) -> Self {
        FetchError::Refused(refusal)
    }
}

impl Speak for FetchError {
    fn say(&self, lang: Lang) -> String {
        match self {
            FetchError::Missing { path } => say_missing(path, lang),
            FetchError::Refused(refusal) => refusal.say(lang),
        }
    }
}

spoken_error!(FetchError, |error| matches!(error, FetchError::Refused(_)), |_| None);
