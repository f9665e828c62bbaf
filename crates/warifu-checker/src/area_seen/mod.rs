//! An area of a fleet as one member sees it: plain values for the status, the metrics and the page, whether
//! the program can be a member or not. How a member comes to see it is not known here.

mod member;

mod picture;

mod said;

pub use member::{Announced, Member, MemberSeen, Place, Refusal, Stage};
pub use picture::{
    Cause, Comes, Counts, FleetClock, InArea, MEMBERS_SHOWN, Names, Picture, Quarantined, Read, Record,
    Stands, Step, Store, WaitsFor,
};
pub use said::{Trouble, place_word};
