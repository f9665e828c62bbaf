//! Judging claims by a verified release, whoever does it: a service, or a library inside another program.
//!
//! # Words
//!
//! A release is **taken** from the channels that hold it ([`newest`]) once all of it was verified from a
//! pinned root. Its masters are **read** and judged as its signers judged them ([`ReadMaster`],
//! [`judge_all`]) and become the snapshot that checks ask. A claim file judged by it gets an **answer**
//! ([`answer()`]), which says by what it was judged ([`Receipt`](receipt::Receipt)).
//!
//! # What it does not do
//!
//! It keeps nothing, swaps nothing, and asks no clock: what runs, and until when, is the caller's. It decides
//! nothing about trust: that is [`warifu_trust`].
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod said;

mod not_taken;
mod taken;

mod masters;
mod site_schemas;

mod answer;
pub mod receipt;

pub use answer::{Answer, FINDINGS_LIMIT, Summary, answer, too_large};
pub use masters::{ReadMaster, all_of, judge_all, masters_of, read_master, snapshot, told};
pub use not_taken::{NotTaken, named};
pub use site_schemas::SiteSchemas;
pub use taken::{Taken, newest};
