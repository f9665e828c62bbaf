//! The gate of the past: on no day may a release judge otherwise than what runs, but where both organisations
//! signed that it does. Exact, so it needs no claims and no threshold, and works on a holiday too.

use std::collections::{BTreeMap, BTreeSet};

use warifu_claims::movement;
use warifu_judging::{ReadMaster, all_of};
use warifu_masters::past::{Change, Days, What, compare, read_changes};
use warifu_masters::schema::Schemas;
use warifu_rules::past::{Counts, Objection, same, undeclared, weigh};
use warifu_trust::{Holds, Manifest, MasterEntry, ReleaseRef};
use warifu_values::day::TreatmentDay;
use warifu_values::lang::{Lang, counted};

use crate::candidate::{NotRead, read_master};
use crate::release::ReleaseContent;
use crate::said::Said;

/// The evidence that a release passed the gate, against what ran then. Only [`clear`] makes one.
#[derive(Debug)]
pub struct PastCleared {
    signed: movement::Declared,
    past_before: TreatmentDay,
}

impl PastCleared {
    /// What it changes, as signed: for days that have been and for days to come.
    pub fn signed(&self) -> &movement::Declared {
        &self.signed
    }

    /// The treatment days before this one are past.
    pub fn past_before(&self) -> TreatmentDay {
        self.past_before
    }
}

/// Why nothing could be cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotCleared {
    /// What the candidate changes was not signed, or it cannot be read.
    Candidate(Said),
    /// What lies here cannot be read; nothing follows for the candidate.
    Here(Said),
}

impl NotCleared {
    /// Of a candidate that was not read.
    fn of_candidate(why: NotRead) -> NotCleared {
        match why {
            NotRead::Here(amiss) => NotCleared::Here(amiss.why),
            NotRead::Release(why) => NotCleared::Candidate(why),
        }
    }
}

/// What a release says that it changes.
struct Declared {
    past_before: TreatmentDay,
    /// Its own list, then those of the releases before: of which release, after which, and the changes.
    steps: Vec<(ReleaseRef, ReleaseRef, Vec<Change>)>,
}

/// Clears the past of `candidate` against what is `running`.
///
/// # Errors
/// The first of what was not signed, or what cannot be read, for people; and whose it is.
pub fn clear(
    schemas: &Schemas,
    candidate: ReleaseContent,
    running: Option<ReleaseContent>,
) -> Result<PastCleared, NotCleared> {
    clear_read(schemas, candidate, Vec::new(), running)
}

/// The same of a `candidate` of which these masters were `read` already.
pub(crate) fn clear_read(
    schemas: &Schemas,
    candidate: ReleaseContent,
    read: Vec<ReadMaster>,
    running: Option<ReleaseContent>,
) -> Result<PastCleared, NotCleared> {
    let of_candidate = NotCleared::Candidate;
    let Declared { past_before, steps } = declared(schemas, &candidate).map_err(NotCleared::of_candidate)?;
    let Some(running) = running else {
        let signed = movement::Declared::default();
        return Ok(PastCleared { signed, past_before });
    };
    let against = running.id();
    let before = running.manifest().head().past_before();
    if past_before < before {
        let after = past_before;
        return Err(of_candidate(Said::new(
            format!("it says that the past ends before {after}; the running release has {before}"),
            format!("過去とする日の境が {after} で、稼働中のリリースの {before} より前です"),
        )));
    }
    let computed = computed(schemas, running, (candidate, read))?;
    let (objections, signed) = match steps.iter().position(|(_, follows, _)| *follows == against) {
        Some(0) => (same(&steps[0].2, &computed), movement::Declared::of(&computed, past_before)),
        Some(last) => {
            let lists: Vec<_> = steps.into_iter().take(last + 1).map(|(_, _, list)| list).collect();
            // What a release between only announced may have become past since, and nobody accepted it:
            // it is past here only where it was before what runs, or where the candidate's own list has it.
            let mut signed = movement::Declared::of(&computed, before);
            signed.extend(&movement::Declared::of(&also_in(&lists[0], &computed), past_before));
            (undeclared(&lists, &computed), signed)
        }
        None => return Err(of_candidate(unconnected(against))),
    };
    match objections.first() {
        Some(first) => Err(of_candidate(refused(schemas, first, objections.len()))),
        None => Ok(PastCleared { signed, past_before }),
    }
}

/// The changes of `computed` that the list `own` has too, each on the days on which both do. Both say what
/// the same release makes of the code, whatever it was before.
fn also_in(own: &[Change], computed: &[Change]) -> Vec<Change> {
    let mut listed: BTreeMap<(&str, &str), Vec<&Change>> = BTreeMap::new();
    for change in own {
        listed.entry((&change.kind, &change.key)).or_default().push(change);
    }
    let of = |change: &Change| {
        // What holds for every code that stands in no file is said once.
        let keys = [Some(change.key.as_str()), (!change.key.is_empty()).then_some("")];
        let own = keys.into_iter().flatten().filter_map(|key| listed.get(&(change.kind.as_str(), key)));
        let own = own.flatten();
        let same =
            own.filter(|own| matches!(own.what, What::Cover { .. }) || own.subject() == change.subject());
        let shared = same.filter_map(|own| shared(own.days, change.days));
        shared.map(|days| Change { days, ..change.clone() }).collect::<Vec<_>>()
    };
    computed.iter().flat_map(of).collect()
}

/// The days that are among `one` and `other`.
fn shared(one: Days, other: Days) -> Option<Days> {
    let first = one.first.max(other.first);
    let last = one.last.into_iter().chain(other.last).min();
    last.is_none_or(|last| first <= last).then_some(Days { first, last })
}

/// What `release` says that it changes, when its list is what its manifest says of it and everything of the
/// past is accepted by name.
fn declared(schemas: &Schemas, release: &ReleaseContent) -> Result<Declared, NotRead> {
    let manifest = release.manifest();
    let past_before = manifest.head().past_before();
    let mut steps = Vec::new();
    for (part, bytes) in release.parts() {
        let (of, follows) = match part.holds {
            Holds::Changes => match manifest.previous {
                Some(previous) => (release.id(), previous),
                None => continue,
            },
            Holds::Earlier(earlier) => (earlier.release, earlier.follows),
            _ => continue,
        };
        let release = of.release;
        let not_read = |error: &(dyn std::error::Error + 'static)| {
            Said::about(
                &format!("the list of what release {release} changes cannot be read"),
                &format!("リリース {release} の変更一覧を読めません"),
                error,
            )
        };
        let bytes = bytes.read()?;
        let list = read_changes(&bytes).map_err(|error| not_read(&error))?;
        steps.push((of, follows, list));
    }
    if let (Some(changes), Some((_, _, list))) = (&manifest.changes, steps.first()) {
        let weighed = weigh(schemas, list, past_before);
        let Counts { past, past_and_future, future } = weighed.counts;
        if (past, past_and_future, future) != (changes.past, changes.past_and_future, changes.future) {
            return Err(NotRead::Release(Said::new(
                "the list of changes is not counted as the manifest says".to_owned(),
                "変更一覧の件数がマニフェストと一致しません".to_owned(),
            )));
        }
        let objections = weighed.objections(&changes.accepted);
        if let Some(first) = objections.first() {
            return Err(NotRead::Release(refused(schemas, first, objections.len())));
        }
    }
    Ok(Declared { past_before, steps })
}

/// What the release `new` judges differently from `old`.
///
/// # Errors
/// What cannot be read, for people.
pub fn changes(schemas: &Schemas, old: ReleaseContent, new: ReleaseContent) -> Result<Vec<Change>, Said> {
    computed(schemas, old, (new, Vec::new())).map_err(|error| match error {
        NotCleared::Candidate(why) | NotCleared::Here(why) => why,
    })
}

/// What `candidate` judges differently from what is `running`. The masters of a series are compared with
/// those of the same series, and most months change one or two: the others are not read.
fn computed(
    schemas: &Schemas,
    running: ReleaseContent,
    (candidate, read): (ReleaseContent, Vec<ReadMaster>),
) -> Result<Vec<Change>, NotCleared> {
    let alike = alike(candidate.manifest(), running.manifest());
    let old = read_others(schemas, running, &alike, Vec::new()).map_err(|why| NotCleared::Here(why.why()))?;
    let new = read_others(schemas, candidate, &alike, read).map_err(NotCleared::of_candidate)?;
    Ok(compare(&all_of(&old), &all_of(&new)))
}

/// The masters of `content` that are not among those `alike`; some were `read` already.
fn read_others(
    schemas: &Schemas,
    content: ReleaseContent,
    alike: &BTreeSet<Place>,
    mut read: Vec<ReadMaster>,
) -> Result<Vec<ReadMaster>, NotRead> {
    let mut others = Vec::new();
    for (entry, canonical, timelines) in content.into_masters() {
        if alike.contains(&place(&entry)) {
            continue;
        }
        others.push(match read.iter().position(|read| read.entry == entry) {
            Some(at) => read.swap_remove(at),
            None => read_master(schemas, entry, canonical, timelines)?,
        });
    }
    Ok(others)
}

/// The series and the kind of a master.
type Place = (String, String);

fn place(entry: &MasterEntry) -> Place {
    (entry.series.clone(), entry.kind.clone())
}

/// The masters of which both releases carry the same bytes for the same days. Nothing of them is judged
/// otherwise, and nothing that another master of their kind says: no two of one kind govern a day, so each
/// code is judged by the one master that governs it, and what follows the days of one begins where they end.
fn alike(one: &Manifest, other: &Manifest) -> BTreeSet<Place> {
    let carried = |entry: &MasterEntry| {
        let MasterEntry { edition, canonical, governs, timelines, .. } = entry;
        (edition.clone(), governs.clone(), canonical.sha256, timelines.sha256)
    };
    let by_place = |manifest: &Manifest| -> BTreeMap<Place, _> {
        manifest.masters.iter().map(|entry| (place(entry), carried(entry))).collect()
    };
    let other = by_place(other);
    let same = by_place(one).into_iter().filter(|(place, carried)| other.get(place) == Some(carried));
    same.map(|(place, _)| place).collect()
}

fn refused(schemas: &Schemas, first: &Objection, count: usize) -> Said {
    let counted = counted(count as u64, "objection");
    Said::new(
        format!("the past: {}; {counted} in all", first.named(schemas, Lang::En)),
        format!("過去の判定: {}（全 {count} 件）", first.named(schemas, Lang::Ja)),
    )
}

fn unconnected(against: ReleaseRef) -> Said {
    let running = against.release;
    Said::new(
        format!(
            "it does not carry the lists of changes back to release {running}, which runs here, so nobody \
             can tell whether all of them were signed; start with an empty state folder to take it as a \
             first release"
        ),
        format!(
            "稼働中のリリース {running} からの変更一覧が揃っておらず、すべて署名済みかを確認できません。\
             初回として受け入れるには、空の状態フォルダーで起動してください"
        ),
    )
}
