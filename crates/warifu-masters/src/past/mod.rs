//! Every day of every code of a master: what a release carries of the past, and what another one changes in
//! it.
//!
//! `timeline` answers for one record from all that was said of it. A release cannot carry all that was said;
//! it carries the answers: for each code of a series the periods and what holds in them ([`Timelines`]), with
//! the records that are superseded and still judge their own days. From two releases' answers it follows
//! exactly which claims are judged differently ([`compare`]).

mod timelines;

mod builder;

mod form;

mod carried;

mod changes;

mod compare;

#[cfg(test)]
mod tests;

pub use builder::{NotSpliceable, TimelinesBuilder, splice};
pub use carried::{Carried, NotReadable, WhyNotReadable, say_denied};
pub use changes::{
    COVER_CLASSES, Change, Cover, Days, Heading, NotChanges, What, may_change, read_changes, write_changes,
};
pub use compare::compare;
pub use form::NotTimelines;
pub use timelines::{Governs, MasterOf, Period, RecordAt, Standing, Timelines};
