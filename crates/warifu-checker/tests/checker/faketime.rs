//! What lets a program have another clock than the machine.

use std::path::PathBuf;

/// The library that does so; none where it is not installed.
pub(crate) fn faketime() -> Option<PathBuf> {
    let machines = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let found = machines.map(|it| it.path().join("faketime/libfaketimeMT.so.1")).find(|it| it.exists());
    assert!(found.is_some() || std::env::var_os("WARIFU_TEST_ALL").is_none(), "faketime is not installed");
    found
}
