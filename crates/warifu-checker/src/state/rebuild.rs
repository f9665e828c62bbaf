//! A record put together from other witnesses when both of its copies are damaged or gone: the log of acts,
//! which tells what was confirmed last, and the releases that lie whole on disk.

use warifu_audit::{Act, Entry, Phase};
use warifu_trust::UnixSeconds;

use crate::said::Said;
use crate::state::installed::Installed;
use crate::state::record::{Rebuilt, Record};
use crate::state::running::Running;

/// What a log of acts tells of releases. Lines that cannot be read are passed over: the others still tell.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    /// The release that was confirmed last, and since when.
    confirmed: Option<(u64, UnixSeconds)>,
    /// The newest that ever judged.
    newest: Option<u64>,
}

impl Told {
    /// By the bytes of the log.
    pub(super) fn by(log: &[u8]) -> Told {
        let mut told = Told::default();
        for line in log.split(|byte| *byte == b'\n') {
            let Ok(entry) = serde_json::from_slice::<Entry>(line) else { continue };
            let release = entry.subject.get("release").and_then(|release| release.parse().ok());
            let (Some(release), Phase::Done) = (release, entry.phase) else { continue };
            let at = UnixSeconds::new(entry.at.as_second());
            match entry.act {
                // What a start finds on probation is left for what was confirmed before.
                Act::Start | Act::Confirm | Act::FallBack | Act::Regain => {
                    told.confirmed = Some((release, at));
                }
                // The first release of a checker is confirmed at once.
                Act::Swap if told.confirmed.is_none() => told.confirmed = Some((release, at)),
                Act::Swap => {}
                _ => continue,
            }
            told.newest = told.newest.max(Some(release));
        }
        told
    }

    /// Whether any release judged.
    pub(super) fn of_any(&self) -> bool {
        self.confirmed.is_some()
    }
}

/// The record by what was `told` and by the releases that lie `whole` on disk; none when none does. `why` is
/// what is wrong with the one there was.
///
/// Where nothing tells which of them was confirmed last, the oldest is taken: what is kept on disk is what
/// ran, the confirmed release before it, and what was to come.
pub(super) fn rebuilt(told: Told, mut whole: Vec<Installed>, why: &Said, now: UnixSeconds) -> Option<Record> {
    whole.sort_by_key(|installed| installed.id.release);
    let of_last = |installed: &&Installed| Some(installed.id.release) == told.confirmed.map(|(last, _)| last);
    let (mut installed, witness) = match whole.iter().find(of_last) {
        Some(installed) => {
            let said =
                Said::new("the log of acts tells that it was confirmed last", "操作記録で最後に確定したもの");
            (installed.clone(), said)
        }
        None => {
            let said = Said::new("it is the oldest one on disk", "ディスク上で最も古いもの");
            (whole.first()?.clone(), said)
        }
    };
    installed.since =
        told.confirmed.filter(|(last, _)| *last == installed.id.release).map_or(now, |(_, at)| at);
    let release = installed.id.release;
    let why = why.then(&Said::new(
        format!("release {release} is taken for what ran: {}", witness.en),
        format!("リリース {release} を稼働していたものとみなします（{}）", witness.ja),
    ));
    let mut record = Record::default();
    record.runs(Running::Confirmed { release: installed, previous: None });
    whole
        .iter()
        .map(|installed| installed.id.release)
        .chain(told.newest)
        .for_each(|it| record.forbid_before(it));
    record.doubts(Some(Rebuilt { why, at: now }));
    Some(record)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Write as _;

    use jiff::Timestamp;
    use warifu_audit::AuditLog;
    use warifu_values::digest::Digest;

    use super::*;
    use crate::state::installed::Id;

    fn told(acts: &[(Act, Option<u64>)]) -> Told {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::at(&folder.path().join("log"), "somebody", "0");
        for (act, release) in acts {
            let subject = release.iter().map(|it| ("release".to_owned(), it.to_string()));
            log.tell(Timestamp::UNIX_EPOCH, *act, Phase::Done, subject.collect::<BTreeMap<_, _>>()).unwrap();
        }
        let mut bytes = b"damaged\n".to_vec();
        bytes.write_all(&log.bytes().unwrap()).unwrap();
        Told::by(&bytes)
    }

    fn installed(release: u64) -> Installed {
        let id = Id { release, manifest: Digest::of(b"") };
        let (marks, signed_by) = Default::default();
        Installed { id, title: "t".into(), since: UnixSeconds::EPOCH, marks, signed_by }
    }

    fn taken(told: Told, whole: &[u64]) -> Option<u64> {
        let whole = whole.iter().map(|it| installed(*it)).collect();
        let record = rebuilt(told, whole, &Said::new("a test", "試験"), UnixSeconds::EPOCH)?;
        assert!(record.rebuilt().is_some());
        record.running().release().map(|installed| installed.id.release)
    }

    #[test]
    fn what_was_confirmed_last_is_taken_for_what_ran() {
        let nothing = Told::default();
        assert_eq!((taken(nothing, &[]), taken(nothing, &[3, 2])), (None, Some(2)));
        let first = [(Act::Start, None), (Act::Swap, Some(1))];
        assert_eq!(taken(told(&first), &[1]), Some(1));
        let on_probation = [&first[..], &[(Act::Swap, Some(2))]].concat();
        assert_eq!(taken(told(&on_probation), &[1, 2]), Some(1));
        let confirmed = [&on_probation[..], &[(Act::Confirm, Some(2))]].concat();
        assert_eq!(taken(told(&confirmed), &[1, 2]), Some(2));
        let fell_back = [&confirmed[..], &[(Act::FallBack, Some(1))]].concat();
        assert_eq!(taken(told(&fell_back), &[1, 2]), Some(1));
        assert_eq!(told(&fell_back).newest, Some(2));
        assert_eq!(taken(told(&confirmed), &[1]), Some(1), "2 is not whole");
    }
}
