//! TUF metadata as a channel gives it, whole files and what is signed in them; and the memory that is kept of
//! it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use warifu_trust::testing::{Shelf, World, drive, forge, now};
use warifu_trust::{
    ChannelPath, Opening, Policy, ReadingTip, RootDraft, SecretKey, SignatureFile, SignedRoot, TrustedState,
    reopen,
};
use warifu_values::digest::Digest;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// A channel with release 1.
static CHANNEL: LazyLock<Shelf> = LazyLock::new(|| {
    let mut shelf = Shelf::default();
    let tip = drive(ReadingTip::begin(&WORLD.reader()), &shelf).expect("an empty channel");
    shelf.write(&WORLD.release(&tip));
    shelf
});

// The first byte says what the rest is: T, S, G or R for what timestamp, snapshot, targets or root say,
// signed by whom it takes; F for a file as it lies on the channel; anything else for a kept state.
fuzz_target!(|bytes: &[u8]| {
    let Some((what, rest)) = bytes.split_first() else { return };
    let mut channel = CHANNEL.clone();
    match what {
        b'T' | b'S' | b'G' | b'R' => match serde_json::from_slice::<Value>(rest) {
            Ok(signed) if whole(&signed) => plant(&mut channel, *what, &signed),
            _ => return,
        },
        b'F' => {
            if let Ok(root) = SignedRoot::pinned(rest) {
                both_are_needed(&root);
            }
            if let Ok(draft) = RootDraft::read(rest) {
                let again = RootDraft::read(&draft.to_bytes()).map(|draft| draft.to_bytes());
                assert_eq!(again.ok(), Some(draft.to_bytes()), "a draft is handed on as it came");
            }
            if let Ok(signature) = SignatureFile::from_bytes(rest) {
                let again = SignatureFile::from_bytes(&signature.to_bytes());
                assert_eq!(again.ok(), Some(signature), "a signature is handed on as it came");
            }
            channel.0.insert(ChannelPath::timestamp().to_string(), rest.to_vec());
            channel.0.insert(ChannelPath::root(2).to_string(), rest.to_vec());
        }
        _ => {
            if let Ok(state) = TrustedState::from_bytes(rest, WORLD.root.bytes(), Policy::default()) {
                kept(&state);
            }
            return;
        }
    }
    let mut state = WORLD.reader();
    let opened = drive(Opening::begin(&mut state, now()), &channel);
    if let Ok(opened) = &opened {
        assert_eq!(Some(opened.release()), state.release());
        assert!(opened.fallback().is_none_or(|fallback| fallback.release < opened.release().release));
        assert!(opened.expires() > now(), "nothing that has expired is opened");
        let _ = opened.fetching().map(|walk| drive(walk, &channel));
    }
    both_are_needed(state.root());
    kept(&state);
    let _ = drive(ReadingTip::begin(&state), &channel);
});

/// No fraction, of which there is no canonical form and so no signature.
fn whole(value: &Value) -> bool {
    match value {
        Value::Number(number) => !number.is_f64(),
        Value::Array(values) => values.iter().all(whole),
        Value::Object(fields) => fields.values().all(whole),
        _ => true,
    }
}

/// Puts a file that says `signed` on the channel, and what it takes to lead there.
fn plant(channel: &mut Shelf, what: u8, signed: &Value) {
    let (kikin, kokuho) = (&WORLD.kikin, &WORLD.kokuho);
    let version = signed.get("version").and_then(Value::as_u64).unwrap_or(1);
    let head = |role: &str| {
        let expires = "2027-01-01T00:00:00Z";
        json!({"_type": role, "spec_version": "1.0.31", "version": version, "expires": expires})
    };
    let listing = |mut head: Value, name: &str, file: &[u8]| {
        let sha256 = Digest::of(file).to_string();
        head["meta"] =
            json!({name: {"version": version, "length": file.len(), "hashes": {"sha256": sha256}}});
        head
    };
    let mut put = |path: ChannelPath, file: &[u8]| channel.0.insert(path.to_string(), file.to_vec());
    let mut timestamp = signed.clone();
    if what == b'R' {
        let everybody: Vec<&SecretKey> = kikin.iter().chain(kokuho).collect();
        put(ChannelPath::root(2), &forge(signed, &everybody));
        return;
    }
    if what != b'T' {
        let mut snapshot = signed.clone();
        if what == b'G' {
            let targets = forge(signed, &[&kikin[0], &kikin[1]]);
            put(ChannelPath::targets(version), &targets);
            snapshot = listing(head("snapshot"), "targets.json", &targets);
        }
        let snapshot = forge(&snapshot, &[&kokuho[0]]);
        put(ChannelPath::snapshot(version), &snapshot);
        timestamp = listing(head("timestamp"), "snapshot.json", &snapshot);
    }
    put(ChannelPath::timestamp(), &forge(&timestamp, &[&WORLD.timestamp]));
}

/// No side changes a root that was taken in without the other.
fn both_are_needed(root: &SignedRoot) {
    let summary = root.summary();
    let most = summary.officers.kikin.len().max(summary.officers.kokuho.len());
    assert!(summary.root_threshold as usize > most, "{summary:?}");
    assert!(summary.release_threshold.kikin > 0 && summary.release_threshold.kokuho > 0, "{summary:?}");
}

/// What is kept comes back, and is still intact.
fn kept(state: &TrustedState) {
    let bytes = state.to_bytes();
    let again = TrustedState::from_bytes(&bytes, WORLD.root.bytes(), Policy::default());
    let again = again.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!((again.release(), again.to_bytes()), (state.release(), bytes));
    assert_eq!(reopen(&again).is_ok(), state.release().is_some());
}
