use std::path::{Path, PathBuf};

use serde::Serialize;
use warifu::advice::{Advised, Blank};
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::findings::FindingsJson;
use warifu_masters::file::fixed::Shape;
use warifu_masters::file::{Candidate, Confidence, Declared, Reading, Why, read};
use warifu_masters::finding::Findings;
use warifu_masters::schema::{Framing, Newline, Quoting, Schemas};
use warifu_masters::table::{Master, Role};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::number::grouped;
use warifu_values::say;
use warifu_values::terminal::left;
use warifu_values::text::shown_path;

use super::role_name;
use crate::cli::Context;
use crate::cli::findings_as::FindingsAs;
use crate::cli::of_kind::OfKind;
use crate::cli::signing::channel::{Membership, Signed};

/// Say what files are: master, layout, format, full or differential, rows, digest.
///
/// Never fails on a strange file: it says what the file is not.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    of_kind: OfKind,
    #[command(flatten)]
    membership: Membership,
    #[command(flatten)]
    pub(crate) given: FindingsAs,
}

/// How wide the names of facts stand; a full-width character takes two cells.
const NAME_CELLS: usize = 9;

#[derive(Serialize, Default)]
struct Inspected {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    kind: Option<String>,
    layout: Option<String>,
    format: Option<String>,
    charset: Option<String>,
    confidence: Option<Confidence>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<Other>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_bytes: Option<usize>,
    newline: Option<&'static str>,
    role: Option<&'static str>,
    rows: usize,
    bytes: usize,
    sha256: Option<Digest>,
    canonical_sha256: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded: Option<serde_json::Value>,
}

/// Another format that the file fits.
#[derive(Serialize)]
struct Other {
    format: String,
    charset: String,
    why: Why,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let signed = self.membership.signed(context)?;
        let schemas = self.of_kind.schemas(context)?;
        super::for_each_file(context, &self.files, |file| inspect(context, file, &schemas, signed.as_ref()))
    }
}

fn inspect(
    context: &Context,
    file: &Path,
    schemas: &Schemas,
    signed: Option<&Signed>,
) -> Result<(Exit, Option<serde_json::Value>), Failure> {
    let lang = context.lang;
    let mut about = Inspected { file: file.display().to_string(), ..Inspected::default() };
    let bytes = match files::read(file) {
        Ok(bytes) => bytes,
        Err(failure) => {
            about.error = Some(failure.say(lang));
            if !context.json {
                context.print(&format!("{}\n  {}\n", shown_path(file), failure.say(lang)))?;
            }
            return Ok((failure.exit, document(&about, &Findings::new(), context.json)));
        }
    };
    about.bytes = bytes.len();
    let sha256 = Digest::of(&bytes);
    about.sha256 = Some(sha256);
    let standing = signed.map(|signed| signed.standing(sha256, lang)).transpose()?;
    about.signed = standing.as_ref().map(|standing| standing.signed.clone());
    about.superseded = standing.as_ref().and_then(|standing| standing.superseded.clone());
    let mut reading = read(schemas, bytes, &Declared::default());
    if let Some(open) = reading.edition_open() {
        reading.findings.push(open);
    }
    if let Some(saved_anew) = reading.unquoted() {
        reading.findings.push(saved_anew);
    }
    about.rows = reading.rows;
    about.charset = reading.charset.as_ref().map(|charset| charset.name().to_owned());
    about.confidence = reading.charset.as_ref().map(|_| reading.confidence);
    let other = |other: &Candidate| Other {
        format: other.format.name.clone(),
        charset: other.format.charset.name().to_owned(),
        why: other.why,
    };
    about.candidates = reading.others.iter().map(other).collect();
    about.record_bytes = record_bytes(&reading);
    about.kind = reading.layout.as_ref().map(|layout| layout.kind.clone());
    about.layout = reading.layout.as_ref().map(|layout| layout.name());
    about.format = reading.format.as_ref().map(|format| format.name.clone());
    let newline = reading.rendering.as_ref().and_then(|rendering| rendering.framing.newline());
    about.newline = newline.map(Newline::name);
    about.role = reading.role.map(|role| role_name(role, Lang::En));
    about.canonical_sha256 = reading.master.as_ref().map(Master::canonical_digest);
    context.findings(file, &reading.findings);
    if context.json {
        return Ok((Exit::Done, document(&about, &reading.findings, true)));
    }
    let mut text = format!("{}\n", shown_path(file));
    let mut line = |name: &str, value: String| {
        text.push_str(&format!("  {}  {value}\n", left(name, NAME_CELLS)));
    };
    match &reading.layout {
        Some(layout) => line(
            say!(lang, "master", "マスター").as_str(),
            say!(lang, "{}, {}", "{}、{}", layout.master_name(lang), layout.name()),
        ),
        None => line(
            say!(lang, "master", "マスター").as_str(),
            say!(lang, "not a master this program knows", "既知のマスターではありません"),
        ),
    }
    if let Some(words) = format_words(&reading, lang) {
        line(say!(lang, "format", "形式").as_str(), words);
    }
    if let Some(role) = reading.role {
        let rows = grouped(reading.rows as u64);
        line(
            say!(lang, "role", "種別").as_str(),
            say!(lang, "{}, {rows} rows", "{}、{rows} 行", role_name(role, lang)),
        );
    }
    let bytes = grouped(about.bytes as u64);
    line("sha256", say!(lang, "{sha256} ({bytes} bytes)", "{sha256}（{bytes} バイト）"));
    if let Some(digest) = about.canonical_sha256 {
        line(say!(lang, "canonical", "正準形").as_str(), digest.to_string());
    }
    if let Some(standing) = standing {
        let mut words = standing.words;
        if standing.signed.is_null() && reading.role == Some(Role::Differential) {
            let import = Advised::command(&["import"]).word("--series").blank(Blank::Series);
            let import = context.advise(&import.word(file.display()));
            words = say!(
                lang,
                "not signed by itself, as no differential is: checkers take releases, and \
                 a differential goes into the repository: {import}",
                "変更分そのものに署名はありません。チェッカーには入れず、リポジトリに取り込んでください: {import}"
            );
        }
        line(say!(lang, "signed", "署名").as_str(), words);
    }
    context.print(&text)?;
    Ok((Exit::Done, None))
}

/// The format, the facts it was told by, how sure that is and what else would fit.
fn format_words(reading: &Reading, lang: Lang) -> Option<String> {
    let charset = reading.charset.as_ref()?.name();
    let format = reading.format.as_ref().map_or("-", |format| format.name.as_str());
    let framing = match reading.rendering.as_ref().map(|rendering| &rendering.framing) {
        Some(Framing::Csv { newline, quoting: Quoting::All }) => {
            say!(lang, ", {}, every field quoted", "、{}、全項目引用符付き", newline.name())
        }
        Some(Framing::Csv { newline, quoting: Quoting::Minimal }) => {
            say!(lang, ", {}, unquoted", "、{}、引用符なし", newline.name())
        }
        Some(Framing::Fixed { .. }) => {
            let bytes = record_bytes(reading).unwrap_or_default();
            say!(lang, ", records of {bytes} bytes", "、{bytes} バイト固定長")
        }
        None => String::new(),
    };
    let confidence = reading.confidence.say(lang);
    let mut words = say!(
        lang,
        "{format} ({charset}{framing}), {confidence}",
        "{format}（{charset}{framing}）、{confidence}"
    );
    if !reading.others.is_empty() {
        let others = reading.others.iter();
        let said = |name: &str, why: &str| say!(lang, "{name} ({why})", "{name}（{why}）");
        let others: Vec<_> = others.map(|other| said(&other.format.name, &other.why.say(lang))).collect();
        let others = others.join(&say!(lang, ", ", "、"));
        words.push_str(&say!(lang, "; also fits {others}", "。他の候補: {others}"));
    }
    Some(words)
}

/// The bytes of one fixed-length record.
fn record_bytes(reading: &Reading) -> Option<usize> {
    match (&reading.rendering.as_ref()?.framing, &reading.layout) {
        (Framing::Fixed { .. }, Some(layout)) => Shape::of(layout).ok().map(|shape| shape.length()),
        _ => None,
    }
}

/// One entry of the JSON document: the facts and the findings.
fn document(about: &Inspected, findings: &Findings, wanted: bool) -> Option<serde_json::Value> {
    let mut value = serde_json::to_value(about).ok().filter(|_| wanted)?;
    value["findings"] = serde_json::to_value(FindingsJson::new(findings)).ok()?;
    Some(value)
}
