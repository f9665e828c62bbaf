//! What is told elsewhere in the middle of a line, as a sentence of its own.

use warifu_values::lang::{Lang, Speak as _};

use crate::said::Said;

/// `said` with a beginning and an end.
pub(super) fn ended(said: &Said, lang: Lang) -> String {
    let said = said.say(lang);
    match (lang, said.chars().next()) {
        (Lang::En, Some(first)) => format!("{}{}.", first.to_uppercase(), &said[first.len_utf8()..]),
        _ => format!("{said}。"),
    }
}
