//! libwarifu: a claim checker inside another program, for whatever language calls C.
//!
//! # Words
//!
//! A **release** is opened from a folder once all of it was verified from a pinned root, as a checker does.
//! It is asked for a **record** (kind, code, day) or to judge a claim file, which gives an **answer**: the
//! lines that `warifu-checker check --json` prints. Releases, answers and errors are **handles**: made here,
//! closed by the caller.
//!
//! # What holds
//!
//! * What C hands in is looked at before it is used ([`given`], [`handle`]): a null pointer, a handle of
//!   another kind, text that is no UTF-8 are errors. `unsafe` stands in these two, in [`entry`] and at what
//!   is exported, and nowhere else in the workspace.
//! * No panic leaves a function ([`entry`]).
//! * There is no global state. A release is never changed once it is open, so that any number of threads may
//!   ask the same one.
//! * Every error is a status and a sentence in both languages ([`fault`]).
//!
//! The shape of every function is in `include/warifu.h`, which cbindgen writes from [`exported`], and in
//! docs/libwarifu.md.
//!
//! # What it does not do
//!
//! It swaps nothing and watches nothing: a release is used until the caller opens another one. It decides
//! nothing about trust and judges nothing by itself: that is [`warifu_judging`], which the checker stands on
//! too.
#![warn(missing_docs)]

mod status;
mod text;

mod fault;

mod entry;
mod given;
mod handle;

mod judged;
mod opened;
mod record;

pub mod exported;

#[cfg(test)]
mod tests;

pub use exported::{WarifuAnswer, WarifuError, WarifuRelease, WarifuSource, WarifuSummary};
pub use record::{WarifuQuestion, WarifuRecord, WarifuStanding};
pub use status::WarifuStatus;
pub use text::WarifuText;
