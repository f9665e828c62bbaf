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
//! # From a proposal to a verified release
//!
//! ```
//! use warifu_trust::*;
//! # let now = UnixSeconds::new(1_780_272_000);
//! # let card = |key: &SecretKey, organisation, name: &str| KeyCard {
//! #     organisation, name: name.into(), public: key.public() };
//! # let [aoki, baba, server] = [1, 2, 3].map(|seed| SecretKey::from_seed(&[seed; 32]));
//! # let head = ReleaseHead { release: 1, title: "定例".into(), created: now, commit: "0".repeat(40),
//! #     previous: None, emergency: None, activate_at: None };
//! # let masters = [MasterContent { series: "r06".into(), kind: "drug".into(), edition: "2024-06".into(), rows: 1,
//! #     canonical: b"code\n1\n".to_vec(), formats: Default::default(), effective_from: None,
//! #     made_of: warifu_values::judgement::Basis::Full, published: None, let_pass: Vec::new() }];
//! # let directory = tempfile::tempdir()?;
//! // Once: a root, signed by officers of both, pinned at every node.
//! let mut draft = RootBuilder::new(now.plus_days(730))
//!     .release_signers(Organisation::Kikin, 1, vec![card(&aoki, Some(Organisation::Kikin), "Aoki")])
//!     .release_signers(Organisation::Kokuho, 1, vec![card(&baba, Some(Organisation::Kokuho), "Baba")])
//!     .timestamp(vec![card(&server, None, "release server")])
//!     .first()?;
//! draft.sign(&aoki, None)?;
//! draft.sign(&baba, None)?;
//! let root = draft.finish(None)?;
//! let channel = DirectoryChannel::create_in(directory.path())?;
//! publish_root(&channel, &root)?;
//!
//! // Each release: propose, recompute, sign, sign, publish.
//! let mut state = TrustedState::pin(root.bytes(), Policy::default())?;
//! let tip = Tip::read(&channel, &state)?;
//! let proposal = Proposal::new(head, &masters, CompressionLevel::default())?;
//! let reviewed = proposal.review(&Manifest::of(proposal.manifest().head(), &masters)?)?;
//! let validity = Validity::default();
//! let signed = reviewed.sign_as_kikin(&tip, &Halves::default(), &aoki, now, validity)?;
//! let signed = reviewed.sign_as_kokuho(&tip, &signed.halves, &baba, now, validity)?;
//! let publishable = Publishable::check(&proposal, &signed.halves, &tip, now)?;
//! publish(&channel, &publishable, &server, now, validity)?;
//!
//! // At every node: may I move to this?
//! let opened = open(&channel, &mut state, now)?;
//! let release = opened.fetch(&channel)?;
//! assert_eq!(release.master("r06", "drug"), Some(&b"code\n1\n"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
mod manifest_error;
mod names;
mod targets;

mod draft;
mod proposal;
mod publish;
mod publishable;
mod review;
mod sign;
mod sign_error;
mod tip;

pub mod channel;

mod chain;
mod inspect;
mod open;
mod pins;
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
    Content, Emergency, FormatFile, Manifest, MasterContent, MasterEntry, Previous, ReleaseHead,
};
pub use manifest_error::ManifestError;
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
pub use sign::{Halves, Signed, Validity};
pub use sign_error::SignError;
pub use state::TrustedState;
pub use store::{StateError, StateStore};
pub use targets::{ReleaseRef, TargetEntry, Use};
pub use time::{NotAnInstant, UnixSeconds};
pub use tip::Tip;
