//! The command line. Exit status: 0 done, 1 refused because of the data, 2 could not run, 3 refused because
//! of trust. Results go to stdout, everything else to stderr.

mod advice;
mod allocator;
mod arguments;
mod run;

mod attach;
mod check;
mod dry_run;
mod explain;
mod forget;
mod repair;
mod serve;

mod client;
mod failure;
mod handles;
mod inputs;

pub use arguments::Arguments;
pub use client::{Client, ClientError};
pub use run::run;
