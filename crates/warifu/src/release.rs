//! What a release holds, computed from a commit: by the proposer, and again by everyone who reviews it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use warifu_masters::file::read_canonical;
use warifu_masters::file::write::write;
use warifu_masters::finding::Findings;
use warifu_masters::schema::{Format, Layout, Schemas};
use warifu_masters::table::Master;
use warifu_trust::{
    ChangesContent, Content, FormatFile, Governs, Manifest, MasterContent, MasterEntry, Previous, Proposal,
    ReleaseHead,
};
use warifu_values::lang::Lang;

use crate::error::{Exit, Failure};
use crate::library::known_format;
use crate::store::{Held, Store, StoreError};

/// The formats that a release lists when none are asked for: one of each organisation.
pub const FORMATS: [&str; 2] = ["kikin", "kokuho"];

/// The manifest that `channel fetch` leaves beside the files that it writes.
pub const RELEASE_FILE: &str = "release.json";

/// Every master of one commit, as a release holds it.
#[derive(Debug)]
pub struct Contents {
    /// The commit, in full.
    pub commit: String,
    /// The masters.
    pub masters: Vec<MasterContent>,
    /// What validation and consistency found in each, by `series/kind`; none of it denies.
    pub findings: Vec<(String, Findings)>,
}

/// Computes the contents of a release from the commit `rev`, in `formats`; waivers hold as of `today`.
///
/// # Errors
/// When a master has findings that deny, or cannot be written in a format; or what the repository says.
pub fn contents(store: &Store, rev: &str, formats: &[String], today: Date) -> Result<Contents, Failure> {
    let schemas = store.schemas();
    let config = store.config(rev)?;
    let mut masters = Vec::new();
    let mut all_findings = Vec::new();
    let mut commit = String::new();
    let mut held = Vec::new();
    for at in store.masters(rev)? {
        let (state, record) = (store.held_state(&at)?, store.import_record(&at)?);
        held.push(Held { at, record: Some(record), state });
    }
    let judged = store.judge(rev, &held, today)?;
    for (Held { at, record, state: master }, findings) in held.into_iter().zip(judged) {
        let name = format!("{}/{}", at.series, at.kind);
        if findings.denies() {
            return Err(Failure::refused(
                format!("{name} of {rev} is not fit for a release"),
                format!("{rev} の {name} はリリースできません"),
                findings,
            ));
        }
        let published = record.as_ref().map(|record| record.dated.to_string());
        let dated = record.map(|record| record.dated.strftime("%Y%m%d").to_string()).unwrap_or_default();
        let mut let_pass = findings.passed();
        let_pass.extend(store.accepted_on_the_way(&at)?);
        let_pass.sort();
        let_pass.dedup();
        let mut files = BTreeMap::new();
        for format_name in formats {
            let format = known_format(schemas, format_name)?;
            let bytes = formatted(&master, format, &name)?;
            let content = Content::of(&bytes);
            let file_name = file_name(master.layout(), &at.series, &dated, format);
            files.insert(
                format_name.clone(),
                FormatFile { file_name, sha256: content.sha256, bytes: content.bytes },
            );
        }
        let days = config.governs(&at.series, &at.kind).map_err(StoreError::from)?;
        let governs = Governs { from: days.first.to_string(), until: days.last.map(|last| last.to_string()) };
        commit.clone_from(&at.commit);
        masters.push(MasterContent {
            series: at.series.clone(),
            kind: at.kind.clone(),
            edition: master.layout().edition.clone(),
            rows: master.rows() as u64,
            canonical: master.canonical(),
            formats: files,
            governs,
            made_of: master.basis(),
            published,
            let_pass,
            timelines: Vec::new(),
        });
        all_findings.push((name, findings));
    }
    if masters.is_empty() {
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!("{rev} holds no masters yet; import some first"),
            format!("{rev} にはまだマスターがありません。先に取り込んでください"),
        ));
    }
    Ok(Contents { commit, masters, findings: all_findings })
}

/// What a release that follows `previous` changes. The list is empty so far: no timelines are compared yet.
pub fn changes(previous: Option<Previous>) -> Option<ChangesContent> {
    previous.map(|_| ChangesContent::default())
}

/// Recomputes what `proposal` says from `store`: the same commit, the same formats, nothing taken on trust.
///
/// # Errors
/// As [`contents`]; the commit must be in this repository.
pub fn recompute(store: &Store, proposal: &Proposal, today: Date) -> Result<Manifest, Failure> {
    let proposed = proposal.manifest();
    let mut formats: Vec<String> =
        proposed.masters.iter().flat_map(|master| master.formats.keys().cloned()).collect();
    formats.sort();
    formats.dedup();
    let contents = contents(store, &proposed.commit, &formats, today)?;
    let head = ReleaseHead { commit: contents.commit, ..proposed.head() };
    let changes = changes(head.previous);
    Manifest::of(head, &contents.masters, changes.as_ref())
        .map_err(|error| Failure::because(Exit::Data, &error))
}

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
fn file_name(layout: &Layout, series: &str, dated: &str, format: &Format) -> String {
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
