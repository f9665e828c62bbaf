//! What a node demands of every root.

use crate::organisation::PerOrganisation;

/// What a node demands whatever the root says, from its own configuration. A root may only be stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The least release threshold accepted of each organisation; zero counts as one.
    pub least_threshold: PerOrganisation<u32>,
}

impl Default for Policy {
    /// One signature of each organisation.
    fn default() -> Self {
        Policy { least_threshold: PerOrganisation { kikin: 1, kokuho: 1 } }
    }
}
