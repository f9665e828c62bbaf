//! The settings of `serve`: what it can be told, told on the command line, by variables or by a file, in this
//! order. Options of clap are the only list of them.

mod options;

mod file;
mod layers;

mod example;
mod table;

pub(super) use example::as_file;
pub(super) use layers::{NotSettled, Settings, in_file_of};
#[cfg(test)]
pub(super) use options::Options;
pub(super) use options::ServeOption;
pub(super) use table::as_table;
