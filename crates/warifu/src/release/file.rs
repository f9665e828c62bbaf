//! A master as the file of an organisation.

use std::sync::{Mutex, PoisonError};

use warifu_masters::file::read_canonical;
use warifu_masters::file::write::write;
use warifu_masters::schema::{Format, Layout, Schemas};
use warifu_masters::table::Master;
use warifu_trust::{Content, MasterEntry, NextStep};
use warifu_values::digest::Digest;
use warifu_values::lang::Lang;

use crate::advice::{Advised, Blank};
use crate::error::{Exit, Failure, causes};
use crate::in_order::all_in_order;
use crate::library::known_format;

/// The formats that a release lists when none are asked for: one of each organisation.
pub const FORMATS: [&str; 2] = ["kikin", "kokuho"];

/// The bytes of the master called `name` in `format`. Only masters that are published with a header line get
/// one.
///
/// # Errors
/// When it cannot be written so, with what stands in the way.
pub fn formatted(master: &Master, format: &Format, name: &str) -> Result<Vec<u8>, Failure> {
    write(master, &format.rendering(master.layout().header.is_some())).map_err(|findings| {
        Failure::refused(
            format!("{name} cannot be written in {}", format.name),
            format!("{name} は {} で表せません", format.name),
            findings,
        )
        .found_in(name)
    })
}

/// `s_r06_ALL20240531.csv`: as the publisher names it, with the series, which the name does not tell
/// otherwise.
pub(super) fn file_name(layout: &Layout, series: &str, dated: &str, format: &Format) -> String {
    format!("{}_{series}_ALL{dated}.{}", layout.file_prefix, format.extension)
}

/// A master of a release as the file that both organisations signed in one format.
#[derive(Debug)]
pub struct SignedFile {
    /// What the manifest says of the master.
    pub entry: MasterEntry,
    /// The file's name, without a folder.
    pub name: String,
    /// Its bytes, which have the digest that was signed.
    pub bytes: Vec<u8>,
    /// Their SHA-256.
    pub sha256: Digest,
}

/// The files of `masters`, each an entry with its canonical bytes, in the format called `format`; made on
/// all cores, and proven to be the ones that were signed. Each is given to `take` where it was made, as soon
/// as it is.
///
/// # Errors
/// With [`Exit::Trust`] when one is not; [`Exit::CouldNotRun`] when the release does not list the format;
/// those of `take`.
pub fn signed_files<T: Send>(
    schemas: &Schemas,
    masters: impl IntoIterator<Item = (MasterEntry, Vec<u8>)>,
    format: &str,
    take: impl Fn(SignedFile) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    // Given away: whoever reads them takes them over.
    let masters: Vec<_> = masters.into_iter().map(|master| Mutex::new(Some(master))).collect();
    let made = all_in_order(&masters, |master| {
        let master = master.lock().unwrap_or_else(PoisonError::into_inner).take();
        master.map(|(entry, canonical)| take(signed_file(schemas, entry, canonical, format)?))
    });
    made.into_iter().flatten().collect()
}

/// The bytes of a released master in the format called `format`, proven to be the ones that were signed.
///
/// # Errors
/// With [`Exit::Trust`] when they are not; [`Exit::CouldNotRun`] when the release does not list the format.
fn signed_file(
    schemas: &Schemas,
    entry: MasterEntry,
    canonical: Vec<u8>,
    format: &str,
) -> Result<SignedFile, Failure> {
    let name = entry.name();
    let Some(signed) = entry.formats.get(format) else {
        let known: Vec<_> = entry.formats.keys().map(String::as_str).collect();
        let known = known.join(", ");
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!("{name} was not signed in format {format}; signed are {known}"),
            format!("{name} は形式 {format} では署名されていません（署名済み: {known}）"),
        ));
    };
    let master = read_canonical(schemas, &entry.kind, canonical).map_err(|findings| {
        let english = format!("{name}: the signed records do not fit the layouts known here");
        let japanese = format!("{name}: 署名された内容が既知のレイアウトに合いません");
        Failure::refused(english, japanese, findings).found_in(name.as_str())
    })?;
    let bytes = formatted(&master, known_format(schemas, format)?, &name)?;
    if Content::of(&bytes).sha256 != signed.sha256 {
        return Err(Failure::new(
            Exit::Trust,
            format!(
                "{name}: what this program writes as {format} is not what was signed; nothing was written"
            ),
            format!("{name}: 形式 {format} の出力が署名済みのダイジェストと一致しません。出力していません"),
        ));
    }
    let (name, sha256) = (signed.file_name.clone(), signed.sha256);
    Ok(SignedFile { entry, name, bytes, sha256 })
}

/// A failure of the trust crate with its exit status: 3 when trust was refused, 2 when it could not be done.
pub fn trust_failure(error: &dyn warifu_trust::TrustError) -> Failure {
    let exit = if error.is_trust_refusal() { Exit::Trust } else { Exit::CouldNotRun };
    let told = |lang| format!("{}{}", error.say(lang), causes(std::error::Error::source(error), lang));
    let failure = Failure::new(exit, told(Lang::En), told(Lang::Ja));
    match error.next_step() {
        Some(next) => failure.advising(advised(next)),
        None => failure,
    }
}

/// The command for what can be done next.
fn advised(next: NextStep) -> Advised {
    match next {
        NextStep::Renew => Advised::command(&["release", "renew"]).word("-o").blank(Blank::Draft),
        NextStep::RebuildTimestamp => {
            let refresh = Advised::command(&["release", "refresh"]).word("--rebuild");
            refresh.word("--key").blank(Blank::Key)
        }
        NextStep::PostReview { release } => post_review(release).by_another(),
    }
}

/// The command by which an organisation says what it found of the emergency `release` afterwards.
pub fn post_review(release: u64) -> Advised {
    let review = Advised::command(&["release", "post-review"]).word(release);
    review.word("--finding").blank(Blank::Finding).word("--key").blank(Blank::Key)
}
