//! A channel in one file, for media: a deterministic `tar.zst` that is read by a reader of our own.

mod channel;
mod fault;
mod header;
mod member;
mod write;

pub use fault::BundleFault;
pub use write::bundle;

pub(crate) use channel::BundleChannel;
