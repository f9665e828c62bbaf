//! What a release holds, computed from a commit and what is published: by the proposer, and again by everyone
//! who reviews it.

mod contents;
mod file;
mod listed;
mod past;
mod risks;

pub use contents::{Assembled, Contents, TooOld, When, assemble, contents, recompute};
pub use file::{FORMATS, RELEASE_FILE, SignedFile, formatted, on_hand_in, signed_files, trust_failure};
pub use listed::{Group, Names, Side, class_name, groups, lines};
pub use past::{Against, Answers, Changed, PublishedRelease, masters_of_draft, snapshot};
pub use risks::ReleaseRisk;
