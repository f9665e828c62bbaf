//! The consuming side: checks claims by signed masters, and changes masters while claims are being checked.
//!
//! # Words
//!
//! A **release** is one set of masters that both organisations signed. A **snapshot** is a release as the
//! checks ask it. A **candidate** is a release on its way in. **Cleared**: the one judge lets its masters
//! pass, and neither the recent claim files nor a synthetic corpus show a fault of a master. **Probation**:
//! it judges, and every file is judged by the previous release too. **Confirmed**: enough was seen on
//! probation, and nothing speaks against it. **Fall back**: return to the previous confirmed release; the
//! one left is **held** until a newer one is confirmed.
//!
//! ```text
//! fetched -> opened -> verified -> cleared -> active (on probation) -> confirmed
//!                |         |          |              |
//!             refused   refused    refused      fell back (held until a newer release)
//! ```
//!
//! # What holds
//!
//! * The active release is read once for each claim file and passed down: an answer is of exactly one
//!   release.
//! * A candidate is built beside the running one; what replaces it is one pointer.
//! * Nothing is fallen back to that was not confirmed. Falling back needs no network and no signature.
//! * What is on disk is written whole before the one file that names it; a kill at any point loses nothing
//!   that was confirmed.
//! * Too little seen is *inconclusive*: it says what is missing, and waiting, trying again or ending the
//!   process makes no success of it.
//!
//! # What it does not do
//!
//! It never sees git or a secret key, and it decides nothing about trust: that is [`warifu_trust`]. It writes
//! no claim text to logs or answers. It keeps claim files in its state directory to replay them only where it
//! is told to (`--replay-files`), readable by its own user only.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub use warifu_judging::{receipt, said};

mod acts;
pub mod area_seen;
pub mod attach;
mod beside;
pub mod config_file;
#[cfg(feature = "fleet")]
pub mod fleet;
pub mod page;
pub mod service;
pub mod swap;

pub mod state;

pub mod trial;

pub mod explain;

pub mod calendar;
pub mod candidate;
pub mod history;
pub mod kept_release;
pub mod kept_source;
mod ledger;
pub mod past;
pub mod reading;
pub mod release;
pub mod source;
mod stored;
mod unwritten;

mod allocator;
pub mod cause;
mod channels_here;
pub mod cli;
pub mod log;
mod only_root;
mod operator_name;
