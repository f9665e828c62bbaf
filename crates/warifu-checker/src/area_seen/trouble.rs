//! What asks for somebody.

use warifu_values::lang::{Lang, Speak as _};

use crate::said::Said;

/// Something about an area that asks for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// In a word.
    pub word: Said,
    /// What it is.
    pub what: Said,
    /// Why, where that is known.
    pub why: Option<Said>,
    /// What to do.
    pub next: Said,
    /// Whether somebody is called for it, whatever the hour.
    pub is_alarm: bool,
}

impl Trouble {
    /// All of it in a line.
    pub fn line(&self, lang: Lang) -> String {
        let Trouble { word, what, why, next, is_alarm: _ } = self;
        let word = word.say(lang).to_uppercase();
        let said = why.as_ref().map_or_else(|| what.clone(), |why| what.then(why)).then(next);
        format!("{word}: {}", said.say(lang))
    }
}
