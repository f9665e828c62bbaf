//! The disk: what a checker remembers over a restart, and the recent claim files.

mod directory;
mod directory_error;
mod disk;
mod lock;
mod recent;
mod record;
mod releases;
mod twice;

mod catching_up;
mod rebuild;
mod told;
mod witness;

mod damage;
mod decision;
mod frozen;
mod reason;
mod running;

mod installed;

pub(crate) use damage::withdrawn_or_not;
pub use damage::{Damage, DamagedPart};
pub use decision::{Decided, Decision};
pub use directory::StateDirectory;
pub use directory_error::StateDirectoryError;
pub(crate) use disk::OPEN_AT_ONCE;
pub use disk::{Disk, WriteStep};
pub use frozen::Frozen;
pub use installed::{Corrected, Id, Installed, Marks, SignedBy};
pub use reason::{NoReason, Reason};
pub use recent::{Forgotten, Keeping, KeptNow, Recent, Unwritten};
pub use record::{Doubted, Held, HeldFor, Lost, Rebuilt, Record, Refused, RefusedFor, Step};
pub use releases::KeptReleases;
pub use running::{Phase, Running};
