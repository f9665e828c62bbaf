//! What a reader meets first and everywhere: a line at the head of each crate and folder, lines no wider than
//! the project's width, and paths that lead somewhere.

use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use crate::tree::Tree;

/// As `rustfmt.toml` has it, which wraps code but neither comments nor literals.
const WIDTH: usize = 110;

#[test]
fn every_crate_and_folder_says_at_its_head_what_it_is_for() {
    let told = heads_told(&Tree::checkout(&[".rs"]));
    assert!(told.is_empty(), "these begin without a line `//! ...` of their own:\n{told}");
}

#[test]
fn no_line_is_wider_than_the_project() {
    let told = wide_told(&Tree::checkout(&[".rs", ".md", ".css", ".js", ".html", ".toml"]));
    let count = told.lines().count();
    assert!(told.is_empty(), "{count} lines are wider than {WIDTH} characters; wrap them:\n{told}");
}

#[test]
fn the_paths_of_the_architecture_lead_somewhere() {
    let tree = Tree::checkout(&[""]);
    let (count, told) = paths_told(&tree, tree.text("ARCHITECTURE.md").unwrap());
    assert!(count > 30, "too few paths are seen: {count}");
    assert!(told.is_empty(), "ARCHITECTURE.md names what is not there; its paths are from the root:\n{told}");
}

/// The `lib.rs` and `mod.rs` of `crates/` whose first line tells nothing.
fn heads_told(tree: &Tree) -> String {
    let is_door = |path: &str| {
        path.starts_with("crates/") && path.contains("/src/") && path.ends_with("/mod.rs")
            || path.ends_with("/src/lib.rs")
    };
    let says = |text: &str| text.strip_prefix("//! ").is_some_and(|line| line.trim().len() > 1);
    let silent = tree.files().filter(|(path, text)| is_door(path) && !says(text));
    silent.map(|(path, _)| format!("{path}\n")).collect()
}

fn wide_told(tree: &Tree) -> String {
    let mut told = String::new();
    for (path, text) in tree.files() {
        // The one is written by a program, the other are what programs are fed with.
        if path == "docs/findings.md" || path.starts_with("fuzz/corpus/") {
            continue;
        }
        let shown = if path.ends_with(".md") { printed(text) } else { Vec::new() };
        let mut begins = 0;
        for (at, line) in text.split_inclusive('\n').enumerate() {
            let is_shown = shown.iter().any(|block| block.contains(&begins));
            begins += line.len();
            let wide = line.trim_end_matches(['\n', '\r']).chars().count();
            if wide > WIDTH && !is_shown && !cannot_wrap(path, line) {
                writeln!(told, "{path}:{}: {wide}", at + 1).unwrap();
            }
        }
    }
    told
}

/// What a program prints stands as it is: the fenced blocks of Markdown that are not a shell's.
fn printed(text: &str) -> Vec<Range<usize>> {
    let blocks = markdown(text).filter_map(|(event, range)| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => Some((language, range)),
        _ => None,
    });
    blocks.filter(|(language, _)| !language.ends_with("sh")).map(|(_, range)| range).collect()
}

/// The parts of a text in Markdown, and where each stands.
fn markdown(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter()
}

/// A row of a table in Markdown has one line; so has a word, such as an address, that stands alone.
fn cannot_wrap(path: &str, line: &str) -> bool {
    let line = line.trim();
    let is_row = path.ends_with(".md") && line.starts_with('|');
    let mut words = line.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric));
    let is_address = words.next().is_some_and(|word| word.contains("://")) && words.next().is_none();
    is_row || is_address
}

/// How many paths `text` names, and those of them that are not in `tree`.
///
/// A path is what a Markdown link points to, and a word in backticks that names a file of source (`.rs`) or
/// begins with a folder of the root. `{a,b}` stands for both, `<kind>` for any part of a name.
fn paths_told(tree: &Tree, text: &str) -> (usize, String) {
    let named = markdown(text).filter_map(|(event, _)| match event {
        Event::Start(Tag::Link { dest_url: to, .. }) if !to.contains("://") => {
            Some(to.split('#').next().unwrap().to_owned())
        }
        Event::Code(word) if is_path(tree, &word) => Some(word.into_string()),
        _ => None,
    });
    let (mut count, mut told) = (0, String::new());
    for path in named.filter(|path| !path.is_empty()).flat_map(|path| spelt_out(&path)) {
        count += 1;
        let is_there = |known: &str| {
            let rest = after(known, path.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if !tree.files().any(|(known, _)| is_there(known)) {
            writeln!(told, "{path}").unwrap();
        }
    }
    (count, told)
}

fn is_path(tree: &Tree, word: &str) -> bool {
    let is_folder = |first: &str| tree.files().any(|(path, _)| path.starts_with(&format!("{first}/")));
    let from_root = || word.split_once('/').is_some_and(|(first, _)| !first.is_empty() && is_folder(first));
    !word.contains(char::is_whitespace) && (word.ends_with(".rs") || from_root())
}

/// `a/{b,c}.rs` as `a/b.rs` and `a/c.rs`.
fn spelt_out(path: &str) -> Vec<String> {
    let Some((before, (choices, after))) =
        path.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return vec![path.to_owned()];
    };
    choices.split(',').map(|choice| format!("{before}{choice}{after}")).collect()
}

/// What follows in `known` after it matched `path`, of which a part `<...>` matches any part of a name.
fn after<'a>(known: &'a str, path: &str) -> Option<&'a str> {
    let Some((before, rest)) =
        path.split_once('<').and_then(|(before, rest)| rest.split_once('>').map(|(_, rest)| (before, rest)))
    else {
        return known.strip_prefix(path);
    };
    let known = known.strip_prefix(before)?;
    let name = known.find('/').unwrap_or(known.len());
    (0..=name).filter(|at| known.is_char_boundary(*at)).find_map(|at| after(&known[at..], rest))
}

mod cases {
    use super::*;

    #[test]
    fn a_door_without_a_head_is_told() {
        let tree = Tree::invented(&[
            ("crates/a/src/lib.rs", "//! What it is for.\nmod b;"),
            ("crates/a/src/b/mod.rs", "mod c;"),
            ("crates/a/src/b/c.rs", "fn f() {}"),
            ("crates/b/src/lib.rs", "//!\n//! Late."),
            ("crates/b/tests/c/mod.rs", "fn f() {}"),
        ]);
        assert_eq!(heads_told(&tree), "crates/a/src/b/mod.rs\ncrates/b/src/lib.rs\n");
    }

    #[test]
    fn a_wide_line_is_told_unless_it_cannot_be_wrapped() {
        let (fits, wide) = ("あ".repeat(WIDTH), "a ".repeat(WIDTH));
        let address = format!("//! <https://example.org/{}>", "a".repeat(WIDTH));
        let after_words = format!("see {address}");
        let row = format!("| {wide} |");
        // A shell's block is prose, and so is what follows any block; a longer fence ends at one as long.
        let fences = [
            "```sh", "ls", "```", &wide, "~~~text", &wide, "~~~", "", "````text", "```sh", &wide, "````",
            &wide, "```sh", &wide, "```",
        ];
        let fences = fences.join("\n");
        let tree = Tree::invented(&[
            ("a.rs", &format!("{fits}\n{wide}\n{address}\n{after_words}\n")),
            ("b.md", &format!("{row}\n{wide}")),
            ("c.rs", &row),
            ("d.md", &fences),
            ("docs/findings.md", &wide),
            ("fuzz/corpus/x.toml", &wide),
        ]);
        let told: Vec<String> = wide_told(&tree).lines().map(str::to_owned).collect();
        let places: Vec<&str> = told.iter().map(|line| line.rsplit_once(':').unwrap().0).collect();
        assert_eq!(places, ["a.rs:2", "a.rs:4", "b.md:2", "c.rs:1", "d.md:4", "d.md:13", "d.md:15"]);
    }

    #[test]
    fn a_path_that_leads_nowhere_is_told() {
        let tree = Tree::invented(&[
            ("docs/a.md", ""),
            ("crates/a/src/lib.rs", ""),
            ("crates/a/src/b.css", ""),
            ("crates/a/src/b.js", ""),
            ("schemas/drug-40.toml", ""),
        ]);
        let right = "[a](docs/a.md) [a](docs/a.md#part) [b](https://example.org/b) `crates/a/src/lib.rs` \
                     `crates/a` `crates/a/src/` `crates/a/src/b.{css,js}` `schemas/<kind>-<columns>.toml` \
                     `schemas/drug-<columns>.toml` `crates/<crate>/src` `apply/widened` `a.toml` `fs::write` \
                     `git rm docs/no`\n\
                     ```text\n`lib.rs`\n```\n";
        assert_eq!(paths_told(&tree, right), (10, String::new()));
        let wrong = "[a](docs/b.md) `src/lib.rs` `lib.rs` `crates/a/src/l` `crates/a/src/b.{css,html}` \
                     `schemas/<kind>.json` `schemas/<kind>/drug.toml`";
        let told = "docs/b.md\nsrc/lib.rs\nlib.rs\ncrates/a/src/l\ncrates/a/src/b.html\nschemas/<kind>.json\n\
                    schemas/<kind>/drug.toml\n";
        assert_eq!(paths_told(&tree, wrong), (8, told.to_owned()));
    }
}
