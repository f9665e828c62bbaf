//! Something told in both languages, for records and answers that people of either read later.

use std::error::Error;
use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};
use warifu_files::os_error;
use warifu_values::lang::{Lang, Speak};

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
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
    pub fn of<E: Speak + Error>(speaker: &E) -> Self {
        Said::both(speaker).because(speaker.source())
    }

    /// The same, and its causes. What the system says is told in both languages; others speak English only.
    fn because(mut self, mut cause: Option<&(dyn Error + 'static)>) -> Self {
        while let Some(error) = cause {
            let of_system = error.downcast_ref::<io::Error>();
            let told = |lang| of_system.map_or_else(|| error.to_string(), |error| os_error(error, lang));
            self.en.push_str(&format!(": {}", told(Lang::En)));
            self.ja.push_str(&format!(": {}", told(Lang::Ja)));
            cause = error.source();
        }
        self
    }

    /// The same, and what to do next.
    #[must_use]
    pub fn then(&self, next: &Said) -> Self {
        Said::new(format!("{}; {}", self.en, next.en), format!("{}。{}", self.ja, next.ja))
    }

    /// An error that is not ours, after an introduction.
    pub fn about(en: &str, ja: &str, error: &(dyn Error + 'static)) -> Self {
        Said::new(en, ja).because(Some(error))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// No English of the system stands in a Japanese sentence.
    #[test]
    fn what_the_system_says_is_told_in_both_languages() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let said = Said::about("x could not be written", "x に書き込めません", &full);
        assert_eq!(said.en, "x could not be written: the disk is full");
        assert_eq!(said.ja, "x に書き込めません: ディスクの空きがありません");
    }
}
