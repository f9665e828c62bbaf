//! Why an operator decides something, in his own words: what others will read later.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;
use warifu_values::text::{CHARS, is_plain};

/// A text that shows as what it is, and is not blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("minLength" = 1, "maxLength" = CHARS))]
pub struct Reason(String);

impl Reason {
    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the words themselves are lost.
    pub(super) fn not_known() -> Reason {
        Reason("its reason is not known any more / 理由の記録は失われています".to_owned())
    }
}

/// A text that is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoReason {
    /// It is too short, too long, or not all of it shows.
    #[error("a reason has 1 to {CHARS} characters that all show")]
    NotPlain,
    /// It stands where a message wants a reason to be written.
    #[error("write the reason itself there, for who reads it later")]
    Placeholder,
}

impl Speak for NoReason {
    fn say(&self, lang: Lang) -> String {
        match self {
            NoReason::NotPlain => {
                say!(lang, "{self}", "理由は、すべて表示できる 1～{CHARS} 文字で書いてください")
            }
            NoReason::Placeholder => {
                say!(lang, "{self}", "ここには、後で読む人のために理由そのものを書いてください")
            }
        }
    }
}

/// What messages show in the place of a reason, between whatever marks.
const PLACEHOLDERS: [&str; 4] = ["", "理由", "reason", "why"];

/// Whether `text` was pasted from a message and never filled in.
fn is_placeholder(text: &str) -> bool {
    let words: String = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
    PLACEHOLDERS.contains(&words.to_lowercase().as_str())
}

impl TryFrom<String> for Reason {
    type Error = NoReason;

    fn try_from(text: String) -> Result<Reason, NoReason> {
        match text {
            text if !is_plain(&text) => Err(NoReason::NotPlain),
            text if is_placeholder(&text) => Err(NoReason::Placeholder),
            text => Ok(Reason(text)),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_shows_in_the_place_of_a_reason_is_none() {
        for text in ["…", "...", "（理由）", "(reason)", "<REASON>", "理由", "「理由」", "why?"] {
            assert_eq!(text.parse::<Reason>(), Err(NoReason::Placeholder), "{text}");
        }
        assert_eq!(" ".parse::<Reason>(), Err(NoReason::NotPlain));
        for no_reason in [NoReason::NotPlain, NoReason::Placeholder] {
            assert!(no_reason.say(Lang::Ja).ends_with("書いてください"), "{no_reason}");
            assert!(no_reason.say(Lang::En).is_ascii(), "{no_reason}");
        }
        for text in ["理由: 告示の訂正", "当直の判断", "called both"] {
            assert_eq!(text.parse::<Reason>().map(String::from), Ok(text.to_owned()));
        }
    }
}
