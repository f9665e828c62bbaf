//! A key on a token, as the signer that it is.

use cryptoki::object::ObjectHandle;
use warifu_trust::{PublicKey, Signer, SignerError};

use crate::desk::Desk;
use crate::held::Held;
use crate::objects::{self, Pair};

/// A key that signs on its token.
pub struct TokenKey {
    desk: Desk<Held>,
    secret: ObjectHandle,
    public: PublicKey,
}

impl TokenKey {
    pub(crate) fn new(desk: Desk<Held>, Pair { secret, public }: Pair) -> Self {
        TokenKey { desk, secret, public }
    }
}

impl Signer for TokenKey {
    fn public(&self) -> PublicKey {
        self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        let (secret, message) = (self.secret, message.to_vec());
        let signed = self.desk.ask(move |held| objects::sign(&held.session, secret, &message));
        signed.map_err(|error| SignerError::failed(&error))
    }
}
