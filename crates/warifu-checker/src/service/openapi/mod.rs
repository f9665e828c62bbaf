//! What each door answers, told to programs: the table that routes are made from, and the OpenAPI document
//! that is made from the same.

mod document;
mod door;
mod operation;
mod table;

pub(super) use document::{document, printed};
pub use door::AtDoor;
pub(crate) use operation::{Body, Operation, Query, Takes};
pub(crate) use table::{Described, Routes};
