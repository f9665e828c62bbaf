//! The disk: what a checker remembers over a restart, and the recent claim files.

mod directory;
mod disk;
mod recent;
mod record;

pub use directory::{StateDirectory, StateDirectoryError};
pub use recent::Recent;
pub use record::{Held, Id, Installed, Phase, Record, Refused, RefusedFor, Step};
