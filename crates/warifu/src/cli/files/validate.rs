use std::path::{Path, PathBuf};

use serde::Serialize;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::release::RELEASE_FILE;
use warifu::report::FindingsJson;
use warifu::store::dated_in;
use warifu_masters::file::{Declared, read_bytes};
use warifu_masters::finding::{Code, Findings, Severity};
use warifu_masters::schema::Format;
use warifu_masters::table::{Master, Role, State, fields};
use warifu_rules::judge::{Subject, judge, judge_file, let_pass};
use warifu_trust::{Manifest, MasterEntry, limits};
use warifu_values::day::PublicationDay;
use warifu_values::digest::Digest;
use warifu_values::judgement::Basis;
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
    /// They are states made of differentials, as `apply` and `export` write them: what only fulls carry may be
    /// blank, and what came after the full's COLUMNS where differentials were wider. Files that `channel fetch` wrote
    /// are judged by the release.json beside them.
    #[arg(long, value_name = "COLUMNS", num_args = 0..=1, default_missing_value = "0", require_equals = true)]
    state: Option<u32>,
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
        super::for_each_file(context, &self.files, |file| one(context, file, format.as_deref(), self.state))
    }
}

/// The day that the name of `file` gives, as the published ones do.
fn day_of(file: &Path) -> Option<PublicationDay> {
    let dated = dated_in(&file.file_name()?.to_string_lossy())?;
    PublicationDay::parse(&dated.to_string())
}

/// The release that wrote `file`, and the file's entry in it, when the manifest that `channel fetch` leaves lies beside
/// the file and lists these very bytes. Whether the release is signed is not asked here.
fn released(file: &Path, sha256: Digest) -> Option<(u64, MasterEntry)> {
    let beside = file.parent()?.join(RELEASE_FILE);
    let manifest = Manifest::from_bytes(&warifu_files::read(&beside, limits::MANIFEST_BYTES).ok()?).ok()?;
    let lists = |entry: &&MasterEntry| entry.formats.values().any(|form| form.sha256 == sha256);
    Some((manifest.release, manifest.masters.iter().find(lists)?.clone()))
}

/// What is found in a file that was read, and whether it looks like a state that was taken for a full.
fn judged(
    context: &Context,
    file: &Path,
    (master, role): (Master, Role),
    state: Option<u32>,
    released: Option<&(u64, MasterEntry)>,
) -> (Findings, bool) {
    let made_of = match state {
        Some(0) => Some(Basis::Differentials { full_columns: master.layout().width() as u32 }),
        Some(full_columns) => Some(Basis::Differentials { full_columns }),
        None => released.map(|(_, entry)| entry.made_of),
    };
    if let Some(made_of) = made_of {
        let day = released.and_then(|(_, entry)| entry.published.as_deref());
        let published = day.map_or_else(|| day_of(file), PublicationDay::parse);
        let state = State::new(master, made_of);
        let series = released.map_or("", |(_, entry)| entry.series.as_str());
        let subject = Subject { series, state: &state, published, before: None };
        let mut found = judge(&[subject], Some(&context.library.site)).remove(0);
        if let Some((_, entry)) = released {
            let_pass(&mut found, &entry.let_pass);
        }
        return (found, false);
    }
    let mut found = judge_file(&master, role, day_of(file));
    if role == Role::Full {
        found.extend(context.library.site.check(&master, None));
    }
    let required = found.count(Code::FieldRequired);
    let looks_like_a_state = role == Role::Full && required > 0 && {
        let state = State::new(master, Basis::Differentials { full_columns: 0 });
        fields::check_state(&state).count(Code::FieldRequired) < required
    };
    (found, looks_like_a_state)
}

fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn one(
    context: &Context,
    file: &Path,
    format: Option<&Format>,
    state: Option<u32>,
) -> Result<(Exit, Option<serde_json::Value>), Failure> {
    let bytes = files::read(file)?;
    // Beside each other, as far as neither needs the other: a digest takes as long as a tenth of all.
    let (sha256, reading) = std::thread::scope(|scope| {
        let sha256 = scope.spawn(|| Digest::of(&bytes));
        let reading = read_bytes(&context.library.schemas, &bytes, &Declared { format, role: None });
        (joined(sha256), reading)
    });
    drop(bytes);
    let released = released(file, sha256);
    let mut findings = Findings::new();
    findings.extend(reading.findings);
    let (mut canonical, mut looks_like_a_state) = (None, false);
    if let Some(master) = reading.master {
        canonical = Some(master.canonical_digest());
        let of = (master, reading.role.unwrap_or(Role::Full));
        let (found, is_state) = judged(context, file, of, state, released.as_ref());
        findings.extend(found);
        looks_like_a_state = is_state;
    }
    context.findings(file, &findings);
    if looks_like_a_state && !context.json {
        let name = file.display();
        let hint = say!(
            context.lang,
            "{name}: judged as a full. If it is a state made of differentials (apply, export), try --state\n",
            "{name}: 全件ファイルとして判定しました。変更分から作ったもの（apply、export）なら --state を付けてください\n"
        );
        context.tell(&hint);
    }
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
        (Some(layout), Some(_)) if released.is_some() => {
            let rows = grouped(reading.rows);
            let release = released.as_ref().map_or(0, |(release, _)| *release);
            say!(
                lang,
                "{}, as release {release} holds it, {rows} rows",
                "{}、リリース {release} の内容、{rows} 行",
                layout.name()
            )
        }
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
