//! No circle of files inside a crate: whoever reads a file needs to have read only what lies below it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::arrows::{Arrows, arrows};
use crate::modules::Crate;
use crate::tree::Tree;

#[test]
fn no_files_of_a_crate_form_a_circle() {
    let tree = Tree::checkout(&[".rs"]);
    let roots: Vec<&str> = tree.files().map(|(path, _)| path).filter(|path| is_root(path)).collect();
    assert!(roots.len() > 4, "too few crates are seen: {roots:?}");
    let told: String = roots.iter().map(|root| told(&circles(&arrows(&Crate::read(&tree, root))))).collect();
    assert!(told.is_empty(), "{told}{ADVICE}");
}

const ADVICE: &str = "\n\
    Each group of files above can only be read as one. To open a circle, move what several of them name\n\
    into a file of its own below them, or let the caller hand it in; a mod.rs on a circle should only\n\
    declare its files and pass on their names.\n";

/// A library or a program: `crates/*/src/lib.rs`, `main.rs` and `bin/*.rs`.
fn is_root(path: &str) -> bool {
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["crates", _, "src", file] => matches!(*file, "lib.rs" | "main.rs"),
        ["crates", _, "src", "bin", _] => true,
        _ => false,
    }
}

/// The files of one circle or of several that share files, with the arrows among them.
type Circle = Arrows;

/// Every largest set of files of which each reaches each other one.
fn circles(arrows: &Arrows) -> Vec<Circle> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|from| (from.as_str(), reached(arrows, from))).collect();
    let both = |a: &str, b: &str| {
        let reaches = |a: &str, b: &str| reached.get(a).is_some_and(|reached| reached.contains(b));
        reaches(a, b) && reaches(b, a)
    };
    let mut told = BTreeSet::new();
    let mut circles = Vec::new();
    for file in arrows.keys() {
        if told.contains(file.as_str()) || !both(file, file) {
            continue;
        }
        let members: BTreeSet<&str> =
            arrows.keys().map(String::as_str).filter(|other| both(file, other)).collect();
        let inside = |to: &&String| members.contains(to.as_str());
        let circle = members
            .iter()
            .map(|from| {
                let to = arrows[*from].iter().filter(|(to, _)| inside(to));
                ((*from).to_owned(), to.map(|(to, names)| (to.clone(), names.clone())).collect())
            })
            .collect();
        circles.push(circle);
        told.extend(members);
    }
    circles
}

/// Every file that can be reached from `from` by at least one arrow.
fn reached<'a>(arrows: &'a Arrows, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut ahead: Vec<&str> = vec![from];
    while let Some(file) = ahead.pop() {
        for to in arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(to.as_str()) {
                ahead.push(to);
            }
        }
    }
    reached
}

fn told(circles: &[Circle]) -> String {
    let mut text = String::new();
    for circle in circles {
        writeln!(text, "\n{} files in a circle:", circle.len()).unwrap();
        for (from, arrows) in circle {
            for (to, names) in arrows {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                writeln!(text, "  {from} -> {to}: {}", names.join(", ")).unwrap();
            }
        }
    }
    text
}

mod cases {
    use super::*;

    /// The circles of an invented crate, each as its files by their names below `src/`.
    fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let files: Vec<(String, &str)> =
            files.iter().map(|(path, text)| (format!("crates/x/src/{path}"), *text)).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let read = Crate::read(&Tree::invented(&files), "crates/x/src/lib.rs");
        let short = |path: &String| path.trim_start_matches("crates/x/src/").to_owned();
        circles(&arrows(&read)).iter().map(|circle| circle.keys().map(short).collect()).collect()
    }

    fn one_circle(files: &[(&str, &str)], members: &[&str]) {
        assert_eq!(circles_of(files), [members], "{files:?}");
    }

    fn no_circle(files: &[(&str, &str)]) {
        assert!(circles_of(files).is_empty(), "{:?} in {files:?}", circles_of(files));
    }

    const TWO: (&str, &str) = ("lib.rs", "mod a; mod b;");

    #[test]
    fn two_files_that_use_each_other_are_a_circle() {
        one_circle(
            &[TWO, ("a.rs", "use crate::b::B; pub struct A(B);"), ("b.rs", "pub struct B; use super::a::A;")],
            &["a.rs", "b.rs"],
        );
    }

    #[test]
    fn a_file_below_another_is_none() {
        no_circle(&[TWO, ("a.rs", "use crate::b::B; pub struct A(B);"), ("b.rs", "pub struct B;")]);
    }

    #[test]
    fn a_circle_is_told_with_the_names_that_tie_it() {
        let tree = Tree::invented(&[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "use crate::b::{B, C as D};"),
            ("src/b.rs", "pub struct B; pub struct C; fn f() { crate::a::g() }"),
        ]);
        let told = told(&circles(&arrows(&Crate::read(&tree, "src/lib.rs"))));
        assert_eq!(told, "\n2 files in a circle:\n  src/a.rs -> src/b.rs: B, C\n  src/b.rs -> src/a.rs: g\n");
    }

    #[test]
    fn three_files_in_a_ring_are_one_circle_and_a_fourth_that_uses_them_is_not_in_it() {
        one_circle(
            &[
                ("lib.rs", "mod a; mod b; mod c; mod d;"),
                ("a.rs", "pub fn a() { crate::b::b() }"),
                ("b.rs", "pub fn b() { crate::c::c() }"),
                ("c.rs", "pub fn c() { crate::a::a() }"),
                ("d.rs", "fn d() { crate::a::a() }"),
            ],
            &["a.rs", "b.rs", "c.rs"],
        );
    }

    #[test]
    fn a_door_is_followed_to_the_file_that_defines_the_name() {
        // room/a.rs names B by the door of the room; the door itself is on no circle.
        let door = ("room/mod.rs", "mod a; mod b; pub use a::A; pub(crate) use b::B;");
        no_circle(&[
            ("lib.rs", "mod room; pub use room::A;"),
            door,
            ("room/a.rs", "use super::B; pub struct A(B);"),
            ("room/b.rs", "pub struct B;"),
        ]);
        one_circle(
            &[
                ("lib.rs", "mod room; pub use room::A as Z;"),
                door,
                ("room/a.rs", "use super::B; pub struct A(B);"),
                ("room/b.rs", "pub struct B; fn b(_: crate::Z) {}"),
            ],
            &["room/a.rs", "room/b.rs"],
        );
    }

    #[test]
    fn a_door_with_globs_is_followed_too() {
        one_circle(
            &[
                ("lib.rs", "mod room;"),
                ("room/mod.rs", "mod a; mod b; pub use self::{a::*, b::*};"),
                ("room/a.rs", "use super::*; pub struct A(B);"),
                ("room/b.rs", "pub struct B; fn b() -> super::A { loop {} }"),
            ],
            &["room/a.rs", "room/b.rs"],
        );
    }

    #[test]
    fn a_module_that_uses_its_child_while_the_child_uses_it_is_a_circle() {
        one_circle(
            &[
                ("lib.rs", "mod room;"),
                ("room/mod.rs", "mod a; pub use a::a; pub const LIMIT: usize = 1; fn f() { a() }"),
                ("room/a.rs", "pub fn a() -> usize { super::LIMIT }"),
            ],
            &["room/a.rs", "room/mod.rs"],
        );
    }

    #[test]
    fn a_name_that_a_pattern_binds_is_no_arrow() {
        no_circle(&[
            ("lib.rs", "mod room;"),
            ("room/mod.rs", "mod a; pub use a::a; pub const LIMIT: usize = 1; fn f(a: u8) -> u8 { a }"),
            ("room/a.rs", "pub fn a() -> usize { super::LIMIT }"),
        ]);
    }

    #[test]
    fn passing_on_what_lies_elsewhere_is_an_arrow() {
        one_circle(
            &[TWO, ("a.rs", "pub use crate::b::B; pub struct A;"), ("b.rs", "pub struct B(crate::a::A);")],
            &["a.rs", "b.rs"],
        );
    }

    #[test]
    fn what_only_tests_see_is_left_out() {
        let a = ("a.rs", "use crate::b::B; pub struct A(B);");
        for b in [
            "pub struct B; #[cfg(test)] mod tests { use super::super::a::A; }",
            "pub struct B; #[cfg(all(test, unix))] use crate::a::A;",
            "pub struct B; #[cfg(test)] mod tests;",
            "pub struct B; mod testing;",
            "pub struct B; impl B { #[cfg(test)] fn f() -> crate::a::A { loop {} } }",
            "pub struct B; fn f() { #[cfg(test)] let _: crate::a::A; }",
        ] {
            no_circle(&[
                TWO,
                a,
                ("b.rs", b),
                ("b/tests.rs", "use crate::a::A;"),
                ("b/testing.rs", "use crate::a::A;"),
            ]);
        }
        for b in [
            "pub struct B; #[cfg(not(test))] use crate::a::A;",
            "pub struct B; #[cfg(any(test, unix))] use crate::a::A;",
        ] {
            one_circle(&[TWO, a, ("b.rs", b)], &["a.rs", "b.rs"]);
        }
    }

    #[test]
    fn an_arrow_is_seen_wherever_the_name_stands() {
        let a = (
            "a.rs",
            "use crate::b::B; pub struct A; pub fn f() {} pub const C: u8 = 1; impl A { pub fn new() {} }",
        );
        for b in [
            "pub struct B(Option<crate::a::A>);",
            "pub struct B; fn b() { super::a::f() }",
            "pub struct B; fn b() { use crate::a; a::f() }",
            "pub struct B; use crate::a::{self as other}; fn b() { other::f() }",
            "pub struct B; mod inner { fn b() { super::super::a::f() } }",
            "pub struct B; fn b() { match 1 { crate::a::C => {} _ => {} } }",
            "pub struct B; fn b() { println!(\"{}\", crate::a::C) }",
            "pub struct B; use crate::a::*; fn b() { println!(\"{}\", { f() }) }",
            "pub struct B; use crate::a::*; fn b() { A::new() }",
            "pub struct B; impl From<crate::a::A> for B { fn from(_: u8) {} }",
            "pub struct B; macro_rules! m { () => { $crate::a::f() } }",
            "pub struct B { #[serde(default = \"crate::a::f\")] b: u8 }",
        ] {
            one_circle(&[TWO, a, ("b.rs", b)], &["a.rs", "b.rs"]);
        }
    }

    #[test]
    fn what_a_macro_defines_and_a_macro_itself_are_names_of_their_file() {
        one_circle(
            &[
                TWO,
                ("a.rs", "codes! { One, Two } use crate::b::B;"),
                ("b.rs", "pub struct B(crate::a::Code);"),
            ],
            &["a.rs", "b.rs"],
        );
        one_circle(
            &[
                ("lib.rs", "#[macro_use] mod a; mod b;"),
                ("a.rs", "macro_rules! said { () => {} } use crate::b::B;"),
                ("b.rs", "pub struct B; fn b() { said!() }"),
            ],
            &["a.rs", "b.rs"],
        );
    }

    #[test]
    fn an_exported_macro_is_named_where_it_stands() {
        for b in [
            "fn b() { crate::said!() }",
            "use crate::said; fn b() { said!() }",
            "fn b() { f(crate::said!()) }",
        ] {
            one_circle(
                &[
                    ("lib.rs", "mod a; mod b;"),
                    ("a.rs", "#[macro_export] macro_rules! said { () => {} } use crate::b::B;"),
                    ("b.rs", &format!("pub struct B; {b}")),
                ],
                &["a.rs", "b.rs"],
            );
        }
    }

    #[test]
    fn a_type_whose_functions_lie_in_a_file_above_it_may_not_call_them() {
        let lib = ("lib.rs", "mod a; mod b;");
        let b = ("b.rs", "use crate::a::A; impl A { pub fn above(&self) {} pub fn made() {} }");
        for a in [
            "pub struct A; impl A { fn f(&self) { self.above() } }",
            "pub struct A; impl A { fn f() { Self::made() } }",
            "pub struct A; fn f() { A::made() }",
        ] {
            one_circle(&[lib, ("a.rs", a), b], &["a.rs", "b.rs"]);
        }
        no_circle(&[
            lib,
            ("a.rs", "pub struct A; impl A { fn f(&self) { self.own() } fn own(&self) {} }"),
            b,
        ]);
    }

    #[test]
    fn a_file_elsewhere_by_its_path_and_names_from_outside_are_understood() {
        one_circle(
            &[
                ("lib.rs", "mod a; #[path = \"far/b.rs\"] mod b;"),
                ("a.rs", "use crate::b::B; pub struct A;"),
                ("far/b.rs", "pub struct B(crate::a::A);"),
            ],
            &["a.rs", "far/b.rs"],
        );
        no_circle(&[
            TWO,
            ("a.rs", "use crate::b::B; pub use std::fmt;"),
            ("b.rs", "pub struct B; use crate::a::fmt;"),
        ]);
    }
}
