//! What a release holds, computed from a commit and what is published: by the proposer, and again by everyone
//! who reviews it.

mod contents;
mod file;
mod past;
mod risks;

pub use contents::{Assembled, Contents, assemble, contents, recompute};
pub use file::{FORMATS, RELEASE_FILE, formatted, signed_file, trust_failure};
pub use past::{Against, Answers, Changed, PublishedRelease, Side, by_class, masters_of_draft, snapshot};
pub use risks::ReleaseRisk;
