//! What stops an operation on the repository: an enum each, its variants by what the caller does next.

mod asking;
mod committing;
mod declaring;
mod doing;
mod exchanging;
mod importing;
mod opening;
mod reverting;
mod undoing;

pub use asking::StoreError;
pub use committing::CommitError;
pub use declaring::ConfigError;
pub use doing::{Doing, WithFile};
pub use exchanging::{CommitTold, ExchangeError, Unsound};
pub use importing::{ImportError, Obstacle, Refused};
pub use opening::{InitError, OpenError};
pub use reverting::RevertError;
pub use undoing::UndoError;
