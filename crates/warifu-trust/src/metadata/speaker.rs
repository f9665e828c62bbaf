//! Under whose name a statement lies on a channel.

use std::fmt;
use std::str::FromStr;

use warifu_values::digest::Digest;

use crate::keys::KeyId;
use crate::limits;
use crate::organisation::Organisation;

/// Under whose name statements lie, each with a number from 1.
///
/// All of an organisation speak under its name, in the order of the numbers. When these are used up, as
/// whoever stole a key can do, each of its people has some more under the key's own name, which nobody else
/// can use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Speaker {
    /// Anybody of the organisation.
    Of(Organisation),
    /// Whoever holds the key.
    Key(KeyId),
}

impl Speaker {
    /// The last number.
    pub fn last(self) -> u64 {
        match self {
            Speaker::Of(_) => limits::STATEMENTS,
            Speaker::Key(_) => limits::STATEMENTS_OF_KEY,
        }
    }
}

impl From<Organisation> for Speaker {
    fn from(organisation: Organisation) -> Self {
        Speaker::Of(organisation)
    }
}

/// The organisation's word, or the key's id.
impl fmt::Display for Speaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Speaker::Of(organisation) => f.write_str(organisation.word()),
            Speaker::Key(key) => key.fmt(f),
        }
    }
}

/// The text names nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("neither an organisation nor a key's id")]
pub struct NoSpeaker;

impl FromStr for Speaker {
    type Err = NoSpeaker;

    fn from_str(text: &str) -> Result<Self, NoSpeaker> {
        match Organisation::BOTH.into_iter().find(|organisation| organisation.word() == text) {
            Some(organisation) => Ok(Speaker::Of(organisation)),
            None => text.parse::<Digest>().map(|id| Speaker::Key(KeyId(id))).map_err(|_| NoSpeaker),
        }
    }
}
