//! What a node demands of every root.

use crate::organisation::PerOrganisation;

/// What a node demands whatever the root says, from its own configuration. A root may only be stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The least release threshold accepted of each organisation; zero counts as one.
    pub least_threshold: PerOrganisation<u32>,
    /// How long metadata may hold at most, from now on.
    pub longest: Longest,
}

/// How many days ahead metadata may expire at most; none says nothing of that file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Longest {
    /// The root.
    pub root_days: Option<u32>,
    /// Kikin's half.
    pub targets_days: Option<u32>,
    /// Kokuho's half.
    pub snapshot_days: Option<u32>,
    /// The timestamp.
    pub timestamp_days: Option<u32>,
}

impl Default for Policy {
    /// One signature of each organisation, and nothing of how long metadata holds.
    fn default() -> Self {
        Policy { least_threshold: PerOrganisation { kikin: 1, kokuho: 1 }, longest: Longest::default() }
    }
}
