//! What a release holds, computed from a commit: by the proposer, and again by everyone who reviews it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use warifu_masters::finding::Findings;
use warifu_rules::past::Weighed;
use warifu_rules::readable::superseded;
use warifu_trust::{
    Content, Correction, FormatFile, Governs, Manifest, MasterContent, Proposal, ReleaseHead,
};
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::AcceptedPast;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::compared::Comparison;
use super::file::{file_name, formatted};
use super::past::{Against, Answers, PublishedRelease, changed, leave_the_past};
use crate::error::{Exit, Failure};
use crate::library::known_format;
use crate::store::{At, Held, ImportRecord, Store, StoreError};

/// The days that a release is made for.
#[derive(Debug, Clone, Copy)]
pub struct When<'a> {
    /// The day on which waivers hold.
    pub today: Date,
    /// The first day to come.
    pub past_before: TreatmentDay,
    /// The release whose past it leaves as it is: what that one holds is never too old.
    pub past_of: Option<&'a PublishedRelease>,
}

impl When<'_> {
    /// For a release that begins to judge `today`.
    pub fn today(today: Date) -> Self {
        let past_before = TreatmentDay::parse(&today.to_string()).unwrap_or(TreatmentDay::EARLIEST);
        When { today, past_before, past_of: None }
    }
}

/// A master that is in the repository and not in a release, as its days are too long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooOld {
    /// The series.
    pub series: String,
    /// The kind of master.
    pub kind: String,
    /// The last day that it governs.
    pub last: TreatmentDay,
}

impl Speak for TooOld {
    fn say(&self, lang: Lang) -> String {
        let TooOld { series, kind, last } = self;
        say!(
            lang,
            "{series}/{kind} is left out: its days ended on {last}, longer ago than [release] \
             keep_series_years of warifu.toml says",
            "{series}/{kind} は {last} までの分で、warifu.toml の [release] keep_series_years の保持期間を過ぎているため、\
             リリースに含めません",
            last = last.said(lang)
        )
    }
}

/// Every master of one commit, as a release holds it.
#[derive(Debug)]
pub struct Contents {
    /// The commit, in full.
    pub commit: String,
    /// What `warifu.toml` says is no longer kept.
    pub too_old: Vec<TooOld>,
    /// The masters.
    pub masters: Vec<MasterContent>,
    /// Each with every day of it, in the same order.
    pub answers: Vec<Answers>,
    /// What validation and consistency found in each, by `series/kind`; none of it denies.
    pub findings: Vec<(String, Findings)>,
}

/// Computes the contents of a release from the commit `rev`, in `formats`, for these days.
///
/// # Errors
/// When a master has findings that deny, or cannot be written in a format; or what the repository says.
pub fn contents(
    store: &Store,
    rev: &str,
    formats: &[String],
    When { today, past_before, past_of }: When<'_>,
) -> Result<Contents, Failure> {
    let config = store.config(rev)?;
    let mut too_old = Vec::new();
    let mut kept = Vec::new();
    for at in store.masters(rev)? {
        let governs = config.governs(&at.series, &at.kind).map_err(StoreError::from)?;
        let is_left = past_of.is_some_and(|published| published.master(&at.series, &at.kind).is_some());
        match governs.last {
            Some(last) if !is_left && !config.release.keeps(governs, past_before) => {
                too_old.push(TooOld { series: at.series, kind: at.kind, last });
            }
            _ => kept.push(at),
        }
    }
    let commit = kept.first().map(|at| at.commit.clone()).unwrap_or_default();
    let held = store.each(&kept, |store, at| {
        let (state, record) = (store.held_state(at)?, store.import_record(at)?);
        Ok::<_, StoreError>(Held { at: at.clone(), record: Some(record), state })
    })?;
    let judged = store.judge(rev, &held, today)?;
    let judged: Vec<(Held, Findings)> = held.into_iter().zip(judged).collect();
    let governs = |at: &At| -> Result<Governs, Failure> {
        let days = config.governs(&at.series, &at.kind).map_err(StoreError::from)?;
        Ok(Governs { from: days.first.to_string(), until: days.last.map(|last| last.to_string()) })
    };
    let all = store.each(&judged, |store, (held, findings)| {
        content(store, rev, formats, held, findings, governs(&held.at)?)
    })?;
    let (mut masters, mut answers, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    for (master, answer, found) in all {
        findings.push((format!("{}/{}", master.series, master.kind), found));
        masters.push(master);
        answers.push(answer);
    }
    if let (true, Some(TooOld { series, kind, last })) = (masters.is_empty(), too_old.last()) {
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!(
                "{rev}: the days of every master are longer ago than [release] keep_series_years of \
                 warifu.toml says (those of {series}/{kind} ended on {last}); nothing is left to release"
            ),
            format!(
                "{rev}: warifu.toml の [release] keep_series_years により、すべてのマスターが保持期間を過ぎています\
                 （{series}/{kind} は {} まで）。リリースする内容がありません",
                last.said(Lang::Ja)
            ),
        ));
    }
    if masters.is_empty() {
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!("{rev} holds no masters yet; import some first"),
            format!("{rev} にはまだマスターがありません。先に取り込んでください"),
        ));
    }
    Ok(Contents { commit, too_old, masters, answers, findings })
}

/// One master as a release holds it, with every day of it and what was found in it.
fn content(
    store: &Store,
    rev: &str,
    formats: &[String],
    Held { at, record, state: master }: &Held,
    findings: &Findings,
    governs: Governs,
) -> Result<(MasterContent, Answers, Findings), Failure> {
    let name = at.name();
    let state = master.master().clone();
    let timelines = store.timelines(at, &state)?;
    let mut findings = findings.clone();
    findings.extend(superseded(&timelines));
    if findings.denies() {
        return Err(Failure::refused(
            format!("{name} of {rev} is not fit for a release"),
            format!("{rev} の {name} はリリースできません"),
            findings,
        )
        .found_in(name));
    }
    let dated = record.as_ref().map(|record| record.dated.strftime("%Y%m%d").to_string()).unwrap_or_default();
    let mut let_pass = findings.passed();
    let_pass.extend(store.accepted_on_the_way(at)?);
    let_pass.sort();
    let_pass.dedup();
    let mut files = BTreeMap::new();
    for format_name in formats {
        let format = known_format(store.schemas(), format_name)?;
        let bytes = formatted(master, format, &name)?;
        let content = Content::of(&bytes);
        let file_name = file_name(master.layout(), &at.series, &dated, format);
        files.insert(
            format_name.clone(),
            FormatFile { file_name, sha256: content.sha256, bytes: content.bytes },
        );
    }
    let content = MasterContent {
        series: at.series.clone(),
        kind: at.kind.clone(),
        edition: master.layout().edition.clone(),
        rows: master.rows() as u64,
        canonical: master.canonical(),
        formats: files,
        governs,
        made_of: master.basis(),
        published: record.as_ref().map(|record| record.dated.to_string()),
        let_pass,
        corrections: store.corrections_standing(at)?.into_iter().map(mark).collect(),
        timelines: timelines.canonical(),
    };
    let answers = Answers { series: at.series.clone(), kind: at.kind.clone(), state, timelines };
    Ok((content, answers, findings))
}

/// A correction as the manifest marks it.
fn mark((record, keys): (ImportRecord, BTreeSet<String>)) -> Correction {
    let ImportRecord { name, sha256, dated, correction, .. } = record;
    Correction {
        file: name,
        sha256,
        dated: dated.to_string(),
        reason: correction.unwrap_or_default(),
        keys: keys.into_iter().collect(),
    }
}

/// A release, put together.
#[derive(Debug)]
pub struct Assembled<'a> {
    /// With the commit in full.
    pub head: ReleaseHead,
    /// The masters.
    pub masters: Vec<MasterContent>,
    /// What it is beside the release that it follows.
    pub comparison: Comparison<'a>,
    /// See [`Contents::too_old`].
    pub too_old: Vec<TooOld>,
    /// See [`Contents::findings`].
    pub findings: Vec<(String, Findings)>,
}

/// Puts a release together from the commit that `head` names, in `formats`, against what is published;
/// `accept` says which classes of changes of the past are accepted.
///
/// # Errors
/// As [`contents`]; when something of the past is not accepted; when it cannot be left for later although
/// `head` says so.
pub fn assemble<'a>(
    store: &Store,
    head: ReleaseHead,
    formats: &[String],
    today: Date,
    against: Against<'a>,
    accept: impl FnOnce(&Weighed) -> Result<Vec<AcceptedPast>, Failure>,
) -> Result<Assembled<'a>, Failure> {
    let past_of = if head.future_only { against.published() } else { None };
    let when = When { today, past_before: head.past_before(), past_of };
    let Contents { commit, too_old, mut masters, mut answers, findings } =
        contents(store, &head.commit, formats, when)?;
    if head.future_only {
        leave_the_past(&mut answers, against, head.past_before())?;
        for (master, answers) in masters.iter_mut().zip(&answers) {
            master.timelines = answers.timelines.canonical();
        }
    }
    let head = ReleaseHead { commit, ..head };
    let changed = changed(store.schemas(), &answers, against, &head, accept)?;
    let before = against.published().map_or(&[][..], PublishedRelease::masters);
    let comparison = Comparison::of(before, answers, changed);
    Ok(Assembled { head, masters, comparison, too_old, findings })
}

/// Recomputes what `proposal` says from `store`: the same commit, the same formats, nothing taken on trust
/// but what both signed and published.
///
/// # Errors
/// As [`assemble`]; the commit must be in this repository.
pub fn recompute<'a>(
    store: &Store,
    proposal: &Proposal,
    against: Against<'a>,
    today: Date,
) -> Result<(Manifest, Comparison<'a>), Failure> {
    let proposed = proposal.manifest();
    let mut formats: Vec<String> =
        proposed.masters.iter().flat_map(|master| master.formats.keys().cloned()).collect();
    formats.sort();
    formats.dedup();
    let accepted = |_: &Weighed| {
        Ok(proposed.changes.as_ref().map(|changes| changes.accepted.clone()).unwrap_or_default())
    };
    let Assembled { head, masters, comparison, .. } =
        assemble(store, proposed.head(), &formats, today, against, accepted)?;
    let manifest = Manifest::of(head, &masters, comparison.changed.content.as_ref())
        .map_err(|error| Failure::because(Exit::Data, &error))?;
    Ok((manifest, comparison))
}
