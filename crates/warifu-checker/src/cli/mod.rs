//! The command line. Exit status: 0 done, 1 refused because of the data, 2 could not run, 3 refused because
//! of trust. Results go to stdout, everything else to stderr.

mod advice;
mod arguments;
mod run;
mod settings;

mod attach;
mod check;
mod consent;
mod dry_run;
mod end;
mod explain;
mod fleet;
#[cfg(feature = "fleet")]
mod fleet_config;
#[cfg(feature = "fleet")]
mod fleet_status;
mod forget;
mod give_up;
mod prepared;
mod reload;
mod repair;
mod serve;
mod service_manager;
mod state_folder;
mod watchdog;
mod watched;
mod ways_in;

mod client;
#[cfg(feature = "https")]
mod client_tls;
mod failure;
mod handles;
mod inputs;
mod listening;
mod output;
mod remote;
mod shown;
mod waiting;

pub use arguments::command_line;
pub use client::{Client, ClientError};
pub use run::run;
