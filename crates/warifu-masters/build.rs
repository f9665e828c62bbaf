//! Puts every file under `schemas/` into the library, so that a new master, format or charset is one file and
//! no Rust.

#![expect(clippy::disallowed_methods, reason = "the library is pure; building it reads the schemas")]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let schemas = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("../../schemas");
    let mut list = String::from("&[\n");
    for (folder, extension) in
        [("charsets", "ucm"), ("codes", "toml"), ("formats", "toml"), ("layouts", "toml")]
    {
        let folder = schemas.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files: Vec<_> = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("readable entry").path())
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .collect();
        files.sort();
        for path in files {
            let path = path.canonicalize().expect("an existing file");
            let name = Path::new(folder.file_name().expect("named")).join(path.file_name().expect("named"));
            writeln!(list, "    ({:?}, include_str!({:?})),", name.display().to_string(), path)
                .expect("a string");
        }
    }
    list.push(']');
    let out = Path::new(&env::var("OUT_DIR").expect("set by cargo")).join("schemas.rs");
    fs::write(out, list).expect("OUT_DIR is writable");
}
