//! A release on its way in: its masters are read, judged as by its signers, and made into a snapshot.

use std::collections::BTreeSet;

use warifu_claims::{MasterOf, Snapshot, lookup};
use warifu_masters::finding::Findings;
use warifu_masters::past::{Carried, Timelines, say_denied};
use warifu_masters::schema::Schemas;
use warifu_masters::table::State;
use warifu_rules::judge::{Subject, judge, let_pass};
use warifu_rules::readable::superseded;
use warifu_trust::{MasterBytes, MasterEntry, ReleaseRef, UnixSeconds};
use warifu_values::day::PublicationDay;
use warifu_values::lang::Lang;

use crate::receipt::Receipt;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::state::{Marks, SignedBy};

/// A release whose masters are valid and readable by the checks.
#[derive(Debug)]
pub struct Candidate {
    /// Which one.
    pub id: ReleaseRef,
    /// What it is, for people.
    pub title: String,
    /// What is out of the ordinary about it.
    pub marks: Marks,
    /// From when it judges, when not at once.
    pub activate_at: Option<UnixSeconds>,
    /// The masters as the checks ask them.
    pub snapshot: Snapshot,
    /// The kinds it holds, of those that checks ask.
    pub kinds: BTreeSet<String>,
    /// By what it judges.
    pub receipt: Receipt,
    /// Who signed it, as far as whoever brings it knows.
    pub signed_by: SignedBy,
}

impl Candidate {
    /// The same, signed by these.
    #[must_use]
    pub fn signed_by(self, signed_by: SignedBy) -> Candidate {
        Candidate { signed_by, ..self }
    }

    /// Reads, validates and indexes; some a tenth of a second for everything that is published.
    ///
    /// # Errors
    /// What is wrong with the data, for people: the master, the first finding and how many there are.
    pub fn build(schemas: &Schemas, content: ReleaseContent) -> Result<Candidate, Said> {
        let (id, manifest) = (content.id(), content.manifest());
        let (title, activate_at) = (manifest.title.clone(), manifest.activate_at);
        let (receipt, marks) = (Receipt::of(id, manifest), Marks::of(manifest));
        let masters = read(schemas, content, |_| true)?;
        judge_all(&masters)?;
        let mut of = all_of(&masters);
        of.retain(|of| lookup::KINDS.contains(&of.kind));
        let kinds = of.iter().map(|of| of.kind.to_owned()).collect();
        let snapshot = Snapshot::build(&of).map_err(|error| {
            Said::about("the masters cannot be used for checks", "マスターを点検に使用できません", &error)
        })?;
        let signed_by = SignedBy::default();
        Ok(Candidate { id, title, marks, activate_at, snapshot, kinds, receipt, signed_by })
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

/// Reads those masters of a release that are `wanted`. None of them is passed over: what both organisations
/// signed is read whole or not taken.
pub(crate) fn read(
    schemas: &Schemas,
    content: ReleaseContent,
    wanted: impl Fn(&MasterEntry) -> bool,
) -> Result<Vec<ReadMaster>, Said> {
    let master = |(entry, MasterBytes { canonical, timelines }): (MasterEntry, MasterBytes)| {
        let carried = Carried {
            series: &entry.series,
            kind: &entry.kind,
            edition: &entry.edition,
            governs: (&entry.governs.from, entry.governs.until.as_deref()),
            canonical,
            timelines: &timelines,
        };
        let (master, timelines) = carried.read(schemas).map_err(|error| Said::both(&error))?;
        Ok(ReadMaster { state: State::new(master, entry.made_of), timelines, entry })
    };
    content.into_masters().filter(|(entry, _)| wanted(entry)).map(master).collect()
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

/// The first finding that denies, for people.
fn told(entry: &MasterEntry, findings: &Findings) -> Said {
    let name = format!("{}/{}", entry.series, entry.kind);
    let said = |lang| format!("{name}: {}", say_denied(findings, lang));
    Said::new(said(Lang::En), said(Lang::Ja))
}
