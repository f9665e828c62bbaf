//! A start: what the record on disk says ran, judging again without the source.

use std::sync::Arc;

use warifu_masters::schema::Schemas;
use warifu_trust::UnixSeconds;

use crate::candidate::{Candidate, Judged, NotRead};
use crate::log::{Event, Log};
use crate::said::Said;
use crate::state::{Damage, Held, Installed, Lost, Record, Running, StateDirectory, StateDirectoryError};
use crate::swap::active::Active;
use crate::swap::runs::Runs;

/// With so many crashes while it is on probation, or ends of whatever kind while it is given to a program, a
/// release is held.
pub(super) const INTERRUPTED_MOST: u32 = 3;

/// What runs again, and what is held because the checker crashed with it too often.
pub(super) type Resumed = (Runs, Option<Held>);

/// What `directory` records, running again.
pub(super) fn resume(
    directory: StateDirectory,
    schemas: &Schemas,
    log: Log,
    now: UnixSeconds,
) -> Result<Resumed, StateDirectoryError> {
    let mut record = directory.record_or_rebuilt(now)?;
    if let Some(rebuilt) = record.rebuilt() {
        log.event(Event::RecordRebuilt, &rebuilt.why.then(&Damage::what_to_do()));
    }
    if let Some(trouble) = directory.trouble() {
        log.event(Event::RecordNotWritten, &trouble.why);
    }
    let ended = if record.starts() { Ended::AsItShould } else { Ended::Otherwise };
    let held = leave_probation(&mut record, ended, now);
    // What was lost may have been put back by somebody; then what stood in for it is the one before it.
    let (due, stands_in) = match record.lost() {
        Some(lost) => (Some(lost.installed.clone()), record.running().release().cloned()),
        None => (record.running().release().cloned(), record.running().previous().cloned()),
    };
    let load = |installed: &Installed, beside: Option<&Arc<Active>>| {
        let known: Vec<_> = beside.into_iter().map(|active| active.judged()).collect();
        load(&directory, schemas, installed, &known)
    };
    let (mut running, mut lost) = (None, None);
    match due.map(|installed| (load(&installed, None), installed)) {
        None => {}
        Some((Ok(active), _)) => running = Some(active),
        Some((Err(why), installed)) => lost = Some(Lost { installed, why }),
    }
    let mut previous = stands_in.and_then(|installed| {
        load(&installed, running.as_ref())
            .inspect_err(|why| {
                let release = installed.id.release;
                log.of_release(
                    Event::FallBackUnusable,
                    release,
                    &Said::new(
                        format!(
                            "release {release}, which would be fallen back to, cannot be used: {}",
                            why.en
                        ),
                        format!("戻り先のリリース {release} を使用できません: {}", why.ja),
                    ),
                );
            })
            .ok()
    });
    // A damaged release must not keep the checker from the good one before it.
    if running.is_none() {
        running = previous.take();
    }
    if let Some(lost) = &lost {
        log.event(Event::ReleaseLost, &lost_said(lost, running.as_deref()));
    }
    record.loses(lost);
    record.runs(match &running {
        None => Running::Nothing,
        Some(active) => {
            let previous = previous.as_ref().map(|previous| previous.installed());
            Running::Confirmed { release: active.installed(), previous }
        }
    });
    // Also that it runs now: the end that follows must not be taken for the one before. What cannot be
    // written stops nobody from judging; it is tried again.
    if let Err(error) = directory.write_record(&record) {
        log.event(Event::RecordNotWritten, &Said::of(&error));
    }
    if let Some(active) = &running {
        let release = active.id.release;
        log.of_release(
            Event::ReleaseResumed,
            release,
            &Said::new(
                format!("release {release} resumed from the state folder"),
                format!("リリース {release} を状態フォルダーから再開しました"),
            ),
        );
    }
    Ok((Runs::resumed(directory, record, running, previous, log), held))
}

/// How the checker ended before this start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// By an operator or a service manager, in its own time.
    AsItShould,
    /// By a crash, a kill or a power cut.
    Otherwise,
}

/// A release that was on probation gives way to the confirmed one before it. It is held when the checker
/// crashed too often with it; so is what a program was just being given, however the checker ended then: what
/// tells the program may itself tell this one to end. Where that was the first release, nothing runs then.
/// What is held now is given.
fn leave_probation(record: &mut Record, ended: Ended, now: UnixSeconds) -> Option<Held> {
    let on_probation = match record.running().clone() {
        Running::OnProbation { release, previous } => Some((release.id, previous)),
        _ => None,
    };
    let (id, counts) = match (record.tried(), &on_probation) {
        (Some(tried), _) => (tried, true),
        (None, Some((id, _))) => (*id, ended == Ended::Otherwise),
        (None, None) => return None,
    };
    let before = record.interrupted.filter(|(known, _)| *known == id).map_or(0, |(_, times)| times);
    let times = before + u32::from(counts);
    let why = match record.tried() {
        Some(_) => Said::new(
            format!(
                "the checker crashed, was killed or was told to end {times} times while it was given to the \
                 attached program"
            ),
            format!(
                "接続先プログラムへの適用中に、チェッカーが {times} 回終了しました（異常終了または終了の指示）"
            ),
        ),
        None => Said::new(
            format!("the checker crashed or was killed {times} times while it was on probation"),
            format!("観察期間中にチェッカーが {times} 回異常終了しました"),
        ),
    };
    record.interrupted = Some((id, times)).filter(|_| times > 0);
    let is_too_often = times >= INTERRUPTED_MOST;
    // A first release goes on: there is none before it. It is given to the program again at once, and what
    // ends this meanwhile is put down to it again.
    let is_first = record.running().release().is_some_and(|runs| record.tried() == Some(runs.id))
        && on_probation.is_none();
    if is_too_often || !is_first {
        record.tries(None);
    }
    if is_too_often {
        record.hold(id.into(), why, now);
    }
    if is_too_often && is_first {
        record.runs(Running::Nothing);
    }
    if let Some((_, previous)) = on_probation {
        record.runs(Running::Confirmed { release: previous, previous: None });
    }
    record.held(id.into()).filter(|_| is_too_often).cloned()
}

/// Reads what is `installed`; what it has in common with what is `known` is shared.
fn load(
    directory: &StateDirectory,
    schemas: &Schemas,
    installed: &Installed,
    known: &[Judged],
) -> Result<Arc<Active>, Said> {
    let content = directory.releases().load(installed.id.into()).map_err(|error| Said::of(&error))?;
    let candidate = Candidate::build_beside(schemas, content, known).map_err(NotRead::why)?;
    let candidate = candidate.signed_by(installed.signed_by.clone());
    Ok(Arc::new(Active::new(candidate, None, installed.since)))
}

fn lost_said(lost: &Lost, stands_in: Option<&Active>) -> Said {
    let (release, why) = (lost.installed.id.release, &lost.why);
    let (en, ja) = match stands_in.map(|active| active.id.release) {
        Some(other) => {
            (format!("release {other} judges in its place"), format!("代わりにリリース {other} で点検します"))
        }
        None => ("nothing can judge".to_owned(), "点検に使用できるリリースがありません".to_owned()),
    };
    Said::new(
        format!(
            "release {release} ran here and cannot be used any more: {}; {en} until it is fetched again",
            why.en
        ),
        format!("稼働していたリリース {release} を使用できません: {}。再取得できるまで、{ja}", why.ja),
    )
}
