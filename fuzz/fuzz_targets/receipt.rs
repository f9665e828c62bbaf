//! Receipts: the envelope and what a receiver signs. Nobody's receipt counts but those of the list.
#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use warifu_trust::{KeyCard, Receipt, Receivers, SecretKey, Signer};

static KEY: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::from_seed(&[7; 32]));

static STRANGER: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::from_seed(&[9; 32]));

static RECEIVERS: LazyLock<Receivers> = LazyLock::new(|| {
    let card =
        |name: &str, key: &SecretKey| KeyCard { organisation: None, name: name.into(), public: key.public() };
    let other = SecretKey::from_seed(&[8; 32]);
    Receivers::of(vec![card("other", &other), card("site", &KEY)]).expect("two receivers")
});

// The first byte says what the rest is: P for a payload that the receiver signs, S for one that a stranger
// signs, anything else for a file.
fuzz_target!(|bytes: &[u8]| {
    let Some((what, rest)) = bytes.split_first() else { return };
    let file = match what {
        b'P' => signed(rest, &KEY),
        b'S' => signed(rest, &STRANGER),
        _ => rest.to_vec(),
    };
    let Some((receipt, card)) = Receipt::verify(&file, &RECEIVERS) else { return };
    assert_ne!(*what, b'S', "nobody whom the list does not name gives a receipt");
    assert_eq!(card.name, "site", "nobody gives a receipt for another");
    let again = receipt.sign(&*KEY).expect("what was taken can be said again");
    assert_eq!(Receipt::verify(&again, &RECEIVERS), Some((receipt.clone(), card)));
    let nobody = Receivers::default();
    assert_eq!(Receipt::verify(&file, &nobody), None, "without a list nothing counts");
    let mut cut = file;
    if let Some(at) = cut.iter().position(|byte| *byte == b'}') {
        cut.truncate(at);
        assert_eq!(Receipt::verify(&cut, &RECEIVERS), None, "half of one is none");
    }
});

/// A DSSE envelope around `payload` (protocol 1.0.2).
fn signed(payload: &[u8], key: &SecretKey) -> Vec<u8> {
    let kind = "application/vnd.in-toto+json";
    let head = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len());
    let signature = key.sign(&[head.as_bytes(), payload].concat()).expect("a key in memory signs");
    let file = json!({
        "payload": STANDARD.encode(payload),
        "payloadType": kind,
        "signatures": [{"keyid": key.public().id().to_string(), "sig": STANDARD.encode(signature)}],
    });
    file.to_string().into_bytes()
}
