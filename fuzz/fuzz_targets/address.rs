//! The address of a channel, as an operator writes it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu_channels::{Address, AddressError, ChannelError, Network, Patience};
use warifu_trust::{ChannelPath, UnixSeconds};
use warifu_values::lang::{Lang, Speak};

fuzz_target!(|text: &str| {
    // What can only be read says where it is, without a question to anybody.
    let place = |text: &str| -> Result<Option<String>, AddressError> {
        let address = Address::parse(text, &Network::plain(Patience::ONCE, || UnixSeconds::new(0)))?;
        if !text.starts_with("http") || !text.contains("://") {
            return Ok(None);
        }
        match address.publish_channel().create(&ChannelPath::timestamp(), b"") {
            Err(ChannelError::ReadOnly { place }) => Ok(Some(place)),
            other => panic!("a web server is not published to: {other:?}"),
        }
    };
    match place(text) {
        Ok(Some(shown)) => {
            assert!(!shown.contains('@') || !shown.split('/').nth(2).unwrap_or("").contains('@'), "{shown}");
            assert_eq!(place(&shown).ok().flatten().as_ref(), Some(&shown), "what is shown leads there");
        }
        Ok(None) => {}
        Err(error) => {
            let told = [error.say(Lang::En), error.say(Lang::Ja)];
            let (scheme, rest) = text.split_once("://").unwrap_or((text, ""));
            let secret = rest.split_once('@').and_then(|(before, _)| before.split_once(':'));
            // A long one cannot stand in our own words, and the scheme is told as it was written, as far as
            // it is told.
            let shown: String = scheme.chars().take(32).chain("://".chars()).collect();
            if let Some((_, secret)) =
                secret.filter(|(_, secret)| secret.chars().count() > 24 && !shown.contains(secret))
            {
                assert!(told.iter().all(|told| !told.contains(secret)), "{told:?}");
            }
        }
    }
});
