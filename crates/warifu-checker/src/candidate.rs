//! A release on its way in: its masters are read, judged as by its signers, and made into a snapshot.

use std::collections::BTreeSet;

use warifu_claims::movement::Declared;
use warifu_claims::{MasterOf, Snapshot, lookup};
use warifu_masters::file::read_canonical;
use warifu_masters::finding::{Findings, Severity};
use warifu_masters::past::read_changes;
use warifu_masters::schema::Schemas;
use warifu_masters::table::State;
use warifu_rules::judge::{Subject, judge, let_pass};
use warifu_trust::{Holds, Manifest, MasterEntry, ReleaseRef, UnixSeconds};
use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay};
use warifu_values::lang::{Lang, counted};

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
    /// What both organisations say that it changes.
    pub declared: Declared,
    /// The treatment days before this one are past.
    pub past_before: TreatmentDay,
}

impl Candidate {
    /// Reads, validates and indexes; some a tenth of a second for everything that is published.
    ///
    /// # Errors
    /// What is wrong with the data, for people: the master, the first finding and how many there are.
    pub fn build(schemas: &Schemas, content: ReleaseContent) -> Result<Candidate, Said> {
        let (id, manifest) = (content.id(), content.manifest());
        let (title, activate_at) = (manifest.title.clone(), manifest.activate_at);
        let past_before = past_before(manifest)?;
        let declared = declared(&content, past_before);
        let mut masters = Vec::new();
        for (entry, bytes) in content.into_masters() {
            // Nothing is passed over: what both organisations signed is read whole or not taken.
            if !is_known(schemas, &entry.kind, &bytes.canonical) {
                return Err(unknown_layout(&entry));
            }
            let read = read_canonical(schemas, &entry.kind, bytes.canonical);
            let master = read.map_err(|found| told(&entry, &found))?;
            let made_of = entry.made_of;
            masters.push((entry, State::new(master, made_of)));
        }
        judge_all(&masters)?;
        let of = masters.iter().map(|(entry, master)| {
            let from = &entry.governs.from;
            let effective_from = EffectiveDate::parse(from).ok_or_else(|| {
                let (series, kind) = (&entry.series, &entry.kind);
                Said::new(
                    format!("{series}/{kind}: governs from {from:?}, which is no date here"),
                    format!("{series}/{kind}: 適用開始日 {from:?} が日付ではありません"),
                )
            })?;
            let effective_from = Some(effective_from);
            Ok(MasterOf { series: &entry.series, kind: &entry.kind, effective_from, master })
        });
        let of = of.collect::<Result<Vec<_>, Said>>()?;
        let kinds = of.iter().map(|of| of.kind.to_owned());
        let kinds = kinds.filter(|kind| lookup::KINDS.contains(&kind.as_str())).collect();
        let snapshot = Snapshot::build(&of).map_err(|error| {
            Said::about("the masters cannot be used for checks", "マスターを点検に使用できません", &error)
        })?;
        Ok(Candidate { id, title, activate_at, snapshot, kinds, declared, past_before })
    }
}

/// The first day that the release does not take for past.
fn past_before(manifest: &Manifest) -> Result<TreatmentDay, Said> {
    let text = &manifest.past_before;
    TreatmentDay::parse(text).ok_or_else(|| {
        Said::new(
            format!("past_before is {text:?}, which is no day"),
            format!("過去とする日の境 {text:?} が日付ではありません"),
        )
    })
}

/// What the release says that it changes, and what those before it said that this checker may have left out. A
/// list that cannot be read declares nothing. What an earlier release changed is taken as announced only: what
/// was past then is not known here.
fn declared(content: &ReleaseContent, past_before: TreatmentDay) -> Declared {
    let mut declared = Declared::default();
    let never_past = TreatmentDay::parse("19260101").unwrap_or(past_before);
    for (part, bytes) in content.parts() {
        let boundary = match part.holds {
            Holds::Changes => past_before,
            Holds::Earlier(_) => never_past,
            Holds::Master(_) | Holds::Timelines(_) => continue,
        };
        for change in read_changes(bytes).unwrap_or_default() {
            declared.add(&change, boundary);
        }
    }
    declared
}

/// The judgement that the signers came to: what they let pass is let pass, and nothing else.
fn judge_all(masters: &[(MasterEntry, State)]) -> Result<(), Said> {
    let subjects = masters.iter().map(|(entry, state)| Subject {
        series: &entry.series,
        state,
        published: entry.published.as_deref().and_then(PublicationDay::parse),
        before: None,
    });
    let judged = judge(&subjects.collect::<Vec<_>>(), None);
    for ((entry, _), mut found) in masters.iter().zip(judged) {
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
