//! Something told in both languages, for records and answers that people of either read later.

use std::error::Error;
use std::fmt;
use std::io;
use std::string::FromUtf8Error;

use serde::{Deserialize, Serialize};
use serde_json::error::Category;
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

    /// The same, and its causes.
    fn because(mut self, mut cause: Option<&(dyn Error + 'static)>) -> Self {
        while let Some(error) = cause {
            self.en.push_str(&format!(": {}", in_words(error, Lang::En)));
            self.ja.push_str(&format!(": {}", in_words(error, Lang::Ja)));
            cause = error.source();
        }
        self
    }

    /// The same, and what to do next. What is told in lines ends with what is read aloud, which stays alone
    /// in its line.
    #[must_use]
    pub fn then(&self, next: &Said) -> Self {
        if self.en.contains('\n') {
            return Said::new(format!("{}\n{}", self.en, next.en), format!("{}\n{}", self.ja, next.ja));
        }
        Said::new(format!("{}; {}", self.en, next.en), format!("{}。{}", self.ja, next.ja))
    }

    /// An error that is not ours, after an introduction.
    pub fn about(en: &str, ja: &str, error: &(dyn Error + 'static)) -> Self {
        Said::new(en, ja).because(Some(error))
    }
}

/// A cause that is not ours: what the system says, and readers of JSON and of texts, is told in both
/// languages; others speak English only.
fn in_words(error: &(dyn Error + 'static), lang: Lang) -> String {
    if let Some(of_system) = error.downcast_ref::<io::Error>() {
        return os_error(of_system, lang);
    }
    if lang == Lang::En {
        return error.to_string();
    }
    if let Some(no_json) = error.downcast_ref::<serde_json::Error>() {
        let (line, column) = (no_json.line(), no_json.column());
        let kind = match no_json.classify() {
            Category::Io => "読み取りに失敗しました",
            Category::Syntax => "JSON の形式ではありません",
            Category::Data => "JSON の内容が想定と異なります",
            Category::Eof => "JSON が途中で終わっています",
        };
        return format!("{line} 行 {column} 文字目: {kind}（{error}）");
    }
    if let Some(no_text) = error.downcast_ref::<FromUtf8Error>() {
        let at = no_text.utf8_error().valid_up_to();
        return format!("先頭から {at} バイトの次が UTF-8 ではありません");
    }
    error.to_string()
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

    #[test]
    fn what_to_do_next_does_not_touch_a_digest_that_is_read_aloud() {
        let differs = Said::new("differs\n  trusted: sha256 4ed2", "異なります\n  信頼中: sha256 4ed2");
        let said = differs.then(&Said::new("call both", "連絡してください"));
        assert_eq!(said.en, "differs\n  trusted: sha256 4ed2\ncall both");
        assert_eq!(said.ja, "異なります\n  信頼中: sha256 4ed2\n連絡してください");
        let one_line = Said::new("a", "あ").then(&Said::new("b", "い"));
        assert_eq!((one_line.en.as_str(), one_line.ja.as_str()), ("a; b", "あ。い"));
    }

    #[test]
    fn what_readers_say_is_told_in_japanese_with_its_place() {
        let of = |error: &(dyn Error + 'static)| Said::about("x", "x", error).ja;
        let json = |text: &str| serde_json::from_str::<u8>(text).unwrap_err();
        let other = of(&json("\n {}"));
        assert!(other.starts_with("x: 2 行 "), "{other}");
        assert!(other.contains(" 文字目: JSON の内容が想定と異なります（"), "{other}");
        assert!(of(&json("?")).starts_with("x: 1 行 1 文字目: JSON の形式ではありません（"));
        assert!(of(&json("")).contains("JSON が途中で終わっています（"));
        let no_text = String::from_utf8(vec![b'a', 0xff]).unwrap_err();
        assert_eq!(of(&no_text), "x: 先頭から 1 バイトの次が UTF-8 ではありません");
    }
}
