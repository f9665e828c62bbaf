//! What a member announces of itself under its lease.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use warifu_fleet::probation::Sighting;
use warifu_fleet::release::Release;
use warifu_fleet::report::Report;
use warifu_values::text::plain;

/// An announcement: the report that the coordinator decides by, and what others ask of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// How far it came.
    pub report: Report,
    /// Where other members reach it: `HOST:PORT` of its door.
    #[serde(deserialize_with = "plain")]
    pub address: String,
    /// The version of its program.
    #[serde(deserialize_with = "plain")]
    pub program: String,
    /// What its probation saw of each code.
    #[serde(default)]
    pub sightings: BTreeMap<String, Sighting>,
    /// What it judges by.
    #[serde(default)]
    pub runs: Option<Release>,
}
