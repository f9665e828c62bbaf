//! Arrows between crates point downward: who may stand on whom, and what nobody of a crate ever reaches.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use toml::{Table, Value};

use crate::tree::Tree;

/// A crate, the crates that it may be built from, and those that only its tests may name besides.
type Stands = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Every crate of the house, from the ground up: what it names stands above it in this table, so that no
/// circle can be written here.
const HOUSE: &[Stands] = &[
    ("httpdate", &[], &[]),
    ("warifu-values", &[], &[]),
    ("warifu-usage", &["warifu-values"], &[]),
    ("warifu-reports", &["warifu-values"], &[]),
    ("warifu-files", &["warifu-values"], &[]),
    ("warifu-audit", &["warifu-values", "warifu-files"], &[]),
    ("warifu-masters", &["warifu-values"], &[]),
    ("warifu-rules", &["warifu-values", "warifu-masters"], &[]),
    ("warifu-site-rules", &["warifu-values", "warifu-masters", "warifu-rules"], &[]),
    ("warifu-claims", &["warifu-values", "warifu-masters"], &["warifu-rules"]),
    ("warifu-trust", &["warifu-values"], &[]),
    ("warifu-channels", &["warifu-values", "warifu-files", "warifu-trust"], &[]),
    ("warifu-tokens", &["warifu-values", "warifu-trust"], &[]),
    ("warifu-fleet", &["warifu-values"], &[]),
    ("warifu-etcd", &["warifu-values", "warifu-fleet"], &[]),
    (
        "warifu-judging",
        &[
            "warifu-values",
            "warifu-files",
            "warifu-masters",
            "warifu-rules",
            "warifu-claims",
            "warifu-trust",
            "warifu-channels",
        ],
        &[],
    ),
    (
        "libwarifu",
        &[
            "warifu-values",
            "warifu-files",
            "warifu-masters",
            "warifu-claims",
            "warifu-trust",
            "warifu-channels",
            "warifu-judging",
        ],
        &[],
    ),
    (
        "warifu",
        &[
            "warifu-values",
            "warifu-usage",
            "warifu-reports",
            "warifu-files",
            "warifu-audit",
            "warifu-masters",
            "warifu-rules",
            "warifu-site-rules",
            "warifu-claims",
            "warifu-trust",
            "warifu-channels",
            "warifu-tokens",
        ],
        &[],
    ),
    (
        "warifu-checker",
        &[
            "warifu-values",
            "warifu-usage",
            "warifu-reports",
            "warifu-files",
            "warifu-audit",
            "warifu-masters",
            "warifu-rules",
            "warifu-claims",
            "warifu-fleet",
            "warifu-etcd",
            "warifu-trust",
            "warifu-channels",
            "warifu-judging",
            "warifu-fleet",
            "warifu-etcd",
        ],
        &[],
    ),
];

/// Files, network and git.
const IMPURE: &[&str] = &["tempfile", "warifu-files", "ureq", "tokio", "git2"];

/// What a crate does not reach over any number of crates, and why.
const NEVER: &[(&str, &[&str], &str)] = &[
    (
        "warifu-checker",
        &["git2", "libgit2-sys"],
        "a checker takes what both signed, and has no git to take more",
    ),
    ("warifu-checker", &["warifu-site-rules", "cel"], "a site's rules are asked before a release"),
    ("warifu-checker", &["warifu-tokens", "cryptoki"], "a checker verifies and holds no key"),
    ("libwarifu", &["git2", "tokio", "axum", "cel", "cryptoki"], "it is loaded into programs of others"),
    ("warifu-judging", &["git2", "tokio", "axum"], "what is shared by all who judge brings no service"),
    ("warifu", &["tokio", "axum"], "the asynchronous service is the checker's alone"),
    ("warifu-trust", &["ureq", "tokio", "git2"], "bytes in, verdict out: others fetch"),
    ("warifu-values", IMPURE, "values in, values out"),
    ("warifu-masters", IMPURE, "values in, values out"),
    ("warifu-rules", IMPURE, "values in, values out"),
    ("warifu-site-rules", IMPURE, "values in, values out"),
    ("warifu-claims", IMPURE, "values in, values out"),
    ("warifu-fleet", IMPURE, "values in, values out: what it says is carried out by who calls it"),
    ("warifu-etcd", &["warifu-trust", "warifu-files"], "a store orders; what is verified is not its"),
    ("warifu", &["etcd-client", "tonic"], "only a member of a fleet has a store"),
    ("warifu-claims", &["warifu-rules"], "what a claim is judged by does not ask what masters must be"),
];

#[test]
fn crates_stand_on_lower_ones_only() {
    let told = arrows_told(&crates(&Tree::checkout(&["Cargo.toml"])), HOUSE);
    assert!(told.is_empty(), "{told}");
}

#[test]
fn what_a_crate_never_reaches_it_does_not_reach() {
    let tree = Tree::checkout(&["Cargo.toml", "Cargo.lock"]);
    let packages = packages(&crates(&tree), tree.text("Cargo.lock").unwrap());
    let told = reaches_told(&packages, NEVER);
    assert!(told.is_empty(), "{told}");
    // Were these not found either, the question above would have been asked of nothing.
    for (from, to) in [("warifu", "libgit2-sys"), ("warifu", "cel"), ("warifu-checker", "tokio")] {
        assert!(way(&packages, from, to).is_some(), "{from} is not seen to reach {to}");
    }
}

/// The names in the dependency tables of one Cargo.toml, all targets taken together.
#[derive(Debug, Default, PartialEq)]
struct Depends {
    /// Dependencies and build dependencies.
    built: BTreeSet<String>,
    /// What only its tests, examples and benches name.
    tested: BTreeSet<String>,
}

/// The crates of `crates/`, by name.
fn crates(tree: &Tree) -> BTreeMap<String, Depends> {
    let mut crates = BTreeMap::new();
    for (path, text) in tree.files() {
        let ["crates", _, "Cargo.toml"] = path.split('/').collect::<Vec<_>>()[..] else { continue };
        let manifest: Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut depends = Depends::default();
        depends.take(&manifest);
        for target in manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values) {
            depends.take(target.as_table().unwrap());
        }
        crates.insert(manifest["package"]["name"].as_str().unwrap().to_owned(), depends);
    }
    crates
}

impl Depends {
    fn take(&mut self, tables: &Table) {
        let of = |table: &str| {
            let entries = tables.get(table).and_then(Value::as_table).into_iter().flatten();
            entries.map(|(name, entry)| {
                let renamed = entry.get("package").and_then(Value::as_str);
                renamed.unwrap_or(name).to_owned()
            })
        };
        self.built.extend(of("dependencies").chain(of("build-dependencies")));
        self.tested.extend(of("dev-dependencies"));
    }
}

/// What to say of the arrows that `house` does not allow.
fn arrows_told(crates: &BTreeMap<String, Depends>, house: &[Stands]) -> String {
    let mut told = String::new();
    for (name, depends) in crates {
        let Some((_, built, tested)) = house.iter().find(|(known, ..)| known == name) else {
            writeln!(told, "{name} is not in the table HOUSE of tests/structure/floors.rs: add it there")
                .unwrap();
            continue;
        };
        let parts = [
            ("names", &depends.built, built.to_vec()),
            ("names, in its tests,", &depends.tested, [*built, *tested].concat()),
        ];
        for (how, named, allowed) in parts {
            // A crate names itself where its own tests ask it for a feature.
            let upward =
                |to: &&String| crates.contains_key(*to) && *to != name && !allowed.contains(&to.as_str());
            for to in named.iter().filter(upward) {
                writeln!(
                    told,
                    "{name} {how} {to}, which it does not stand on: move what it needs down, or hand it in \
                     from above (HOUSE in tests/structure/floors.rs says who may name whom)"
                )
                .unwrap();
            }
        }
    }
    told
}

/// What each package is built from: ours by their manifests, the others by the lock file.
type Packages = BTreeMap<String, BTreeSet<String>>;

/// Versions of one package are taken together; tests of ours are left out.
fn packages(crates: &BTreeMap<String, Depends>, lock: &str) -> Packages {
    let lock: Table = lock.parse().unwrap();
    let mut packages = Packages::new();
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let entries = package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
        // `name`, or `name version` where there are several.
        let named = entries.map(|entry| entry.as_str().unwrap().split(' ').next().unwrap().to_owned());
        packages.entry(name.to_owned()).or_default().extend(named);
    }
    packages.extend(crates.iter().map(|(name, depends)| (name.clone(), depends.built.clone())));
    packages
}

/// The shortest way from one package to another.
fn way(packages: &Packages, from: &str, to: &str) -> Option<Vec<String>> {
    let mut seen = BTreeSet::from([from]);
    let mut ways = vec![vec![from]];
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in packages.get(*way.last().unwrap()).into_iter().flatten() {
                if seen.insert(next) {
                    let way: Vec<&str> = way.iter().copied().chain([next.as_str()]).collect();
                    if next == to {
                        return Some(way.into_iter().map(str::to_owned).collect());
                    }
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

fn reaches_told(packages: &Packages, never: &[(&str, &[&str], &str)]) -> String {
    let mut told = String::new();
    for (from, forbidden, why) in never {
        for to in *forbidden {
            if let Some(way) = way(packages, from, to) {
                writeln!(told, "{from} reaches {to} ({why}): {}", way.join(" -> ")).unwrap();
            }
        }
    }
    told
}

mod cases {
    use super::*;

    const LOW: (&str, &str) = ("crates/low/Cargo.toml", "[package]\nname = \"low\"\n");
    const SMALL: &[Stands] = &[("low", &[], &[]), ("high", &["low"], &[]), ("top", &["low"], &["high"])];

    fn told(files: &[(&str, &str)]) -> String {
        arrows_told(&crates(&Tree::invented(files)), SMALL)
    }

    fn high(tables: &str) -> String {
        format!("[package]\nname = \"high\"\n{tables}")
    }

    #[test]
    fn the_house_has_no_way_up() {
        for (at, (name, built, tested)) in HOUSE.iter().enumerate() {
            for lower in built.iter().chain(*tested) {
                assert!(HOUSE[..at].iter().any(|(below, ..)| below == lower), "{lower} is not below {name}");
            }
        }
    }

    #[test]
    fn an_arrow_downward_is_none_to_tell() {
        assert_eq!(
            told(&[LOW, ("crates/high/Cargo.toml", &high("[dependencies]\nlow.workspace = true"))]),
            ""
        );
    }

    #[test]
    fn an_arrow_upward_is_told_wherever_it_stands() {
        for table in
            ["dependencies", "build-dependencies", "dev-dependencies", "target.'cfg(unix)'.dependencies"]
        {
            for entry in ["high.workspace = true", "other = { package = \"high\", path = \"../high\" }"] {
                let low = format!("[package]\nname = \"low\"\n[{table}]\n{entry}");
                let told = told(&[("crates/low/Cargo.toml", &low), ("crates/high/Cargo.toml", &high(""))]);
                let how = if table.starts_with("dev") { "names, in its tests, high" } else { "names high" };
                assert!(told.starts_with(&format!("low {how}, which it does not")), "{table}: {told:?}");
            }
        }
    }

    #[test]
    fn what_tests_alone_may_name_is_told_in_what_is_built() {
        let top = |table: &str| format!("[package]\nname = \"top\"\n[{table}]\nhigh.workspace = true");
        let told = |table: &str| {
            told(&[LOW, ("crates/high/Cargo.toml", &high("")), ("crates/top/Cargo.toml", &top(table))])
        };
        assert_eq!(told("dev-dependencies"), "");
        assert!(told("dependencies").starts_with("top names high, which it does not"));
    }

    #[test]
    fn a_crate_that_nobody_placed_is_told() {
        let told = told(&[LOW, ("crates/new/Cargo.toml", "[package]\nname = \"new\"\n")]);
        assert!(told.contains("new is not in the table HOUSE"), "{told}");
    }

    #[test]
    fn what_is_reached_over_others_is_told_with_the_way() {
        let crates = crates(&Tree::invented(&[
            ("crates/low/Cargo.toml", "[package]\nname = \"low\"\n[dependencies]\nclient = \"1\""),
            ("crates/high/Cargo.toml", &high("[dependencies]\nlow = \"1\"\n[dev-dependencies]\ngit = \"1\"")),
        ]));
        let lock = "[[package]]\nname = \"client\"\ndependencies = [\"net 1.0.0\"]\n\
                    [[package]]\nname = \"net\"\n\
                    [[package]]\nname = \"high\"\ndependencies = [\"git\", \"low\"]\n\
                    [[package]]\nname = \"git\"\n";
        let never: &[(&str, &[&str], &str)] = &[("high", &["net", "git"], "it is pure")];
        let told = reaches_told(&packages(&crates, lock), never);
        assert_eq!(told, "high reaches net (it is pure): high -> low -> client -> net\n");
    }
}
