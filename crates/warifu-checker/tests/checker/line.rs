//! Releases that follow one another, as the two organisations publish them: each with what it truly changes,
//! and every class of the past accepted. A test that needs an untrue one alters a [`Draft`].

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use warifu_checker::release::ReleaseContent;
use warifu_masters::file::read_canonical;
use warifu_masters::past::{Change, PastOf, Timelines, compare, write_changes};
use warifu_masters::table::Master;
use warifu_rules::past::weigh;
use warifu_trust::testing::head;
use warifu_trust::{
    ChangesBytes, ChangesContent, CompressionLevel, EarlierContent, Holds, Manifest, MasterBytes,
    MasterContent, Proposal, ReleaseBytes, ReleaseHead, UnixSeconds, limits,
};
use warifu_values::judgement::AcceptedPast;

use crate::masters::{SCHEMAS, day, procedures};

/// Where nothing else is said, releases are made on the day before the days that their masters govern: what
/// they change is about days to come.
const MADE: &str = "2024-05-31";

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
    fn made(&self) -> MutexGuard<'_, BTreeMap<u64, Made>> {
        self.made.lock().unwrap()
    }

    /// Release `number` with these procedures.
    pub(crate) fn release(&self, number: u64, rows: &[(u32, &str)]) -> ReleaseContent {
        self.release_at(number, rows, None)
    }

    /// The same, judging from an instant on.
    pub(crate) fn release_at(
        &self,
        number: u64,
        rows: &[(u32, &str)],
        activate_at: Option<UnixSeconds>,
    ) -> ReleaseContent {
        self.release_of(number, vec![procedures(rows)], activate_at)
    }

    /// Release `number` of these masters. The numbers before it that nobody asked for change nothing. A
    /// number that there is already is made beside it, after the same release, and nothing follows it.
    pub(crate) fn release_of(
        &self,
        number: u64,
        masters: Vec<MasterContent>,
        activate_at: Option<UnixSeconds>,
    ) -> ReleaseContent {
        let newest = self.made().keys().next_back().copied().unwrap_or_default();
        for between in newest + 1..number {
            let same = self.made().get(&(between - 1)).map(|made| made.masters.clone());
            self.publish(self.draft(MADE, same.unwrap_or_else(|| masters.clone())));
        }
        let before = self.made().get(&(number - 1)).cloned();
        let mut draft = Draft::after(before.as_ref(), MADE, masters);
        if activate_at.is_some() {
            draft.head.activate_at = activate_at;
            draft.tell();
        }
        if number > newest { self.publish(draft) } else { draft.sign() }
    }

    /// What a release of `masters` truly is that is made on `made` and follows the newest one.
    pub(crate) fn draft(&self, made: &str, masters: Vec<MasterContent>) -> Draft {
        let before = self.made().values().next_back().cloned();
        Draft::after(before.as_ref(), made, masters)
    }

    /// Signs `draft`; from now on it is the newest one.
    pub(crate) fn publish(&self, draft: Draft) -> ReleaseContent {
        let masters = draft.masters.clone();
        let content = draft.sign();
        let number = content.id().release;
        self.made().insert(number, Made { content: content.clone(), masters });
        content
    }

    /// Makes a release of `masters` on `made` after the newest one, and signs it.
    pub(crate) fn next(&self, made: &str, masters: Vec<MasterContent>) -> ReleaseContent {
        self.publish(self.draft(made, masters))
    }
}

/// A release that nobody has signed.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) head: ReleaseHead,
    pub(crate) masters: Vec<MasterContent>,
    /// What it truly changes.
    pub(crate) list: Vec<Change>,
    /// What it says of that; none of a first release.
    pub(crate) changes: Option<ChangesContent>,
}

impl Draft {
    fn after(before: Option<&Made>, made: &str, masters: Vec<MasterContent>) -> Draft {
        let created: UnixSeconds = format!("{made}T00:00:00Z").parse().unwrap();
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
        let mut draft = Draft { head, masters, list, changes };
        draft.tell();
        draft
    }

    /// Says what the list says, and accepts every class of the past.
    pub(crate) fn tell(&mut self) {
        let Some(changes) = &mut self.changes else { return };
        let weighed = weigh(&SCHEMAS, &self.list, day(&self.head.past_before()));
        changes.list = write_changes(&self.list);
        changes.past = weighed.counts.past;
        changes.past_and_future = weighed.counts.past_and_future;
        changes.future = weighed.counts.future;
        let accepted = weighed.classes.iter().map(|(class, entries)| AcceptedPast {
            class: class.to_string(),
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
        let Draft { head, mut masters, changes, .. } = self;
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
        Some(EarlierContent { release, follows, list: list.to_vec() })
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

    fn of(&self) -> PastOf<'_> {
        let Read { series, state, timelines } = self;
        PastOf { kind: &state.layout().kind, series, state, timelines }
    }
}

/// Everything that `new` judges differently.
fn changes(old: &[MasterContent], new: &[MasterContent]) -> Vec<Change> {
    let (old, new) = (Read::all(old), Read::all(new));
    let (old, new): (Vec<_>, Vec<_>) =
        (old.iter().map(Read::of).collect(), new.iter().map(Read::of).collect());
    compare(&old, &new)
}
