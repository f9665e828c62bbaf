//! When a release may be activated: the times in which nothing changes, and a pure answer for each instant.

mod may_activate;

mod read;

mod closed;

pub use closed::{Calendar, Closed, Days, Hours, NoHours};
pub use may_activate::{May, may_activate};
pub use read::CalendarError;
