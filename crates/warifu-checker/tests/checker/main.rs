//! The checker as its users meet it: over HTTP on loopback, with releases that come, fail, prove themselves
//! and are fallen back from; and as a process that is killed.
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

mod advised;
mod amiss;
mod attached;
mod balanced;
mod client;
mod clocks;
mod configured;
mod damaged;
mod decided;
mod doors;
#[cfg(feature = "https")]
mod elsewhere;
mod epochs;
#[cfg(feature = "https")]
mod expired;
mod faketime;
mod faults;
mod gone_back;
mod hanging;
mod kept;
mod killed;
mod line;
mod lost;
mod masters;
mod night;
mod openapi;
mod operators_page;
mod order;
#[cfg(feature = "https")]
mod over_tls;
mod past;
mod publishing;
mod reading;
mod real_files;
mod site_schemas;
mod swapping;
#[cfg(feature = "https")]
mod tls;
mod told;
mod waived;
mod watched;
mod windows;
mod words;
mod world;
