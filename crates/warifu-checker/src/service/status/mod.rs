//! What the checker says of itself: its parts, the whole, what of it is amiss, and all of it in words.

mod fleet;
mod parts;

mod whole;

mod amiss;
mod cautions;
mod said;

pub use fleet::InFleet;
pub use parts::{ClaimsDoor, Doors, Next, OfClaims, OnTrial, Queue, Requests, Watch};
pub use whole::Status;
pub(super) use whole::state_of;
