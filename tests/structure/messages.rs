//! A message stands once: who says the same thing in two places soon says two things.
//!
//! A message is a literal in Japanese, in `say!` or in `#[error(...)]`. Two are the same when their words
//! are; what is put into them, and how they are wrapped, does not count. The tables of codes are left out:
//! there each code has its line, and one may give the advice of another. So are tests, and texts too short to
//! be a message.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::tree::Tree;

/// Tables in which each code has a line of its own.
const TABLES: &[&str] = &["codes", "claim_codes", "kinds"];

/// The official names of the fields of claim files, each at its place in its record: several records have one
/// of the same name.
const NAMES_OF_FIELDS: &str = "crates/warifu-claims/src/file/form/layouts.rs";

#[test]
fn a_message_stands_once() {
    let (count, told) = doubles_told(&Tree::checkout(&[".rs"]));
    assert!(count > 500, "too few messages are seen: {count}");
    assert!(told.is_empty(), "these messages stand more than once; say them in one place:\n{told}");
}

/// How many messages the crates of `tree` have, and those that stand more than once with their files.
fn doubles_told(tree: &Tree) -> (usize, String) {
    let mut messages: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let says = |path: &str| is_of_a_program(path) && path != NAMES_OF_FIELDS;
    for (path, text) in tree.files().filter(|(path, _)| says(path)) {
        let tokens = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        literals(tokens, false, &mut |text, is_said| {
            message(text, is_said).into_iter().for_each(|one| messages.entry(one).or_default().push(path));
        });
    }
    let mut told = String::new();
    for (message, places) in messages.iter().filter(|(_, places)| places.len() > 1) {
        writeln!(told, "{message:?}: {}", places.join(", ")).unwrap();
    }
    (messages.len(), told)
}

pub(crate) fn is_of_a_program(path: &str) -> bool {
    let mut parts = path.split('/');
    let is_source = parts.next() == Some("crates") && parts.nth(1) == Some("src");
    let is_test = ["tests.rs", "testing.rs", "cases.rs"].iter().any(|name| path.ends_with(name));
    is_source && !is_test
}

/// The commands that a program names.
const COMMANDS: &[&str] = &[
    "inspect", "validate", "convert", "apply", "diff", "key", "trust", "release", "channel", "init",
    "import", "undo", "log", "show", "blame", "check", "export", "audit", "status", "repo", "config",
];

/// What is advised is a value (`warifu::advice::Advised`), to which the options that were given are added;
/// the demonstration's story tells of commands that it runs itself.
#[test]
fn no_message_writes_a_command_out_by_hand() {
    let told = written_out(&Tree::checkout(&[".rs"]));
    assert!(told.is_empty(), "advise these as values (crates/warifu/src/advice.rs):\n{told}");
}

/// What people need of git this program has commands for (`repo keep`, `restore`, `fetch`, `clone`, `check`).
#[test]
fn no_message_sends_anybody_to_git() {
    let tree = Tree::checkout(&[".rs"]);
    let mut told = String::new();
    for (path, text) in tree.files().filter(|(path, _)| is_of_a_program(path)) {
        // Tables of codes too, which the messages above leave out.
        each_literal(text.parse().unwrap_or_else(|error| panic!("{path}: {error}")), &mut |text| {
            if sends_to_git(text) {
                writeln!(told, "{path}: {text:?}").unwrap();
            }
        });
    }
    assert!(told.is_empty(), "name the command of warifu that does it:\n{told}");
    assert!(sends_to_git("find it with `git log -- masters/`") && sends_to_git("先に git revert で戻す"));
    assert!(!sends_to_git("git says: gone") && !sends_to_git("set git's user.name"));
}

fn sends_to_git(text: &str) -> bool {
    const VERBS: [&str; 16] = [
        "add", "checkout", "clone", "commit", "config", "fetch", "fsck", "log", "merge", "pull", "push",
        "reset", "restore", "revert", "stash", "switch",
    ];
    let verb = |after: &str| after.split(|c: char| !c.is_ascii_alphabetic()).next().map(str::to_owned);
    text.split("git ").skip(1).filter_map(verb).any(|verb| VERBS.contains(&verb.as_str()))
}

/// Hands over every literal that is no documentation, tests left out.
fn each_literal(tokens: TokenStream, found: &mut impl FnMut(&str)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found(&text.value());
                }
            }
            TokenTree::Group(group) => {
                let mark = |at: usize| match &tokens[at] {
                    TokenTree::Punct(punct) => Some(punct.as_char()),
                    _ => None,
                };
                let is_inner = at > 1 && mark(at - 1) == Some('!') && mark(at - 2) == Some('#');
                let is_attribute = is_inner || at > 0 && mark(at - 1) == Some('#');
                match is_attribute {
                    true if group.stream().to_string().replace(' ', "") == "cfg(test)" => {
                        at = end_of_item(&tokens, at);
                    }
                    true => {}
                    false => each_literal(group.stream(), found),
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
        at += 1;
    }
}

/// The literals that name a command of `warifu`, with their files.
fn written_out(tree: &Tree) -> String {
    let mut told = String::new();
    let speaks = |path: &str| {
        let crates = ["warifu", "warifu-trust", "warifu-channels", "warifu-tokens"];
        crates.iter().any(|name| path.starts_with(&format!("crates/{name}/src/")))
            && !path.starts_with("crates/warifu/src/cli/demo/")
    };
    for (path, text) in tree.files().filter(|(path, _)| is_of_a_program(path) && speaks(path)) {
        let tokens = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        literals(tokens, false, &mut |text, _| {
            let after = text.split("warifu ").skip(1);
            let names = |after: &str| COMMANDS.iter().any(|name| after.trim_start().starts_with(name));
            if after.into_iter().any(names) {
                writeln!(told, "{path}: {text:?}").unwrap();
            }
        });
    }
    told
}

/// Hands over the literals of `tokens`, and whether the place alone makes one a message.
pub(crate) fn literals(tokens: TokenStream, is_said: bool, found: &mut impl FnMut(&str, bool)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is =
        |at: usize, word: char| matches!(&tokens[at], TokenTree::Punct(punct) if punct.as_char() == word);
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found(&text.value(), is_said);
                }
            }
            TokenTree::Group(group) => {
                let inner = at > 1 && is(at - 1, '!') && is(at - 2, '#');
                let marked = at > 0 && is(at - 1, '#') || inner;
                let attribute = marked && group.delimiter() == Delimiter::Bracket;
                let mut within = group.stream().into_iter();
                let first = within.next().map(|token| token.to_string()).unwrap_or_default();
                let called = match at {
                    2.. if is(at - 1, '!') => tokens[at - 2].to_string(),
                    _ => String::new(),
                };
                if attribute && group.stream().to_string().replace(' ', "") == "cfg(test)" {
                    at = end_of_item(&tokens, at);
                } else if attribute && first != "error" || TABLES.contains(&called.as_str()) {
                    // Documentation and settings; lines of a table.
                } else {
                    let is_said = attribute || called == "say" || is_said && called.is_empty();
                    literals(group.stream(), is_said, found);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
        at += 1;
    }
}

/// Where the item after the attribute `at` ends: with its braces, or with a semicolon.
fn end_of_item(tokens: &[TokenTree], at: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    };
    tokens[at..].iter().position(ends).map_or(tokens.len(), |ahead| at + ahead)
}

/// What `text` says, without what is put into it; `None` when it is no message.
fn message(text: &str, is_said: bool) -> Option<String> {
    let mut words = String::new();
    for (number, part) in text.split('{').enumerate() {
        words.push_str(if number == 0 { part } else { part.split_once('}').map_or(part, |(_, rest)| rest) });
        words.push(' ');
    }
    let words: Vec<&str> = words.split_whitespace().collect();
    let is_japanese = |letter: char| matches!(letter, 'ぁ'..='ヿ' | '一'..='鿿');
    let japanese = text.chars().filter(|letter| is_japanese(*letter)).count();
    let english = words.iter().filter(|word| word.chars().any(|letter| letter.is_ascii_alphabetic())).count();
    (japanese >= 6 || is_said && english >= 3).then(|| words.join(" "))
}

mod cases {
    use super::*;

    #[test]
    fn a_command_written_out_by_hand_is_seen() {
        let says = "/// Runs `warifu check`.\nfn f() { say!(lang, \"run `warifu check` first\", \"先に\") }";
        let tree = Tree::invented(&[
            ("crates/warifu/src/a.rs", says),
            ("crates/warifu/src/cli/demo/a.rs", says),
            ("crates/warifu-values/src/a.rs", "fn f() { g(\"warifu: no check\") }"),
        ]);
        assert_eq!(written_out(&tree), "crates/warifu/src/a.rs: \"run `warifu check` first\"\n");
    }

    #[test]
    fn a_message_that_stands_twice_is_told() {
        let tree = Tree::invented(&[
            (
                "crates/a/src/lib.rs",
                r#"
                fn f() { say!(lang, "there is no {file}", "ファイル {file} はありません") }
                /// there is no light
                const ADVICE: &str = "訂正を依頼してください";
                "#,
            ),
            (
                "crates/b/src/lib.rs",
                r#"
                #[error("there is no {0}")]
                struct Missing(String);
                fn g() { Said::new(x, format!("ファイル {name}\
                    はありません")); h("訂正を依頼してください") }
                fn short() { say!(lang, "in {a}", "{a} です"); say!(lang, "in {b}", "{b} です") }
                "#,
            ),
        ]);
        let both = "crates/a/src/lib.rs, crates/b/src/lib.rs";
        let told = format!(
            "\"there is no\": {both}\n\"ファイル はありません\": {both}\n\"訂正を依頼してください\": {both}\n"
        );
        assert_eq!(doubles_told(&tree), (3, told));
    }

    #[test]
    fn tables_and_tests_may_repeat() {
        let says = "fn f() { say!(lang, \"there is no file\", \"ファイルはありません\") }";
        let tree = Tree::invented(&[
            ("crates/a/src/lib.rs", &format!("{says}\n#[cfg(test)]\nmod tests {{ {says} }}")),
            ("crates/a/src/tests.rs", says),
            ("crates/a/tests/b.rs", says),
            ("crates/a/src/code.rs", "codes! { A en \"there is no file\" ja \"ファイルはありません\"; }"),
        ]);
        assert_eq!(doubles_told(&tree), (2, String::new()));
    }
}
