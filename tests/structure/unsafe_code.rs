//! `unsafe` stands in one crate, the library for C, and each time with the reason why it is sound; every
//! other crate forbids it.

use std::fmt::Write as _;

use toml::{Table, Value};

use crate::tree::Tree;

/// The crate that C calls.
const ONE: &str = "crates/libwarifu/";

/// What it has otherwise than the workspace: its own `unsafe` is looked at all the more.
const OTHERWISE: &[(&str, &str)] = &[
    ("rust", "unsafe_code"),
    ("rust", "unsafe_op_in_unsafe_fn"),
    ("clippy", "undocumented_unsafe_blocks"),
    ("clippy", "missing_safety_doc"),
];

#[test]
fn every_crate_but_one_forbids_unsafe() {
    let told = lints_told(&Tree::checkout(&["Cargo.toml"]));
    assert!(told.is_empty(), "{told}");
}

#[test]
fn unsafe_stands_in_one_crate_and_each_time_with_its_reason() {
    let told = unsafe_told(&Tree::checkout(&[".rs"]));
    assert!(told.is_empty(), "{told}");
}

/// The crates that do not take the workspace's lints, and where the one that may not take them differs.
fn lints_told(tree: &Tree) -> String {
    let table = |text: &str| text.parse::<Table>().unwrap();
    let workspace = table(tree.text("Cargo.toml").unwrap())["workspace"]["lints"].clone();
    let mut told = String::new();
    if workspace["rust"]["unsafe_code"].as_str() != Some("forbid") {
        told.push_str("the workspace does not forbid unsafe_code\n");
    }
    for (path, text) in tree.files().filter(|(path, _)| path.starts_with("crates/")) {
        let lints = table(text).get("lints").cloned().unwrap_or(Value::Table(Table::new()));
        if !path.starts_with(ONE) {
            if lints.get("workspace").and_then(Value::as_bool) != Some(true) {
                writeln!(told, "{path} does not take the workspace's lints").unwrap();
            }
            continue;
        }
        for (tool, name) in OTHERWISE {
            if lints.get(*tool).and_then(|of| of.get(*name)).and_then(Value::as_str) != Some("deny") {
                writeln!(told, "{path} does not deny {tool}::{name}").unwrap();
            }
        }
        let but = |lints: &Value| {
            let mut lints = lints.clone();
            for (tool, name) in OTHERWISE {
                lints.get_mut(*tool).and_then(Value::as_table_mut).and_then(|of| of.remove(*name));
            }
            lints
        };
        if but(&lints) != but(&workspace) {
            writeln!(told, "{path} has other lints than the workspace, besides those on unsafe").unwrap();
        }
    }
    told
}

/// Where `unsafe` stands outside the one crate, and blocks of it there that no line before them explains.
fn unsafe_told(tree: &Tree) -> String {
    let mut told = String::new();
    for (path, text) in tree.files().filter(|(path, _)| path.contains("/src/")) {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let is_block = code.contains("unsafe {");
            let is_other = ["unsafe fn ", "unsafe impl ", "unsafe extern ", "#[unsafe("];
            if !is_block && !is_other.iter().any(|other| code.contains(other)) {
                continue;
            }
            if !path.starts_with(ONE) {
                writeln!(told, "{path}:{}: unsafe, which only {ONE} may", at + 1).unwrap();
            } else if is_block && !lines[..at].iter().rev().take(3).any(|line| line.contains("// SAFETY: ")) {
                writeln!(told, "{path}:{}: unsafe without a SAFETY comment", at + 1).unwrap();
            }
        }
    }
    told
}

mod cases {
    use super::*;

    const WORKSPACE: &str = "[workspace.lints.rust]\nunsafe_code = \"forbid\"\nmissing_docs = \"warn\"\n";

    fn lints(crate_of: &str, text: &str) -> String {
        lints_told(&Tree::invented(&[("Cargo.toml", WORKSPACE), (crate_of, text)]))
    }

    #[test]
    fn a_crate_with_lints_of_its_own_is_told() {
        let other = "crates/other/Cargo.toml";
        assert_eq!(lints(other, "[lints]\nworkspace = true"), "");
        assert!(lints(other, "[package]").contains("does not take"));
        assert!(lints(other, "[lints.rust]\nunsafe_code = \"deny\"").contains("does not take"));
        let one = "crates/libwarifu/Cargo.toml";
        let strict = "[lints.rust]\nunsafe_code = \"deny\"\nunsafe_op_in_unsafe_fn = \"deny\"\n\
                      missing_docs = \"warn\"\n\
                      [lints.clippy]\nundocumented_unsafe_blocks = \"deny\"\nmissing_safety_doc = \"deny\"";
        let told = lints(one, strict);
        // The invented workspace has no lints of clippy.
        assert_eq!(told, format!("{one} has other lints than the workspace, besides those on unsafe\n"));
        let lax = strict.replace("undocumented_unsafe_blocks = \"deny\"", "");
        assert!(lints(one, &lax).contains("does not deny clippy::undocumented_unsafe_blocks"));
    }

    #[test]
    fn unsafe_elsewhere_or_unexplained_is_told() {
        let told = |path: &str, text: &str| unsafe_told(&Tree::invented(&[(path, text)]));
        let (one, other) = ("crates/libwarifu/src/x.rs", "crates/other/src/x.rs");
        let block = "let x = unsafe { y() };";
        assert!(told(other, block).contains("which only"));
        assert!(told(other, "#[unsafe(no_mangle)]").contains("which only"));
        assert!(told(one, block).contains("without a SAFETY"));
        assert_eq!(told(one, &format!("// SAFETY: it is.\n{block}")), "");
        assert_eq!(told(other, "#![forbid(unsafe_code)]\n// unsafe { }"), "");
    }
}
