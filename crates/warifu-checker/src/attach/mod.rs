//! A program that was not written for this: it is given the files of a cleared release, told to read them,
//! and asked whether it works; and it is given back what it had when it does not.
//!
//! [`Program`] is a [`crate::swap::Target`]: when a release may be used, and what is held, is decided by the
//! same state machine that brings releases to claims.

mod config;
mod ready;

mod program;

mod command;
mod files;
mod given;
mod owner;
mod page;
mod paths;
mod probe;
mod started;

pub use config::{Config, From, Place, Probe, ProbeBy, Reload, Telling, Watch};
pub use given::Placed;
pub use program::{Program, Step};
pub use ready::not_ready;
