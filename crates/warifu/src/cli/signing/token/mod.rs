//! Keys on tokens, in a program that was built for them.

#[cfg(feature = "pkcs11")]
mod built_in;
#[cfg(not(feature = "pkcs11"))]
mod left_out;
mod reach;

#[cfg(feature = "pkcs11")]
pub(super) use built_in::{make, shown, unlock};
#[cfg(not(feature = "pkcs11"))]
pub(super) use left_out::{make, shown, unlock};
pub(super) use reach::{Reach, is_meant};
