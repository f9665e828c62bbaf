//! A release on its way in: its masters are read, judged as by its signers, and made into a snapshot.

use std::collections::BTreeSet;

use warifu_claims::{MasterOf, Snapshot, lookup};
use warifu_masters::file::read_canonical;
use warifu_masters::finding::{Findings, Severity};
use warifu_masters::past::{Governs, Timelines};
use warifu_masters::schema::Schemas;
use warifu_masters::table::State;
use warifu_rules::judge::{Subject, judge, let_pass};
use warifu_trust::{MasterEntry, ReleaseRef, UnixSeconds};
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
}

impl Candidate {
    /// Reads, validates and indexes; some a tenth of a second for everything that is published.
    ///
    /// # Errors
    /// What is wrong with the data, for people: the master, the first finding and how many there are.
    pub fn build(schemas: &Schemas, content: ReleaseContent) -> Result<Candidate, Said> {
        let (id, manifest) = (content.id(), content.manifest());
        let (title, activate_at) = (manifest.title.clone(), manifest.activate_at);
        let mut masters = Vec::new();
        for (entry, bytes) in content.into_masters() {
            // Nothing is passed over: what both organisations signed is read whole or not taken.
            if !is_known(schemas, &entry.kind, &bytes) {
                return Err(unknown_layout(&entry));
            }
            let master = read_canonical(schemas, &entry.kind, bytes).map_err(|found| told(&entry, &found))?;
            let made_of = entry.made_of;
            masters.push((entry, State::new(master, made_of)));
        }
        judge_all(&masters)?;
        masters.retain(|(entry, _)| lookup::KINDS.contains(&entry.kind.as_str()));
        let timelines = of_states(&masters)?;
        let of = masters.iter().zip(&timelines).map(|((entry, master), timelines)| MasterOf {
            series: &entry.series,
            kind: &entry.kind,
            master,
            timelines,
        });
        let of = of.collect::<Vec<_>>();
        let kinds = of.iter().map(|of| of.kind.to_owned()).collect();
        let snapshot = Snapshot::build(&of).map_err(|error| {
            Said::about("the masters cannot be used for checks", "マスターを点検に使用できません", &error)
        })?;
        Ok(Candidate { id, title, activate_at, snapshot, kinds })
    }
}

/// What each of the masters says by itself of its days. It governs them until the next series of its kind
/// does; one for which no first day is named, from the first that a claim can be for.
fn of_states(masters: &[(MasterEntry, State)]) -> Result<Vec<Timelines>, Said> {
    let first = |entry: &MasterEntry| match entry.effective_from.as_deref() {
        None => Ok(TreatmentDay::EARLIEST),
        Some(text) => EffectiveDate::parse(text).map(EffectiveDate::first_treatment).ok_or_else(|| {
            let (series, kind) = (&entry.series, &entry.kind);
            Said::new(
                format!("{series}/{kind}: effective_from {text:?} is no date"),
                format!("{series}/{kind}: effective_from {text:?} が日付ではありません"),
            )
        }),
    };
    let firsts = masters.iter().map(|(entry, _)| first(entry)).collect::<Result<Vec<_>, _>>()?;
    let timelines = masters.iter().zip(&firsts).map(|((entry, state), first)| {
        let of_kind = masters.iter().zip(&firsts).filter(|((other, _), _)| other.kind == entry.kind);
        let next = of_kind.map(|(_, next)| *next).filter(|next| next > first).min();
        let governs = Governs { first: *first, last: next.map(TreatmentDay::before) };
        let published = entry.published.as_deref().and_then(PublicationDay::parse);
        Timelines::of_state(governs, published.unwrap_or(PublicationDay::of(*first)), state)
    });
    Ok(timelines.collect())
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
