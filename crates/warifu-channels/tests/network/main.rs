//! Channels on a network: the contract of each transport, and what a network does to answers.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "test support; a failure here fails the test"
)]

mod hostile;
mod registry;
#[cfg(feature = "https")]
mod secure;
mod served;
mod servers;
mod stores;
mod web;
