//! The trial of a release: what recent claims, a synthetic corpus and its own probation say of it, kept and
//! told.

mod replay;

pub use replay::{NotTheSame, Replayed, Tried, Verdict, judged_alike, replay};
