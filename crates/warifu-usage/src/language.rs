//! The language that a line and its environment ask for.

use std::ffi::OsString;

use warifu_values::lang::Lang;

use crate::refusal::Refusal;

/// The value of `--lang`.
///
/// # Errors
/// It names none of the languages.
pub fn parse_language(text: &str) -> Result<Lang, Refusal> {
    let none = || Refusal::new("give en or ja", "en または ja を指定してください");
    Lang::from_locale(text).ok_or_else(none)
}

/// The language that `line` or WARIFU_LANG asks for, also where the rest of the line cannot be taken.
pub fn asked_for(line: &[OsString]) -> Option<Lang> {
    let words: Vec<_> = line.iter().map(|word| word.to_string_lossy()).collect();
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    let after = || words.windows(2).find(|pair| pair[0] == "--lang").map(|pair| &*pair[1]);
    let typed = joined.or_else(after).map(ToOwned::to_owned);
    Lang::from_locale(&typed.or_else(|| std::env::var("WARIFU_LANG").ok())?)
}

/// The language of the locale, where it is one of ours.
pub fn of_locale() -> Option<Lang> {
    let value = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    Lang::from_locale(&["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(value)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_known_before_the_line_is_understood() {
        let lang = |line: &str| asked_for(&line.split(' ').map(Into::into).collect::<Vec<_>>());
        assert_eq!(lang("warifu --lang ja bad"), Some(Lang::Ja));
        assert_eq!(lang("warifu bad --lang=en"), Some(Lang::En));
        for none in ["fr", "jazz", "entire", "j", ""] {
            assert!(parse_language(none).is_err(), "{none}");
        }
        for japanese in ["ja", "ja_JP.UTF-8", "ja-JP", "ja.eucJP", "ja@x"] {
            assert_eq!(parse_language(japanese).unwrap(), Lang::Ja, "{japanese}");
        }
    }
}
