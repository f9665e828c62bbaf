//! `warifu export`

use std::path::PathBuf;

use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::release::formatted;
use warifu_values::digest::Digest;
use warifu_values::say;

use super::given::Repo;
use crate::cli::context::Context;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The master: HEAD:drug, HEAD:r06/drug.
    #[arg(value_name = "REV:KIND")]
    what: String,
    /// The format to write.
    #[arg(long, value_name = "NAME", default_value = "kikin")]
    format: String,
    /// The file that came in at that revision, byte for byte, instead of the whole state.
    #[arg(long, conflicts_with = "format")]
    original: bool,
    /// Where to.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    repo: Repo,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let output = context.place(&self.output)?;
        let store = self.repo.open(context)?;
        let at = store.at(&self.what)?;
        let (bytes, name) = if self.original {
            let (name, bytes) = store.original(&at)?;
            (bytes, name)
        } else {
            let state = store.state(&at)?;
            let format = context.format(&self.format)?;
            (formatted(&state, &format, &self.what)?, format.name.clone())
        };
        output.write(&bytes)?;
        let (digest, length) = (Digest::of(&bytes), bytes.len());
        if context.json {
            context.print_json(&json!({
                "output": self.output,
                "series": at.series,
                "kind": at.kind,
                "commit": at.commit,
                "bytes": length,
                "sha256": digest,
            }))?;
            return Ok(Exit::Done);
        }
        let (output, series, kind) = (self.output.display(), &at.series, &at.kind);
        context.print(&say!(
            context.lang,
            "{output}: {series}/{kind} ({name}), {length} bytes, sha256 {digest}\n",
            "{output}: {series}/{kind} ({name})、{length} バイト、sha256 {digest}\n"
        ))?;
        Ok(Exit::Done)
    }
}
