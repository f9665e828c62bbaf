//! The passphrase that protects a secret key at rest.

use std::fmt;

use zeroize::Zeroizing;

use crate::keys::key_error::KeyError;
use crate::limits;

/// A passphrase; never shown, wiped from memory when dropped.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes over `text`.
    ///
    /// # Errors
    ///
    /// [`KeyError::EmptyPassphrase`] when it is empty or blank: a key file without one is a key for whoever
    /// finds the file.
    pub fn new(text: String) -> Result<Self, KeyError> {
        let text = Zeroizing::new(text);
        if text.trim().is_empty() { Err(KeyError::EmptyPassphrase) } else { Ok(Passphrase(text)) }
    }

    /// Takes over `text` to protect a key with from now on.
    ///
    /// # Errors
    ///
    /// As [`Passphrase::new`], and [`KeyError::ShortPassphrase`] below [`limits::PASSPHRASE_CHARS`]: whoever
    /// finds the file tries as fast as machines can.
    pub fn chosen(text: String) -> Result<Self, KeyError> {
        let passphrase = Passphrase::new(text)?;
        if passphrase.0.trim().chars().count() < limits::PASSPHRASE_CHARS {
            return Err(KeyError::ShortPassphrase);
        }
        Ok(passphrase)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}
