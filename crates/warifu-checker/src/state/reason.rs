//! Why an operator decides something, in his own words: what others will read later.

use serde::{Deserialize, Serialize};
use warifu_values::text::{CHARS, is_plain};

/// A text that shows as what it is, and is not blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

impl Reason {
    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason has 1 to {CHARS} characters that all show")]
pub struct NoReason;

impl TryFrom<String> for Reason {
    type Error = NoReason;

    fn try_from(text: String) -> Result<Reason, NoReason> {
        if is_plain(&text) { Ok(Reason(text)) } else { Err(NoReason) }
    }
}

impl std::str::FromStr for Reason {
    type Err = NoReason;

    fn from_str(text: &str) -> Result<Reason, NoReason> {
        text.to_owned().try_into()
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> String {
        reason.0
    }
}
