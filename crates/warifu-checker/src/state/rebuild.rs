//! A record put together from other witnesses when both of its copies are damaged or gone: the log of acts
//! and the history, which tell what was confirmed last and what is not to be taken again, and the releases
//! that lie whole on disk.

use warifu_trust::UnixSeconds;

use crate::said::Said;
use crate::state::installed::Installed;
use crate::state::record::{Doubted, Rebuilt, Record};
use crate::state::running::Running;
use crate::state::told::{By, Confirmed, Told};

/// The record by what was `told` and by the releases that lie `whole` on disk. `why` is what is wrong with
/// the one there was.
///
/// What was confirmed last is taken, or before it, as far as it lies there and neither fell back nor was
/// held. Where nothing tells of any, the oldest is: what is kept on disk is what ran, confirmed releases
/// before it, and what was to come. Where none lies there, or all fell back or were held, nothing runs.
pub(super) fn rebuilt(told: &Told, mut whole: Vec<Installed>, why: &Said, now: UnixSeconds) -> Record {
    whole.sort_by_key(|installed| installed.id.release);
    let lies = |release: u64| whole.iter().find(|installed| installed.id.release == release);
    let may = |release: u64| !told.held.contains_key(&release);
    let last = told.confirmed.last().map(|it| it.release);
    let confirmed = told.confirmed.iter().rev().filter(|it| may(it.release));
    let confirmed =
        confirmed.filter_map(|Confirmed { release, since, by }| Some((lies(*release)?, *since, *by))).next();
    let oldest = || Some((whole.iter().find(|installed| may(installed.id.release))?, now));
    let mut record = Record::default();
    let said = match confirmed.map(|(installed, at, by)| (installed, at, Some(by))).or_else(|| {
        let (installed, at) = oldest()?;
        Some((installed, at, None))
    }) {
        None if whole.is_empty() => not_there(last),
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
    record.freezes(told.frozen.clone());
    record.doubts(Some(Rebuilt { why: why.then(&said), at: now, of: Doubted::Gone }));
    record
}

/// That no release lies on disk whole; `last` is told to have been confirmed last.
fn not_there(last: Option<u64>) -> Said {
    match last {
        Some(last) => Said::new(
            format!("release {last}, which was confirmed last, and all others are gone: nothing runs"),
            format!("最後に確定したリリース {last} もその他のリリースも失われているため、何も稼働させません"),
        ),
        None => Said::new(
            "no release lies on disk whole, and nothing tells which one ran: nothing runs",
            "完全に残っているリリースがなく、何が稼働していたかも分からないため、何も稼働させません",
        ),
    }
}

/// By what it is known that it ran.
fn witness(by: Option<By>, is_last: bool, of_any: bool) -> Said {
    match (by, is_last) {
        (Some(By::Log | By::Record), true) => {
            Said::new("the log of acts tells that it was confirmed last", "操作記録で最後に確定したもの")
        }
        (Some(By::History), true) => Said::new(
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
    use warifu_audit::Act;
    use warifu_files::ReadError;
    use warifu_values::digest::Digest;

    use super::*;
    use crate::state::installed::Id;
    use crate::state::witness::{Witnesses, tests::log};

    fn told(acts: &[(Act, Option<u64>)]) -> Told {
        let acts: Vec<_> = acts.iter().map(|(act, release)| (0, *act, *release)).collect();
        told_at(&acts)
    }

    fn told_at(acts: &[(i64, Act, Option<u64>)]) -> Told {
        let bytes = [&b"damaged\n"[..], &log(acts)].concat();
        Told::by(&Witnesses::read(Ok(bytes), Err(ReadError::Missing { path: "here".into() })))
    }

    fn installed(release: u64) -> Installed {
        let id = Id { release, manifest: Digest::of(b"") };
        let (marks, signed_by) = Default::default();
        Installed { id, title: "t".into(), since: UnixSeconds::EPOCH, marks, signed_by }
    }

    fn taken(told: Told, whole: &[u64]) -> Option<u64> {
        let whole = whole.iter().map(|it| installed(*it)).collect();
        let record = rebuilt(&told, whole, &Said::new("a test", "試験"), UnixSeconds::EPOCH);
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
            let record = rebuilt(&told(&acts), whole, &why, UnixSeconds::EPOCH);
            assert_eq!(record.all_held().iter().map(|it| it.id.release).collect::<Vec<_>>(), held);
            assert_eq!(record.floor(), floor, "2 is not taken again, nor what is older");
        }
    }

    /// The clock was a minute ahead until it was set right, and then 2 was left.
    #[test]
    fn what_was_left_after_a_clock_was_set_back_is_not_started_with() {
        let acts = [
            (1000, Act::Swap, Some(1)),
            (1001, Act::Swap, Some(2)),
            (1060, Act::Confirm, Some(2)),
            (1010, Act::FallBack, Some(1)),
        ];
        assert_eq!(taken(told_at(&acts), &[1, 2]), Some(1));
    }

    /// A fall back that was never written down: what judged at the end tells of it.
    #[test]
    fn what_judged_when_the_checker_ended_tells_what_was_left() {
        let confirmed = [(Act::Swap, Some(1)), (Act::Swap, Some(2)), (Act::Confirm, Some(2))];
        for act in [Act::Stop, Act::Start] {
            let ended = [&confirmed[..], &[(act, Some(1))]].concat();
            assert_eq!(taken(told(&ended), &[1, 2]), Some(1), "{act:?}");
            assert_eq!(told(&ended).held.keys().collect::<Vec<_>>(), [&2], "{act:?}");
        }
        let on_probation = [&confirmed[..], &[(Act::Swap, Some(3)), (Act::Stop, Some(3))]].concat();
        assert_eq!(taken(told(&on_probation), &[1, 2, 3]), Some(2));
    }

    #[test]
    fn a_freeze_lasts_until_a_thaw() {
        let frozen = [(Act::Swap, Some(1)), (Act::Freeze, None)];
        let record = |told: Told| {
            let why = Said::new("a test", "試験");
            rebuilt(&told, vec![installed(1)], &why, UnixSeconds::EPOCH)
        };
        assert!(record(told(&frozen)).frozen().is_some());
        assert!(record(told(&[&frozen[..], &[(Act::Thaw, None)]].concat())).frozen().is_none());
    }
}
