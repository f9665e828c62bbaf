//! The commands, each to its own.

use clap::Subcommand;
use warifu::error::{Exit, Failure};

use super::carrying::{Bundle, Copy};
use super::fetch::Fetch;
use super::list::List;
use super::verify::Verify;
use crate::cli::Context;

/// Verify, list, fetch and carry what a channel holds.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(Verify),
    List(List),
    Fetch(Fetch),
    Bundle(Bundle),
    Copy(Copy),
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::Verify(args) => args.run(context),
            Command::List(args) => args.run(context),
            Command::Fetch(args) => args.run(context),
            Command::Bundle(args) => args.run(context),
            Command::Copy(args) => args.run(context),
        }
    }
}
