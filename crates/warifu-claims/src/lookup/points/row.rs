//! What is kept of a record of a points table: one type a table.

use super::super::rows::{Days, OfCode};

/// Which of two procedures is billed (背反区分).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The first one.
    First,
    /// The other one.
    Other,
    /// Either.
    Either,
}

/// Two procedures that are not billed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exclusion {
    pub(crate) code: u32,
    pub(crate) other: u32,
    pub(crate) days: Days,
    pub(crate) which: Which,
    /// Whether it holds under a condition (特例条件) that no claim tells.
    pub(crate) special: bool,
}

/// How often a procedure may be billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CountLimit {
    pub(crate) code: u32,
    pub(crate) days: Days,
    /// The unit (算定単位コード).
    pub(crate) unit: u32,
    pub(crate) times: u32,
    pub(crate) special: bool,
}

/// What ties a procedure to a group of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bond {
    /// It includes them: in this unit (包括単位).
    Includes(u32),
    /// It is an inpatient basic fee that they are additions to.
    IsFeeOf,
}

/// A procedure and a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tie {
    pub(crate) code: u32,
    pub(crate) bond: Bond,
    pub(crate) group: u64,
    pub(crate) days: Days,
}

/// A procedure in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) group: u64,
    pub(crate) code: u32,
    /// Of additions to a basic fee: those of one class (加算識別) are not billed together.
    pub(crate) class: u32,
    pub(crate) special: bool,
    pub(crate) days: Days,
}

impl OfCode for Exclusion {
    fn code(&self) -> u32 {
        self.code
    }
}

impl OfCode for CountLimit {
    fn code(&self) -> u32 {
        self.code
    }
}

impl OfCode for Tie {
    fn code(&self) -> u32 {
        self.code
    }
}
