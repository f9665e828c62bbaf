//! The disk: what a checker remembers over a restart, and the recent claim files.

mod directory;
mod disk;
mod recent;
mod record;

mod running;

mod installed;

pub use directory::{StateDirectory, StateDirectoryError};
pub use installed::{Id, Installed};
pub use recent::Recent;
pub use record::{Held, Record, Refused, RefusedFor, Step};
pub use running::{Phase, Running};
