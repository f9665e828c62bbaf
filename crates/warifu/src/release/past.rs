//! What a release judges differently from the one that it follows: computed alike by the proposer and by
//! everyone who reviews it, and accepted by class.

use std::collections::BTreeSet;

use warifu_claims::Snapshot;
use warifu_masters::finding::Findings;
use warifu_masters::past::{
    Carried, Change, MasterOf, Timelines, WhyNotReadable, compare, read_changes, splice, write_changes,
};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_rules::past::{Objection, Weighed, weigh};
use warifu_trust::{
    ChangesContent, EarlierContent, Manifest, MasterBytes, MasterEntry, Proposal, ReleaseHead, ReleaseRef,
    Tip, VerifiedRelease,
};
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::{AcceptedPast, PastClass};
use warifu_values::lang::{Lang, Speak};

use super::file::trust_failure;
use super::listed::{Names, Side, groups, lines};
use crate::advice::{Advised, Blank};
use crate::error::{Exit, Failure};

/// A master with every day of it.
#[derive(Debug)]
pub struct Answers {
    /// The series.
    pub series: String,
    /// The kind of master.
    pub kind: String,
    /// The newest state.
    pub state: Master,
    /// Every day of every code.
    pub timelines: Timelines,
}

impl Answers {
    /// What people call it: `series/kind`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.series, self.kind)
    }

    /// To be compared with those of another release, or asked by claim checks.
    pub fn of(&self) -> MasterOf<'_> {
        MasterOf { kind: &self.kind, series: &self.series, master: &self.state, timelines: &self.timelines }
    }
}

/// The published release, read to be compared with.
#[derive(Debug)]
pub struct PublishedRelease {
    release: VerifiedRelease,
    masters: Vec<Answers>,
}

impl PublishedRelease {
    /// Which one.
    pub fn release(&self) -> ReleaseRef {
        self.release.release()
    }

    /// What it says.
    pub fn manifest(&self) -> &Manifest {
        self.release.manifest()
    }

    /// Reads its masters.
    ///
    /// # Errors
    /// When they do not fit the layouts that are known here.
    pub fn read(schemas: &Schemas, release: VerifiedRelease) -> Result<PublishedRelease, Failure> {
        let read = |one: warifu_trust::VerifiedMaster<'_>| {
            let of = ("the published release", "公開中のリリース");
            read_answers(schemas, of, one.entry, one.canonical.to_vec(), one.timelines)
        };
        let masters = release.masters().map(read).collect::<Result<_, Failure>>()?;
        Ok(PublishedRelease { release, masters })
    }

    /// It, with every byte.
    pub fn verified(&self) -> &VerifiedRelease {
        &self.release
    }

    /// Its masters.
    pub fn masters(&self) -> &[Answers] {
        &self.masters
    }

    /// Everything that `masters` judge differently.
    pub fn changes_to(&self, masters: &[Answers]) -> Vec<Change> {
        let old: Vec<MasterOf<'_>> = self.masters.iter().map(Answers::of).collect();
        let new: Vec<MasterOf<'_>> = masters.iter().map(Answers::of).collect();
        compare(&old, &new)
    }

    /// What the codes in `list`, which leads from here to `masters`, are called.
    pub fn names(&self, list: &[Change], masters: &[Answers]) -> Names {
        names(list, masters, &self.masters)
    }

    pub(super) fn master(&self, series: &str, kind: &str) -> Option<&Answers> {
        self.masters.iter().find(|master| master.series == series && master.kind == kind)
    }
}

/// The masters of a draft, as its own bytes say them: nobody has signed them yet.
///
/// # Errors
/// When they are not what its manifest declares, or do not fit the layouts that are known here.
pub fn masters_of_draft(schemas: &Schemas, draft: &Proposal) -> Result<Vec<Answers>, Failure> {
    let content = draft.content().map_err(|error| trust_failure(&error))?;
    let read = |(entry, bytes): (&MasterEntry, MasterBytes)| {
        read_answers(schemas, ("the draft", "草案"), entry, bytes.canonical, &bytes.timelines)
    };
    draft.manifest().masters.iter().zip(content.masters).map(read).collect()
}

/// What a draft changes, and its masters, as its own bytes say them: nobody has signed them yet.
///
/// # Errors
/// When they are not what its manifest declares, or cannot be read.
pub fn changes_of_draft(schemas: &Schemas, draft: &Proposal) -> Result<(Vec<Change>, Vec<Answers>), Failure> {
    let content = draft.content().map_err(|error| trust_failure(&error))?;
    let list = content.changes.map_or_else(|| Ok(Vec::new()), |changes| read_list(&changes.list))?;
    Ok((list, masters_of_draft(schemas, draft)?))
}

/// The changes that a release's list holds.
///
/// # Errors
/// It was written by a later Warifu, or by none.
pub fn read_list(bytes: &[u8]) -> Result<Vec<Change>, Failure> {
    read_changes(bytes).map_err(|error| {
        Failure::new(
            Exit::Data,
            format!("the list of changes of the release: {error}"),
            format!("リリースの変更一覧を読めません: {error}"),
        )
    })
}

/// One master of what is called `(english, japanese)`.
fn read_answers(
    schemas: &Schemas,
    (of_en, of_ja): (&str, &str),
    entry: &MasterEntry,
    canonical: Vec<u8>,
    timelines: &[u8],
) -> Result<Answers, Failure> {
    let carried = Carried {
        series: &entry.series,
        kind: &entry.kind,
        edition: &entry.edition,
        governs: (&entry.governs.from, entry.governs.until.as_deref()),
        canonical,
        timelines,
    };
    let (state, timelines) = carried.read(schemas).map_err(|error| {
        let (en, ja) = (error.say(Lang::En), error.say(Lang::Ja));
        let findings = match error.why {
            WhyNotReadable::Denied(findings) => findings,
            _ => Findings::new(),
        };
        Failure::refused(format!("{of_en}: {en}"), format!("{of_ja}: {ja}"), findings).found_in(entry.name())
    })?;
    Ok(Answers { series: entry.series.clone(), kind: entry.kind.clone(), state, timelines })
}

/// What the codes in `list` are called: by the newest series that has one, and where none has it any more, by
/// those of the release before.
fn names(list: &[Change], new: &[Answers], old: &[Answers]) -> Names {
    let masters: Vec<_> = new.iter().rev().chain(old.iter().rev()).map(|of| (&*of.kind, &of.state)).collect();
    Names::of(list, &masters)
}

/// The masters as claim checks ask them.
///
/// # Errors
/// When no claim could be judged by them: what cannot be read, and where.
pub fn snapshot(masters: &[Answers]) -> Result<Snapshot, Failure> {
    Snapshot::build(&masters.iter().map(Answers::of).collect::<Vec<_>>()).map_err(|error| {
        Failure::system("no claim can be judged by it", "このマスターでは点検できません", &error)
    })
}

/// How a proposal stands to what is published.
#[derive(Debug, Clone, Copy)]
pub enum Against<'a> {
    /// Nothing is published.
    Nothing,
    /// It follows that release.
    Follows(&'a PublishedRelease),
    /// It is that release again, to be signed anew: what it changes was signed.
    Renews(&'a PublishedRelease),
}

impl<'a> Against<'a> {
    /// How `proposal` stands to what is published at `tip`.
    ///
    /// # Errors
    /// It follows another release than the one that is published.
    pub fn of(
        proposal: &Proposal,
        tip: &Tip,
        published: Option<&'a PublishedRelease>,
    ) -> Result<Self, Failure> {
        match published {
            None if proposal.manifest().previous.is_none() => Ok(Against::Nothing),
            Some(published) if tip.release() == Some(proposal.release()) => Ok(Against::Renews(published)),
            Some(published) if tip.release() == proposal.manifest().previous => {
                Ok(Against::Follows(published))
            }
            _ => {
                let follows = proposal.manifest().previous.map_or(0, |previous| previous.release);
                let current = tip.release().map_or(0, |release| release.release);
                Err(Failure::new(
                    Exit::Trust,
                    format!(
                        "the draft follows release {follows}, and release {current} is published by now; \
                         draft it again"
                    ),
                    format!(
                        "草案はリリース {follows} の次として作成されましたが、現在公開中なのは {current} です。草案を作り直してください"
                    ),
                ))
            }
        }
    }

    pub(super) fn published(self) -> Option<&'a PublishedRelease> {
        match self {
            Against::Nothing => None,
            Against::Follows(published) | Against::Renews(published) => Some(published),
        }
    }
}

/// Leaves what concerns the past as the published release answers it, for a release of the future alone.
///
/// # Errors
/// When that cannot be left: days of a whole series are another matter than records.
pub(super) fn leave_the_past(
    masters: &mut [Answers],
    against: Against<'_>,
    past_before: TreatmentDay,
) -> Result<(), Failure> {
    let Some(published) = against.published() else {
        return Err(Failure::new(
            Exit::CouldNotRun,
            "--future-only leaves the past as the published release has it, and nothing is published yet",
            "--future-only は公開中のリリースの過去分をそのまま残す指定ですが、まだ何も公開されていません",
        ));
    };
    let whole = |series: &str, kind: &str| {
        Failure::new(
            Exit::Data,
            format!(
                "{series}/{kind}: which days the series governs changes for days that have been; that \
                 cannot be left for later with --future-only"
            ),
            format!(
                "{series}/{kind}: 系列自体の適用期間が過去の日について変わるため、--future-only で後回しにできません"
            ),
        )
    };
    for Answers { series, kind, state, timelines } in masters.iter_mut() {
        if let Some(old) = published.master(series, kind) {
            let spliced = splice((&old.timelines, &old.state), (timelines, state), past_before);
            *timelines = spliced.map_err(|_| whole(series, kind))?;
        } else if timelines.governs().first < past_before {
            return Err(whole(series, kind));
        }
    }
    let is_left = |old: &&Answers| {
        !masters.iter().any(|new| new.series == old.series && new.kind == old.kind)
            && old.timelines.governs().first < past_before
    };
    match published.masters.iter().find(is_left) {
        Some(old) => Err(whole(&old.series, &old.kind)),
        None => Ok(()),
    }
}

/// What a release changes, as it is signed and as people read it.
#[derive(Debug, Default)]
pub struct Changed {
    /// As it is signed; none when it follows no release.
    pub content: Option<ChangesContent>,
    /// Every change, in the order of the list.
    pub list: Vec<Change>,
    /// What their codes are called.
    pub names: Names,
    /// By class and heading.
    pub weighed: Weighed,
}

/// What `masters` judge differently from the published release; `accept` says which classes of the past are
/// accepted.
///
/// # Errors
/// [`Failure`] with every class of the past that is not accepted, or accepted otherwise than it is.
pub(super) fn changed(
    schemas: &Schemas,
    masters: &[Answers],
    against: Against<'_>,
    head: &ReleaseHead,
    accept: impl FnOnce(&Weighed) -> Result<Vec<AcceptedPast>, Failure>,
) -> Result<Changed, Failure> {
    let published = match against {
        Against::Nothing => return Ok(Changed::default()),
        Against::Renews(published) => return signed(schemas, published, head),
        Against::Follows(published) => published,
    };
    let past_before = head.past_before();
    // Not the first day to come: a release that waits for its instant does not keep an urgent one from
    // judging.
    let before = published.release.manifest().created;
    if head.created < before {
        return Err(Failure::new(
            Exit::Data,
            format!("the published release was made at {before}; one made before it cannot follow"),
            format!(
                "公開中のリリースの作成日時は {before} です。それより前の日時の草案は作れません",
                before = before.said_exactly(Lang::Ja)
            ),
        ));
    }
    let list = published.changes_to(masters);
    let weighed = weigh(schemas, &list, past_before);
    let names = names(&list, masters, &published.masters);
    let accepted = accept(&weighed)?;
    let objections = weighed.objections(&accepted);
    if !objections.is_empty() {
        return Err(refused(&list, &names, &weighed, head, schemas, &objections));
    }
    let bytes = write_changes(&list);
    let earlier = published.release.lists_to_carry(bytes.len() as u64);
    let counts = weighed.counts;
    let content = ChangesContent {
        list: bytes,
        past: counts.past,
        past_and_future: counts.past_and_future,
        future: counts.future,
        accepted,
        earlier,
    };
    Ok(Changed { content: Some(content), list, names, weighed })
}

/// What the published release itself changed: both organisations signed it.
fn signed(schemas: &Schemas, published: &PublishedRelease, head: &ReleaseHead) -> Result<Changed, Failure> {
    let Some(changes) = published.release.changes() else { return Ok(Changed::default()) };
    let list = read_list(changes.list)?;
    let weighed = weigh(schemas, &list, head.past_before());
    let names = names(&list, &published.masters, &[]);
    let told = changes.told;
    let earlier = changes.earlier().map(|(told, list)| EarlierContent {
        release: told.release,
        follows: told.follows,
        list: list.to_vec(),
    });
    let content = ChangesContent {
        list: changes.list.to_vec(),
        past: told.past,
        past_and_future: told.past_and_future,
        future: told.future,
        accepted: told.accepted.clone(),
        earlier: earlier.collect(),
    };
    Ok(Changed { content: Some(content), list, names, weighed })
}

/// Lines of changes that a refusal shows, and classes that it puts into a command.
const LINES: usize = 30;
const NAMED: usize = 60;

fn refused(
    list: &[Change],
    names: &Names,
    weighed: &Weighed,
    head: &ReleaseHead,
    schemas: &Schemas,
    objections: &[Objection],
) -> Failure {
    let past_before = head.past_before();
    // Where some are accepted, those that are not are told.
    let open: BTreeSet<&PastClass> = objections
        .iter()
        .filter_map(|objection| match objection {
            Objection::NotAccepted { class, .. } => Some(class),
            _ => None,
        })
        .collect();
    // What is accepted already stays so, with its reason; none but these is new.
    let named: Vec<&str> = match open.is_empty() {
        true => weighed.classes.keys().map(PastClass::as_str).collect(),
        false => open.iter().map(|class| class.as_str()).collect(),
    };
    let accepted = if named.len() > NAMED {
        Advised::again_without(&["--accepted-past"]).word("--accepted-past").blank(Blank::File)
    } else {
        let again = Advised::again_without(&["--reason", "--source"]);
        let again = again.word("--accept-past").word(named.join(","));
        again.word("--reason").blank(Blank::Reason).word("--source").blank(Blank::Notice)
    };
    let is_open = |change: &&Change| change.class(schemas).is_some_and(|class| open.contains(&class));
    let list: Vec<Change> = list.iter().filter(is_open).cloned().collect();
    let others = || objections.iter().filter(|objection| !matches!(objection, Objection::NotAccepted { .. }));
    let told = |lang: Lang| {
        let wrong: String = others().map(|objection| format!("  {}\n", objection.say(lang))).collect();
        let groups = groups(schemas, &list, past_before, Side::Past);
        lines(schemas, names, &groups, Some(LINES), lang) + &wrong
    };
    let (english, japanese) = (told(Lang::En), told(Lang::Ja));
    // Of this commit: a revert's is on no branch yet.
    let mut all = Advised::command(&["release", "changes"]).word(&head.commit);
    if let Some(at) = head.activate_at {
        all = all.word("--activate-at").word(at);
    }
    let failure = Failure::new(
        Exit::Data,
        format!(
            "days before {past_before} would be judged differently than by the published release, and that \
             is not accepted:\n{english}look at all of it with the first of these; when it is meant, say why \
             and what it rests on with the second; the third leaves it for a later release:"
        ),
        format!(
            "{} より前の診療日の判定が公開中のリリースと変わりますが、承認されていません:\n{japanese}\
             全件は次の 1 行目で書き出せます（確認してください）。意図した変更であれば、理由と根拠を付けて 2 行目で承認します。\
             後のリリースに回す場合は 3 行目です:",
            past_before.said(Lang::Ja)
        ),
    );
    let nothing = &["--accept-past", "--accepted-past", "--reason", "--source"];
    let later = Advised::again_without(nothing).word("--future-only");
    failure.advising(all.word("-o").blank(Blank::File)).advising(accepted).advising(later)
}
