//! A release: its manifest, its blobs, the proposal that people sign and the content that readers verified.

mod blob;
mod find;
mod manifest;
mod manifest_error;
mod proposal;
mod verified;

pub use blob::CompressionLevel;
pub(crate) use blob::decompress;
pub use find::{Form, Found, find_in_release};
pub use manifest::{
    Content, Emergency, FormatFile, Manifest, MasterContent, MasterEntry, Previous, ReleaseHead,
};
pub use manifest_error::ManifestError;
pub use proposal::{Proposal, ProposalError};
pub use verified::VerifiedRelease;
