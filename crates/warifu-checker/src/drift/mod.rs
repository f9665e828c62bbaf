//! Drift: how differently two releases judge the same claim files, and how much of it is let pass.

mod compare;
mod replay;

pub use compare::{Drift, Thresholds, compare, judge_to_compare};
pub use replay::{DriftReport, Example, Verdict, replay};
