use std::path::{Path, PathBuf};

use serde::Serialize;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::report::FindingsJson;
use warifu::store::dated_in;
use warifu_masters::file::{Declared, read};
use warifu_masters::finding::{Findings, Severity};
use warifu_masters::schema::Format;
use warifu_masters::table::{Role, fields};
use warifu_rules::consistency;
use warifu_values::day::PublicationDay;
use warifu_values::digest::Digest;
use warifu_values::say;

use super::{grouped, role_name};
use crate::cli::Context;

/// Check files against their layouts: every field, keys, consistency of full files.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The format they must be in; otherwise any.
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
}

#[derive(Serialize)]
struct Validated<'a> {
    file: String,
    denied: bool,
    layout: Option<String>,
    role: Option<Role>,
    rows: usize,
    sha256: Digest,
    canonical_sha256: Option<Digest>,
    findings: FindingsJson<'a>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let format = self.format.as_deref().map(|name| context.format(name)).transpose()?;
        super::for_each_file(context, &self.files, |file| one(context, file, format.as_deref()))
    }
}

/// The day that the name of `file` gives, as the published ones do.
fn day_of(file: &Path) -> Option<PublicationDay> {
    let dated = dated_in(&file.file_name()?.to_string_lossy())?;
    PublicationDay::parse(&dated.to_string())
}

fn one(
    context: &Context,
    file: &Path,
    format: Option<&Format>,
) -> Result<(Exit, Option<serde_json::Value>), Failure> {
    let bytes = files::read(file)?;
    let sha256 = Digest::of(&bytes);
    let reading = read(&context.library.schemas, bytes, &Declared { format, role: None });
    let mut findings = Findings::new();
    findings.extend(reading.findings);
    let mut canonical = None;
    if let Some(master) = &reading.master {
        let role = reading.role.unwrap_or(Role::Full);
        findings.extend(fields::check(master, role));
        if role == Role::Full {
            findings.extend(consistency::check(master, day_of(file)));
            findings.extend(context.library.site.check(master, None));
        }
        canonical = Some(master.canonical_digest());
    }
    context.findings(file, &findings);
    let denied = findings.denies();
    let exit = if denied { Exit::Data } else { Exit::Done };
    if context.json {
        let document = Validated {
            file: file.display().to_string(),
            denied,
            layout: reading.layout.map(|layout| layout.name()),
            role: reading.role,
            rows: reading.rows,
            sha256,
            canonical_sha256: canonical,
            findings: FindingsJson::new(&findings),
        };
        return Ok((exit, serde_json::to_value(document).ok()));
    }
    let lang = context.lang;
    let verdict = match (denied, findings.list().iter().any(|finding| finding.severity == Severity::Warn)) {
        (true, _) => say!(lang, "DENIED", "拒否"),
        (false, true) => say!(lang, "ok, with warnings", "可（警告あり）"),
        (false, false) => say!(lang, "ok", "可"),
    };
    let what = match (&reading.layout, reading.role) {
        (Some(layout), Some(role)) => {
            let rows = grouped(reading.rows);
            say!(lang, "{}, {}, {rows} rows", "{}、{}、{rows} 行", layout.name(), role_name(role, lang))
        }
        _ => say!(lang, "not a master", "マスターではありません"),
    };
    let digest = canonical.map_or(String::new(), |digest| format!(", canonical sha256 {digest}"));
    context.print(&format!("{}: {verdict} ({what}{digest})\n", file.display()))?;
    Ok((exit, None))
}
