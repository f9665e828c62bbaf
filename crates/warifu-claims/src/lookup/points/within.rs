//! Within what two procedures exclude each other.

/// Within what two procedures exclude each other: one table each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    /// 1日につき.
    ADay,
    /// 同一月内.
    AMonth,
    /// 同時.
    Once,
    /// 1週間につき.
    AWeek,
}

impl Within {
    pub(crate) const ALL: [Within; 4] = [Within::ADay, Within::AMonth, Within::Once, Within::AWeek];

    /// The kind of its table.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Within::ADay => "points-exclusion-day",
            Within::AMonth => "points-exclusion-month",
            Within::Once => "points-exclusion-simultaneous",
            Within::AWeek => "points-exclusion-week",
        }
    }
}
