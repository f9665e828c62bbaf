//! What is wrong with a command line, in Japanese; clap says it in English.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use warifu_values::lang::Lang;

/// The language that the arguments ask for, before they are understood: `--lang ja`, `--lang=ja`, or as every
/// command finds it.
pub(super) fn lang_of(arguments: &[std::ffi::OsString]) -> Lang {
    let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy()).collect();
    let after = words.iter().position(|word| word == "--lang").and_then(|at| words.get(at + 1));
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    let asked = after.map(|word| &**word).or(joined).map(ToOwned::to_owned);
    let asked = asked.or_else(|| std::env::var("WARIFU_LANG").ok());
    asked.and_then(|text| Lang::from_locale(&text)).unwrap_or_else(super::context::lang_of_locale)
}

/// The error in Japanese; none where clap's own text is what was asked for (`--help`, `--version`).
pub(super) fn in_japanese(error: &clap::Error) -> Option<String> {
    let get = |kind| error.get(kind).map(shown).unwrap_or_default();
    let (argument, value) = (get(ContextKind::InvalidArg), get(ContextKind::InvalidValue));
    let what = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("必要な引数がありません: {argument}"),
        ErrorKind::UnknownArgument => format!("{argument} という引数はありません"),
        ErrorKind::InvalidSubcommand => {
            format!("{} というコマンドはありません", get(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "コマンドを指定してください".to_owned()
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} に値がありません"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("{argument} の値「{value}」は使えません")
        }
        ErrorKind::TooManyValues => format!("{argument} の値「{value}」は余分です"),
        ErrorKind::ArgumentConflict => {
            format!("{argument} は {} と同時に指定できません", get(ContextKind::PriorArg))
        }
        _ => return None,
    };
    let mut text = format!("warifu: {what}\n");
    let mut line = |title: &str, kind| {
        let words = get(kind);
        if !words.is_empty() {
            text.push_str(&format!("  {title}: {words}\n"));
        }
    };
    line("使える値", ContextKind::ValidValue);
    line("近い名前", ContextKind::SuggestedArg);
    line("近い名前", ContextKind::SuggestedSubcommand);
    line("近い値", ContextKind::SuggestedValue);
    if let Some(usage) = error.get(ContextKind::Usage).map(shown).filter(|usage| !usage.is_empty()) {
        text.push_str(&format!("{}\n", usage.replacen("Usage:", "使い方:", 1)));
    }
    text.push_str("引数の一覧は --help で表示します。\n");
    Some(text)
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn what_is_missing_unknown_or_wrong_is_said_in_japanese() {
        let told = |line: &str| in_japanese(&Cli::try_parse_from(line.split(' ')).unwrap_err());
        for (line, says) in [
            ("warifu import a.csv", "必要な引数がありません: --series"),
            ("warifu importt a.csv", "importt というコマンドはありません"),
            ("warifu check --repositry x", "--repositry という引数はありません"),
            ("warifu --lang xx check", "の値「xx」は使えません"),
        ] {
            let text = told(line).unwrap();
            assert!(text.contains(says) && text.contains("--help"), "{line}: {text}");
        }
        assert_eq!(told("warifu --help"), None);
    }

    #[test]
    fn the_language_is_known_before_the_line_is_understood() {
        let lang = |line: &str| lang_of(&line.split(' ').map(Into::into).collect::<Vec<_>>());
        assert_eq!(lang("warifu --lang ja bad"), Lang::Ja);
        assert_eq!(lang("warifu bad --lang=en"), Lang::En);
    }
}
