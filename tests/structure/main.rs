//! The walls of the house: no circle of files inside a crate. What a reader can see only by
//! reading everything is seen here in every run.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod tree;

mod modules;
mod naming;

mod arrows;
mod circles;
