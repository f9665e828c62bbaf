//! A checker that is a member of a fleet: its area moves from release to release as one, and it judges by
//! what [`warifu_fleet::node::Node`] says for the moment in which a claim file is received.
//!
//! The rules are those of [`warifu_fleet`], the store is [`warifu_etcd`], and what is in memory is of
//! [`crate::swap`]. Here these meet: `runtime` reads, asks, announces and arms; `member` is the one that does
//! so, what it gave its word for is `kept` before anybody hears of it, and what each claim file asks is
//! `published`. `door` is where members ask each other, `ticks` the clock that they do so by, `driver` makes
//! releases ready, `faults` tells whose fault it is what probation sees, and `coordinate` says what comes
//! next in the record. `pictured` is what people are shown,
//! `other` where the other organisation says what its fleet runs.

mod ticks;

pub mod other;

pub mod config;
mod door;
mod kept;
pub(crate) mod pictured;
mod published;

mod member;

mod faults;

mod coordinate;

mod driver;
pub mod runtime;
