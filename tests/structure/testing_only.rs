//! What a crate has for tests alone, its feature `testing`, is asked for by tests alone: no program has it.

use std::fmt::Write as _;

use toml::{Table, Value};

use crate::tree::Tree;

/// The feature that small worlds and failing channels stand behind.
const FEATURE: &str = "testing";

#[test]
fn no_program_is_built_with_what_is_for_tests() {
    let told = testing_told(&Tree::checkout(&["Cargo.toml"]));
    assert!(told.is_empty(), "{told}");
}

#[test]
fn nothing_is_given_out_that_was_built_beside_tests() {
    let told = beside_told(&Tree::checkout(&[".sh"]));
    assert!(told.is_empty(), "{told}");
}

/// What to say of each command under `packaging/` that builds examples, tests or benchmarks: they bring the
/// dev-dependencies, and all that is built with them then has the feature.
fn beside_told(tree: &Tree) -> String {
    let mut told = String::new();
    for (path, text) in tree.files().filter(|(path, _)| path.starts_with("packaging/")) {
        for command in text.replace("\\\n", " ").lines().filter(|line| line.contains("build ")) {
            let beside = ["--example", "--test", "--bench", "--all-targets"];
            if let Some(option) = beside.iter().find(|option| command.contains(*option)) {
                writeln!(told, "{path} builds with {option}: {}", command.trim()).unwrap();
            }
        }
    }
    told
}

/// What to say of each Cargo.toml that builds with the feature; `fuzz/` holds no program.
fn testing_told(tree: &Tree) -> String {
    let mut told = String::new();
    for (path, text) in tree.files().filter(|(path, _)| !path.starts_with("fuzz/")) {
        let manifest: Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
        let workspace = manifest.get("workspace").into_iter();
        for tables in targets.chain(workspace).filter_map(Value::as_table).chain([&manifest]) {
            for table in ["dependencies", "build-dependencies"] {
                let entries = tables.get(table).and_then(Value::as_table).into_iter().flatten();
                for (name, _) in entries.filter(|(_, entry)| names_it(entry.get("features"))) {
                    writeln!(told, "{path} has {name} with {FEATURE}: only dev-dependencies may").unwrap();
                }
            }
        }
        if names_it(manifest.get("features").and_then(|features| features.get("default"))) {
            writeln!(told, "{path} has {FEATURE} by default").unwrap();
        }
    }
    told
}

fn names_it(features: Option<&Value>) -> bool {
    let named = features.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    named.into_iter().any(|name| name == FEATURE || name.ends_with(&format!("/{FEATURE}")))
}

mod cases {
    use super::*;

    fn told(path: &str, text: &str) -> String {
        testing_told(&Tree::invented(&[(path, text)]))
    }

    #[test]
    fn what_a_program_would_have_is_told_wherever_it_stands() {
        let entry = "low = { path = \"../low\", features = [\"testing\"] }";
        let unix = "target.'cfg(unix)'.dependencies";
        for table in ["dependencies", "build-dependencies", "workspace.dependencies", unix] {
            let told = told("crates/high/Cargo.toml", &format!("[{table}]\n{entry}"));
            assert!(told.contains("has low with testing"), "{table}: {told:?}");
        }
        let told = told("crates/low/Cargo.toml", "[features]\ndefault = [\"testing\"]\ntesting = []");
        assert!(told.contains("by default"), "{told}");
    }

    #[test]
    fn what_is_built_beside_programs_is_told() {
        let told = |text: &str| beside_told(&Tree::invented(&[("packaging/build.sh", text)]));
        assert_eq!(told("cargo build -p low --bins\ncargo test --all-targets"), "");
        for option in ["--example pages", "--tests", "--all-targets"] {
            let told = told(&format!("build -p low --bins \\\n    {option}"));
            assert!(told.starts_with("packaging/build.sh builds with --"), "{option}: {told:?}");
        }
    }

    #[test]
    fn what_tests_ask_for_is_none_to_tell() {
        let entry = "low = { path = \"../low\", features = [\"testing\"] }";
        assert_eq!(told("crates/high/Cargo.toml", &format!("[dev-dependencies]\n{entry}")), "");
        assert_eq!(told("fuzz/Cargo.toml", &format!("[dependencies]\n{entry}")), "");
        assert_eq!(told("crates/low/Cargo.toml", "[features]\ntesting = [\"low/testing\"]"), "");
    }
}
