//! A manifest from a channel or a draft.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu_trust::{Manifest, limits};

fuzz_target!(|bytes: &[u8]| {
    let Ok(manifest) = Manifest::from_bytes(bytes) else { return };
    assert_eq!(manifest.to_bytes().ok().as_deref(), Some(bytes), "one manifest has one form");
    assert!(manifest.masters.len() <= limits::MASTERS);
    assert_eq!(manifest.changes.is_some(), manifest.previous.is_some(), "what changes is told");
    let mut names: Vec<_> = manifest.parts().map(|part| part.blob.as_str()).collect();
    let parts = names.len();
    assert!(parts <= limits::BLOBS);
    assert!(names.iter().all(|name| !name.contains(['/', '\\']) && !name.starts_with('.')), "no name leaves");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), parts, "each part lies under a name of its own");
    for entry in &manifest.masters {
        assert_eq!(manifest.master(&entry.series, &entry.kind), Some(entry), "each master stands once");
        let plain = |name: &str| !name.contains(['/', '\\']) && !name.starts_with('.');
        assert!(entry.formats.values().all(|file| plain(&file.file_name)), "no name leaves its folder");
    }
});
