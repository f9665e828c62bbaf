//! A token: found by its URI, unlocked by its PIN.

use std::path::Path;
use std::time::Duration;

use warifu_trust::PublicKey;

use crate::desk::Desk;
use crate::held::{About, Held};
use crate::key::TokenKey;
use crate::objects;
use crate::pin::{Pin, Stands};
use crate::token_error::TokenError;
use crate::uri::TokenUri;

/// A token that is there.
pub struct Token {
    desk: Desk<Held>,
    about: About,
}

/// A token that did not take the PIN, as it stands then: it can be given another one.
pub struct Denied {
    /// The token.
    pub token: Token,
    /// Why not.
    pub why: TokenError,
}

/// A token that took the PIN.
pub struct OpenToken(Token);

impl Token {
    /// The one token that `uri` means, reached by the module at `module`, no call of which is waited for
    /// longer than `patience`.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn find(uri: &TokenUri, module: &Path, patience: Duration) -> Result<Self, TokenError> {
        let (path, uri) = (module.to_owned(), uri.clone());
        let desk = Desk::open(patience, move || Held::begin(&path, &uri))?;
        let about = desk.ask(|held| held.about())?;
        Ok(Token { desk, about })
    }

    /// Its label.
    pub fn label(&self) -> &str {
        &self.about.label
    }

    /// Its serial number.
    pub fn serial(&self) -> &str {
        &self.about.serial
    }

    /// How it stands with its PIN.
    pub fn stands(&self) -> Stands {
        self.about.stands
    }

    /// Whether its PIN is typed on a keypad of its own.
    pub fn has_keypad(&self) -> bool {
        self.about.keypad
    }

    /// The public key that `uri` names, as far as the token shows it without a PIN.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn public_key(&self, uri: &TokenUri) -> Result<PublicKey, TokenError> {
        let uri = uri.clone();
        self.desk.ask(move |held| objects::public_half(&held.session, &uri))
    }

    /// Gives it the PIN; none where it has a keypad. A wrong one is given once and not again.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn log_in(mut self, pin: Option<Pin>) -> Result<OpenToken, Box<Denied>> {
        let denied = |token, why| Err(Box::new(Denied { token, why }));
        if self.about.stands == Stands::Locked {
            return denied(self, TokenError::Locked);
        }
        match self.desk.ask(move |held| held.log_in(pin.as_ref())) {
            Ok(None) => Ok(OpenToken(self)),
            Ok(Some(stands)) => {
                self.about.stands = stands;
                denied(self, TokenError::WrongPin { stands })
            }
            Err(error) => denied(self, error),
        }
    }
}

impl OpenToken {
    /// The key that `uri` names.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn key(self, uri: &TokenUri) -> Result<TokenKey, TokenError> {
        let uri = uri.clone();
        let pair = self.0.desk.ask(move |held| objects::pair(&held.session, &uri))?;
        Ok(TokenKey::new(self.0.desk, pair))
    }

    /// Makes the key that `uri` names, on the token, which it cannot leave.
    ///
    /// # Errors
    /// [`TokenError`]; nothing is left behind.
    pub fn make(self, uri: &TokenUri) -> Result<TokenKey, TokenError> {
        let uri = uri.clone();
        let pair = self.0.desk.ask(move |held| objects::make(held, &uri))?;
        Ok(TokenKey::new(self.0.desk, pair))
    }
}
