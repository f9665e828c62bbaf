//! Key files and key cards: what people hand on and what they keep.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu_trust::{KeyCard, Passphrase, SecretKey};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(card) = KeyCard::from_bytes(bytes) {
        assert_eq!(KeyCard::from_bytes(&card.to_bytes()).ok(), Some(card), "a card is handed on as it came");
    }
    let passphrase = Passphrase::new("fuzz".into()).expect("a passphrase");
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = SecretKey::from_encrypted_pem(text, &passphrase);
    }
});
