//! Something told in both languages, for records and answers that people of either read later.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_values::lang::{Lang, Speak};

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    /// In English.
    pub en: String,
    /// 日本語.
    pub ja: String,
}

impl Said {
    /// From the two sentences.
    pub fn new(en: impl Into<String>, ja: impl Into<String>) -> Self {
        Said { en: en.into(), ja: ja.into() }
    }

    /// What `speaker` says in both.
    pub fn both(speaker: &impl Speak) -> Self {
        Said::new(speaker.say(Lang::En), speaker.say(Lang::Ja))
    }

    /// What `speaker` says in both, its causes after it.
    pub fn of<E: Speak + std::error::Error>(speaker: &E) -> Self {
        let mut said = Said::both(speaker);
        let mut cause = speaker.source();
        while let Some(error) = cause {
            let text = format!(": {error}");
            said.en.push_str(&text);
            said.ja.push_str(&text);
            cause = error.source();
        }
        said
    }

    /// The same, and what to do next.
    #[must_use]
    pub fn then(&self, next: &Said) -> Self {
        Said::new(format!("{}; {}", self.en, next.en), format!("{}。{}", self.ja, next.ja))
    }

    /// An error that speaks English only, after an introduction.
    pub fn about(en: &str, ja: &str, error: &dyn std::error::Error) -> Self {
        let mut text = String::new();
        let mut cause = Some(error);
        while let Some(error) = cause {
            text.push_str(&format!(": {error}"));
            cause = error.source();
        }
        Said::new(format!("{en}{text}"), format!("{ja}{text}"))
    }
}

impl Speak for Said {
    fn say(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.en.clone(),
            Lang::Ja => self.ja.clone(),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}
