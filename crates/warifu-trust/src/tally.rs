//! How many signed of how many needed.

use std::fmt;

/// How many of the signatures that are needed hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Distinct keys of the role with a signature that holds.
    pub have: u32,
    /// The role's threshold.
    pub need: u32,
}

impl Tally {
    /// Whether there are enough.
    pub fn holds(self) -> bool {
        self.need > 0 && self.have >= self.need
    }
}

/// `1 of 2`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.have, self.need)
    }
}
