//! A module that was loaded, and its session with one token.

use std::path::Path;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;

use crate::pin::{Pin, Stands};
use crate::token_error::TokenError;
use crate::uri::TokenUri;

/// What the module's thread holds. The session is closed before the module.
pub(crate) struct Held {
    pub(crate) session: Session,
    pub(crate) slot: Slot,
    pub(crate) module: Pkcs11,
}

/// What a token says of itself.
pub(crate) struct About {
    pub(crate) label: String,
    pub(crate) serial: String,
    pub(crate) stands: Stands,
    pub(crate) keypad: bool,
}

fn of(error: Error) -> TokenError {
    TokenError::of(&error)
}

impl Held {
    /// Loads the module at `path`, and begins a session with the one token that `uri` means.
    pub(crate) fn begin(path: &Path, uri: &TokenUri) -> Result<Self, TokenError> {
        let module = load(path)?;
        let slot = slot(&module, uri)?;
        let session = module.open_ro_session(slot).map_err(of)?;
        Ok(Held { session, slot, module })
    }

    pub(crate) fn about(&self) -> Result<About, TokenError> {
        let info = self.module.get_token_info(self.slot).map_err(of)?;
        if !info.user_pin_initialized() {
            return Err(TokenError::PinToBeSet);
        }
        let [label, serial] = [info.label(), info.serial_number()].map(str::to_owned);
        Ok(About { label, serial, stands: stands(&info), keypad: info.protected_authentication_path() })
    }

    /// Gives the PIN; none where the token has a keypad. How it stands afterwards, when it was wrong.
    pub(crate) fn log_in(&self, pin: Option<&Pin>) -> Result<Option<Stands>, TokenError> {
        let pin = pin.map(|pin| AuthPin::new(pin.text().into()));
        match self.session.login(UserType::User, pin.as_ref()) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(None),
            Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
                let info = self.module.get_token_info(self.slot);
                Ok(Some(info.map_or(Stands::Mistyped, |info| stands(&info))))
            }
            Err(error) => Err(of(error)),
        }
    }
}

fn stands(info: &TokenInfo) -> Stands {
    match () {
        () if info.user_pin_locked() => Stands::Locked,
        () if info.user_pin_final_try() => Stands::LastTry,
        () if info.user_pin_count_low() => Stands::Mistyped,
        () => Stands::Well,
    }
}

fn load(path: &Path) -> Result<Pkcs11, TokenError> {
    // Without a folder before it the system would look for the name elsewhere.
    if !path.is_file() {
        return Err(TokenError::NoModule { path: path.to_owned() });
    }
    let not_one = |error: Error| TokenError::NotAModule { path: path.to_owned(), cause: error.to_string() };
    let whole = std::path::absolute(path).map_err(|_| TokenError::NoModule { path: path.to_owned() })?;
    let module = Pkcs11::new(whole).map_err(not_one)?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(module),
        Err(error) => Err(not_one(error)),
    }
}

/// The one slot whose token `uri` means.
fn slot(module: &Pkcs11, uri: &TokenUri) -> Result<Slot, TokenError> {
    let (mut meant, mut there) = (Vec::new(), Vec::new());
    for slot in module.get_slots_with_initialized_token().map_err(of)? {
        // One that is pulled out in this moment is not there.
        let Ok(info) = module.get_token_info(slot) else { continue };
        let (label, serial) = (info.label(), info.serial_number());
        let told = format!("{label} (serial={serial})");
        if uri.is_of(label, serial, info.manufacturer_id(), info.model()) {
            meant.push((slot, told.clone()));
        }
        there.push(told);
    }
    match meant.as_slice() {
        [(slot, _)] => Ok(*slot),
        [] => Err(TokenError::NoToken { there }),
        _ => Err(TokenError::ManyTokens { meant: meant.into_iter().map(|(_, told)| told).collect() }),
    }
}
