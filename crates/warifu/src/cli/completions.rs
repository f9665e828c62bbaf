//! `warifu completions`

use warifu::error::{Exit, Failure};
use warifu_usage::Shell;

use super::context::Context;

/// Print the completions of commands and options for a shell; packages bring them along.
///
/// For bash, in ~/.bashrc: eval "$(warifu completions bash)"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        context.print_bytes(&self.shell.completions(context.commands()))?;
        Ok(Exit::Done)
    }
}
