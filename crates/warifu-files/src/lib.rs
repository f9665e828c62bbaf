//! Reading files that people and other programs put into folders: regular ones only, with a limit on each.
//!
//! Nothing here knows what a file means.
#![warn(missing_docs)]

mod regular;
mod schema_folder;

pub use regular::{ReadError, open, read};
pub use schema_folder::{FolderError, SchemaFolder};
