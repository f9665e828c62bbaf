//! The names of keys on tokens. What is shown of one leads to the same key, and shows no PIN.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu_tokens::TokenUri;
use warifu_values::lang::{Lang, Speak};

fuzz_target!(|text: &str| {
    let uri = match TokenUri::parse(text) {
        Ok(uri) => uri,
        Err(fault) => {
            assert!(!fault.say(Lang::En).is_empty() && !fault.say(Lang::Ja).is_empty());
            return;
        }
    };
    let (path, query) = text.get(7..).unwrap_or_default().split_once('?').unwrap_or((&text[7..], ""));
    let mut attributes = path.split(';').chain(query.split('&'));
    assert!(!attributes.any(|one| one.starts_with("pin-value=")), "a PIN is never taken where others see it");
    let shown = uri.to_string();
    assert!(!shown.contains(char::is_control), "{shown:?}");
    let again = TokenUri::parse(&shown).expect("what is shown is a name");
    assert_eq!(again.to_string(), shown, "a name has one form");
    assert_eq!((again.object(), again.id()), (uri.object(), uri.id()), "it leads to the same key");
});
