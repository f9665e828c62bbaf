use std::path::PathBuf;

use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::report::FindingsJson;
use warifu_masters::say;
use warifu_masters::write::convert;

use super::{grouped, refused};
use crate::cli::Context;

/// Convert a file from one organisation's format to another's, with proof that nothing was lost.
///
/// The output is written only if reading it again gives the same records, and writing these in the first
/// format gives the very bytes that came in.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file.
    file: PathBuf,
    /// The format it is in; a file that looks like another one is refused.
    #[arg(long, value_name = "FORMAT")]
    from: String,
    /// The format to write.
    #[arg(long, value_name = "FORMAT")]
    to: String,
    /// Where to write it.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (from, to) = (context.format(&self.from)?, context.format(&self.to)?);
        let bytes = files::read(&self.file)?;
        let converted = match convert(&context.schemas, bytes, &from, &to) {
            Ok(converted) => converted,
            Err(reading) => {
                context.findings(&self.file, &reading.findings);
                if context.json {
                    let findings = FindingsJson::new(&reading.findings);
                    context.print_json(&json!({ "written": false, "findings": findings }))?;
                }
                return Err(refused(&self.file));
            }
        };
        context.findings(&self.file, &converted.source.findings);
        files::write(&self.output, &converted.bytes)?;
        if context.json {
            context.print_json(&json!({
                "written": true,
                "from": { "format": from.name, "file": self.file, "sha256": converted.source_digest },
                "to": { "format": to.name, "file": self.output, "sha256": converted.digest },
                "rows": converted.source.rows,
                "findings": FindingsJson::new(&converted.source.findings),
            }))?;
            return Ok(Exit::Done);
        }
        let lang = context.lang;
        let rows = grouped(converted.source.rows);
        let proof = say!(lang, "{rows} records, the same there and back", "{rows} 件、往復して一致");
        context.print(&format!(
            "{}  {}  {}\n{}  {}  {}\n{proof}\n",
            converted.source_digest,
            from.name,
            self.file.display(),
            converted.digest,
            to.name,
            self.output.display(),
        ))?;
        Ok(Exit::Done)
    }
}
