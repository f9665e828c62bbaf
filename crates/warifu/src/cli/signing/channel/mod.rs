//! `warifu channel`: what a channel holds, verified, listed, fetched and carried.

mod args;
mod before;
mod carrying;
mod fetch;
mod from;
mod list;
mod membership;
mod verify;

pub(crate) use args::Args;
pub(crate) use membership::{Membership, Signed};
