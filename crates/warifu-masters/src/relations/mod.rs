//! What belongs to a record: records and rows of its own and of other masters that name it, or that it names.
//!
//! [`BONDS`] lists every way, once: which fields lead where, over which tables. Looking is the same for all
//! ([`relations`]): the values that lead on, the rows that hold them, and what stands there. Where masters
//! lie is the caller's: it is asked for rows by kind and value.

mod bonds;
mod group;

#[cfg(test)]
mod tests;

pub use bonds::{BONDS, Bond, Step};
pub use group::{Group, Item, Note, relations};
