//! What is configured of the gates that a release comes through.

use crate::drift::Thresholds;

/// The gates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gates {
    /// For the replay before activation.
    pub replay: Thresholds,
    /// For the watch on probation.
    pub probation: Thresholds,
    /// Claim files judged before a release is confirmed.
    pub probation_files: u64,
}

impl Default for Gates {
    fn default() -> Self {
        Gates { replay: Thresholds::default(), probation: Thresholds::default(), probation_files: 50 }
    }
}
