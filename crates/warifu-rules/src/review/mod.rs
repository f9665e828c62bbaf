//! What people should look at first in a diff: its changes by the ways in which they can be wrong.
//!
//! A *risk* is one such way with the records it concerns, riskiest record first; [`RiskKind`] lists them in the
//! order of the review. A risk is no finding: nothing is wrong yet, and nothing is refused by it. The thresholds
//! are named here and were set by looking at the published files.

mod amount;
mod column;
mod columns;
mod kind;
mod rank;
mod record;
mod reference;
mod risk;

pub use amount::{Amount, AmountUnit};
pub use columns::is_bookkeeping;
pub use kind::{Level, RiskKind};
pub use rank::review;
pub use risk::{
    Evidence, LARGE, MANY_CHANGES_SHARE, NOTABLE, Reference, Risk, SAME_CHANGE_RECORDS, SAME_NAME, Scope,
    TENFOLD,
};
