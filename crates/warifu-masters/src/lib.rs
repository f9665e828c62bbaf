//! The masters of Japanese medical claims as values: what a file holds, what a master is, what changed.
//!
//! Values in, values out: nothing here opens a file, reads a clock or talks to a socket. Whether a master is
//! right is asked of `warifu-rules`, which every program asks alike.
#![warn(missing_docs)]

pub mod finding;

pub mod charset;
pub mod schema;

pub mod table;

pub mod file;

pub mod relations;
pub mod search;

pub mod change;
pub mod timeline;

pub mod past;
