//! What stands in one place, so that it is decided once: nobody else may write it.

use std::collections::BTreeSet;

use crate::tree::Tree;

/// What is written, what it decides, and the files under `crates/` that may: tests beside the source have
/// the right to say it again.
const ONCE: [(&str, &str, &[&str]); 6] = [
    (
        "FolderChannel",
        "which transports there are",
        &["crates/warifu-channels/src/address.rs", "crates/warifu-channels/src/folder.rs"],
    ),
    ("\"9\" | b\"1\"", "which classes mark a record", &["crates/warifu-masters/src/schema/layout.rs"]),
    ("\"9\" | \"1\"", "which classes mark a record", &[]),
    ("unicode_width::", "how many cells a letter takes", &["crates/warifu-values/src/terminal.rs"]),
    ("fn hundredths(", "what a blank amount is", &["crates/warifu-values/src/amount.rs"]),
    ("(\"layouts\", \"toml\")", "what a schema folder holds", &["crates/warifu-files/src/schema_folder.rs"]),
];

#[test]
fn what_is_decided_once_stands_in_one_place() {
    let told = told_twice(&Tree::checkout(&[".rs"]));
    assert!(told.is_empty(), "{told}");
}

/// Where something of [`ONCE`] stands that may not, and what stands nowhere any more.
fn told_twice(tree: &Tree) -> String {
    let mut told = String::new();
    for (text, what, places) in ONCE {
        let is_source = |path: &str| path.starts_with("crates/") && path.contains("/src/");
        let found = tree.files().filter(|(path, source)| is_source(path) && source.contains(text));
        let found: BTreeSet<&str> = found.map(|(path, _)| path).collect();
        let places: BTreeSet<&str> = places.iter().copied().collect();
        for path in found.difference(&places) {
            told.push_str(&format!("{path} says again {what}: {text}\n"));
        }
        for path in places.difference(&found) {
            told.push_str(&format!("{path} says no more {what}: {text}; the list is out of date\n"));
        }
    }
    told
}

#[test]
fn a_second_place_is_seen() {
    let mut files: Vec<(&str, &str)> = Vec::new();
    for (text, _, places) in ONCE {
        files.extend(places.iter().map(|path| (*path, text)));
    }
    assert_eq!(told_twice(&Tree::invented(&files)), "");
    files.push(("crates/x/src/y.rs", "fn hundredths("));
    assert!(
        told_twice(&Tree::invented(&files)).starts_with("crates/x/src/y.rs says again what a blank amount")
    );
}
