//! The log: one line on stderr for each event, for people in their language or for programs in JSON. Never a
//! text of a claim, and nothing that libraries have to say.

mod clock;
mod event;
mod form;

mod write;

mod lines;

pub use clock::now;
#[cfg(feature = "fleet")]
pub(crate) use clock::now_millis;
pub use event::{Event, Level};
pub use form::Form;
pub use lines::start;
pub use write::Log;
