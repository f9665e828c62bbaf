//! The form of a claim file: which records there are, in which order, and the form of each of their fields.

mod field;
mod layout;
mod layouts;

mod known;
mod order;

pub(super) use field::Fault;
pub use field::{Field, Mode, Values};
pub(super) use known::{Known, known};
pub use layout::{Layout, Run};
pub use layouts::LAYOUTS;
pub(super) use order::{Order, Place};
