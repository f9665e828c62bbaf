//! What is said in Japanese: one word for one thing, full-width brackets, no English inside a sentence; and
//! the documents that stand in both languages say the same, heading by heading and command by command.

use std::fmt::Write as _;

use crate::messages::{is_of_a_program, literals};
use crate::tree::Tree;

/// Words that are not used, each with the one that is (docs/glossary.md).
const CHOSEN: &[(&str, &str)] = &[
    ("役員", "責任者"),
    ("ディレクトリ", "フォルダー"),
    ("共同確認", "合同レビュー"),
    ("組織", "団体"),
    ("フォルダの", "フォルダーの"),
    ("フォルダに", "フォルダーに"),
    ("フォルダを", "フォルダーを"),
    ("サーバの", "サーバーの"),
    ("ユーザの", "利用者の"),
    ("シリーズ", "系列"),
    ("公開担当", "リリース管理者"),
    ("配信担当", "リリース管理者"),
    ("点検システム", "チェッカー"),
    ("保管庫", "リポジトリ"),
    ("リポジトリー", "リポジトリ"),
];

/// English words that have a Japanese one in the glossary, so that none of them stands in a sentence. Names
/// of commands, options, files and programs are no words of a sentence.
const ENGLISH: &[&str] = &[
    "a",
    "an",
    "and",
    "at",
    "by",
    "canonical",
    "channel",
    "column",
    "columns",
    "draft",
    "error",
    "failed",
    "for",
    "in",
    "is",
    "manifest",
    "not",
    "of",
    "on",
    "or",
    "record",
    "records",
    "root",
    "row",
    "rows",
    "signature",
    "the",
    "timestamp",
    "to",
    "with",
];

/// The account of the system that is called so, and the command that is named before its words.
const NAMED: &[&str] = &["root で", "root が", "root 以外", "root として", "channel fetch", "release revert"];

#[test]
fn one_thing_has_one_word_in_japanese() {
    let (count, told) = words_told(&Tree::checkout(&[".rs", ".js", ".po", ".ja.md"]));
    assert!(count > 1000, "too few sentences are seen: {count}");
    assert!(told.is_empty(), "say these by the words of docs/glossary.md:\n{told}");
}

#[test]
fn no_english_and_no_half_width_bracket_stands_in_a_japanese_sentence() {
    let (count, told) = sentences_told(&Tree::checkout(&[".rs"]));
    assert!(count > 400, "too few sentences are seen: {count}");
    assert!(told.is_empty(), "say these in Japanese, with brackets as wide as its letters:\n{told}");
}

/// What those who maintain masters, sign and publish them, and run checkers read: it is there in Japanese.
const READ_AT_WORK: [&str; 7] = [
    "README",
    "docs/differentials",
    "docs/notice",
    "docs/operations",
    "docs/past",
    "docs/trust",
    "docs/vendors",
];

#[test]
fn documents_in_both_languages_have_the_same_headings_blocks_and_commands() {
    let tree = Tree::checkout(&[".md"]);
    let japanese: Vec<&str> = tree.files().filter_map(|(path, _)| path.strip_suffix(".ja.md")).collect();
    for name in READ_AT_WORK {
        assert!(japanese.contains(&name), "{name} is not there in Japanese");
    }
    for name in japanese {
        let [en, ja] = ["md", "ja.md"].map(|ending| {
            let path = format!("{name}.{ending}");
            outline(tree.text(&path).unwrap_or_else(|| panic!("there is no {path}")))
        });
        assert!(en.len() > 5, "{name}: too little is seen: {}", en.len());
        for (at, (en, ja)) in en.iter().zip(&ja).enumerate() {
            assert_eq!(en, ja, "{name}.md on the left, {name}.ja.md on the right, part {at}");
        }
        assert_eq!(en.len(), ja.len(), "{name}: one goes on where the other ends");
    }
}

#[test]
fn no_english_and_no_half_width_bracket_stands_in_a_japanese_document() {
    let (count, told) = prose_told(&Tree::checkout(&[".ja.md"]));
    assert!(count > 800, "too few lines are seen: {count}");
    assert!(told.is_empty(), "say these in Japanese, with brackets as wide as its letters:\n{told}");
}

/// How many texts were looked at, and those with a word that is not used.
fn words_told(tree: &Tree) -> (usize, String) {
    let (mut count, mut told) = (0, String::new());
    let mut look = |path: &str, text: &str| {
        count += 1;
        for (not, but) in CHOSEN.iter().filter(|(not, _)| text.contains(not)) {
            writeln!(told, "{path}: {but}, not {not}: {text:?}").unwrap();
        }
    };
    for (path, text) in tree.files() {
        if path.ends_with(".rs") && is_of_a_program(path) {
            let tokens = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
            literals(tokens, false, &mut |text, _| look(path, text));
        } else if path.starts_with("crates/") || path.ends_with(".ja.md") {
            text.lines().filter(|line| line.chars().any(is_japanese)).for_each(|line| look(path, line));
        }
    }
    (count, told)
}

/// How many Japanese sentences were looked at, and those that are not Japanese all through.
fn sentences_told(tree: &Tree) -> (usize, String) {
    let (mut count, mut told) = (0, String::new());
    for (path, text) in tree.files().filter(|(path, _)| is_of_a_program(path)) {
        let tokens = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        literals(tokens, false, &mut |text, _| {
            if !is_sentence(text) {
                return;
            }
            count += 1;
            let said = without_code(text);
            if let Some(english) = english_in(&said) {
                writeln!(told, "{path}: {english}: {text:?}").unwrap();
            }
            if has_narrow_bracket(&said) {
                writeln!(told, "{path}: a half-width bracket: {text:?}").unwrap();
            }
        });
    }
    (count, told)
}

/// How many Japanese lines of documents were looked at, and those that are not Japanese all through. Blocks
/// are what is typed and seen; where a link leads is no text.
fn prose_told(tree: &Tree) -> (usize, String) {
    let (mut count, mut told) = (0, String::new());
    for (path, text) in tree.files() {
        let mut is_block = false;
        for line in text.lines() {
            let fence = line.trim_start().starts_with("```");
            is_block ^= fence;
            if is_block || fence || line.chars().filter(|letter| is_japanese(*letter)).count() < 6 {
                continue;
            }
            count += 1;
            let said = without_code(&without_links(line));
            if let Some(english) = english_in(&said) {
                writeln!(told, "{path}: {english}: {line}").unwrap();
            }
            if has_narrow_bracket(&said) {
                writeln!(told, "{path}: a half-width bracket: {line}").unwrap();
            }
        }
    }
    (count, told)
}

/// A line of Markdown without what its links lead to.
fn without_links(line: &str) -> String {
    let mut parts = line.split("](");
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        said.push(']');
        said.push_str(part.split_once(')').map_or(part, |(_, after)| after));
    }
    said
}

fn is_japanese(letter: char) -> bool {
    matches!(letter, 'ぁ'..='ヿ' | '一'..='鿿')
}

/// Whether `text` is a Japanese sentence, and not one of both languages or a name.
fn is_sentence(text: &str) -> bool {
    let is_said = ["です", "ます", "ません", "ました", "ください"].iter().any(|end| text.contains(end));
    let english = text.split_whitespace().map(|word| word.chars().all(|letter| letter.is_ascii_alphabetic()));
    // Four words of English in a row are a sentence of their own.
    let run = english.fold((0, 0), |(run, most), is_word| {
        let run = if is_word { run + 1 } else { 0 };
        (run, most.max(run))
    });
    is_said && text.chars().filter(|letter| is_japanese(*letter)).count() >= 6 && run.1 < 4
}

/// `text` without what is put into it, what is typed as it stands, and the names that read like words.
fn without_code(text: &str) -> String {
    let mut said = String::new();
    let (mut depth, mut is_code) = (0_usize, false);
    for letter in text.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '`' => is_code = !is_code,
            _ if depth == 0 && !is_code => said.push(letter),
            _ => {}
        }
    }
    NAMED.iter().fold(said, |said, name| said.replace(name, ""))
}

/// An English word of the list that stands in `said` between Japanese.
fn english_in(said: &str) -> Option<&str> {
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || "-_./:$[]<>=~#\"".contains(letter);
    said.split(|letter| !is_of_word(letter)).find(|word| ENGLISH.contains(word))
}

/// Whether a half-width bracket stands beside a Japanese letter.
fn has_narrow_bracket(said: &str) -> bool {
    let letters: Vec<char> = said.chars().filter(|letter| *letter != ' ').collect();
    letters.windows(2).any(|pair| {
        let opens = pair[1] == '(' && (is_japanese(pair[0]) || pair[0] == '。');
        let within = pair[0] == '(' && is_japanese(pair[1]);
        let ends = pair[1] == ')' && is_japanese(pair[0]);
        let closes = pair[0] == ')' && (is_japanese(pair[1]) || "。、".contains(pair[1]));
        opens || within || ends || closes
    })
}

/// The headings of a document by their depth, what its blocks are of, and the commands in its shell blocks
/// without their comments. The language that they are told in differs.
fn outline(text: &str) -> Vec<String> {
    let (mut outline, mut block) = (Vec::new(), None::<bool>);
    for line in text.lines() {
        if let Some(fence) = line.trim_start().strip_prefix("```") {
            block = match block {
                Some(_) => None,
                None => {
                    outline.push(format!("```{fence}"));
                    Some(fence.ends_with("sh"))
                }
            };
            continue;
        }
        match block {
            None if line.starts_with('#') => {
                outline.push(line.split(' ').next().unwrap_or_default().to_owned());
            }
            Some(true) => {
                let command = line.split("# ").next().unwrap_or_default().trim();
                if !command.is_empty() {
                    outline.push(command.replace("WARIFU_LANG=ja", "WARIFU_LANG=en"));
                }
            }
            _ => {}
        }
    }
    outline
}

mod cases {
    use super::*;

    fn program(text: &str) -> Tree {
        Tree::invented(&[("crates/a/src/lib.rs", text)])
    }

    #[test]
    fn a_word_that_is_not_used_is_told() {
        let (_, told) = words_told(&program("fn f() { g(\"役員が署名してください\") }"));
        assert!(told.contains("責任者, not 役員"), "{told}");
        assert_eq!(words_told(&program("// 役員\nfn f() { g(\"責任者が署名してください\") }")).1, "");
    }

    #[test]
    fn english_and_narrow_brackets_are_told() {
        for (text, says) in [
            ("署名が不足しています(4)。確認してください", "a half-width bracket"),
            ("最新の root から作り直してください", "root"),
            ("19 columns あります。確認してください", "columns"),
        ] {
            let (count, told) = sentences_told(&program(&format!("fn f() {{ g({text:?}) }}")));
            assert!(count == 1 && told.contains(says), "{text}: {told}");
        }
        for text in [
            "署名が不足しています（4）。`warifu log (x)` で確認してください",
            "root.json を --root で指定してください",
            "この操作は root として実行してください",
            "{file} です。{release} を確認してください",
        ] {
            assert_eq!(sentences_told(&program(&format!("fn f() {{ g({text:?}) }}"))).1, "", "{text}");
        }
    }

    #[test]
    fn an_outline_is_the_headings_and_the_commands() {
        let text = "# A\ntext\n```sh\nwarifu log   # 表示\n\n```\n```text\n# no\n```\n## B\n";
        assert_eq!(outline(text), ["#", "```sh", "warifu log", "```text", "##"]);
    }

    #[test]
    fn what_is_not_japanese_in_a_document_is_told() {
        let told = |text: &str| prose_told(&Tree::invented(&[("docs/a.ja.md", text)]));
        let (count, said) = told("この草案には columns があります\n署名が不足しています(4)。確認します\n");
        assert!(count == 2 && said.contains("columns: ") && said.contains("half-width bracket"), "{said}");
        let right = "詳しくは[期限の説明](trust.ja.md#期限)を見て、`warifu log (x)` を実行します\n\
                     ```text\n署名は (2) of the draft です。確認\n```\n";
        assert_eq!(told(right), (1, String::new()));
    }
}
