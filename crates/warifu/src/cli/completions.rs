//! `warifu completions`

use warifu::error::{Exit, Failure};
use warifu_usage::{Catalogue, Shell};

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
    /// Those of `program`, in `japanese` where that is given.
    pub(crate) fn run(
        self,
        program: clap::Command,
        japanese: Option<&Catalogue>,
        context: &Context,
    ) -> Result<Exit, Failure> {
        context.print_bytes(&self.shell.completions(program, japanese))?;
        Ok(Exit::Done)
    }
}
