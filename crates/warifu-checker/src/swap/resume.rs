//! A start: what the record on disk says ran, judging again without the source.

use std::sync::Arc;

use warifu_masters::schema::Schemas;
use warifu_trust::UnixSeconds;

use crate::candidate::Candidate;
use crate::log::Log;
use crate::said::Said;
use crate::state::{Installed, Record, Running, StateDirectory, StateDirectoryError};
use crate::swap::active::Active;
use crate::swap::runs::Runs;

/// Starts that may find a release on probation before it is held.
const INTERRUPTED_MOST: u32 = 3;

/// What `directory` records, running again.
pub(super) fn resume(
    directory: StateDirectory,
    schemas: &Schemas,
    log: Log,
    now: UnixSeconds,
) -> Result<Runs, StateDirectoryError> {
    let before = directory.record()?;
    let mut record = before.clone();
    leave_probation(&mut record, now);
    let load = |installed: Option<&Installed>| load(&directory, schemas, log, installed?);
    // A damaged release must not keep the checker from the good one before it.
    let (running, previous) = match (load(record.running().release()), load(record.running().previous())) {
        (None, Some(previous)) => (Some(previous), None),
        pair => pair,
    };
    record.runs(match &running {
        None => Running::Nothing,
        Some(active) => {
            let previous = previous.as_ref().map(|previous| previous.installed());
            Running::Confirmed { release: active.installed(), previous }
        }
    });
    if record != before {
        directory.write_record(&record)?;
    }
    if let Some(active) = &running {
        let release = active.id.release;
        log.event(&Said::new(
            format!("release {release} resumed from the state directory"),
            format!("リリース {release} を状態ディレクトリから再開しました"),
        ));
    }
    Ok(Runs::resumed(directory, record, running, previous, log))
}

/// A release that was on probation gives way to the confirmed one before it, and is held when that happened
/// too often.
fn leave_probation(record: &mut Record, now: UnixSeconds) {
    let Running::OnProbation { release: running, previous } = record.running().clone() else { return };
    let times = match record.interrupted {
        Some((id, times)) if id == running.id => times + 1,
        _ => 1,
    };
    record.interrupted = Some((running.id, times));
    if times >= INTERRUPTED_MOST {
        let why = Said::new(
            format!("the checker ended {times} times while it was on probation"),
            format!("観察期間中にチェッカーが {times} 回終了しました"),
        );
        record.hold(running.id.into(), why, now);
    }
    record.runs(Running::Confirmed { release: previous, previous: None });
}

fn load(
    directory: &StateDirectory,
    schemas: &Schemas,
    log: Log,
    installed: &Installed,
) -> Option<Arc<Active>> {
    let content = directory.load(installed.id.into()).map_err(|error| Said::of(&error));
    match content.and_then(|content| Candidate::build(schemas, content)) {
        Ok(candidate) => Some(Arc::new(Active::new(candidate, None, installed.since))),
        Err(why) => {
            log.event(&why);
            None
        }
    }
}
