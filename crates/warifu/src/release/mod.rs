//! What a release holds, computed from a commit and what is published: by the proposer, and again by everyone
//! who reviews it.

mod compared;
mod contents;
mod fetched;
mod file;
mod lies;
mod listed;
mod past;
mod sheet;
mod waived;

pub use compared::{Compared, Comparison, MasterChange, ReleaseRisk, ShownRecord};
pub use contents::{Assembled, Contents, TooOld, When, assemble, contents, recompute};
pub use fetched::{Fetched, FetchedFolder, KnownFolder, Written};
pub use file::{FORMATS, SignedFile, formatted, post_review, signed_files, trust_failure};
pub use lies::{Lies, RELEASE_FILE};
pub use listed::{Group, Names, Side, class_name, groups, lines};
pub use past::{
    Against, Answers, Changed, PublishedRelease, changes_of_draft, masters_of_draft, read_list, snapshot,
};
pub use sheet::sheet;
pub use waived::{Waived, passed_by, waived, waived_keys};
