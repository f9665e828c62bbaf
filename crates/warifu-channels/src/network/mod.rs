//! Channels that a network carries: one client that outlasts drops, and the servers that it asks.

mod client;
mod fault;
mod pause;
mod place;
mod registry;
mod s3;
mod s3_signature;
mod settings;
#[cfg(feature = "https")]
mod tls;
mod trying_again;
mod web;

pub use fault::{Fault, NoAnswer, WaitedFor};
pub use settings::{Network, NetworkError, Patience};
pub use trying_again::TryingAgain;

pub(crate) use fault::Unusable;
pub(crate) use place::{Place, PlaceError};
pub(crate) use registry::{Registry, RegistryPlace};
pub(crate) use s3::{Bucket, BucketPlace};
pub(crate) use web::WebChannel;
