//! The publishing side of Warifu as a library: what its commands do, without a terminal.
//!
//! [`files`] reads inputs and writes outputs whole or not at all; [`place`] is where a command writes
//! what it was asked for; [`windows`] reads files some lines at a time; [`interrupt`] is what Ctrl-C
//! leaves; [`error`] says what stopped an operation and with which exit status. The binary puts a
//! command line in front. This crate is the only one that uses git, and it never carries an async
//! runtime.

pub mod advice;
pub mod amount;
pub mod caution;
pub mod daily;
pub mod diff_html;
pub mod diff_json;
pub mod diff_report;
pub mod error;
pub mod field;
pub mod files;
pub mod findings;
mod html_file;
mod identity;
pub mod impact;
mod in_order;
pub mod interrupt;
pub mod library;
pub mod notice;
pub mod place;
pub mod release;
pub mod release_html;
pub mod side;
pub mod store;
pub mod windows;
pub mod withdrawn;
