//! The name of a rule that a site adds: its code and its words come with it.

use warifu_values::lang::Lang;

/// What a site's rule is called, and what it says when it is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleName {
    /// `site/...`, what waivers and scripts call it.
    pub id: String,
    /// What is wrong, in English.
    pub text_en: String,
    /// The same in Japanese.
    pub text_ja: String,
    /// What to do next, in English; may be empty.
    pub advice_en: String,
    /// The same in Japanese.
    pub advice_ja: String,
}

impl RuleName {
    /// What is wrong.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.text_en,
            Lang::Ja => &self.text_ja,
        }
    }

    /// What to do next; may be empty.
    pub fn advice(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.advice_en,
            Lang::Ja => &self.advice_ja,
        }
    }
}
