//! The masters of Japanese medical claims as values: what a file holds, whether it is right, what changed.
//!
//! Values in, values out: nothing here opens a file, reads a clock or talks to a socket.
#![warn(missing_docs)]

pub mod chain;
pub mod charset;
pub mod claim;
pub mod consistency;
pub mod convert;
pub mod diff;
pub mod differential;
pub mod finding;
pub mod fixed;
pub mod format;
mod host;
mod parse;
pub mod plausibility;
pub mod read;
mod recognise;
pub mod reissue;
pub mod review;
pub mod schema;
pub mod site;
pub mod table;
pub mod timeline;
pub mod validate;
pub mod write;
