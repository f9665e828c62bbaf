use std::borrow::Cow;
use std::path::PathBuf;

use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::findings::FindingsJson;
use warifu::place::Place;
use warifu_masters::file::convert::convert;
use warifu_masters::file::write::Cut;
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::schema::{Format, Schemas};
use warifu_values::digest::Digest;
use warifu_values::number::grouped;
use warifu_values::say;
use warifu_values::text::shown_path;

use super::by_lines;
use super::converted::Done;
use super::refused;
use crate::cli::Context;
use crate::cli::findings_as::FindingsAs;

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
    /// Its layout, such as procedure-150-r08, where no row tells which edition it is of.
    #[arg(long, value_name = "LAYOUT")]
    layout: Option<String>,
    /// Where to write it.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// A field whose values may be cut where a fixed-length column cannot hold them; each cut is listed. May
    /// be given several times.
    #[arg(long, value_name = "FIELD")]
    shorten: Vec<String>,
    #[command(flatten)]
    pub(crate) given: FindingsAs,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (from, to) = (context.format(&self.from)?, context.format(&self.to)?);
        self.refuse_unknown_fields(context)?;
        let schemas = self.schemas(context)?;
        let output = context.place(&self.output)?;
        let quick = by_lines::convert(&schemas, &self.file, &from, &to, &output)?;
        let done = match quick {
            Some(done) => done,
            None => self.as_a_whole(context, &schemas, &from, &to, &output)?,
        };
        context.findings(&self.file, &done.findings);
        if context.json {
            context.print_json(&json!({
                "written": true,
                "from": { "format": from.name, "file": self.file, "sha256": done.source },
                "to": { "format": to.name, "file": self.output, "sha256": done.output },
                "rows": done.rows,
                "shortened": done.cuts,
                "findings": FindingsJson::new(&done.findings),
            }))?;
            return Ok(Exit::Done);
        }
        let lang = context.lang;
        let rows = grouped(done.rows as u64);
        let proof = match done.cuts.len() {
            0 => say!(lang, "{rows} records, the same there and back", "{rows} 件、往復して一致"),
            cut => {
                let cut = grouped(cut as u64);
                say!(
                    lang,
                    "{rows} records, the same there and back but for {cut} shortened values",
                    "{rows} 件、短縮した {cut} 値を除き往復して一致"
                )
            }
        };
        context.print(&format!(
            "{}  {}  {}\n{}  {}  {}\n{proof}\n",
            done.source,
            from.name,
            shown_path(&self.file),
            done.output,
            to.name,
            shown_path(&self.output),
        ))?;
        Ok(Exit::Done)
    }

    /// What is known, or the layout alone that was named.
    fn schemas<'a>(&self, context: &'a Context) -> Result<Cow<'a, Schemas>, Failure> {
        let all = &context.library.schemas;
        let Some(name) = &self.layout else { return Ok(Cow::Borrowed(all)) };
        all.taking(name).map(Cow::Owned).ok_or_else(|| {
            let known: Vec<_> = all.layouts().map(|layout| layout.name()).collect();
            let known = known.join(", ");
            Failure::new(
                Exit::CouldNotRun,
                format!("no layout is called {name}; there are {known}"),
                format!("{name} というレイアウトはありません。指定できるもの: {known}"),
            )
        })
    }

    /// Any file, in memory.
    fn as_a_whole(
        &self,
        context: &Context,
        schemas: &Schemas,
        from: &Format,
        to: &Format,
        output: &Place,
    ) -> Result<Done, Failure> {
        let bytes = files::read(&self.file)?;
        let mut converted = match convert(schemas, &bytes, from, to, &self.shorten) {
            Ok(converted) => converted,
            Err(findings) => {
                context.findings(&self.file, &findings);
                if context.json {
                    let findings = FindingsJson::new(&findings);
                    context.print_json(&json!({ "written": false, "findings": findings }))?;
                }
                return Err(refused(&self.file));
            }
        };
        converted.findings.extend(shortened(&converted.cuts));
        // Writing waits for the disk; the digest does not.
        let output = std::thread::scope(|scope| {
            let digest = scope.spawn(|| Digest::of(&converted.bytes));
            output.write(&converted.bytes)?;
            Ok::<_, Failure>(digest.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })?;
        Ok(Done {
            rows: converted.rows,
            source: converted.source_digest,
            output,
            cuts: converted.cuts,
            findings: converted.findings,
        })
    }

    /// A field that no layout has is a slip of the pen.
    fn refuse_unknown_fields(&self, context: &Context) -> Result<(), Failure> {
        let known =
            |field: &str| context.library.schemas.layouts().any(|layout| layout.position(field).is_some());
        match self.shorten.iter().find(|field| !known(field)) {
            Some(field) => Err(Failure::new(
                Exit::CouldNotRun,
                format!("no layout has a field {field}; --shorten takes field ids such as short_name"),
                format!(
                    "項目 {field} を持つレイアウトはありません。--shorten には short_name などの項目 ID を指定します"
                ),
            )),
            None => Ok(()),
        }
    }
}

/// Each value that was cut, with the whole one.
fn shortened(cuts: &[Cut]) -> Findings {
    let mut findings = Findings::new();
    for cut in cuts {
        findings.push_with(Code::ConvertShortened, || {
            Finding::new(Code::ConvertShortened)
                .line(cut.line)
                .field(cut.column, &cut.field)
                .key(&cut.key)
                .found(&cut.new)
                .expected(&cut.old)
        });
    }
    findings
}
