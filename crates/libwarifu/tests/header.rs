//! The header that C is given is the one that the source says.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;

/// `include/warifu.h` is this text. Set `WARIFU_WRITE_DOCS=1` to write it anew.
#[test]
fn the_header_is_the_one_that_lies_with_the_library() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(crate_folder.join("cbindgen.toml")).unwrap();
    let made = cbindgen::Builder::new().with_crate(crate_folder).with_config(config).generate().unwrap();
    let mut text = Vec::new();
    made.write(&mut text);
    let text = String::from_utf8(text).unwrap();
    let path = crate_folder.join("include/warifu.h");
    if std::env::var_os("WARIFU_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let lies = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(lies == text, "write it: WARIFU_WRITE_DOCS=1 cargo test -p libwarifu header");
    // Were nothing found, an empty header would be like an empty one.
    for exported in exported(crate_folder) {
        assert!(text.contains(&format!(" {exported}(")), "{exported} is not in the header");
    }
}

/// What the source exports by name.
fn exported(crate_folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for file in std::fs::read_dir(crate_folder.join("src/exported")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for after in text.split("#[unsafe(no_mangle)]").skip(1) {
            let name = after.split_once("fn ").unwrap().1.split('(').next().unwrap();
            names.push(name.to_owned());
        }
    }
    assert!(names.len() > 10, "{names:?}");
    names
}
