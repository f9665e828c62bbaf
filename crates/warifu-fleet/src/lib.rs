//! A fleet of checkers moves from release to release as one: which epoch an area is at, who may judge by it
//! and until when, and what the coordinator writes next.
//!
//! An **area** is a group of checkers that must answer alike. Its **desired record** lies in a store (etcd)
//! and changes by compare-and-swap only. Each move to another release is an **epoch**: *prepared* by the
//! members, *committed* with an **instant**, **armed** by a majority of the voters before it, *exchanged* at
//! it, and *settled*. A member judges only while it has a **permission**, which ends by itself. The proof
//! that no two ready members judge the claims of one instant by different releases is in `docs/fleet.md`.
//!
//! This crate is the pure core: records, rules, and the state machine of a member. It reads no clock, keeps
//! nothing and knows no network; whoever calls it brings ticks, readings and what the store said, and carries
//! out what it returns. It does not know what a release contains: a digest that this member verified itself
//! is all that it asks for, so that a store can withhold, and never install.
//!
//! To be read in this order: [`time`], [`clock`], [`member`], [`release`], [`policy`], [`quarantine`], then
//! the record in [`desired`] and who armed in [`armed`]; [`report`], [`outcome`], [`answer`], [`learnt`],
//! [`permission`], [`sight`] and [`standing`] are what a member knows and says, [`node`] is the member;
//! [`orders`], [`prepared`] and [`probation`] are what the [`coordinator`] decides by, and [`roll`] is how
//! members change. [`load`] stands apart: how evenly claims fall on members.
#![warn(missing_docs)]

pub mod time;

pub mod clock;
pub mod member;
pub mod policy;
pub mod quarantine;
pub mod release;

pub mod armed;
pub mod desired;

pub mod answer;
pub mod learnt;
pub mod outcome;
pub mod permission;
pub mod report;
pub mod sight;
pub mod standing;

pub mod node;

pub mod orders;
pub mod prepared;
pub mod probation;
pub mod roll;

pub mod coordinator;

pub mod load;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
