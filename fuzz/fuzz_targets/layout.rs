//! A site's schema files: layouts, formats, code lists.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu_masters::file::{Declared, read};
use warifu_masters::schema::Schemas;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().expect("built-in schemas"));

fuzz_target!(|text: &str| {
    for name in ["layouts/site.toml", "formats/site.toml", "codes/site.toml"] {
        if let Ok(schemas) = SCHEMAS.clone().with([(name, text)]) {
            // What was taken in must be usable.
            let _ = read(&schemas, b"\"0\",\"X\",\"1\"\r\n".to_vec(), &Declared::default());
        }
    }
});
