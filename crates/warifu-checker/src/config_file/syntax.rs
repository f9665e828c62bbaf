//! Why a text is no TOML, in Japanese: the parser says it in English, and has no kinds.

use crate::said::Said;

/// What the parser's sentences of one kind name, and that kind. What is none of these is told as what it
/// is in any case.
const KINDS: &[(&[&str], &str)] = &[
    (&["duplicate key"], "同じキーまたはセクションが 2 回書かれています"),
    (&["string values must be quoted", "missing opening quote"], "文字列は引用符 \" で囲んでください"),
    (
        &["string", "escape", "multi-line"],
        "文字列の書き方が正しくありません（引用符や \\ を確認してください）",
    ),
    (&["unclosed"], "括弧が閉じられていません"),
    (&["missing value", "key with no value", "missing assignment"], "「キー = 値」の形になっていません"),
    (&["comma"], "コンマに過不足があります"),
    (
        &["numeric", "integer", "number", "float", "radix", "sign", "digits", "leading zero"],
        "数の書き方が正しくありません",
    ),
    (&["newline", "unexpected content", "unexpected key or value"], "1 行に 1 つのキーだけを書いてください"),
];

/// That there is no TOML in the line `line`, for the reason `why` in the parser's words.
pub(super) fn no_toml(why: &str, line: &str) -> Said {
    // To the parser, nothing at all is a text without its quotes.
    let says = if has_no_value(line) { "missing value" } else { why };
    let kind = KINDS.iter().find(|(names, _)| names.iter().any(|it| says.contains(it)));
    let kind = kind.map_or("TOML として読めません", |(_, kind)| kind);
    let key = key_of(line).map(|key| format!("{key}: ")).unwrap_or_default();
    Said::new(format!("this is no TOML: {why}"), format!("TOML の誤り: {key}{kind}（{why}）"))
}

/// Whether a line ends where its value would begin.
fn has_no_value(line: &str) -> bool {
    line.split('#').next().unwrap_or_default().trim_end().ends_with('=')
}

/// The key that a line gives a value, as far as one can be seen.
fn key_of(line: &str) -> Option<&str> {
    let is_key = |text: &&str| {
        !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'))
    };
    line.split(['=', ' ', '#', '\t']).next().filter(is_key)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config_file::{Fault, Faults, Shape, Text, read};

    /// As the parser truly says it.
    fn told(text: &str) -> String {
        let (path, mut faults) = (Path::new("checker.toml"), Faults::default());
        read(&Text::new(path, text), &Shape { sections: Vec::new() }, &mut faults);
        let all = faults.in_order(path).iter().map(Fault::said).map(|said| said.ja).collect::<Vec<_>>();
        all.into_iter().find(|said| said.contains("TOML の誤り")).unwrap()
    }

    #[test]
    fn each_kind_of_what_is_no_toml_is_told_in_japanese_with_its_place_and_key() {
        for (text, says) in [
            ("a = 1\na = 2\n", "checker.toml:2:1: TOML の誤り: a: 同じキーまたはセクション"),
            ("state = /var/lib\n", "checker.toml:1:9: TOML の誤り: state: 文字列は引用符 \" で囲んで"),
            ("state = \"x\n", "TOML の誤り: state: 文字列の書き方が正しくありません"),
            ("[limits\n", "TOML の誤り: 括弧が閉じられていません"),
            ("drain =\n", "TOML の誤り: drain: 「キー = 値」の形になっていません"),
            ("drain\n", "TOML の誤り: drain: 「キー = 値」の形になっていません"),
            ("drain = 0123\n", "TOML の誤り: drain: 数の書き方が正しくありません"),
            ("a = [1,,2]\n", "TOML の誤り: a: コンマに過不足があります"),
        ] {
            let told = told(text);
            assert!(told.contains(says), "{text:?}: {told}");
            // What the parser says is an addition.
            assert!(told.ends_with('）'), "{told}");
        }
    }
}
