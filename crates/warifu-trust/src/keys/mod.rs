//! Keys: public ones and the cards they are handed on with, secret ones, and whatever else signs.

mod card;
mod key_error;
mod passphrase;
mod public;
mod secret;
mod signer;

pub use card::KeyCard;
pub use key_error::KeyError;
pub use passphrase::Passphrase;
pub use public::{KeyId, PublicKey};
pub use secret::SecretKey;
pub(crate) use secret::is_secret_key_file;
pub(crate) use signer::Signature;
pub use signer::{Signer, SignerError, prove};
