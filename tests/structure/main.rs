//! The walls of the house: no circle of files inside a crate, no way up between crates, and prose that a
//! reader can follow. What is seen only by reading everything is seen here in every run.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod tree;

mod modules;
mod naming;

mod arrows;
mod circles;
mod floors;

mod fuzzing;
mod japanese;
mod messages;
mod once;
mod prose;
mod testing_only;
mod unsafe_code;
mod writers;
