//! Fuzz targets that would look at nothing: without a corpus, or that nobody builds or knows of.

use crate::tree::Tree;

#[test]
fn every_fuzz_target_is_built_begins_with_a_corpus_and_is_told() {
    let told = told_of_targets(&Tree::checkout(&[""]));
    assert!(told.is_empty(), "{told}");
}

/// What each target of `fuzz/fuzz_targets/` lacks.
fn told_of_targets(tree: &Tree) -> String {
    let mut told = String::new();
    let names = |path: &str| Some(path.strip_prefix("fuzz/fuzz_targets/")?.strip_suffix(".rs")?.to_owned());
    for name in tree.files().filter_map(|(path, _)| names(path)) {
        let corpus = format!("fuzz/corpus/{name}/");
        if !tree.files().any(|(path, _)| path.starts_with(&corpus)) {
            told.push_str(&format!("{corpus} holds nothing: {name} does not start\n"));
        }
        for (file, line) in
            [("fuzz/Cargo.toml", format!("name = \"{name}\"")), ("fuzz/README.md", format!("| `{name}` |"))]
        {
            if !tree.text(file).is_some_and(|text| text.contains(&line)) {
                told.push_str(&format!("{file} does not say {line}\n"));
            }
        }
    }
    told
}

#[test]
fn a_target_that_lacks_something_is_seen() {
    let mut files = vec![
        ("fuzz/fuzz_targets/key.rs", ""),
        ("fuzz/corpus/key/one.pem", ""),
        ("fuzz/Cargo.toml", "name = \"key\""),
        ("fuzz/README.md", "| `key` |"),
    ];
    assert_eq!(told_of_targets(&Tree::invented(&files)), "");
    files.remove(1);
    assert!(told_of_targets(&Tree::invented(&files)).contains("fuzz/corpus/key/ holds nothing"));
}
