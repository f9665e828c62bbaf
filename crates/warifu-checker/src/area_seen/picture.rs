//! The picture of an area: its record, where each member is against it, and how many are where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::UnixSeconds;
use warifu_values::digest::Digest;

use crate::area_seen::member::{Announced, Member, MemberSeen, Place, Stage};
use crate::said::Said;

/// So many members are told of one by one, those in trouble first: a status has a bound. All are counted.
pub const MEMBERS_SHOWN: usize = 500;

/// What judges in the area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stands {
    /// Since this epoch.
    pub epoch: u64,
    /// The release.
    pub release: u64,
    /// SHA-256 of its manifest.
    pub manifest: Digest,
    /// The instant of that epoch.
    pub since: UnixSeconds,
}

/// How far an epoch came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "EpochStep")]
pub enum Step {
    /// Members fetch, verify, clear and load it.
    Preparing,
    /// It has its instant; whether a majority arms is not known yet.
    Committed,
    /// A majority armed: it takes place.
    Armed,
}

/// Members by name: the first of them, and how many more there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Names {
    /// The first of them.
    pub first: Vec<String>,
    /// How many there are besides.
    pub more: usize,
}

/// Names that are told.
const NAMES: usize = 8;

impl Names {
    /// Of `all`.
    pub fn of(all: impl IntoIterator<Item = String>) -> Names {
        let mut all = all.into_iter();
        Names { first: all.by_ref().take(NAMES).collect(), more: all.count() }
    }
}

/// What a commit waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "for", rename_all = "kebab-case")]
pub enum WaitsFor {
    /// These are not prepared yet.
    Members(Names),
    /// These cannot go along, and nobody acknowledged them.
    Refusals(Names),
    /// So many members are missing.
    Quorum {
        /// How many.
        missing: usize,
    },
    /// These run it in the shadow for so long still.
    Pilots {
        /// They.
        #[serde(flatten)]
        names: Names,
        /// The longest that is missing.
        longest_ms: u64,
    },
    /// A person, who may advance it.
    Person,
    /// A person, who holds it.
    Hold,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Comes {
    /// The release.
    pub release: u64,
    /// SHA-256 of its manifest.
    pub manifest: Digest,
    /// Whether the area falls back to it.
    pub is_back: bool,
    /// How far it came.
    pub step: Step,
    /// Claims received from then on are judged by it: fleet time, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instant_ms: Option<i64>,
    /// Voters that armed, of those that a majority takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub armed: Option<usize>,
    /// What its commit waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<WaitsFor>,
}

/// A release that proved wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quarantined {
    /// Which one.
    pub release: u64,
    /// SHA-256 of its manifest.
    pub manifest: Digest,
    /// Why.
    pub why: String,
}

/// Whose act the record is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EpochCause")]
pub struct Cause {
    /// A person, or `coordinator`.
    pub by: String,
    /// Why: in their words, or in those of this program.
    pub why: Said,
}

/// The record of an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// The number of the newest epoch, settled or not.
    pub epoch: u64,
    /// The revision of the record.
    pub revision: u64,
    /// What judges.
    pub stands: Option<Stands>,
    /// The release that can be fallen back to.
    pub before: Option<u64>,
    /// What is under way.
    pub comes: Option<Comes>,
    /// How many voters are a majority.
    pub majority: usize,
    /// By whose clock the area goes.
    pub timekeeper: Option<String>,
    /// Who writes the record now, where that is known.
    pub coordinator: Option<String>,
    /// What is not proposed.
    pub quarantine: Vec<Quarantined>,
    /// Why the record is as it is.
    pub cause: Cause,
    /// Values in the store that cannot be read.
    pub damaged: usize,
}

/// How many members are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// All of them.
    pub members: usize,
    /// Those that vote.
    pub voters: usize,
    /// Those that judge by what stands, whatever they do besides.
    pub at_what_stands: usize,
    /// See [`Place`].
    pub refuses: usize,
    /// See [`Place`].
    pub missing: usize,
    /// See [`Place`].
    pub behind: usize,
    /// See [`Place`].
    pub unknown: usize,
    /// See [`Place`].
    pub coming: usize,
    /// See [`Place`].
    pub abreast: usize,
}

impl Counts {
    fn place(&mut self, place: Place) -> &mut usize {
        match place {
            Place::Refuses => &mut self.refuses,
            Place::Missing => &mut self.missing,
            Place::Behind => &mut self.behind,
            Place::Unknown => &mut self.unknown,
            Place::Coming => &mut self.coming,
            Place::Abreast => &mut self.abreast,
        }
    }

    /// How many are there.
    pub fn at(mut self, place: Place) -> usize {
        *self.place(place)
    }
}

/// An area at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Picture {
    /// Its record.
    #[serde(flatten)]
    pub record: Record,
    /// Its members, by where they are.
    pub counts: Counts,
    /// They, those in trouble first; at most [`MEMBERS_SHOWN`].
    pub members: Vec<MemberSeen>,
}

/// What is known of announcements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Nobody read them.
    Not,
    /// They were, but the area moved so lately that not everybody has announced that it came along.
    JustMoved,
    /// They were.
    Yes,
}

impl Picture {
    /// Of the area with `record` and `members`, whose announcements were read so.
    pub fn of(record: Record, members: impl IntoIterator<Item = Member>, read: Read) -> Picture {
        let mut counts = Counts::default();
        let mut seen: Vec<MemberSeen> = Vec::new();
        for member in members {
            let announced = member.announced.as_ref();
            let place = match announced {
                None if read == Read::Not => Place::Unknown,
                None => Place::Missing,
                Some(announced) => match place(&record, announced) {
                    Place::Behind if read == Read::JustMoved => Place::Coming,
                    place => place,
                },
            };
            counts.members += 1;
            counts.voters += usize::from(member.votes);
            counts.at_what_stands += usize::from(announced.is_some_and(|it| is_at_what_stands(&record, it)));
            *counts.place(place) += 1;
            seen.push(MemberSeen { member, place });
        }
        seen.sort_by(|one, two| (one.place, &one.member.name).cmp(&(two.place, &two.member.name)));
        seen.truncate(MEMBERS_SHOWN);
        Picture { record, counts, members: seen }
    }

    /// Those in `place`.
    pub fn in_place(&self, place: Place) -> impl Iterator<Item = &MemberSeen> {
        self.members.iter().filter(move |seen| seen.place == place)
    }
}

/// Once a majority armed, what comes judges from its instant on, a moment before the record says that it
/// stands.
fn is_at_what_stands(record: &Record, announced: &Announced) -> bool {
    let comes = record.comes.as_ref().filter(|comes| comes.step == Step::Armed);
    let either = record.stands.as_ref().map(|it| it.manifest).into_iter().chain(comes.map(|it| it.manifest));
    either.into_iter().any(|manifest| announced.manifest == Some(manifest))
}

fn place(record: &Record, announced: &Announced) -> Place {
    let is_of_now = announced.epoch == Some(record.epoch);
    if announced.refusal.is_some() && is_of_now {
        return Place::Refuses;
    }
    if record.stands.is_some() && !is_at_what_stands(record, announced) {
        return Place::Behind;
    }
    // What is fallen back to is in memory still, and prepared by nobody.
    match record.comes.as_ref().filter(|comes| !comes.is_back) {
        Some(comes) => {
            let has_it = is_of_now && announced.stage >= Stage::Prepared;
            match has_it || announced.manifest == Some(comes.manifest) {
                true => Place::Abreast,
                false => Place::Coming,
            }
        }
        None => Place::Abreast,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area_seen::member::Refusal;

    fn digest(release: u64) -> Digest {
        Digest::of(&release.to_be_bytes())
    }

    fn record(stands: u64, comes: Option<(u64, Step)>) -> Record {
        Record {
            epoch: 7,
            revision: 70,
            stands: Some(Stands {
                epoch: 6,
                release: stands,
                manifest: digest(stands),
                since: UnixSeconds::new(0),
            }),
            before: None,
            comes: comes.map(|(release, step)| Comes {
                release,
                manifest: digest(release),
                is_back: release < stands,
                step,
                instant_ms: None,
                armed: None,
                waits_for: None,
            }),
            majority: 2,
            timekeeper: None,
            coordinator: None,
            quarantine: Vec::new(),
            cause: Cause { by: "a test".into(), why: Said::new("it asks", "it asks") },
            damaged: 0,
        }
    }

    fn announced(runs: u64, epoch: u64, stage: Stage) -> Announced {
        Announced {
            epoch: Some(epoch),
            stage,
            refusal: None,
            runs: Some(runs),
            manifest: Some(digest(runs)),
            address: "a:1".into(),
            program: "0.1.0".into(),
        }
    }

    fn member(name: &str, announced: Option<Announced>) -> Member {
        Member { name: name.into(), votes: true, announced, clock_ahead_ms: None }
    }

    fn place_of(record: &Record, announced: Announced) -> Place {
        Picture::of(record.clone(), [member("a", Some(announced))], Read::Yes).members[0].place
    }

    #[test]
    fn a_member_is_where_its_area_is_or_behind() {
        let settled = record(4, None);
        assert_eq!(place_of(&settled, announced(4, 6, Stage::Active)), Place::Abreast);
        assert_eq!(place_of(&settled, announced(3, 5, Stage::Confirmed)), Place::Behind);
        let nothing = Announced { runs: None, manifest: None, ..announced(4, 6, Stage::Idle) };
        assert_eq!(place_of(&settled, nothing.clone()), Place::Behind);
        // Nobody is behind nothing.
        assert_eq!(place_of(&Record { stands: None, ..settled }, nothing), Place::Abreast);
    }

    #[test]
    fn what_comes_is_prepared_and_then_judges_before_the_record_says_so() {
        let preparing = record(4, Some((5, Step::Preparing)));
        assert_eq!(place_of(&preparing, announced(4, 6, Stage::Confirmed)), Place::Coming);
        assert_eq!(place_of(&preparing, announced(4, 7, Stage::Prepared)), Place::Abreast);
        assert_eq!(place_of(&preparing, announced(5, 7, Stage::Active)), Place::Behind);
        let armed = record(4, Some((5, Step::Armed)));
        assert_eq!(place_of(&armed, announced(5, 7, Stage::Active)), Place::Abreast);
        assert_eq!(place_of(&armed, announced(3, 7, Stage::Active)), Place::Behind);
        // Nobody prepares what is fallen back to.
        let back = record(4, Some((3, Step::Committed)));
        assert_eq!(place_of(&back, announced(4, 6, Stage::Confirmed)), Place::Abreast);
    }

    #[test]
    fn those_in_trouble_come_first_and_all_are_counted() {
        let refusal = Refusal { stage: Stage::Cleared, code: "frozen".into(), detail: "asked to".into() };
        let refuses =
            |epoch| Announced { refusal: Some(refusal.clone()), ..announced(4, epoch, Stage::Idle) };
        let members = [
            member("a", Some(announced(4, 7, Stage::Prepared))),
            member("b", Some(announced(4, 6, Stage::Active))),
            member("c", Some(announced(3, 6, Stage::Active))),
            member("d", None),
            member("e", Some(refuses(7))),
            // What it said of an older epoch is over.
            member("f", Some(refuses(6))),
        ];
        let picture = Picture::of(record(4, Some((5, Step::Preparing))), members, Read::Yes);
        let names: Vec<&str> = picture.members.iter().map(|seen| seen.member.name.as_str()).collect();
        assert_eq!(names, ["e", "d", "c", "b", "f", "a"]);
        let counts = Place::ALL.map(|place| picture.counts.at(place));
        assert_eq!((counts, picture.counts.members), ([1, 1, 1, 0, 2, 1], 6));
        assert_eq!(picture.counts.at_what_stands, 4);
        let behind = || [member("c", Some(announced(3, 6, Stage::Active)))];
        let moved = Picture::of(record(4, None), behind(), Read::JustMoved);
        assert_eq!(moved.members[0].place, Place::Coming);
        let unread = Picture::of(record(4, None), [member("d", None)], Read::Not);
        assert_eq!(unread.members[0].place, Place::Unknown);
        let many = (0..MEMBERS_SHOWN + 9).map(|at| member(&format!("m{at}"), None));
        let many = Picture::of(record(4, None), many, Read::Yes);
        assert_eq!((many.members.len(), many.counts.missing), (MEMBERS_SHOWN, MEMBERS_SHOWN + 9));
    }

    #[test]
    fn a_few_names_stand_for_many() {
        let names = Names::of((0..10).map(|at| format!("m{at}")));
        assert_eq!((names.first.len(), names.more), (8, 2));
    }
}
