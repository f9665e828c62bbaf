//! A record put together from other witnesses when both of its copies are damaged or gone: the log of acts
//! and the history, which tell what was confirmed last and what is not to be taken again, and the releases
//! that lie whole on disk.

use std::collections::BTreeMap;

use serde::Deserialize;
use warifu_audit::{Act, Entry, Phase};
use warifu_trust::UnixSeconds;

use crate::said::Said;
use crate::state::installed::Installed;
use crate::state::record::{Rebuilt, Record};
use crate::state::running::Running;

/// Who tells of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Witness {
    Log,
    History,
}

/// What an act tells of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// It judges, and was confirmed: what a start finds on probation is left for what was confirmed before.
    Judges,
    /// It judges from then on. The first release of a checker is confirmed at once.
    Activated,
    /// It is gone back to.
    WentBack,
    /// It is not taken.
    Held,
    /// It is taken again.
    Unheld,
}

/// One act of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    at: UnixSeconds,
    tells: Tells,
    release: u64,
    /// Of going back, what was left.
    from: Option<u64>,
    by: Witness,
}

/// What the history has of acts; the rest of it is not asked.
#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    acts: Vec<KeptAct>,
}

#[derive(Deserialize)]
struct KeptAct {
    at: UnixSeconds,
    act: String,
    release: Option<u64>,
    from: Option<u64>,
}

impl Seen {
    /// By a line of the log of acts.
    fn of_entry(entry: &Entry) -> Option<Seen> {
        let number = |name: &str| entry.subject.get(name).and_then(|release| release.parse().ok());
        let tells = match (entry.act, entry.phase) {
            (Act::Start | Act::Confirm | Act::Regain, Phase::Done) => Tells::Judges,
            (Act::Swap, Phase::Done) => Tells::Activated,
            (Act::FallBack, Phase::Done) => Tells::WentBack,
            (Act::Hold, Phase::Done | Phase::Refused) => Tells::Held,
            (Act::Unhold, Phase::Done) => Tells::Unheld,
            _ => return None,
        };
        let at = UnixSeconds::new(entry.at.as_second());
        Some(Seen { at, tells, release: number("release")?, from: number("from"), by: Witness::Log })
    }

    /// By an act of the history.
    fn of_kept(kept: &KeptAct) -> Option<Seen> {
        let tells = match &*kept.act {
            "started" | "confirmed" | "regained" => Tells::Judges,
            "activated" => Tells::Activated,
            "fell-back" => Tells::WentBack,
            "held" => Tells::Held,
            "unheld" => Tells::Unheld,
            _ => return None,
        };
        let by = Witness::History;
        Some(Seen { at: kept.at, tells, release: kept.release?, from: kept.from, by })
    }

    fn is_same(&self, other: &Seen) -> bool {
        (self.at, self.tells, self.release) == (other.at, other.tells, other.release)
    }
}

/// What the witnesses tell of releases.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// The releases that were confirmed, the last one last, each since when and by whom.
    confirmed: Vec<(u64, UnixSeconds, Witness)>,
    /// What fell back or was held, and since when.
    held: BTreeMap<u64, UnixSeconds>,
    /// The newest that ever judged.
    newest: Option<u64>,
    /// Whether anything is told at all, if only of a start without a release.
    is_anything: bool,
}

impl Told {
    /// By the bytes of the log of acts and of the history. What cannot be read is passed over: the rest still
    /// tells.
    pub(super) fn by(log: &[u8], history: &[u8]) -> Told {
        let entries = log.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
        let entries: Vec<Entry> = entries.collect();
        let mut seen: Vec<Seen> = entries.iter().filter_map(Seen::of_entry).collect();
        let kept = serde_json::from_slice::<Kept>(history).map(|kept| kept.acts).unwrap_or_default();
        for of_history in kept.iter().filter_map(Seen::of_kept) {
            if !seen.iter().any(|of_log| of_log.is_same(&of_history)) {
                seen.push(of_history);
            }
        }
        seen.sort_by_key(|seen| seen.at);
        let is_anything = !entries.is_empty() || !kept.is_empty();
        let mut told = Told { is_anything, ..Told::default() };
        seen.iter().for_each(|seen| told.take(seen));
        told
    }

    fn take(&mut self, seen: &Seen) {
        let Seen { at, tells, release, from, by } = *seen;
        match tells {
            Tells::Held => {
                self.held.insert(release, at);
                return;
            }
            Tells::Unheld => {
                self.held.remove(&release);
                return;
            }
            Tells::WentBack => {
                let passed_over = self.confirmed.iter().map(|(confirmed, ..)| *confirmed);
                let left = passed_over.chain(from).chain(self.newest).filter(|left| *left > release);
                let left: Vec<u64> = left.collect();
                self.held.extend(left.into_iter().map(|left| (left, at)));
            }
            Tells::Judges | Tells::Activated => {}
        }
        if tells != Tells::Activated || self.confirmed.is_empty() {
            self.confirmed.push((release, at, by));
        }
        // What judges is not held; what is confirmed ends what held older ones.
        match tells {
            Tells::Activated => drop(self.held.remove(&release)),
            _ => self.held.retain(|held, _| *held > release),
        }
        self.newest = self.newest.max(Some(release)).max(from);
    }

    /// Whether any release judged.
    pub(super) fn of_any(&self) -> bool {
        !self.confirmed.is_empty()
    }

    /// Whether there is any witness, if only of a checker that never had a release.
    pub(super) fn is_anything(&self) -> bool {
        self.is_anything
    }
}

/// The record by what was `told` and by the releases that lie `whole` on disk; none when none does. `why` is
/// what is wrong with the one there was.
///
/// What was confirmed last is taken, or before it, as far as it lies there and neither fell back nor was
/// held.
/// Where nothing tells of any, the oldest is: what is kept on disk is what ran, confirmed releases before it,
/// and what was to come. Where all that lies there fell back or was held, nothing runs.
pub(super) fn rebuilt(
    told: &Told,
    mut whole: Vec<Installed>,
    why: &Said,
    now: UnixSeconds,
) -> Option<Record> {
    whole.sort_by_key(|installed| installed.id.release);
    if whole.is_empty() {
        return None;
    }
    let lies = |release: u64| whole.iter().find(|installed| installed.id.release == release);
    let may = |release: u64| !told.held.contains_key(&release);
    let last = told.confirmed.last().map(|(release, ..)| *release);
    let confirmed = told.confirmed.iter().rev().filter(|(release, ..)| may(*release));
    let confirmed = confirmed.filter_map(|(release, at, by)| Some((lies(*release)?, *at, *by))).next();
    let oldest = || Some((whole.iter().find(|installed| may(installed.id.release))?, now));
    let mut record = Record::default();
    let said = match confirmed.map(|(installed, at, by)| (installed, at, Some(by))).or_else(|| {
        let (installed, at) = oldest()?;
        Some((installed, at, None))
    }) {
        None => Said::new(
            "all that lies on disk fell back or was held: nothing runs",
            "ディスク上のリリースはすべて切戻し済みか保留中のため、何も稼働させません",
        ),
        Some((installed, since, by)) => {
            let release = installed.id.release;
            let running = Installed { since, ..installed.clone() };
            record.runs(Running::Confirmed { release: running, previous: None });
            let witness = witness(by, last == Some(release), last.is_some());
            Said::new(
                format!("release {release} is taken for what ran: {}", witness.en),
                format!("リリース {release} を稼働していたものとみなします（{}）", witness.ja),
            )
        }
    };
    let runs = record.running().release().map(|installed| installed.id.release);
    let newest = whole.iter().map(|installed| installed.id.release).chain(told.newest);
    newest.for_each(|it| record.forbid_before(it));
    for (release, at) in told.held.iter().filter(|(release, _)| Some(**release) > runs) {
        let held = Said::new(
            "it fell back or was held before the record was lost",
            "記録が失われる前に切戻し済みか保留中でした",
        );
        match lies(*release) {
            Some(installed) => record.hold(installed.id.into(), held, *at),
            // It cannot be told from another one of its number.
            None => record.forbid_before(release.saturating_add(1)),
        }
    }
    record.doubts(Some(Rebuilt { why: why.then(&said), at: now }));
    Some(record)
}

/// By what it is known that it ran.
fn witness(by: Option<Witness>, is_last: bool, of_any: bool) -> Said {
    match (by, is_last) {
        (Some(Witness::Log), true) => {
            Said::new("the log of acts tells that it was confirmed last", "操作記録で最後に確定したもの")
        }
        (Some(Witness::History), true) => Said::new(
            "the history (history.json) tells that it was confirmed last",
            "履歴（history.json）で最後に確定したもの",
        ),
        (Some(_), false) => Said::new(
            "it was confirmed before the last one, which fell back, was held or does not lie here whole",
            "最後に確定したものは切戻し済みか保留中、または一部が失われているため、その前に確定したもの",
        ),
        (None, _) if of_any => Said::new(
            "nothing that was confirmed lies here whole, and it is the oldest one on disk",
            "確定済みのものが完全には残っていないため、ディスク上で最も古いもの",
        ),
        (None, _) => Said::new(
            "neither the log of acts nor the history tells what was confirmed, and it is the oldest one on \
             disk; what ran may have been newer",
            "操作記録にも履歴にも確定の記録がないため、ディスク上で最も古いもの。実際に稼働していたものはこれより新しい\
             可能性があります",
        ),
    }
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
        Told::by(&bytes, b"damaged")
    }

    fn installed(release: u64) -> Installed {
        let id = Id { release, manifest: Digest::of(b"") };
        let (marks, signed_by) = Default::default();
        Installed { id, title: "t".into(), since: UnixSeconds::EPOCH, marks, signed_by }
    }

    fn taken(told: Told, whole: &[u64]) -> Option<u64> {
        let whole = whole.iter().map(|it| installed(*it)).collect();
        let record = rebuilt(&told, whole, &Said::new("a test", "試験"), UnixSeconds::EPOCH)?;
        assert!(record.rebuilt().is_some());
        record.running().release().map(|installed| installed.id.release)
    }

    #[test]
    fn what_was_confirmed_last_is_taken_for_what_ran() {
        let nothing = Told::default;
        assert_eq!((taken(nothing(), &[]), taken(nothing(), &[3, 2])), (None, Some(2)));
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
        // Also where what was confirmed last does not lie there: nothing that fell back.
        assert_eq!(taken(told(&fell_back), &[2]), None);
        let third = [&fell_back[..], &[(Act::Swap, Some(3)), (Act::Confirm, Some(3))]].concat();
        assert_eq!((taken(told(&third), &[1, 2, 3]), taken(told(&third), &[1, 2])), (Some(3), Some(1)));
        // Of two that were confirmed and do not lie there, the one before; never one that never was.
        assert_eq!(taken(told(&third), &[1, 4]), Some(1));
        let unheld = [&fell_back[..], &[(Act::Unhold, Some(2))]].concat();
        assert_eq!(told(&unheld).held.len(), 0);
        let again = [&unheld[..], &[(Act::Swap, Some(2)), (Act::Confirm, Some(2))]].concat();
        assert_eq!(taken(told(&again), &[1, 2]), Some(2));
    }

    #[test]
    fn what_fell_back_stays_held_also_where_it_does_not_lie_there() {
        let acts =
            [(Act::Swap, Some(1)), (Act::Swap, Some(2)), (Act::Confirm, Some(2)), (Act::FallBack, Some(1))];
        for (whole, held, floor) in [(&[1, 2][..], vec![2], Some(2)), (&[1], vec![], Some(2))] {
            let whole = whole.iter().map(|it| installed(*it)).collect();
            let why = Said::new("a test", "試験");
            let record = rebuilt(&told(&acts), whole, &why, UnixSeconds::EPOCH).unwrap();
            assert_eq!(record.all_held().iter().map(|it| it.id.release).collect::<Vec<_>>(), held);
            assert_eq!(record.floor(), floor, "2 is not taken again, nor what is older");
        }
    }
}
