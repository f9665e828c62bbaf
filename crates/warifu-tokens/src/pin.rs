//! The PIN that unlocks a token, and how it stands with it.

use std::fmt;

use zeroize::Zeroizing;

/// A PIN; never shown, wiped from memory when dropped.
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Takes over `text`.
    pub fn new(text: String) -> Self {
        Pin(Zeroizing::new(text))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// How it stands with a token's PIN. No token tells how many tries are left, only when they run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// Nobody mistyped it since it was last right.
    Well,
    /// A wrong one was given since it was last right.
    Mistyped,
    /// The next wrong one locks the token.
    LastTry,
    /// The token is locked.
    Locked,
}
