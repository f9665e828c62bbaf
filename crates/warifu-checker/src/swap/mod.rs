//! The state machine of a release: from its source to judging claims, watched, confirmed or fallen back from.

mod area;
mod deciding;
mod falling_back;
mod following;
mod judging;
mod leaving;
mod shadow;
mod swapper;
mod taking;
mod tending;

mod clearing;
mod runs;
mod workbench;

mod abreast;
mod active;
mod aside;
mod clock;
mod ending;
mod epochs;
mod follower;
mod gates;
mod instant;
mod known;
mod observed;
mod outcome;
mod resume;
mod room;
mod rules;

mod dry_run;
mod target;
mod wanted;

pub use active::Active;
pub use area::{InMemory, Prepared};
pub use deciding::NotFallenBack;
pub use dry_run::{DryRun, Looked, dry_run};
pub use ending::{Ending, NotWaited};
pub use epochs::{Epochs, NotReady};
pub use gates::Gates;
pub use outcome::{LastPoll, Outcome};
pub use runs::{NotDecided, NothingBefore};
pub use swapper::{Swapper, Trusted};
pub use target::{Answered, Attached, Failed, FailedAt, Load, NotTaken, Otherwise, Target};
pub use wanted::Wanted;
pub use workbench::Coming;
