//! An area of a fleet as one member sees it: plain values for the status, the metrics and the page, whether
//! the program can be a member or not. How a member comes to see it is not known here.

mod in_area;

mod member;

mod other;

mod other_said;

mod picture;

mod runs;

mod said;

mod trouble;

pub use in_area::{FleetClock, InArea, Store};
pub use member::{Announced, Member, MemberSeen, Place, Refusal, Stage};
pub use other::{Apart, Hearing, Other};
pub use picture::{
    Cause, Comes, Counts, MEMBERS_SHOWN, Names, Picture, Quarantined, Read, Record, Stands, Step, WaitsFor,
};
pub use said::place_word;
pub use trouble::Trouble;
