//! Who signed, and is it enough: the audit boundary of Warifu.
//!
//! A release of masters is a plain [TUF](https://theupdateframework.github.io/specification/latest/) 1.0
//! repository that every stock client can read and enforce. Two organisations share it: 支払基金 (Kikin) holds
//! the role `targets` and signs *what* is released; 国保中央会 (Kokuho) holds the role `snapshot`, which lists
//! `targets.json` by length and SHA-256, and so signs *exactly what Kikin signed*. Neither half is a release.
//!
//! # Words
//!
//! * **key card** ([`KeyCard`]): a public key, its holder and organisation, as one person hands it to others.
//! * **root**: who may sign what. Officers of both organisations change it together, never one side alone.
//! * **manifest** ([`Manifest`]): what one release holds, in both formats, by digest.
//! * **blob**: the canonical bytes of one master, compressed; named by content.
//! * **half**: `targets.json` with Kikin's signatures, or `snapshot.json` with Kokuho's.
//! * **channel** ([`Channel`]): where releases lie. It is never trusted.
//! * **tip** ([`Tip`]): where a channel stands now, as the publishing side sees it.
//! * **trusted state** ([`TrustedState`]): what a reader has verified before and will not go back behind.
//!
//! # The steps are types
//!
//! Publishing: [`Proposal`] → [`Reviewed`] (only from a recomputation that is equal) → signed [`Halves`] →
//! [`Publishable`] (both thresholds hold) → [`publish`]. Reading: [`open`] → [`OpenedRelease`] (signatures,
//! order, freshness) → [`OpenedRelease::fetch`] → [`VerifiedRelease`] (every byte has the digest both signed).
//! The fields of these types are private, so holding a value is the evidence.
//!
//! # What it does not do
//!
//! It reads no clock, no environment and no terminal: time comes in as [`UnixSeconds`]. Files are touched only
//! by [`DirectoryChannel`], [`DraftDirectory`] and [`StateStore`]. It knows nothing of git, of what a master
//! means or of swapping. It has one signature scheme (Ed25519), one digest (SHA-256) and no switch to be lax.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod error;
mod organisation;
mod time;

mod keys;
mod passphrase;
mod secret;

mod canonical;
mod envelope;
pub mod limits;
mod provider;

mod root;

mod blob;
mod manifest;
mod names;
mod targets;

mod draft;
mod proposal;
mod publish;
mod publishable;
mod review;
mod sign;
mod tip;

pub mod channel;

mod chain;
mod inspect;
mod open;
mod refusal;
mod release;
mod state;
mod store;

#[doc(hidden)]
pub mod testing;

pub use blob::CompressionLevel;
pub use channel::{Channel, ChannelError, ChannelPath, Created, DirectoryChannel, PublishChannel, Replaced};
pub use draft::{DraftDirectory, DraftError};
pub use envelope::Tally;
pub use error::TrustError;
pub use inspect::{Form, Found, find_in_release};
pub use keys::{KeyCard, KeyError, KeyId, PublicKey};
pub use manifest::{
    Content, Emergency, FormatFile, Manifest, ManifestError, MasterContent, MasterEntry, Previous,
    ReleaseHead,
};
pub use names::TargetName;
pub use open::{Freshness, OpenError, OpenedRelease, Standing, open, reopen};
pub use organisation::{Organisation, PerOrganisation};
pub use passphrase::Passphrase;
pub use proposal::{Proposal, ProposalError};
pub use publish::{PublishError, Published, publish, publish_root, refresh_timestamp};
pub use publishable::{NotPublishable, Publishable};
pub use refusal::Refusal;
pub use release::{FetchError, VerifiedRelease};
pub use review::{Difference, NotEqual, Reviewed};
pub use root::{
    Policy, RootBuilder, RootDraft, RootFault, RootSignError, RootSummary, SignedRoot, UnsoundRoot,
};
pub use secret::SecretKey;
pub use sign::{Halves, SignError, Signed, Validity};
pub use state::TrustedState;
pub use store::{StateError, StateStore};
pub use targets::{ReleaseRef, TargetEntry, Use};
pub use time::{NotAnInstant, UnixSeconds};
pub use tip::Tip;
