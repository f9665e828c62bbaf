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
//! * **manifest** ([`Manifest`]): what one release holds, in every format, by digest.
//! * **timelines**: every record of a master with the days that it was in force. Bytes by digest here, and
//!   so are the **changes**: what a release judges differently than the one that it follows.
//! * **blob**: the canonical bytes of one of these, compressed; named by content.
//! * **half**: `targets.json` with Kikin's signatures, or `snapshot.json` with Kokuho's.
//! * **channel**: where releases lie, under the names that [`ChannelPath`] gives. It is never trusted.
//! * **walk** ([`Walk`]): work that reads a channel. It asks for one file after the other and is given bytes.
//! * **signer** ([`Signer`]): a secret key, or a token that holds one.
//! * **tip** ([`Tip`]): where a channel stands now, as the publishing side sees it.
//! * **trusted state** ([`TrustedState`]): what a reader has verified before and will not go back behind.
//!
//! # The steps are types
//!
//! Publishing: [`Proposal`] → [`Reviewed`] (only from a recomputation that is equal) → signed [`Halves`] →
//! [`Publishable`] (both thresholds hold) → [`Publication`] (every file to be written). Reading: [`Opening`]
//! → [`OpenedRelease`] (signatures, order, freshness) → [`Fetching`] → [`VerifiedRelease`] (every byte has
//! the digest both signed). The fields of these types are private, so holding a value is the evidence.
//!
//! # Bytes in, verdict out
//!
//! Nothing here fetches or writes. Reading is a conversation: a walk says which file it needs and how much of
//! it, whoever drives it feeds what lies there, and the walk's last word is the verdict. So no transport can
//! touch what is believed. The crate `warifu-channels` drives walks over channels and writes publications.
//!
//! # From a proposal to a verified release
//!
//! ```
//! use warifu_trust::*;
//! # use warifu_values::digest::Digest;
//! # let now = UnixSeconds::new(1_780_272_000);
//! # let card = |key: &SecretKey, organisation, name: &str| KeyCard {
//! #     organisation, name: name.into(), public: key.public() };
//! # let [aoki, baba, server] = [1, 2, 3].map(|seed| SecretKey::from_seed(&[seed; 32]));
//! # let head = ReleaseHead { title: "定例".into(), created: now, commit: "0".repeat(40),
//! #     previous: None, emergency: None, activate_at: None,
//! #     future_only: false, not_a_successor: None, reverts_to: None, owes_review: Vec::new(), audit: None };
//! # let masters = [MasterContent { series: "r06".into(), kind: "drug".into(), edition: "2024-06".into(),
//! #     rows: 1, canonical: b"code\n1\n".to_vec(), timelines: Vec::new(),
//! #     governs: Governs { from: "2024-06-01".into(), until: None },
//! #     formats: [("kikin".into(), FormatFile { file_name: "y.csv".into(),
//! #         sha256: Digest::of(b""), bytes: 0 })].into(),
//! #     made_of: warifu_values::judgement::Basis::Full, published: None, let_pass: Vec::new(),
//! #     corrections: Vec::new() }];
//! # use warifu_trust::testing::{Shelf, drive};
//! # let mut channel = Shelf::default();
//! // Once: a root, signed by officers of both, pinned at every node.
//! let mut draft = RootBuilder::new(now.plus_days(730))
//!     .release_signers(Organisation::Kikin, 1, vec![card(&aoki, Some(Organisation::Kikin), "Aoki")])
//!     .release_signers(Organisation::Kokuho, 1, vec![card(&baba, Some(Organisation::Kokuho), "Baba")])
//!     .timestamp(vec![card(&server, None, "release server")])
//!     .first()?;
//! draft.sign(&aoki, None)?;
//! draft.sign(&baba, None)?;
//! let root = draft.finish(None)?;
//!
//! // Each release: propose, recompute, sign, sign, publish.
//! let mut state = TrustedState::pin(root.bytes(), Policy::default())?;
//! let tip = drive(ReadingTip::begin(&state), &channel)?;
//! let proposal = Proposal::new(head, &masters, None, CompressionLevel::default())?;
//! let reviewed = proposal.review(&Manifest::of(proposal.manifest().head(), &masters, None)?)?;
//! let validity = Validity::default();
//! let signed = reviewed.sign_as_kikin(&tip, &Halves::default(), &aoki, now, validity)?;
//! let signed = reviewed.sign_as_kokuho(&tip, &signed.halves, &baba, now, validity)?;
//! let publishable = Publishable::check(&proposal, &signed.halves, &tip, now)?;
//! channel.write(&publishable.seal(&server, now, validity)?);
//!
//! // At every node: may I move to this?
//! let opened = drive(Opening::begin(&mut state, now), &channel)?;
//! let release = drive(opened.fetching()?, &channel)?;
//! assert_eq!(release.master("r06", "drug"), Some(&b"code\n1\n"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it does not do
//!
//! It touches no file, no network, no clock, no environment and no terminal: bytes come in, and time comes in
//! as [`UnixSeconds`]; only randomness for keys and salts is the operating system's. It knows nothing of git,
//! of what a master means or of swapping. It has one signature scheme (Ed25519), one digest (SHA-256) and no
//! switch to be lax.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod canonical;
mod error;
mod flaw;
pub mod limits;
mod mistaken;
mod names;
mod organisation;
mod refusal;
mod tally;
mod time;
mod unsound;

mod keys;
mod metadata;
mod root;

mod release;

mod statement;

mod read;

mod publish;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use error::{NextStep, TrustError};
pub use flaw::Flaw;
pub use keys::{KeyCard, KeyError, KeyId, Passphrase, PublicKey, SecretKey, Signer, SignerError, prove};
pub use metadata::{ChannelPath, ReleaseRef, Speaker, TargetEntry, Use};
pub use mistaken::InPlaceOfRoot;
pub use names::TargetName;
pub use organisation::{Organisation, PerOrganisation};
pub use publish::{
    Collected, Difference, Exchange, Expiries, Halves, LeftOut, NotEqual, NotFollowed, NotPublishable,
    PostReviewMissing, ProposingAgain, Publication, Publishable, Published, ReadingTip, Reviewed, SealError,
    SignError, SignatureFile, Signed, Signers, Terms, Tip, Validity, WhyLeftOut, WrongClock,
};
pub use read::{
    Answer, Carried, Carrying, FetchError, Fetching, FetchingEarlier, FetchingManifest, FetchingMasters,
    FetchingNew, FindingEarlier, LearningRoots, Need, OnHand, OpenError, OpenedRelease, Opening, Standing,
    StateDamage, StateFault, Step, TrustedState, Walk, other_root, reopen,
};
pub use refusal::Refusal;
pub use release::{
    Changes, ChangesBytes, ChangesContent, CompressionLevel, Content, Correction, EarlierChanges,
    EarlierContent, Emergency, Form, FormatFile, Found, Governs, Holds, Manifest, ManifestError, Mark,
    MasterBytes, MasterContent, MasterEntry, Part, Place, Previous, Proposal, ProposalError, ReleaseBytes,
    ReleaseHead, Transfer, VerifiedChanges, VerifiedMaster, VerifiedMasters, VerifiedNew, VerifiedRelease,
    ZSTD_FRAME, find_in_manifest, find_in_release, first_day_to_come,
};
pub use root::{
    Longest, Policy, RootBuilder, RootChange, RootDraft, RootKey, RootPower, RootSignError, RootSummary,
    SignedRoot,
};
pub use statement::{
    AreaComes, AreaMembers, AreaNack, AreaRuns, Made, Owed, Receipt, Received, Receivers, Says,
    StatementError, StatementFile, Statements,
};
pub use tally::Tally;
pub use time::{NotAnInstant, UnixSeconds};
pub use unsound::{RootFault, UnsoundRoot};
