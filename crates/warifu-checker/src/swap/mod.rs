//! The state machine of a release: from its source to judging claims, watched, confirmed or fallen back from.

mod swapper;

mod clearing;
mod runs;
mod workbench;

mod active;
mod gates;
mod instant;
mod known;
mod outcome;
mod resume;

mod dry_run;
mod wanted;

pub use active::Active;
pub use dry_run::{DryRun, Looked, dry_run};
pub use gates::Gates;
pub use outcome::{LastPoll, Outcome};
pub use runs::{NotDecided, NothingBefore};
pub use swapper::{Swapper, Trusted};
pub use wanted::Wanted;
