//! Everything that the page shows, as values.

use crate::history::History;
use crate::said::Said;
use crate::service::{OnTrial, Status};

/// What a checker says of itself to people.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What runs, and what is amiss.
    pub status: Status,
    /// What was compared.
    pub on_trial: OnTrial,
    /// How busy it is.
    pub load: Load,
    /// Findings over time, and what became of releases.
    pub history: History,
}

/// How busy a checker is.
#[derive(Debug, Clone, Default)]
pub struct Load {
    /// The last minutes, the oldest first; the last slice is not over.
    pub slices: Vec<Slice>,
    /// How long each of them is.
    pub slice_seconds: u64,
    /// Since the start, who was turned away, by reason.
    pub turned_away: Vec<TurnedAway>,
    /// The institutions with most files waiting, the longest line first.
    pub lines: Vec<InLine>,
    /// How long answers took, since the start.
    pub latency: Vec<Quantile>,
}

/// A part of the last minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slice {
    /// Claim files answered in it.
    pub answered: u64,
    /// Claim files turned away in it.
    pub turned_away: u64,
}

/// Files turned away for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnedAway {
    /// The reason.
    pub why: Said,
    /// How many.
    pub files: u64,
}

/// An institution that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InLine {
    /// Its code, digits only; none for files that name none.
    pub institution: Option<String>,
    /// Its files that wait.
    pub waiting: usize,
}

/// How long answers took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// So much of them, 0 to 1,
    pub of: f64,
    /// took no longer than this; none where that is longer than anything that is measured.
    pub seconds: Option<f64>,
}
