//! The gate before activation: recent claim files and the synthetic corpus are judged by the candidate and by
//! the release that was confirmed last.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_claims::movement::{
    Declared, Enough, Institution, Movements, NothingDeclared, Report, Verdict as Weighed, synthetic,
};
use warifu_claims::{ClaimFile, Snapshot, institution};
use warifu_values::day::{ClaimMonth, TreatmentDay};
use warifu_values::lang::{Lang, Speak as _};

use crate::said::Said;

/// What the gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Enough was replayed, and nothing speaks against it.
    Passed,
    /// A master is at fault.
    Refused,
    /// Too little was replayed, or nothing ran before. The release may go on to probation, and no further.
    Inconclusive,
}

/// What the replay gave; kept with the state and shown by `status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Replayed {
    /// The candidate.
    pub release: u64,
    /// What it was compared with; nothing, when nothing ran before.
    pub against: Option<u64>,
    /// What it says.
    pub verdict: Verdict,
    /// Why.
    pub why: Said,
    /// What the recent claim files gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<Report>,
    /// What claims gave that were made from the masters, around what the release says it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synthetic: Option<Report>,
}

/// One release judged the same claim files twice and did not say the same: whatever two releases differ in
/// would mean nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTheSame {
    /// The release.
    pub release: u64,
    /// What differed.
    pub what: Said,
}

impl NotTheSame {
    /// For people.
    pub fn said(&self) -> Said {
        let NotTheSame { release, what } = self;
        Said::new(
            format!(
                "release {release} judged the same claim files twice and not alike, so nothing can be \
                 compared: {}",
                what.en
            ),
            format!(
                "リリース {release} で同じ請求ファイルを二度点検した結果が一致しないため、比較できません: {}",
                what.ja
            ),
        )
    }
}

/// A release on its way in, as it is tried.
#[derive(Debug, Clone, Copy)]
pub struct Tried<'a> {
    /// Its number.
    pub release: u64,
    /// Its masters.
    pub snapshot: &'a Snapshot,
    /// What it says it changes.
    pub declared: &'a Declared,
    /// The days before this one are past.
    pub past_before: TreatmentDay,
    /// Claims of later months are not weighed: that of its activation, or of today.
    pub until: ClaimMonth,
}

/// Replays `files`, and the corpus of what `tried` declares, against the release `running`.
///
/// # Errors
/// [`NotTheSame`]: old against old must give no difference before old against new means anything.
pub fn replay(
    tried: Tried<'_>,
    running: Option<(u64, &Snapshot)>,
    files: &[Arc<[u8]>],
    enough: &Enough,
) -> Result<Replayed, NotTheSame> {
    let Some((against, running)) = running else {
        let why = Said::new("nothing ran before", "比較する稼働リリースがありません");
        let (release, verdict) = (tried.release, Verdict::Inconclusive);
        return Ok(Replayed { release, against: None, verdict, why, received: None, synthetic: None });
    };
    judged_alike(files, against, running, running)?;
    let mut movements = Movements::until(tried.until);
    for bytes in files {
        let (file, from) = (ClaimFile::read(bytes), Institution::of(institution(bytes)));
        movements.take(&file, from, running, tried.snapshot, tried.declared);
    }
    let changed = tried.declared.codes();
    let corpus = synthetic(changed, tried.past_before, running, tried.snapshot, tried.declared);
    let (received, corpus_report) = (movements.report(enough), corpus.report());
    let (verdict, said) = match (corpus.verdict(), movements.verdict(enough)) {
        (Weighed::Refused, _) => (Verdict::Refused, &corpus_report.said),
        (_, Weighed::Refused) => (Verdict::Refused, &received.said),
        (_, Weighed::Inconclusive(_)) => (Verdict::Inconclusive, &received.said),
        (Weighed::Inconclusive(_), _) => (Verdict::Inconclusive, &corpus_report.said),
        (Weighed::Passed, Weighed::Passed) => (Verdict::Passed, &received.said),
    };
    let why = Said::new(said.en.clone(), said.ja.clone());
    let (received, synthetic) = (Some(received), Some(corpus_report));
    Ok(Replayed { release: tried.release, against: Some(against), verdict, why, received, synthetic })
}

/// Judges `files` `once` and `again` by what is one release.
///
/// # Errors
/// [`NotTheSame`] when both do not say the same of every use.
pub fn judged_alike(
    files: &[Arc<[u8]>],
    release: u64,
    once: &Snapshot,
    again: &Snapshot,
) -> Result<(), NotTheSame> {
    let mut twice = Movements::default();
    for bytes in files {
        let from = Institution::of(institution(bytes));
        twice.take(&ClaimFile::read(bytes), from, once, again, &NothingDeclared);
    }
    if twice.is_still() {
        return Ok(());
    }
    let codes = twice.report(&Enough { files: 0, institutions: 0, uses: 0 }).codes;
    let said = |lang| codes.first().map(|code| code.say(lang)).unwrap_or_default();
    Err(NotTheSame { release, what: Said::new(said(Lang::En), said(Lang::Ja)) })
}

impl Replayed {
    /// Why the candidate is refused, when it is.
    pub fn refusal(&self) -> Option<Said> {
        let Said { en, ja } = &self.why;
        (self.verdict == Verdict::Refused)
            .then(|| Said::new(format!("in replay: {en}"), format!("再点検: {ja}")))
    }

    /// With the first codes only, as the record keeps it.
    #[must_use]
    pub fn brief(mut self) -> Replayed {
        for report in [&mut self.received, &mut self.synthetic].into_iter().flatten() {
            *report = report.clone().brief();
        }
        self
    }
}
