//! A master as the file of an organisation.

use warifu_masters::file::read_canonical;
use warifu_masters::file::write::write;
use warifu_masters::schema::{Format, Layout, Schemas};
use warifu_masters::table::Master;
use warifu_trust::{Content, MasterEntry};
use warifu_values::lang::Lang;

use crate::error::{Exit, Failure};
use crate::library::known_format;

/// The formats that a release lists when none are asked for: one of each organisation.
pub const FORMATS: [&str; 2] = ["kikin", "kokuho"];

/// The manifest that `channel fetch` leaves beside the files that it writes.
pub const RELEASE_FILE: &str = "release.json";

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
    })
}

/// `s_r06_ALL20240531.csv`: as the publisher names it, with the series, which the name does not tell
/// otherwise.
pub(super) fn file_name(layout: &Layout, series: &str, dated: &str, format: &Format) -> String {
    format!("{}_{series}_ALL{dated}.{}", layout.file_prefix, format.extension)
}

/// The bytes of a released master in the format called `format`, proven to be the ones that were signed.
///
/// # Errors
/// With [`Exit::Trust`] when they are not; [`Exit::CouldNotRun`] when the release does not list the format.
pub fn signed_file(
    schemas: &Schemas,
    entry: &MasterEntry,
    canonical: &[u8],
    format: &str,
) -> Result<(String, Vec<u8>), Failure> {
    let name = format!("{}/{}", entry.series, entry.kind);
    let Some(signed) = entry.formats.get(format) else {
        let known: Vec<_> = entry.formats.keys().map(String::as_str).collect();
        let known = known.join(", ");
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!("{name} was not signed in format {format}; signed are {known}"),
            format!("{name} は形式 {format} では署名されていません（署名済み: {known}）"),
        ));
    };
    let master = read_canonical(schemas, &entry.kind, canonical.to_vec()).map_err(|findings| {
        let english = format!("{name}: the signed records do not fit the layouts known here");
        let japanese = format!("{name}: 署名された内容が既知のレイアウトに合いません");
        Failure::refused(english, japanese, findings)
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
    Ok((signed.file_name.clone(), bytes))
}

/// A failure of the trust crate with its exit status: 3 when trust was refused, 2 when it could not be done.
pub fn trust_failure(error: &dyn warifu_trust::TrustError) -> Failure {
    let exit = if error.is_trust_refusal() { Exit::Trust } else { Exit::CouldNotRun };
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    let told = |lang| format!("{}{cause}", error.say(lang));
    Failure::new(exit, told(Lang::En), told(Lang::Ja))
}
