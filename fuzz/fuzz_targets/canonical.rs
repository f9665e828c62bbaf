//! The canonical form, as repository and releases hold it: what is read is what was written.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu_masters::file::read_canonical;
use warifu_masters::schema::Schemas;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().expect("built-in schemas"));

fuzz_target!(|bytes: &[u8]| {
    for kind in ["comment", "material"] {
        if let Ok(master) = read_canonical(&SCHEMAS, kind, bytes.to_vec()) {
            let again = read_canonical(&SCHEMAS, kind, master.canonical()).expect("its own canonical form");
            assert_eq!(again.canonical_digest(), master.canonical_digest());
        }
    }
});
