//! The root: who may sign what, changed only by officers of both organisations together.
//!
//! The role split: `targets` is Kikin's, `snapshot` is Kokuho's, `root` belongs to officers of both
//! with a threshold that neither side reaches alone, `timestamp` is the release manager's automation key.
//! A field that TUF leaves to us, `x-warifu-holders`, says whose person holds each key.

mod builder;
mod changes;
mod draft;
mod file;
mod policy;
mod signed;
mod summary;
mod table;
mod wire;

pub use builder::RootBuilder;
pub use changes::RootChange;
pub use draft::{RootDraft, RootSignError};
pub use policy::{Longest, Policy};
pub use signed::SignedRoot;
pub use summary::{RootKey, RootPower, RootSummary};
pub(crate) use table::RoleTable;
