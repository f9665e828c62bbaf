//! Reading files that people and other programs put into folders: regular ones only, with a limit on each;
//! the locks by which programs keep out of each other's way there; and what is being written just now.
//!
//! Nothing here knows what a file means.
#![warn(missing_docs)]

mod left;
mod lock;
mod os_error;
mod regular;
mod schema_folder;
mod tls_error;
mod whole;

pub use left::{sweep_files_of, sweep_folders};
pub use lock::{FolderLock, locked, sweep};
pub use os_error::os_error;
pub use regular::{ReadError, open, read};
pub use schema_folder::{FolderError, SchemaFolder};
pub use tls_error::tls_error;
pub use whole::{End, Whole};
