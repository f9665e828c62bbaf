//! A bundle: one archive in one frame, in one form.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use warifu_channels::{Address, Network, Patience, bundle};
use warifu_trust::{ChannelPath, UnixSeconds};

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

const BLOCK: usize = 512;
const LIMIT_BYTES: u64 = 1 << 20;

// The first byte says what the rest is: T for an archive that is compressed here, its sums made right;
// anything else for a file.
fuzz_target!(|bytes: &[u8]| {
    let Some((what, rest)) = bytes.split_first() else { return };
    let archive = (*what == b'T').then(|| with_sums(rest));
    let packed = match &archive {
        Some(archive) => zstd::encode_all(&archive[..], 1).expect("memory"),
        None => rest.to_vec(),
    };
    let path = FOLDER.path().join("stick.tar.zst");
    std::fs::write(&path, packed).expect("writable");
    let network = Network::plain(Patience::ONCE, || UnixSeconds::new(0));
    let channel = Address::parse(&path, &network).expect("a bundle's name").channel();
    let mut held = BTreeMap::new();
    let versions = (1..=9).flat_map(|version| {
        [ChannelPath::root(version), ChannelPath::snapshot(version), ChannelPath::targets(version)]
    });
    for path in versions.chain([ChannelPath::timestamp()]) {
        match channel.read(&path, LIMIT_BYTES) {
            Ok(Some(bytes)) => {
                assert!(bytes.len() as u64 <= LIMIT_BYTES);
                held.insert(path, bytes);
            }
            Ok(None) => {}
            Err(_) => return,
        }
    }
    // Who holds nothing else has this form and no other.
    let Some(archive) = archive else { return };
    let mut again = Vec::new();
    bundle(&held, &mut again).expect("memory");
    let again = zstd::decode_all(&again[..]).expect("what was made");
    if again.len() == archive.len() {
        assert!(again == archive, "one bundle has one form");
    }
});

/// The archive with the sum in the head of each member as it must be: what mutates does not compute it.
fn with_sums(archive: &[u8]) -> Vec<u8> {
    let mut archive = archive.to_vec();
    let mut at = 0;
    while let Some(head) = archive.get_mut(at..at + BLOCK).filter(|head| head.iter().any(|byte| *byte != 0)) {
        head[148..156].copy_from_slice(b"        ");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let length = std::str::from_utf8(&head[124..135]).ok();
        let length = length.and_then(|digits| usize::from_str_radix(digits, 8).ok()).unwrap_or(0);
        at += BLOCK + length.div_ceil(BLOCK) * BLOCK;
    }
    archive
}
