//! Where releases, drafts and trusted states lie: transports that carry bytes and decide nothing.
//!
//! # Words
//!
//! * **channel** ([`Channel`], [`PublishChannel`]): a place that releases are read from and published to,
//!   found by its [`Address`]. Nothing that it gives is believed: [`warifu_trust`] asks for each file by
//!   name, and judges.
//! * **mirrors** ([`Mirrors`]): several channels with the same releases, asked in turn.
//! * **draft** ([`DraftDirectory`]): a proposal and its halves, carried from person to person as a folder.
//! * **floor** ([`Floor`]): what this side demands of a channel, whatever its root says.
//! * **state store** ([`StateStore`]): where a reader keeps what it verified before.
//!
//! [`open`], [`fetch`] and [`read_tip`] put a walk's questions to a channel and feed it the answers;
//! [`publish`] writes a publication file by file in its order. What a transport can do wrong is to be silent.
//!
//! # What it does not do
//!
//! It knows no key, no signature and no manifest, and it reads no clock and no environment. It opens regular
//! files only, each up to a limit, and never waits on a FIFO.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod address;
mod ahead;
mod bundle;
mod carry;
mod channel;
mod channel_error;
mod draft;
mod floor;
mod folder;
mod joined;
mod look;
mod mirrors;
mod network;
mod publish;
mod read;
mod state_store;
mod statement;
mod told;
mod whole;

#[cfg(any(test, feature = "testing"))]
pub mod contract;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use address::{Address, AddressError};
pub use bundle::{BundleFault, bundle};
pub use carry::{Recording, carry, patches};
pub use channel::{Channel, Created, PublishChannel, Replaced};
pub use channel_error::ChannelError;
pub use draft::{DraftDirectory, DraftError, Earlier};
pub use floor::{Floor, FloorError};
pub use look::Look;
pub use mirrors::{Given, Mirror, Mirrors, Nobody, PassedOver};
pub use network::{Fault, Network, NetworkError, NoAnswer, Patience, TryingAgain, WaitedFor};
pub use publish::{
    PublishError, publish, publish_root, rebuild_timestamp, refresh_timestamp, refuse_other_root,
};
pub use read::{
    ReadError, fetch, fetch_beside, fetch_earlier_manifest, fetch_fallback, fetch_fallback_masters,
    fetch_manifest, fetch_masters, fetch_masters_beside, fetch_new, fetch_published,
    fetch_published_fallback, fetch_published_manifest, find_earlier_release, learn_roots, open,
    propose_again, read_through, read_tip, read_tip_rebuilding, read_to_carry,
};
pub use state_store::{StateError, StateStore, state_folder, state_folder_around};
pub use statement::{StatementNotPublished, publish_statement};
pub use told::{Came, UselessPatch};
