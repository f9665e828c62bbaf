//! The masters of a release: read whole, judged as by its signers, and made into what checks ask.

use warifu_claims::lookup::{self, Shelved};
use warifu_claims::{MasterOf, Snapshot};
use warifu_masters::finding::Findings;
use warifu_masters::past::{Carried, Timelines, say_denied};
use warifu_masters::schema::Schemas;
use warifu_masters::table::State;
use warifu_rules::judge::{Subject, judge_new, let_pass};
use warifu_rules::readable::superseded;
use warifu_trust::{MasterEntry, VerifiedRelease};
use warifu_values::day::PublicationDay;
use warifu_values::lang::Lang;

use crate::said::Said;

/// A master of a release, read.
#[derive(Debug)]
pub struct ReadMaster {
    /// What the manifest says of it.
    pub entry: MasterEntry,
    /// Its newest state.
    pub state: State,
    /// Every day of it.
    pub timelines: Timelines,
}

/// What was read, as it is compared and made into a snapshot.
pub fn all_of(masters: &[ReadMaster]) -> Vec<MasterOf<'_>> {
    let of = masters.iter().map(|ReadMaster { entry, state, timelines }| MasterOf {
        series: &entry.series,
        kind: &entry.kind,
        master: state,
        timelines,
    });
    of.collect()
}

/// Reads a master of a release from its canonical bytes and its timelines. Nothing of it is passed over: what
/// both organisations signed is read whole or not taken.
///
/// # Errors
/// What is wrong with it, for people.
pub fn read_master(
    schemas: &Schemas,
    entry: MasterEntry,
    canonical: Vec<u8>,
    timelines: &[u8],
) -> Result<ReadMaster, Said> {
    let carried = Carried {
        series: &entry.series,
        kind: &entry.kind,
        edition: &entry.edition,
        governs: (&entry.governs.from, entry.governs.until.as_deref()),
        canonical,
        timelines,
    };
    let (master, timelines) = carried.read(schemas).map_err(|error| Said::both(&error))?;
    Ok(ReadMaster { state: State::new(master, entry.made_of), timelines, entry })
}

/// The judgement that the signers came to: what they let pass is let pass, and nothing else. Of those that
/// are `known`, which were judged by themselves before, only what is found between them and others.
///
/// # Errors
/// The first finding that denies, for people, and how many there are.
pub fn judge_all<'a>(
    masters: &'a [ReadMaster],
    known: impl IntoIterator<Item = (&'a MasterEntry, &'a State)>,
) -> Result<(), Said> {
    let read = masters.iter().map(|ReadMaster { entry, state, .. }| (entry, state));
    let all: Vec<_> = read.chain(known).collect();
    let subjects = all.iter().map(|(entry, state)| Subject {
        series: &entry.series,
        state,
        published: entry.published.as_deref().and_then(PublicationDay::parse),
        before: None,
    });
    let judged = judge_new(&subjects.collect::<Vec<_>>(), |at| at < masters.len());
    for (at, ((entry, _), mut found)) in all.into_iter().zip(judged).enumerate() {
        if let Some(ReadMaster { timelines, .. }) = masters.get(at) {
            found.extend(superseded(timelines));
        }
        let_pass(&mut found, &entry.let_pass);
        if found.denies() {
            return Err(told(entry, &found));
        }
    }
    Ok(())
}

/// The first finding of a master that denies, for people.
pub fn told(entry: &MasterEntry, findings: &Findings) -> Said {
    let name = entry.name();
    let said = |lang| format!("{name}: {}", say_denied(findings, lang));
    Said::new(said(Lang::En), said(Lang::Ja))
}

/// The snapshot of masters that were judged, with what is kept already of others.
///
/// # Errors
/// What checks cannot use, for people.
pub fn snapshot(masters: &[ReadMaster], shelved: Vec<Shelved>) -> Result<Snapshot, Said> {
    let mut of = all_of(masters);
    of.retain(|of| lookup::KINDS.contains(&of.kind));
    Snapshot::build_beside(&of, shelved).map_err(|error| {
        Said::about("the masters cannot be used for checks", "マスターを点検に使用できません", &error)
    })
}

/// The masters of a verified release, by itself: read and judged; some tenths of a second for everything that
/// is published.
///
/// # Errors
/// What is wrong with the data, for people: the master, the first finding and how many there are.
pub fn masters_of(schemas: &Schemas, release: VerifiedRelease) -> Result<Vec<ReadMaster>, Said> {
    let (manifest, _, bytes) = release.into_parts();
    let read = manifest.masters.into_iter().zip(bytes.masters);
    let read = read.map(|(entry, bytes)| read_master(schemas, entry, bytes.canonical, &bytes.timelines));
    let read = read.collect::<Result<Vec<_>, _>>()?;
    judge_all(&read, [])?;
    Ok(read)
}
