//! How long what is signed holds.

/// How long signatures hold, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Kikin's half.
    pub targets_days: u32,
    /// Kokuho's half.
    pub snapshot_days: u32,
    /// The timestamp.
    pub timestamp_days: u32,
}

impl Default for Validity {
    /// 120, 62 (the monthly release and one missed) and 7 days.
    fn default() -> Self {
        Validity { targets_days: 120, snapshot_days: 62, timestamp_days: 7 }
    }
}
