//! Metadata: the form of TUF's signed files, where they lie, and what they list.

mod entry;
mod envelope;
mod listing;
mod path;
mod pins;
mod speaker;
mod spec;

pub use entry::{ReleaseRef, TargetEntry, Use};
pub(crate) use envelope::{Envelope, RoleKeys, meta_entry};
pub(crate) use listing::Listing;
pub use path::ChannelPath;
pub(crate) use pins::{Head, Pin};
pub use speaker::Speaker;
pub(crate) use spec::SPEC_VERSION;
