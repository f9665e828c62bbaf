//! What is measured, for Prometheus: counted by atomics while claims are judged, gathered when asked for.

mod catalogue;
mod histogram;

mod exposition;
mod measured;

mod gather;

pub use catalogue::{METRICS, Metric, MetricKind};
pub(super) use exposition::CONTENT_TYPE;
pub(super) use histogram::AtMost;
pub(super) use measured::{Ending, Measured};
