//! The operators' page: what runs, what is amiss and what to do about it, on one screen, made here and sent
//! as HTML.
//!
//! A pure part makes markup of values ([`Seen`]); `routes` alone knows HTTP, and nothing here knows the
//! service. The page asks nobody but the checker that it came from: its style and its script are part of the
//! program. It is whole without the script, which only renews it and asks before it commands.

mod exchanged;
mod operations;
mod routes;
mod seen;

mod document;

mod acts;
mod banner;
mod findings;
mod fleet;
mod fleets;
mod load;
mod months;
mod releases;
mod report;

mod numbers;
mod sentence;
mod when;

pub use acts::{Act, Offered, offered};
pub use banner::{Alarm, Grade, alarms};
pub use document::{Shown, document};
pub use report::report_file;
pub use routes::{Buttons, routes};
pub(crate) use routes::{WithButtons, described, routes_by};
pub use seen::{InLine, Load, Quantile, Seen, Slice, TurnedAway};
