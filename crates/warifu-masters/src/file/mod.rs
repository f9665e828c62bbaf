//! Files: their bytes become records, records become bytes, and what was remarkable becomes findings.

mod by_lines;
mod canonical;
pub mod convert;
mod edition;
pub mod fixed;
mod host;
mod outline;
mod parse;
mod read;
mod read_as;
mod reading;
mod recognise;
pub mod write;

pub use by_lines::ByLines;
pub(crate) use canonical::read_canonical_rows;
pub use canonical::{read_canonical, read_canonical_record};
pub use outline::{Head, Heads, Outline, Shard, edition, line};
pub use read::{read, read_bytes};
pub use reading::{Candidate, Confidence, Declared, FILE_LIMIT_BYTES, ROW_LIMIT_BYTES, Reading, Why};
