//! Who did what, and when: an append-only log, one line of JSON for each entry, each line chained to the one
//! before by its SHA-256.
//!
//! [`verify`] finds what was removed, changed or put elsewhere. The newest entries are held by nothing but
//! the file itself, so an [`AuditHead`] is written down where others keep it, and [`Verified::keeps`]
//! holds a log against it.
//!
//! What changes something is told twice, before and after: an act that was cut off in the middle stands there
//! begun and not ended.
#![warn(missing_docs)]

mod act;
mod chain;
mod entry;
mod fault;
mod log;
#[cfg(test)]
mod tests;

pub use act::Act;
pub use chain::{Verified, verify};
pub use entry::{Entry, Phase};
pub use fault::{Fault, NotKept};
pub use log::{AuditLog, Begun, LogError, account};
pub use warifu_values::audit::AuditHead;
