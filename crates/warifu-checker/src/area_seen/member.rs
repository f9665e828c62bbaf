//! A member of an area, and where it is against what its area says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

/// How far a member came with an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It has begun nothing.
    Idle,
    /// It has the bytes.
    Fetched,
    /// Both organisations signed them.
    Verified,
    /// The one judge, the past and the replay let them pass.
    Cleared,
    /// They are in memory, beside what judges.
    Prepared,
    /// It armed for the commit.
    Armed,
    /// It judges by it, on probation.
    Active,
    /// It passed probation.
    Confirmed,
}

/// Why a member cannot go along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refusal {
    /// The stage that it did not reach.
    pub stage: Stage,
    /// A stable code of a finding or an error.
    pub code: String,
    /// In words of that member.
    pub detail: String,
}

/// What a member announced of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Announced {
    /// The epoch that it is at work on, where it is at any.
    pub epoch: Option<u64>,
    /// How far it came with that.
    pub stage: Stage,
    /// Why it cannot go along with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// The release that it judges by.
    pub runs: Option<u64>,
    /// The manifest of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Digest>,
    /// Where other members reach it.
    pub address: String,
    /// The version of its program.
    pub program: String,
}

/// Where a member is; what asks for somebody comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// It cannot go along with what comes.
    Refuses,
    /// It announces nothing: it is switched off, or cut off from the store.
    Missing,
    /// It judges by something else than what stands, or by nothing.
    Behind,
    /// Announcements were not read yet.
    Unknown,
    /// It judges by what stands and prepares what comes; or the area moved just now, and it has not said yet
    /// that it came along.
    Coming,
    /// It judges by what stands, and has what comes, if anything does.
    Abreast,
}

impl Place {
    /// Every one, the worst first.
    pub const ALL: [Place; 6] =
        [Place::Refuses, Place::Missing, Place::Behind, Place::Unknown, Place::Coming, Place::Abreast];

    /// As JSON and labels name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Place::Refuses => "refuses",
            Place::Missing => "missing",
            Place::Behind => "behind",
            Place::Unknown => "unknown",
            Place::Coming => "coming",
            Place::Abreast => "abreast",
        }
    }

    /// Whether somebody has to look at that member.
    pub fn is_trouble(self) -> bool {
        matches!(self, Place::Refuses | Place::Missing | Place::Behind)
    }
}

/// A member, as the record names it and as it announced itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// What it is called.
    pub name: String,
    /// Whether it is one of those of whom a majority arms.
    pub votes: bool,
    /// What it announced; none while its lease does not hold.
    pub announced: Option<Announced>,
    /// So many milliseconds its clock is ahead of the timekeeper's, where this member asked both lately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_ms: Option<i64>,
}

/// The same, and where that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MemberSeen {
    /// The member.
    #[serde(flatten)]
    pub member: Member,
    /// Where it is.
    pub place: Place,
}
