//! A release on its way in: its masters are read, judged as by its signers, and made into a snapshot. What it
//! carries as a release does that was read and judged here before, it shares with that one.

use std::collections::BTreeSet;
use std::sync::Arc;

use warifu_claims::lookup::Shelved;
use warifu_claims::{Snapshot, lookup};
use warifu_judging::{ReadMaster, judge_all, snapshot, told};
use warifu_masters::file::read_canonical;
use warifu_masters::schema::Schemas;
use warifu_masters::table::State;
use warifu_trust::{MasterEntry, ReleaseRef, UnixSeconds};

use crate::cause::{Amiss, Cause};
use crate::receipt::Receipt;
use crate::release::{NotHad, PartBytes, ReleaseContent};
use crate::said::Said;
use crate::state::{Marks, SignedBy};

/// Why the masters of a release were not read.
#[derive(Debug)]
pub(crate) enum NotRead {
    /// What lies here cannot be had: nothing follows for the release.
    Here(Amiss),
    /// Something is wrong with the release.
    Release(Said),
}

impl NotRead {
    /// For people.
    pub(crate) fn why(self) -> Said {
        match self {
            NotRead::Here(Amiss { why, .. }) | NotRead::Release(why) => why,
        }
    }
}

impl From<NotHad> for NotRead {
    fn from(error: NotHad) -> Self {
        NotRead::Here(Amiss::new(Cause::DiskFault, Said::both(&error)))
    }
}

impl From<Said> for NotRead {
    fn from(why: Said) -> Self {
        NotRead::Release(why)
    }
}

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
    pub snapshot: Arc<Snapshot>,
    /// The kinds it holds, of those that checks ask.
    pub kinds: BTreeSet<String>,
    /// By what it judges.
    pub receipt: Receipt,
    /// Who signed it, as far as whoever brings it knows.
    pub signed_by: SignedBy,
    /// What a later release may share.
    pub(crate) judged: Judged,
    /// The masters that were read for it, until they were held against what runs.
    pub(crate) read: Vec<ReadMaster>,
}

/// The masters of a release that were read, judged and indexed here, by what its manifest says of each: their
/// digests, the days that they govern, what was let pass. Nothing else makes one, so nothing is shared that
/// was not. It holds among releases that are read by the same layouts.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    masters: Arc<[MasterEntry]>,
    snapshot: Arc<Snapshot>,
}

impl Judged {
    /// Whether this very master is among them.
    fn has(&self, entry: &MasterEntry) -> bool {
        self.masters.contains(entry)
    }

    /// Whether these very masters, and no others, are those of `series`.
    fn has_series(&self, series: &str, masters: &[MasterEntry]) -> bool {
        let of_series = |entry: &&MasterEntry| entry.series == series;
        self.masters.iter().filter(of_series).eq(masters.iter().filter(of_series))
    }
}

impl Candidate {
    /// The same, signed by these.
    #[must_use]
    pub fn signed_by(self, signed_by: SignedBy) -> Candidate {
        Candidate { signed_by, ..self }
    }

    /// Reads, validates and indexes; some tenths of a second for everything that is published.
    ///
    /// # Errors
    /// What is wrong with the data, for people: the master, the first finding and how many there are.
    pub fn build(schemas: &Schemas, content: ReleaseContent) -> Result<Candidate, Said> {
        Candidate::build_beside(schemas, content, &[]).map_err(NotRead::why)
    }

    /// The same, of which masters that are among those of `known` are neither read nor judged nor indexed
    /// again. Only the masters of a series in which any differs are read, to be held against each other.
    pub(crate) fn build_beside(
        schemas: &Schemas,
        content: ReleaseContent,
        known: &[Judged],
    ) -> Result<Candidate, NotRead> {
        let (id, manifest) = (content.id(), content.manifest());
        let (title, activate_at) = (manifest.title.clone(), manifest.activate_at);
        let (receipt, marks) = (Receipt::of(id, manifest), Marks::of(manifest));
        let entries: Arc<[MasterEntry]> = manifest.masters.as_slice().into();
        let mut shelved: Vec<Shelved> = Vec::new();
        let (mut read, mut among) = (Vec::new(), Vec::new());
        for (entry, canonical, timelines) in content.into_masters() {
            match known.iter().find(|known| known.has(&entry)) {
                None => read.push(read_master(schemas, entry, canonical, timelines)?),
                Some(known_by) => {
                    shelved.extend(known_by.snapshot.shelved(&entry.series, &entry.kind));
                    if !known.iter().any(|known| known.has_series(&entry.series, &entries)) {
                        among.push(KnownMaster::read(schemas, entry, canonical)?);
                    }
                }
            }
        }
        judge_all(&read, among.iter().map(|KnownMaster { entry, state }| (entry, state)))?;
        drop(among);
        let snapshot = Arc::new(snapshot(&read, shelved)?);
        let kinds = entries.iter().map(|entry| entry.kind.clone());
        let kinds = kinds.filter(|kind| lookup::KINDS.contains(&kind.as_str())).collect();
        let judged = Judged { masters: entries, snapshot: Arc::clone(&snapshot) };
        let signed_by = SignedBy::default();
        Ok(Candidate { id, title, marks, activate_at, snapshot, kinds, receipt, signed_by, judged, read })
    }
}

/// A master that was judged by itself before, beside which others of its series are judged.
struct KnownMaster {
    entry: MasterEntry,
    state: State,
}

impl KnownMaster {
    fn read(schemas: &Schemas, entry: MasterEntry, canonical: PartBytes) -> Result<KnownMaster, NotRead> {
        let bytes = canonical.into_bytes()?;
        let master = read_canonical(schemas, &entry.kind, bytes).map_err(|found| told(&entry, &found))?;
        Ok(KnownMaster { state: State::new(master, entry.made_of), entry })
    }
}

/// Reads a master of a release from where its parts lie.
pub(crate) fn read_master(
    schemas: &Schemas,
    entry: MasterEntry,
    canonical: PartBytes,
    timelines: PartBytes,
) -> Result<ReadMaster, NotRead> {
    let (canonical, timelines) = (canonical.into_bytes()?, timelines.read()?);
    Ok(warifu_judging::read_master(schemas, entry, canonical, &timelines)?)
}

#[cfg(test)]
mod tests {
    use warifu_masters::past::{Governs as Days, Timelines};
    use warifu_trust::testing::{head, held};
    use warifu_trust::{Content, FormatFile, Governs, Holds, MasterContent, Part};
    use warifu_values::day::{PublicationDay, TreatmentDay};
    use warifu_values::judgement::Basis;

    use super::*;
    use crate::state::StateDirectory;

    /// A master of `series`, which governs the days from `from` to `until`, with these lines.
    fn master(series: &str, kind: &str, from: &str, until: Option<&str>, lines: &str) -> MasterContent {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.editions(kind).into_iter().next_back().unwrap();
        let canonical = format!("{}\n{lines}", layout.canonical_header()).into_bytes();
        let state = read_canonical(&schemas, kind, canonical.clone()).unwrap();
        let day = |text: &str| TreatmentDay::parse(&text.replace('-', "")).unwrap();
        let governs = Days { first: day(from), last: until.map(day) };
        let timelines = Timelines::of_state(governs, PublicationDay::of(governs.first), &state).canonical();
        let Content { sha256, bytes } = Content::of(&canonical);
        let file = FormatFile { file_name: format!("{kind}.csv"), sha256, bytes };
        MasterContent {
            series: series.to_owned(),
            kind: kind.to_owned(),
            edition: layout.edition.clone(),
            rows: state.rows() as u64,
            formats: [("kikin".to_owned(), file)].into(),
            governs: Governs { from: from.to_owned(), until: until.map(str::to_owned) },
            made_of: Basis::Full,
            published: None,
            let_pass: Vec::new(),
            corrections: Vec::new(),
            canonical,
            timelines,
        }
    }

    fn comments(series: &str, from: &str, until: Option<&str>, text: &str) -> MasterContent {
        let changed = from.replace('-', "");
        let line = format!(
            "0,C,8,10,990001,6,{text},10,ﾐﾎﾝ,0,0,0,0,0,0,0,0,0,0,0,{changed},99999999,810990001,00010000,\
             ,,,,,\n"
        );
        master(series, "comment", from, until, &line)
    }

    /// Release `number`: comments of two series, those of r06 with this text, and the drugs of one of them.
    fn release(number: u64, text: &str, drugs_of: &str) -> ReleaseContent {
        let r04 = comments("r04", "2022-04-01", Some("2024-05-31"), "見本");
        let masters = [
            r04,
            comments("r06", "2024-06-01", None, text),
            master(drugs_of, "drug", "2024-06-01", None, ""),
        ];
        let (manifest, bytes) = held(head(number, None), &masters);
        ReleaseContent::new(manifest, bytes).unwrap()
    }

    #[test]
    fn masters_that_were_judged_here_are_not_read_again_but_beside_another_one_of_their_series() {
        let schemas = Schemas::built_in().unwrap();
        for (drugs_of, is_to_be_read) in [("r04", false), ("r06", true)] {
            let folder = tempfile::tempdir().unwrap();
            let state = StateDirectory::open(folder.path()).unwrap();
            let (first, second) = (release(1, "一", drugs_of), release(2, "二", drugs_of));
            let judged = Candidate::build(&schemas, first.clone()).unwrap();
            [&first, &second].iter().for_each(|content| state.releases().keep(content).unwrap());
            let loaded = state.releases().load(second.id()).unwrap();
            let whole =
                Candidate::build_beside(&schemas, loaded.clone(), std::slice::from_ref(&judged.judged))
                    .unwrap();
            assert_eq!(whole.read.len(), 1, "the comments of r06");
            assert_eq!((whole.kinds.len(), whole.snapshot.bytes()), (2, judged.snapshot.bytes()));
            let whole = Candidate::build(&schemas, second.clone()).unwrap();
            assert_eq!(whole.read.len(), 3);

            let is_common = |part: &Part<'_>| match part.holds {
                Holds::Master(entry) | Holds::Timelines(entry) => {
                    (&*entry.series, &*entry.kind) != ("r06", "comment")
                }
                Holds::Changes | Holds::Earlier(_) => false,
            };
            let common = second.parts().map(|(part, _)| part).filter(is_common);
            let common: Vec<_> = common.map(|part| part.content.sha256).collect();
            for digest in common {
                let _ = std::fs::remove_file(folder.path().join("content").join(digest.to_string()));
            }
            let beside = Candidate::build_beside(&schemas, loaded.clone(), &[judged.judged]);
            // What is not there is a fault of this disk, and none of the release.
            assert_eq!(matches!(beside, Err(NotRead::Here(_))), is_to_be_read, "{drugs_of}");
            assert_eq!(beside.is_err(), is_to_be_read, "{drugs_of}");
            assert!(Candidate::build(&schemas, loaded).is_err());
        }
    }

    #[test]
    fn a_master_that_differs_in_what_the_manifest_says_of_it_is_another_one() {
        let schemas = Schemas::built_in().unwrap();
        let first = Candidate::build(&schemas, release(1, "一", "r04")).unwrap();
        let (manifest, _) = held(head(2, None), &[comments("r04", "2022-04-01", Some("2024-05-31"), "見本")]);
        let entry = manifest.masters.into_iter().next().unwrap();
        assert!(first.judged.has(&entry));
        let other_days = Governs { from: "2022-04-02".into(), until: entry.governs.until.clone() };
        assert!(!first.judged.has(&MasterEntry { governs: other_days, ..entry.clone() }));
        assert!(!first.judged.has(&MasterEntry { published: Some("2022-03-20".into()), ..entry.clone() }));
        assert!(!first.judged.has(&MasterEntry { timelines: entry.canonical, ..entry }));
    }
}
