//! Configuration files in TOML, read strictly: all that is wrong is told at once, each by file, line and
//! column, in both languages, with the name that was probably meant.
//!
//! A `Shape` says what a file may hold; whoever has one makes of what is `read` what it means there.

mod fault;
mod shape;
mod slip;
mod syntax;

mod read;

pub use fault::Fault;
pub(crate) use fault::{Faults, Text};
pub(crate) use read::{Given, Table, Value, read};
pub(crate) use shape::{Key, Kind, Section, Shape, missing, place};
