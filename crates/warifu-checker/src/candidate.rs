//! A release on its way in: its masters are read, judged as by its signers, and made into a snapshot.

use std::collections::BTreeSet;

use warifu_claims::{MasterOf, Snapshot, lookup};
use warifu_masters::file::read_canonical;
use warifu_masters::finding::{Findings, Severity};
use warifu_masters::past::{Governs, Timelines};
use warifu_masters::schema::Schemas;
use warifu_masters::table::State;
use warifu_rules::judge::{Subject, judge, let_pass};
use warifu_rules::readable::superseded;
use warifu_trust::{MasterBytes, MasterEntry, ReleaseRef, UnixSeconds};
use warifu_values::day::PublicationDay;
use warifu_values::lang::{Lang, counted};

use crate::receipt::Receipt;
use crate::release::ReleaseContent;
use crate::said::Said;

/// A release whose masters are valid and readable by the checks.
#[derive(Debug)]
pub struct Candidate {
    /// Which one.
    pub id: ReleaseRef,
    /// What it is, for people.
    pub title: String,
    /// From when it judges, when not at once.
    pub activate_at: Option<UnixSeconds>,
    /// The masters as the checks ask them.
    pub snapshot: Snapshot,
    /// The kinds it holds, of those that checks ask.
    pub kinds: BTreeSet<String>,
    /// By what it judges.
    pub receipt: Receipt,
}

impl Candidate {
    /// Reads, validates and indexes; some a tenth of a second for everything that is published.
    ///
    /// # Errors
    /// What is wrong with the data, for people: the master, the first finding and how many there are.
    pub fn build(schemas: &Schemas, content: ReleaseContent) -> Result<Candidate, Said> {
        let (id, manifest) = (content.id(), content.manifest());
        let (title, activate_at) = (manifest.title.clone(), manifest.activate_at);
        let receipt = Receipt::of(id, manifest);
        let masters = read(schemas, content)?;
        judge_all(&masters)?;
        let mut of = all_of(&masters);
        of.retain(|of| lookup::KINDS.contains(&of.kind));
        let kinds = of.iter().map(|of| of.kind.to_owned()).collect();
        let snapshot = Snapshot::build(&of).map_err(|error| {
            Said::about("the masters cannot be used for checks", "マスターを点検に使用できません", &error)
        })?;
        Ok(Candidate { id, title, activate_at, snapshot, kinds, receipt })
    }
}

/// A master of a release, read.
#[derive(Debug)]
pub(crate) struct ReadMaster {
    /// What the manifest says of it.
    pub(crate) entry: MasterEntry,
    /// Its newest state.
    pub(crate) state: State,
    /// Every day of it.
    pub(crate) timelines: Timelines,
}

/// What was read, as it is compared and made into a snapshot.
pub(crate) fn all_of(masters: &[ReadMaster]) -> Vec<MasterOf<'_>> {
    let of = masters.iter().map(|ReadMaster { entry, state, timelines }| MasterOf {
        series: &entry.series,
        kind: &entry.kind,
        master: state,
        timelines,
    });
    of.collect()
}

/// Reads the masters of a release. Nothing is passed over: what both organisations signed is read whole or
/// not taken.
pub(crate) fn read(schemas: &Schemas, content: ReleaseContent) -> Result<Vec<ReadMaster>, Said> {
    let master = |(entry, bytes): (MasterEntry, MasterBytes)| {
        if !is_known(schemas, &entry.kind, &bytes.canonical) {
            return Err(unknown_layout(&entry));
        }
        let read = read_canonical(schemas, &entry.kind, bytes.canonical);
        let state = State::new(read.map_err(|found| told(&entry, &found))?, entry.made_of);
        let timelines = Timelines::read(schemas, &state, &bytes.timelines);
        let (series, kind) = (&entry.series, &entry.kind);
        let timelines = timelines.map_err(|error| {
            Said::about(
                &format!("{series}/{kind}: the timelines cannot be read"),
                &format!("{series}/{kind}: 期間表を読めません"),
                &error,
            )
        })?;
        let Governs { first, last } = timelines.governs();
        let last = last.map(|last| last.to_string());
        if first.to_string() != entry.governs.from || last != entry.governs.until {
            return Err(Said::new(
                format!("{series}/{kind}: the timelines are of other days than the manifest says"),
                format!("{series}/{kind}: 期間表の適用期間がマニフェストと一致しません"),
            ));
        }
        Ok(ReadMaster { entry, state, timelines })
    };
    content.into_masters().map(master).collect()
}

/// The judgement that the signers came to: what they let pass is let pass, and nothing else.
fn judge_all(masters: &[ReadMaster]) -> Result<(), Said> {
    let subjects = masters.iter().map(|ReadMaster { entry, state, .. }| Subject {
        series: &entry.series,
        state,
        published: entry.published.as_deref().and_then(PublicationDay::parse),
        before: None,
    });
    let judged = judge(&subjects.collect::<Vec<_>>(), None);
    for (ReadMaster { entry, timelines, .. }, mut found) in masters.iter().zip(judged) {
        found.extend(superseded(timelines));
        let_pass(&mut found, &entry.let_pass);
        if found.denies() {
            return Err(told(entry, &found));
        }
    }
    Ok(())
}

/// Whether a layout of `kind` has the columns that `canonical` begins with.
fn is_known(schemas: &Schemas, kind: &str, canonical: &[u8]) -> bool {
    let header = canonical.split(|byte| *byte == b'\n').next().unwrap_or_default();
    schemas.editions(kind).iter().any(|layout| layout.canonical_header().as_bytes() == header)
}

fn unknown_layout(entry: &MasterEntry) -> Said {
    let MasterEntry { series, kind, edition, .. } = entry;
    Said::new(
        format!(
            "{series}/{kind}: the layout of kind {kind}, edition {edition}, is not known here; add its TOML \
             file to layouts/ of a folder named with --schemas"
        ),
        format!(
            "{series}/{kind}: 種類 {kind}、版 {edition} のレイアウトが未登録です。--schemas で指定したフォルダーの layouts/ に TOML \
             を追加してください"
        ),
    )
}

/// The first finding that denies, for people.
fn told(entry: &MasterEntry, findings: &Findings) -> Said {
    let denied = || findings.list().iter().filter(|finding| finding.severity == Severity::Deny);
    let count = findings.refusing();
    let first = |lang: Lang| denied().next().map(|finding| finding.text(lang)).unwrap_or_default();
    let place = denied().next().map(warifu_masters::finding::Finding::place).unwrap_or_default();
    let code = denied().next().map(|finding| finding.code.as_str()).unwrap_or_default();
    let name = format!("{}/{}", entry.series, entry.kind);
    let counted = counted(count, "finding");
    Said::new(
        format!("{name}: denied by {counted}; the first is {code} at {place}: {}", first(Lang::En)),
        format!("{name}: 拒否の指摘が {count} 件あります。最初は {code} ({place}): {}", first(Lang::Ja)),
    )
}
