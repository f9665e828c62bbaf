//! Carrying what is published on: into one file, or into another channel.

use std::ffi::OsString;
use std::path::PathBuf;

use warifu::error::{Exit, Failure};

use super::super::carried::Patches;
use super::from::From;
use crate::cli::Context;

/// Write the newest release and the one to fall back to into one file, for media: verified first, and read
/// by naming the file wherever a channel is named.
#[derive(Debug, clap::Args)]
pub(super) struct Bundle {
    #[command(flatten)]
    from: From,
    /// The file to write; such a file is known by its first bytes, whatever its name.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Put the patches in too, for places that carry the file's content on.
    #[arg(long)]
    patches: bool,
}

impl Bundle {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let output = context.place(&self.output)?;
        let with = if self.patches { Patches::Along } else { Patches::Not };
        let by = context.channel_by_whom(&self.from.channel);
        self.from.carried(&by, with)?.bundle(context, &output)
    }
}

/// Copy the newest release and the one to fall back to into another channel: a mirror's folder, a bucket, or
/// an OCI registry. Verified first; readers there see the release before until all of it is there.
#[derive(Debug, clap::Args)]
pub(super) struct Copy {
    #[command(flatten)]
    from: From,
    /// The channel to copy to.
    #[arg(long, value_name = "CHANNEL")]
    to: OsString,
}

impl Copy {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let by = context.channel_by_whom(&self.from.channel);
        let carried = self.from.carried(&by, Patches::Along)?;
        carried.copy(context, &self.to, self.from.trusted.load()?.0)
    }
}
