//! The store of a fleet on etcd: what one area keeps there, read and written by the rules of
//! [`warifu_fleet`], and nothing that decides.
//!
//! # Words
//!
//! * **area**: one area's part of the store, an [`Area`]: its record, the keys of members that armed,
//!   announcements and orders (`keys`).
//! * **endpoint**: a node of etcd, by its URL. One is asked at a time; one that does not answer costs its
//!   time limit, and another is asked from then on (`endpoints`).
//! * **damaged**: a value that cannot be what it should be. A damaged record gives nothing; a damaged
//!   announcement or order hides itself alone, and is told (`damaged`).
//!
//! Etcd is trusted to order writes and to compare revisions, and for nothing else: each value has a limit
//! before it is parsed, a member follows a record only by [`warifu_fleet::sight`], and judges by what it
//! verified itself. Nothing here reads a clock or a file. Cryptography is rustls with Graviola, without C.
//!
//! To be read in this order: `settings`, `keys`, `announced`, `damaged`, `values`; `connector`
//! and `endpoints` are the way to etcd, `store_error` what goes wrong there; `view` is what a read
//! brings, `lease` and `watch` what lasts, and `area` what is done.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod settings;

mod announced;
mod damaged;
mod keys;
mod values;

mod connector;
mod endpoints;
mod store_error;

mod lease;
mod view;
mod watch;

mod area;

#[cfg(feature = "testing")]
pub mod testing;

pub use announced::Announced;
pub use area::{Area, Written};
pub use damaged::{Damage, Damaged};
pub use lease::Lease;
pub use settings::{Identity, Login, Settings, Tls};
pub use store_error::{StoreError, Unreached};
pub use view::Overview;
pub use watch::{Noticed, Watch};
