//! What a member knows of its area, and how it comes to know it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::area_seen::other::Other;
use crate::area_seen::picture::Picture;

/// The store is silent when it has not answered for so many seconds: it is asked several times in each.
const SILENT_SECONDS: u64 = 5;

/// How the store answers this member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Store {
    /// So long ago it answered; none where it has not since the start.
    pub answered_seconds_ago: Option<u64>,
}

impl Store {
    /// Whether it has stopped to answer.
    pub fn is_silent(self) -> bool {
        self.answered_seconds_ago.is_none_or(|seconds| seconds >= SILENT_SECONDS)
    }
}

/// Fleet time, as this member knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FleetClock {
    /// In milliseconds since 1970.
    pub now_ms: i64,
    /// It is wrong by no more.
    pub error_ms: u64,
}

/// What a member knows of its area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InArea {
    /// What the area is called.
    pub area: String,
    /// What this member is called.
    pub member: String,
    /// How the store answers.
    pub store: Store,
    /// Fleet time, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<FleetClock>,
    /// So old the picture is; none where there is none, or it is what was kept on the disk.
    pub picture_age_seconds: Option<u64>,
    /// The area; none where this member knows no record of it.
    pub picture: Option<Picture>,
    /// The fleet of the other organisation, where this member hears of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Other>,
}

impl InArea {
    /// How long it is to the instant of what comes, in milliseconds; negative once it has passed.
    pub fn to_instant_ms(&self) -> Option<i64> {
        let instant = self.picture.as_ref()?.record.comes.as_ref()?.instant_ms?;
        Some(instant.saturating_sub(self.clock?.now_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_silent_when_it_has_not_answered_for_seconds() {
        let after = |answered_seconds_ago| Store { answered_seconds_ago }.is_silent();
        assert_eq!([None, Some(0), Some(4), Some(5)].map(after), [true, false, false, true]);
    }
}
