//! Why a value is refused, in both languages: clap, and the parsers of the standard library, say it in
//! English.

use crate::said::Said;

/// What `text`, as the parser wrote it, says.
pub(super) fn in_words(text: &str) -> Said {
    if let Some((_, range)) = text.split_once(" is not in ") {
        return Said::new(text, format!("{}を指定してください", range_in_japanese(range)));
    }
    let (en, ja) = match text {
        "invalid digit found in string" => ("that is no whole number", "整数ではありません"),
        "cannot parse integer from empty string" => ("a number is missing", "数がありません"),
        "number too large to fit in target type" => ("the number is too large", "数が大きすぎます"),
        "en or ja" => (text, "en または ja を指定してください"),
        "number too small to fit in target type" => ("the number is too small", "数が小さすぎます"),
        "invalid socket address syntax" => (
            "an address and a port are needed, as in 127.0.0.1:8642",
            "アドレスとポートが必要です（例: 127.0.0.1:8642）",
        ),
        // Names and numbers that can be typed are so in either language.
        text if text.split(", ").all(|word| word.bytes().all(|it| it.is_ascii_lowercase())) => (text, text),
        text => return Said::new(text, format!("「{text}」")),
    };
    Said::new(en, ja)
}

/// `1..=16` as people write it: `1～16`, `1 以上` or `16 以下`.
fn range_in_japanese(range: &str) -> String {
    match range.split_once("..").map(|(least, most)| (least, most.trim_start_matches('='))) {
        // clap tells its largest number where there is no most.
        Some((least, most)) if most.is_empty() || most.parse() == Ok(u64::MAX) => {
            format!("{least} 以上の整数")
        }
        Some(("" | "0", most)) => format!("{most} 以下の整数"),
        Some((least, most)) => format!("{least}～{most} の整数"),
        None => range.to_owned(),
    }
}
