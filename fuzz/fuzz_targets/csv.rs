//! A file from outside: read it, judge it, and give its very bytes back.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu_masters::file::write::write;
use warifu_masters::file::{Declared, read};
use warifu_masters::schema::Schemas;
use warifu_masters::table::{Role, fields};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().expect("built-in schemas"));

fuzz_target!(|bytes: &[u8]| {
    let reading = read(&SCHEMAS, bytes.to_vec(), &Declared::default());
    let Some(master) = reading.master else {
        assert!(reading.findings.denies(), "no records, and nothing says why");
        return;
    };
    let _ = fields::check(&master, reading.role.unwrap_or(Role::Full));
    let _ = warifu_rules::consistency::check(&master, None);
    if let Some(rendering) = reading.rendering
        && !reading.findings.denies()
    {
        assert_eq!(write(&master, &rendering).expect("it came from these bytes"), bytes);
    }
});
