//! The impact of a draft: claim files judged by the published release and by the draft, before anybody signs.
//!
//! [`claim_files`] finds them, [`judge`] judges them on all cores, one file in memory at a time on each, and
//! gives what must be judged again in the order of the files. A [`Worklist`] takes it down for those who
//! judge again; [`summary`] and the page say what it comes to. Nothing of a patient is in any of it: codes,
//! days, points, institutions, and the numbers that claims have in their files.

mod found;
mod judged;

mod words;

mod page;
mod worklist;

mod told;

pub use found::{ClaimPath, Found, Unread, claim_files};
pub use judged::{Judged, judge};
pub use told::{Compared, as_json, summary};
pub use worklist::{Form, Worklist};
