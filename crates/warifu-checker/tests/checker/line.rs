//! Releases that follow one another, as the two organisations publish them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use warifu_checker::release::ReleaseContent;
use warifu_masters::file::read_canonical;
use warifu_masters::past::{Change, MasterOf, Timelines, compare, write_changes};
use warifu_masters::table::Master;
use warifu_rules::past::weigh;
use warifu_trust::testing::head;
use warifu_trust::{
    ChangesBytes, ChangesContent, CompressionLevel, EarlierContent, Holds, Manifest, MasterBytes,
    MasterContent, Proposal, ReleaseBytes, ReleaseHead, UnixSeconds, limits,
};
use warifu_values::judgement::AcceptedPast;

use crate::masters::{SCHEMAS, procedures};

/// The first of June 2024 in Japan, from which the masters here hold: nothing that they change has been.
pub(crate) const JUNE: i64 = 1_717_167_600;

/// A release as somebody plans it: what it changes is computed when it is published after others.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) number: u64,
    pub(crate) masters: Vec<MasterContent>,
    pub(crate) activate_at: Option<UnixSeconds>,
    /// When it was made: the days before that day in Japan are past.
    pub(crate) created: UnixSeconds,
    /// Whether what it changes of the past is accepted by name.
    pub(crate) accepts: bool,
}

/// Release `number` with these procedures.
pub(crate) fn release(number: u64, rows: &[(u32, &str)]) -> Draft {
    release_at(number, rows, None)
}

/// The same, judging from an instant on.
pub(crate) fn release_at(number: u64, rows: &[(u32, &str)], activate_at: Option<UnixSeconds>) -> Draft {
    release_of(number, vec![procedures(rows)], activate_at)
}

/// Release `number` of these masters.
pub(crate) fn release_of(
    number: u64,
    masters: Vec<MasterContent>,
    activate_at: Option<UnixSeconds>,
) -> Draft {
    Draft { number, masters, activate_at, created: UnixSeconds::new(JUNE), accepts: false }
}

/// The releases of a test, by number.
#[derive(Default)]
pub(crate) struct Line {
    made: Mutex<BTreeMap<u64, Made>>,
}

/// A release, and what it was made of.
#[derive(Clone)]
struct Made {
    content: ReleaseContent,
    masters: Vec<MasterContent>,
}

impl Line {
    /// Every one of `drafts` after those before it.
    pub(crate) fn of(drafts: &[Draft]) -> Line {
        let line = Line::default();
        drafts.iter().for_each(|draft| _ = line.publish(draft));
        line
    }

    fn made(&self) -> MutexGuard<'_, BTreeMap<u64, Made>> {
        self.made.lock().unwrap()
    }

    /// Publishes `draft` after the release with the number before it. Numbers that nobody published are of
    /// releases that change nothing; of two with one number the last counts.
    pub(crate) fn publish(&self, draft: &Draft) -> ReleaseContent {
        let Draft { number, masters, activate_at, created, accepts } = draft;
        let mut before = self.made().range(..number).next_back().map(|(_, made)| made.clone());
        let next = |before: &Option<Made>| before.as_ref().map_or(1, |made| made.content.id().release + 1);
        while next(&before) < *number {
            let same = before.as_ref().map_or(masters, |before| &before.masters).clone();
            before = Some(self.keep(Unsigned::after(before.as_ref(), *created, same)));
        }
        let mut unsigned = Unsigned::after(before.as_ref(), *created, masters.clone());
        unsigned.head.activate_at = *activate_at;
        unsigned.tell();
        if let (false, Some(changes)) = (*accepts, &mut unsigned.changes) {
            changes.accepted.clear();
        }
        self.keep(unsigned).content
    }

    /// What a release of `masters` truly is that is made on `day` and follows the newest one.
    pub(crate) fn unsigned(&self, day: &str, masters: Vec<MasterContent>) -> Unsigned {
        let before = self.made().values().next_back().cloned();
        let created = format!("{day}T00:00:00Z").parse().unwrap();
        Unsigned::after(before.as_ref(), created, masters)
    }

    /// It is signed, and what comes follows it.
    pub(crate) fn sign(&self, unsigned: Unsigned) -> ReleaseContent {
        self.keep(unsigned).content
    }

    /// Makes a release of `masters` on `day` after the newest one, and signs it.
    pub(crate) fn next(&self, day: &str, masters: Vec<MasterContent>) -> ReleaseContent {
        self.sign(self.unsigned(day, masters))
    }

    fn keep(&self, unsigned: Unsigned) -> Made {
        let masters = unsigned.masters.clone();
        let made = Made { content: unsigned.sign(), masters };
        self.made().insert(made.content.id().release, made.clone());
        made
    }
}

/// A release that nobody has signed, with what it truly changes and every class of the past accepted. A test
/// that needs an untrue one alters it.
#[derive(Clone)]
pub(crate) struct Unsigned {
    pub(crate) head: ReleaseHead,
    pub(crate) masters: Vec<MasterContent>,
    /// What it truly changes.
    pub(crate) list: Vec<Change>,
    /// What it says of that; none of a first release.
    pub(crate) changes: Option<ChangesContent>,
}

impl Unsigned {
    fn after(before: Option<&Made>, created: UnixSeconds, masters: Vec<MasterContent>) -> Unsigned {
        let previous = before.map(|before| before.content.id());
        let number = previous.map_or(1, |previous| previous.release + 1);
        // Nothing is made before the release that it follows begins to judge.
        let begins = before.map(|before| {
            let head = before.content.manifest().head();
            head.activate_at.map_or(head.created, |instant| instant.max(head.created))
        });
        let created = begins.map_or(created, |begins| begins.max(created));
        let list = before.map(|before| changes(&before.masters, &masters)).unwrap_or_default();
        let changes = before.map(|before| ChangesContent {
            earlier: lists_to_carry(&before.content),
            ..ChangesContent::default()
        });
        let head = ReleaseHead { created, previous, ..head(number, previous) };
        let mut unsigned = Unsigned { head, masters, list, changes };
        unsigned.tell();
        unsigned
    }

    /// Says what the list says, and accepts every class of the past.
    pub(crate) fn tell(&mut self) {
        let Some(changes) = &mut self.changes else { return };
        let weighed = weigh(&SCHEMAS, &self.list, self.head.past_before());
        changes.list = write_changes(&self.list);
        changes.past = weighed.counts.past;
        changes.past_and_future = weighed.counts.past_and_future;
        changes.future = weighed.counts.future;
        let accepted = weighed.classes.iter().map(|(class, entries)| AcceptedPast {
            class: class.clone(),
            entries: *entries,
            reason: "告示の訂正".into(),
            source: "令和6年厚生労働省告示第1号".into(),
        });
        changes.accepted = accepted.collect();
    }

    /// What it says that it changes.
    pub(crate) fn said(&mut self) -> &mut ChangesContent {
        self.changes.as_mut().unwrap()
    }

    /// As both organisations sign it.
    pub(crate) fn propose(&self) -> Proposal {
        let changes = self.changes.as_ref();
        Proposal::new(self.head.clone(), &self.masters, changes, CompressionLevel::FAST).unwrap()
    }

    /// As it comes to a checker.
    pub(crate) fn sign(self) -> ReleaseContent {
        let Unsigned { head, mut masters, changes, .. } = self;
        let manifest = Manifest::of(head, &masters, changes.as_ref()).unwrap();
        masters.sort_by(|one, other| (&one.series, &one.kind).cmp(&(&other.series, &other.kind)));
        let bytes = masters
            .into_iter()
            .map(|master| MasterBytes { canonical: master.canonical, timelines: master.timelines });
        let changes = changes.map(|changes| ChangesBytes {
            list: changes.list,
            earlier: changes.earlier.into_iter().map(|earlier| earlier.list).collect(),
        });
        ReleaseContent::new(manifest, ReleaseBytes { masters: bytes.collect(), changes }).unwrap()
    }
}

/// Its own list and those that it carries, the newest first.
fn lists_to_carry(release: &ReleaseContent) -> Vec<EarlierContent> {
    let lists = release.parts().filter_map(|(part, list)| {
        let (release, follows) = match part.holds {
            Holds::Changes => (release.id(), release.manifest().previous?),
            Holds::Earlier(earlier) => (earlier.release, earlier.follows),
            Holds::Master(_) | Holds::Timelines(_) => return None,
        };
        Some(EarlierContent { release, follows, list: list.read().unwrap().into_owned() })
    });
    lists.take(limits::EARLIER).collect()
}

/// A master of a release, read.
struct Read {
    series: String,
    state: Master,
    timelines: Timelines,
}

impl Read {
    fn all(masters: &[MasterContent]) -> Vec<Read> {
        let master = |master: &MasterContent| {
            let state = read_canonical(&SCHEMAS, &master.kind, master.canonical.clone()).unwrap();
            let timelines = Timelines::read(&SCHEMAS, &state, &master.timelines).unwrap();
            Read { series: master.series.clone(), state, timelines }
        };
        masters.iter().map(master).collect()
    }

    fn of(&self) -> MasterOf<'_> {
        let Read { series, state, timelines } = self;
        MasterOf { series, kind: &state.layout().kind, master: state, timelines }
    }
}

/// Everything that `new` judges differently.
fn changes(old: &[MasterContent], new: &[MasterContent]) -> Vec<Change> {
    let (old, new) = (Read::all(old), Read::all(new));
    let (old, new): (Vec<_>, Vec<_>) =
        (old.iter().map(Read::of).collect(), new.iter().map(Read::of).collect());
    compare(&old, &new)
}
