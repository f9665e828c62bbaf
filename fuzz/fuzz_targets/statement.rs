//! What one organisation says alone: the envelope and what it signs. A good statement behind it is heard.
#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use warifu_trust::testing::{Shelf, World, drive, now};
use warifu_trust::{
    Opening, Organisation, Policy, ReadingTip, ReleaseRef, Says, Signer, StatementFile, TrustedState,
};
use warifu_values::lang::{Lang, Speak};

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// A channel with release 1, and where Kikin's second statement is one that Kikin made.
static CHANNEL: LazyLock<(Shelf, ReleaseRef)> = LazyLock::new(|| {
    let mut shelf = Shelf::default();
    let tip = drive(ReadingTip::begin(&WORLD.reader()), &shelf).expect("an empty channel");
    shelf.write(&WORLD.release(&tip));
    let opened = drive(Opening::begin(&mut WORLD.reader(), now()), &shelf).expect("release 1");
    (shelf, opened.release())
});

/// Says that release 7 is withdrawn.
static GOOD: LazyLock<StatementFile> = LazyLock::new(|| {
    let release = ReleaseRef { release: 7, manifest: CHANNEL.1.manifest };
    let says = Says::Withdrawn { release };
    StatementFile::sign(&WORLD.root, &WORLD.kikin[1], says, "誤り", now()).expect("one of Kikin's")
});

// The first byte says what the rest is: P for a payload that Kikin's first person signs, anything else for a
// file.
fuzz_target!(|bytes: &[u8]| {
    let Some((what, rest)) = bytes.split_first() else { return };
    let file = if *what == b'P' { signed(rest) } else { rest.to_vec() };
    let mut channel = CHANNEL.0.clone();
    channel.0.insert("statements/kikin.1.json".into(), file);
    channel.0.insert("statements/kikin.2.json".into(), GOOD.bytes().to_vec());
    let mut state = WORLD.reader();
    let opened = drive(Opening::begin(&mut state, now()), &channel);
    for made in state.statements().made() {
        assert_eq!(made.organisation, Organisation::Kikin, "nobody speaks for the other side");
        assert!(!made.say(Lang::En).is_empty() && !made.say(Lang::Ja).is_empty());
    }
    let spoiled = state.statements().revoked().contains(&WORLD.kikin[1].public().id());
    let Says::Withdrawn { release } = &GOOD.made().says else { return };
    assert!(spoiled || state.statements().withdrawal(*release).is_some(), "what is none hides none");
    if let Ok(opened) = opened {
        assert_eq!(opened.release(), CHANNEL.1, "a statement brings nothing new");
    }
    let again = TrustedState::from_bytes(&state.to_bytes(), WORLD.root.bytes(), Policy::default());
    let again = again.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(again.statements(), state.statements(), "what was heard is not forgotten");
});

/// A DSSE envelope around `payload` (protocol 1.0.2).
fn signed(payload: &[u8]) -> Vec<u8> {
    let (key, kind) = (&WORLD.kikin[0], "application/vnd.in-toto+json");
    let head = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len());
    let signature = key.sign(&[head.as_bytes(), payload].concat()).expect("a key in memory signs");
    let file = json!({
        "payload": STANDARD.encode(payload),
        "payloadType": kind,
        "signatures": [{"keyid": key.public().id().to_string(), "sig": STANDARD.encode(signature)}],
    });
    file.to_string().into_bytes()
}
