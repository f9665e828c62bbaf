//! Findings over time, and what became of releases: how much was judged and found, by day, hour, release and
//! code, and each activation, hold and fall back.
//!
//! Counted by atomics while claims are judged ([`Counted`]), gathered once a minute off their path, and kept
//! in `history.json` of the state folder ([`Chronicle`]): a kill loses a minute of counts, and no act, which
//! the log of acts has too. Numbers only, of nobody: no claim, institution or item is in it.

mod counted;
mod shape;

mod chronicle;

pub use chronicle::Chronicle;
pub(crate) use chronicle::did;
pub use counted::{Counted, Totals};
pub use shape::{ACTS, DAYS, Did, HOURS, History, HistoryAct, Judged, Span};
