use std::path::{Path, PathBuf};

use serde::Serialize;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::findings::FindingsJson;
use warifu::store::dated_in;
use warifu::windows;
use warifu_masters::file::{Declared, read_bytes};
use warifu_masters::finding::{Code, Findings, Severity};
use warifu_masters::schema::{Format, Schemas};
use warifu_masters::table::{Master, Role, State, fields};
use warifu_rules::judge::{Subject, judge, judge_file, let_pass};
use warifu_trust::VerifiedRelease;
use warifu_values::day::PublicationDay;
use warifu_values::digest::Digest;
use warifu_values::judgement::Basis;
use warifu_values::number::grouped;
use warifu_values::say;
use warifu_values::text::shown_path;

use super::released::Released;
use super::role_name;
use crate::cli::Context;
use crate::cli::findings_as::FindingsAs;
use crate::cli::of_kind::OfKind;
use crate::cli::signing::channel::Membership;

/// Check files against their layouts: every field, keys, consistency of full files.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    of_kind: OfKind,
    /// The format they must be in; otherwise any.
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// They are states made of differentials, as `apply` and `export` write them: what only fulls carry may
    /// be blank, and what came after the full's COLUMNS where differentials were wider. Of files that
    /// `channel fetch` wrote, the release says that; what it lets pass holds with --channel and --root only.
    #[arg(long, value_name = "COLUMNS", num_args = 0..=1, default_missing_value = "0", require_equals = true)]
    state: Option<u32>,
    #[command(flatten)]
    membership: Membership,
    #[command(flatten)]
    pub(crate) given: FindingsAs,
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
    /// The release that it was judged by, and whether that is proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<&'a Released>,
    findings: FindingsJson<'a>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let format = self.format.as_deref().map(|name| context.format(name)).transpose()?;
        let releases = self.membership.releases(context)?;
        let of_kind = self.of_kind.schemas(context)?;
        let schemas: &Schemas = &of_kind;
        let (format, releases) = (format.as_deref(), releases.as_deref());
        let asked = Asked { schemas, format, state: self.state, releases };
        super::for_each_file(context, &self.files, |file| one(context, file, &asked))
    }
}

/// What is asked of every file.
struct Asked<'a> {
    schemas: &'a Schemas,
    format: Option<&'a Format>,
    state: Option<u32>,
    releases: Option<&'a [VerifiedRelease]>,
}

/// The day that the name of `file` gives, as the published ones do.
fn day_of(file: &Path) -> Option<PublicationDay> {
    let dated = dated_in(&file.file_name()?.to_string_lossy())?;
    PublicationDay::parse(&dated.to_string())
}

/// What is found in a file that was read, whether it looks like a state that was taken for a full, and its
/// digest in canonical form.
fn judged(
    context: &Context,
    file: &Path,
    (master, role): (Master, Role),
    state: Option<u32>,
    released: Option<&Released>,
) -> (Findings, bool, Digest) {
    let made_of = match state {
        Some(0) => Some(Basis::Differentials { full_columns: master.layout().width() as u32 }),
        Some(full_columns) => Some(Basis::Differentials { full_columns }),
        None => released.map(|released| released.entry().made_of),
    };
    if let Some(made_of) = made_of {
        let day = released.and_then(|released| released.entry().published.as_deref());
        let published = day.map_or_else(|| day_of(file), PublicationDay::parse);
        let state = State::new(master, made_of);
        let series = released.map_or("", |released| released.entry().series.as_str());
        let subject = Subject { series, state: &state, published, before: None };
        let judge = || judge(&[subject], Some(&context.library.site)).remove(0);
        let (mut found, canonical) = beside(|| state.canonical_digest(), judge);
        let_pass(&mut found, released.map_or(&[], Released::let_pass));
        return (found, false, canonical);
    }
    let judge = || judge_file(&master, role, day_of(file));
    let (mut found, canonical) = beside(|| master.canonical_digest(), judge);
    if role == Role::Full {
        found.extend(context.library.site.check(&master, None));
    }
    let required = found.count(Code::FieldRequired);
    let looks_like_a_state = role == Role::Full && required > 0 && {
        let state = State::new(master, Basis::Differentials { full_columns: 0 });
        fields::check_state(&state).count(Code::FieldRequired) < required
    };
    (found, looks_like_a_state, canonical)
}

/// How many of the findings that refuse `file` would pass by what nobody is proven to have signed.
fn unproven(released: &Released, findings: &Findings) -> u64 {
    let mut passed = findings.clone();
    let_pass(&mut passed, released.unproven_let_pass());
    findings.refusing() - passed.refusing()
}

/// What goes on here, and the digest that is taken beside it: a tenth of all the work.
fn beside<T>(digest: impl FnOnce() -> Digest + Send, here: impl FnOnce() -> T) -> (T, Digest) {
    std::thread::scope(|scope| {
        let digest = scope.spawn(digest);
        let here = here();
        (here, digest.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

fn one(
    context: &Context,
    file: &Path,
    asked: &Asked<'_>,
) -> Result<(Exit, Option<serde_json::Value>), Failure> {
    let &Asked { schemas, format, state, releases } = asked;
    let declared = Declared { format, role: None };
    let (reading, sha256) = match windows::read_with_digest(schemas, file, &declared) {
        Some(read) => read,
        None => {
            let bytes = files::read(file)?;
            beside(|| Digest::of(&bytes), || read_bytes(schemas, &bytes, &declared))
        }
    };
    let released = Released::find(releases, file, sha256);
    let mut findings = Findings::new();
    if let Some(finding) = reading.unquoted() {
        findings.push(finding);
    }
    if let Some(finding) = reading.edition_open() {
        findings.push(finding);
    }
    findings.extend(reading.findings);
    let (mut canonical, mut looks_like_a_state) = (None, false);
    if let Some(master) = reading.master {
        let of = (master, reading.role.unwrap_or(Role::Full));
        let (found, is_state, digest) = judged(context, file, of, state, released.as_ref());
        findings.extend(found);
        (canonical, looks_like_a_state) = (Some(digest), is_state);
    }
    context.findings(file, &findings);
    if looks_like_a_state && !context.json {
        let name = shown_path(file);
        let hint = say!(
            context.lang,
            "{name}: judged as a full. If it is a state made of differentials (apply, export), try --state\n",
            "{name}: 全件ファイルとして判定しました。変更分から作ったもの（apply、export）なら --state を付けてください\n"
        );
        context.tell(&hint);
    }
    if let Some(unproven) = released.as_ref().map(|released| unproven(released, &findings))
        && unproven > 0
        && !context.json
    {
        let name = shown_path(file);
        let hint = match releases {
            None => say!(
                context.lang,
                "{name}: the release.json beside it would let {unproven} of these pass, and nothing proves \
                 that it is signed: give --channel and --root\n",
                "{name}: 隣の release.json は {unproven} 件を承認済みとしていますが、署名の裏付けがありません。--channel と \
                 --root を指定してください\n"
            ),
            Some(_) => say!(
                context.lang,
                "{name}: the release.json beside it would let {unproven} of these pass, but the file is in \
                 no signed release of this channel\n",
                "{name}: 隣の release.json は {unproven} 件を承認済みとしていますが、このチャンネルの署名済みリリースに含まれません\n"
            ),
        };
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
            release: released.as_ref(),
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
            let rows = grouped(reading.rows as u64);
            let as_what = match &released {
                Some(released) => released.say(releases.is_some(), lang),
                None => role_name(role, lang).to_owned(),
            };
            say!(lang, "{}, {as_what}, {rows} rows", "{}、{as_what}、{rows} 行", layout.name())
        }
        _ => say!(lang, "not a master", "マスターではありません"),
    };
    let digest = canonical.map_or(String::new(), |digest| {
        say!(lang, ", canonical sha256 {digest}", "、正準形の sha256 {digest}")
    });
    let file = shown_path(file);
    context.print(&say!(
        lang,
        "{file}: {verdict} ({what}{digest})\n",
        "{file}: {verdict}（{what}{digest}）\n"
    ))?;
    Ok((exit, None))
}
