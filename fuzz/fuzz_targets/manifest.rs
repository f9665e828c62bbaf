//! A manifest from a channel or a draft.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu_trust::{Manifest, limits};

fuzz_target!(|bytes: &[u8]| {
    let Ok(manifest) = Manifest::from_bytes(bytes) else { return };
    assert_eq!(manifest.to_bytes().ok().as_deref(), Some(bytes), "one manifest has one form");
    assert!(manifest.masters.len() <= limits::MASTERS);
    for entry in &manifest.masters {
        assert_eq!(manifest.master(&entry.series, &entry.kind), Some(entry), "each master stands once");
        let plain = |name: &str| !name.contains(['/', '\\']) && !name.starts_with('.');
        assert!(plain(entry.blob.as_str()), "no name leaves its folder");
        assert!(entry.formats.values().all(|file| plain(&file.file_name)), "no name leaves its folder");
    }
});
