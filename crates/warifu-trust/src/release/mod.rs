//! A release: its manifest, its blobs, the proposal that people sign and the content that readers verified.

mod blob;
mod changes;
mod content;
mod correction;
mod find;
mod manifest;
mod manifest_error;
mod mark;
mod master;
mod part;
mod patch;
mod proposal;
mod transfer;
mod verified;

pub use blob::{CompressionLevel, ZSTD_FRAME};
pub(crate) use blob::{decompress, on_every_processor};
pub use changes::{Changes, ChangesContent, EarlierChanges, EarlierContent};
pub use content::Content;
pub use correction::Correction;
pub use find::{Form, Found, Place, find_in_manifest, find_in_release};
pub use manifest::{Emergency, Manifest, Previous, ReleaseHead, first_day_to_come};
pub use manifest_error::ManifestError;
pub use mark::Mark;
pub use master::{FormatFile, Governs, MasterContent, MasterEntry};
pub use part::{ChangesBytes, Holds, MasterBytes, Part, ReleaseBytes};
pub(crate) use patch::{apply as apply_patch, between as patch_between};
pub use proposal::{Proposal, ProposalError};
pub use transfer::Transfer;
pub use verified::{VerifiedChanges, VerifiedMaster, VerifiedMasters, VerifiedNew, VerifiedRelease};
