//! The disk: what a checker remembers over a restart, and the recent claim files.

mod directory;
mod disk;
mod recent;
mod record;

mod reason;
mod running;

mod installed;

pub use directory::{StateDirectory, StateDirectoryError};
pub use installed::{Corrected, Id, Installed, Marks};
pub use reason::{NoReason, Reason};
pub use recent::{Recent, Unwritten};
pub use record::{Decided, Decision, Held, Lost, Record, Refused, RefusedFor, Step};
pub use running::{Phase, Running};
