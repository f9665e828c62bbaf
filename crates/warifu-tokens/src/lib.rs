//! Keys on PKCS#11 tokens (smart cards, USB tokens, HSMs): the secret half is made there and stays there.
//!
//! # Words
//!
//! * **module**: the vendor's library that reaches tokens (PKCS#11, "Cryptoki"); code of others, which may be
//!   wrong or hang. It works in a thread of its own, and is waited for only so long.
//! * **token**: what holds keys and is unlocked by a PIN. It counts wrong PINs and locks.
//! * **URI**: how a key is named (RFC 7512): `pkcs11:token=kikin;object=aoki`.
//!
//! A [`Token`] that was found becomes, by its PIN, an [`OpenToken`]; that gives a [`TokenKey`], which is a
//! [`warifu_trust::Signer`]. A token is not believed: whoever uses a signer verifies each signature.
//!
//! # What it does not do
//!
//! It opens no file, asks nobody for a PIN and changes none. It sets up no token: that is done with the
//! vendor's tool. Ed25519 is the one scheme, as everywhere here.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod pin;
mod token_error;
mod uri;

mod desk;
mod held;
mod objects;

mod key;
mod token;

pub use key::TokenKey;
pub use pin::{Pin, Stands};
pub use token::{Denied, OpenToken, Token};
pub use token_error::TokenError;
pub use uri::{TokenUri, UriFault};
