//! A dry run: what the gates would say of the newest release, by what lies on disk. It writes nothing, so it
//! may run beside the checker whose folder it looks at.

use std::sync::Arc;

use serde::Serialize;
use warifu_masters::schema::Schemas;
use warifu_trust::{ReleaseRef, UnixSeconds};
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use crate::calendar::{Calendar, May, may_activate};
use crate::candidate::Candidate;
use crate::cause::{Amiss, Cause};
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::source::{ReleaseSource, SourceError};
use crate::state::{
    Installed, Phase, Record, Refused, RefusedFor, Running, StateDirectory, StateDirectoryError, Step,
};
use crate::swap::active::Active;
use crate::swap::clearing::{Newer, NotCleared, NotNewer, is_newer};
use crate::swap::gates::Gates;
use crate::swap::outcome::Outcome;
use crate::trial::Replayed;

/// What the gates would say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DryRun {
    /// The release that it would be compared with.
    pub running: Option<u64>,
    /// What would come of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What the replay gave.
    pub replay: Option<Replayed>,
    /// Claim files that are kept here, to be replayed.
    pub kept_files: usize,
}

/// What a dry run looks at.
#[derive(Debug)]
pub struct Looked<'a> {
    /// The state directory.
    pub directory: &'a StateDirectory,
    /// Its recent claim files.
    pub files: &'a [Arc<[u8]>],
    /// The schemas.
    pub schemas: &'a Schemas,
    /// The gates.
    pub gates: Gates,
    /// When releases are activated.
    pub calendar: &'a Calendar,
}

/// What would come of the newest release of `source`.
///
/// # Errors
/// The record cannot be read.
pub fn dry_run(
    looked: &Looked<'_>,
    source: &dyn ReleaseSource,
    now: UnixSeconds,
) -> Result<DryRun, StateDirectoryError> {
    let record = looked.directory.record()?;
    let running = record.running().release().map(|running| running.id.release);
    let mut replay = None;
    let outcome = match tried(looked, &record, source, now, &mut replay) {
        Ok(outcome) | Err(outcome) => outcome,
    };
    Ok(DryRun { running, outcome, replay, kept_files: looked.files.len() })
}

fn tried(
    looked: &Looked<'_>,
    record: &Record,
    source: &dyn ReleaseSource,
    now: UnixSeconds,
    replay: &mut Option<Replayed>,
) -> Result<Outcome, Outcome> {
    let unavailable = |Amiss { cause, why }| Outcome::Unavailable { cause, why };
    let refused = |id: Option<ReleaseRef>, reached, refused_for, why| {
        Outcome::Refused(Refused {
            id: id.map(Into::into),
            reached: Some(reached),
            refused_for,
            why,
            at: now,
        })
    };
    let of_source = |id, reached| {
        move |error| match error {
            SourceError::Unavailable(why) => unavailable(Amiss::new(Cause::Channel, why)),
            SourceError::Here(amiss) => unavailable(amiss),
            SourceError::Stale(why) => Outcome::Stale { why },
            SourceError::Refused(why) => refused(id, reached, RefusedFor::Trust, why),
        }
    };
    let offer = source.open(now).map_err(of_source(None, Step::Fetched))?;
    let id = offer.id();
    let release = id.release;
    let runs = record.running().release();
    if let Some(why) = source.withdrawn(id) {
        return Err(Outcome::Held { release, cause: Cause::Withdrawn, why });
    }
    if let Some(lost) = record.lost()
        && ReleaseRef::from(lost.installed.id) != id
    {
        return Err(Outcome::Held { release, cause: Cause::Lost, why: lost.why.clone() });
    }
    if runs.is_some_and(|runs| ReleaseRef::from(runs.id) == id) {
        return Ok(Outcome::Unchanged { release });
    }
    if let Some(held) = record.held(id) {
        return Err(Outcome::held(held));
    }
    let before =
        running(looked, record, now).map_err(|why| unavailable(Amiss::new(Cause::DiskFault, why)))?;
    let not_newer = is_newer(release, before.as_deref(), record.floor());
    not_newer.map_err(|not| refused(Some(id), Step::Opened, RefusedFor::Trust, not.said()))?;
    let content = offer.fetch().map_err(of_source(Some(id), Step::Opened))?;
    let data = |why| refused(Some(id), Step::Verified, RefusedFor::Data, why);
    let candidate = Candidate::build(looked.schemas, content.clone()).map_err(data)?;
    let activate_at = candidate.activate_at;
    let newer = Newer::than(before, record.floor(), candidate).map_err(|not| data(not.said()))?;
    let kept =
        |wanted| if wanted == id { Ok(content.clone()) } else { looked.directory.releases().load(wanted) };
    let (report, cleared) = newer.clear(looked.schemas, kept, looked.files, &looked.gates.replay(), now);
    *replay = report;
    match (cleared, activate_at) {
        (Err(NotCleared::Data(why)), _) => Err(data(why)),
        (Err(NotCleared::NotNow(why)), _) => Err(unavailable(why)),
        (Ok(cleared), activate_at) => {
            let instant = activate_at.map_or(now, |instant| instant.max(now));
            if cleared.against().is_some()
                && let May::At(until, why) = may_activate(looked.calendar, instant, cleared.marks())
            {
                return Ok(Outcome::Postponed { release, until, why });
            }
            if let Some(frozen) = record.frozen() {
                return Err(Outcome::Held { release, cause: Cause::Frozen, why: frozen.said() });
            }
            if instant > now {
                return Ok(Outcome::Waiting { release, until: instant });
            }
            let phase = cleared.against().map_or(Phase::Confirmed, |_| Phase::Probation);
            Ok(Outcome::Activated { release, phase })
        }
    }
}

/// What runs, as the record has it: on probation, with what was declared since the release before it.
fn running(looked: &Looked<'_>, record: &Record, now: UnixSeconds) -> Result<Option<Arc<Active>>, Said> {
    let load = |id| looked.directory.releases().load(id);
    let build = |installed: &Installed| -> Result<Candidate, Said> {
        let content: ReleaseContent = load(installed.id.into()).map_err(|error| Said::of(&error))?;
        Candidate::build(looked.schemas, content)
    };
    let confirmed = |installed: &Installed| -> Result<Arc<Active>, Said> {
        Ok(Arc::new(Active::new(build(installed)?, None, installed.since)))
    };
    match record.running() {
        Running::Nothing => Ok(None),
        Running::Confirmed { release, .. } => confirmed(release).map(Some),
        Running::OnProbation { release, previous } => {
            let newer = Newer::than(Some(confirmed(previous)?), None, build(release)?);
            let newer = newer.map_err(NotNewer::said)?;
            match newer.clear(looked.schemas, load, &[], &looked.gates.replay(), now).1 {
                Ok(cleared) => Ok(Some(Arc::new(cleared.activate(release.since)))),
                Err(NotCleared::Data(why) | NotCleared::NotNow(Amiss { why, .. })) => Err(why),
            }
        }
    }
}

impl Speak for DryRun {
    fn say(&self, lang: Lang) -> String {
        let said = match &self.outcome {
            Outcome::Activated { release, phase: Phase::Probation } => say!(
                lang,
                "release {release} would be taken, on probation",
                "リリース {release} は受け入れられ、観察期間に入ります"
            ),
            Outcome::Activated { release, phase: Phase::Confirmed } => say!(
                lang,
                "release {release} would be taken as the first one",
                "リリース {release} は初回として受け入れられます"
            ),
            Outcome::Waiting { release, until } | Outcome::Postponed { release, until, .. } => {
                say!(
                    lang,
                    "release {release} would be taken at {until}",
                    "リリース {release} は {until} に受け入れられます"
                )
            }
            Outcome::Unchanged { release } => {
                say!(lang, "release {release} runs already", "リリース {release} は稼働中です")
            }
            Outcome::Refused(refused) => {
                let why = refused.why.say(lang);
                match refused.id.map(|id| id.release) {
                    Some(number) => say!(
                        lang,
                        "release {number} would be refused: {why}",
                        "リリース {number} は拒否されます: {why}"
                    ),
                    None => say!(
                        lang,
                        "what the channel offers would be refused: {why}",
                        "配信元のリリースは拒否されます: {why}"
                    ),
                }
            }
            other => other.said().map(|said| said.say(lang)).unwrap_or_default(),
        };
        let replay = self.replay.as_ref().map(|replay| {
            let why = replay.why.say(lang);
            say!(lang, "replay: {why}", "再点検: {why}")
        });
        let is_compared = self.replay.as_ref().is_some_and(|replay| replay.against.is_some());
        let replayed = is_compared.then(|| match self.kept_files {
            0 => say!(
                lang,
                "no claim file is kept here, so only made-up claims were replayed (files in [replay] of the \
                 configuration keeps some)",
                "保存中の請求ファイルがないため、合成した請求だけで再点検しました（設定の [replay] files で保存できます）"
            ),
            files => {
                let files_en = counted(files as u64, "kept claim file");
                say!(lang, "replayed: {files_en}", "再点検に使用した保存中の請求ファイル: {files} 件")
            }
        });
        let nothing = say!(lang, "dry run: nothing was changed", "試行のみ: 何も変更していません");
        [Some(said), replay, replayed, Some(nothing)].into_iter().flatten().collect::<Vec<_>>().join("\n")
    }
}
