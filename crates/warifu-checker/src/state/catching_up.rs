//! A record that is older than what the log of acts and the history tell: the copy that knew it is damaged or
//! gone, or no disk took it. What they tell since then counts, as far as what lies on disk lets it.
//!
//! What takes away always counts, and is never taken back here: a release that the record holds stays held.

use std::collections::BTreeMap;

use warifu_trust::UnixSeconds;

use crate::said::Said;
use crate::state::installed::Installed;
use crate::state::record::{Doubted, Rebuilt, Record};
use crate::state::running::Running;
use crate::state::told::{Confirmed, Told};
use crate::state::twice::OnDisk;
use crate::state::witness::Witnesses;

/// The record that was `found`, and what the `witnesses` know that is newer: it says so where that is
/// anything, and then the releases that lie `whole` on disk are asked for.
pub(super) fn caught_up(
    found: OnDisk,
    witnesses: &Witnesses,
    whole: impl FnOnce() -> Vec<Installed>,
    now: UnixSeconds,
) -> Record {
    let OnDisk { record, log, is_alone } = found;
    let knows = Told::known_to(&record);
    let since = log.map(|head| witnesses.since(head));
    let (told, fault) = match since {
        Some(Ok(acts)) => (knows.clone().and_then(acts), None),
        None if !is_alone => return *record,
        since => {
            let fault = since.and_then(Result::err).or_else(|| witnesses.damage());
            let told = knows.clone().without_what_is_held_by(Told::by(witnesses));
            // Two copies that are whole are each other's witness: that the log is damaged is no doubt of
            // them. What it still tells, or the history, is one where they do not know it.
            (told, fault.filter(|_| is_alone))
        }
    };
    let news = News::of(*record, &knows, told);
    if !news.is_any() && fault.is_none() {
        return news.record;
    }
    let why = match (&fault, is_alone) {
        (Some(fault), _) => Said::new(
            "a copy of the record is damaged or gone, and whether the other one is the newest cannot be \
             known",
            "記録の一方の写しが壊れているか、ありません。もう一方が最新かどうかも確認できません",
        )
        .then(fault),
        (None, true) => Said::new(
            "a copy of the record is damaged or gone, and the other one is older than the log of acts",
            "記録の一方の写しが壊れているか、ありません。もう一方は操作記録より古いものです",
        ),
        (None, false) => Said::new(
            "the record is older than the log of acts: the disk did not take the newest one",
            "記録が操作記録より古いものです（最新の記録をディスクに書き込めませんでした）",
        ),
    };
    let (mut record, counts) = if news.is_any() { news.counted(whole()) } else { (news.record, Vec::new()) };
    let why = counts.iter().fold(why, |why, counts| why.then(counts));
    record.doubts(Some(Rebuilt { why, at: now, of: Doubted::Older }));
    record
}

/// What is told that the record does not know.
struct News {
    record: Record,
    /// What was confirmed, by whoever knows more.
    confirmed: Vec<Confirmed>,
    /// What it does not hold and is not to be taken.
    held: BTreeMap<u64, UnixSeconds>,
    /// Another release than the record says was confirmed last.
    is_moved: bool,
    /// It lets releases be activated that are not to be.
    is_frozen: bool,
    told: Told,
}

impl News {
    fn of(record: Record, knows: &Told, told: Told) -> News {
        let last = |told: &Told| told.confirmed.last().map(|it| it.release);
        let known: Vec<u64> = record.all_held().iter().map(|held| held.id.release).collect();
        let held = told.held.iter().filter(|(release, _)| !known.contains(release));
        // What is confirmed ended what held older ones.
        let held = held.filter(|(release, _)| Some(**release) >= last(&told));
        News {
            held: held.map(|(release, at)| (*release, *at)).collect(),
            is_moved: last(knows) != last(&told),
            is_frozen: told.frozen.is_some() && record.frozen().is_none(),
            confirmed: told.confirmed.clone(),
            record,
            told,
        }
    }

    fn is_any(&self) -> bool {
        let is_beyond = self.told.newest > self.record.newest();
        self.is_moved || self.is_frozen || is_beyond || !self.held.is_empty()
    }

    /// The record with all of it, by the releases that lie `whole` on disk; and what counts, for people.
    fn counted(self, whole: Vec<Installed>) -> (Record, Vec<Said>) {
        let News { mut record, confirmed, held, is_frozen, told, .. } = self;
        let mut counts = Vec::new();
        let known: Vec<Installed> = {
            let of_record = record.running().release().into_iter().chain(record.running().previous());
            of_record.chain(record.earlier()).cloned().chain(whole).collect()
        };
        let lies = |release: u64| known.iter().find(|installed| installed.id.release == release);
        let is_held = |release: u64| {
            held.contains_key(&release) || record.all_held().iter().any(|it| it.id.release == release)
        };
        let may = confirmed.iter().rev().filter(|it| !is_held(it.release));
        let runs = may.filter_map(|it| Some((lies(it.release)?, it.since))).next();
        let ran = record.running().release().map(|it| it.id.release);
        let stays = match record.running() {
            Running::Nothing => runs.is_none() || !self.is_moved,
            Running::OnProbation { release, previous } => {
                !is_held(release.id.release) && runs.map(|(it, _)| it.id) == Some(previous.id)
            }
            Running::Confirmed { release, .. } => runs.map(|(it, _)| it.id) == Some(release.id),
        };
        if !stays {
            let before = known.iter().find(|it| ran == Some(it.id.release)).cloned();
            let before = before.filter(|it| !is_held(it.id.release));
            let running = runs.map_or(Running::Nothing, |(installed, since)| {
                let previous = before.filter(|before| before.id.release < installed.id.release);
                Running::Confirmed { release: Installed { since, ..installed.clone() }, previous }
            });
            record.runs(running);
            counts.push(judges(record.running().release().map(|it| it.id.release)));
        }
        let runs = record.running().release().map(|it| it.id.release);
        told.newest.into_iter().for_each(|newest| record.forbid_before(newest));
        let held: Vec<_> = held.into_iter().filter(|(release, _)| Some(*release) > runs).collect();
        for (release, at) in &held {
            let why = Said::new(
                "the log of acts or the history tells that it fell back or was held",
                "操作記録または履歴によると、切戻し済みか保留中です",
            );
            match lies(*release) {
                Some(installed) => record.hold(installed.id.into(), why, *at),
                // It cannot be told from another one of its number.
                None => record.forbid_before(release.saturating_add(1)),
            }
        }
        if !held.is_empty() {
            let numbers = held.iter().map(|(release, _)| release.to_string()).collect::<Vec<_>>().join(", ");
            counts.push(Said::new(format!("held: {numbers}"), format!("保留: {numbers}")));
        }
        if is_frozen {
            record.freezes(told.frozen);
            counts.push(Said::new("activation stays frozen", "切替の凍結は有効です"));
        }
        (record, counts)
    }
}

fn judges(release: Option<u64>) -> Said {
    match release {
        Some(release) => Said::new(
            format!("by what that tells, release {release} judges"),
            format!("それによりリリース {release} で点検します"),
        ),
        None => Said::new(
            "by what that tells, nothing that lies here may judge",
            "それにより、点検に使用できるリリースがありません",
        ),
    }
}

#[cfg(test)]
mod tests {
    use warifu_audit::{Act, verify};
    use warifu_files::ReadError;
    use warifu_values::digest::Digest;

    use super::*;
    use crate::state::installed::Id;
    use crate::state::witness::tests::log;

    fn installed(release: u64) -> Installed {
        let id = Id { release, manifest: Digest::of(b"") };
        let (marks, signed_by) = Default::default();
        Installed { id, title: "t".into(), since: UnixSeconds::EPOCH, marks, signed_by }
    }

    fn confirmed(release: u64, previous: Option<u64>) -> Running {
        Running::Confirmed { release: installed(release), previous: previous.map(installed) }
    }

    fn running(running: Running) -> Record {
        let mut record = Record::default();
        record.runs(running);
        record
    }

    /// The record `record`, written when the log had `knew` of these acts, with the other copy gone.
    fn caught(record: Record, knew: usize, acts: &[(Act, Option<u64>)]) -> Record {
        let acts: Vec<_> = acts.iter().map(|(act, release)| (0, *act, *release)).collect();
        let bytes = log(&acts);
        let known: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').take(knew).collect();
        let head = verify(&known.concat()).unwrap().head();
        let witnesses = Witnesses::read(Ok(bytes), Err(ReadError::Missing { path: "here".into() }));
        let found = OnDisk { record: Box::new(record), log: Some(head), is_alone: true };
        caught_up(found, &witnesses, || [1, 2, 3].map(installed).into(), UnixSeconds::EPOCH)
    }

    fn seen(record: &Record) -> (Option<u64>, Vec<u64>, bool) {
        let held = record.all_held().iter().map(|held| held.id.release).collect();
        (record.running().release().map(|it| it.id.release), held, record.rebuilt().is_some())
    }

    #[test]
    fn what_the_record_decided_itself_is_no_news_to_it() {
        let acts = [
            (Act::Swap, Some(1)),
            (Act::Swap, Some(2)),
            (Act::Confirm, Some(2)),
            (Act::FallBack, Some(1)),
            (Act::Stop, Some(1)),
            (Act::Start, Some(1)),
        ];
        let on_probation = Running::OnProbation { release: installed(2), previous: installed(1) };
        let mut back = running(confirmed(2, Some(1)));
        back.runs(confirmed(1, None));
        back.hold(installed(2).id.into(), Said::new("a test", "試験"), UnixSeconds::EPOCH);
        let steps = [
            (running(confirmed(1, None)), 0..=1),
            (running(on_probation), 1..=2),
            (running(confirmed(2, Some(1))), 2..=3),
            (back, 3..=6),
        ];
        for (record, knew) in steps {
            for at in knew.clone() {
                let until = &acts[..*knew.end()];
                assert_eq!(caught(record.clone(), at, until), record, "{at} of {until:?}");
            }
        }
    }

    #[test]
    fn what_came_later_counts() {
        let acts = [(Act::Swap, Some(1)), (Act::Swap, Some(2)), (Act::Confirm, Some(2))];
        let first = || running(confirmed(1, None));
        // On probation a restart leaves it; nothing older is taken any more.
        let later = caught(first(), 1, &acts[..2]);
        assert_eq!((seen(&later), later.floor()), ((Some(1), vec![], true), Some(1)));
        let later = caught(first(), 1, &acts);
        assert_eq!(seen(&later), (Some(2), vec![], true));
        assert_eq!(later.running().previous().map(|it| it.id.release), Some(1));
        let back = [&acts[..], &[(Act::FallBack, Some(1)), (Act::Freeze, None)]].concat();
        let later = caught(first(), 1, &back);
        assert_eq!((seen(&later), later.frozen().is_some()), ((Some(1), vec![2], true), true));
        let later = caught(running(confirmed(2, Some(1))), 3, &back);
        assert_eq!(seen(&later), (Some(1), vec![2], true));
        // What does not lie here cannot be told from another one of its number, and is not taken either.
        let held = [&acts[..], &[(Act::Hold, Some(7))]].concat();
        assert_eq!(caught(running(confirmed(2, Some(1))), 3, &held).floor(), Some(7));
    }

    /// An activation may be told after the fall back that followed it.
    #[test]
    fn what_the_record_holds_is_not_let_in_by_what_is_told_later() {
        let mut record = running(confirmed(2, Some(1)));
        record.runs(confirmed(1, None));
        record.hold(installed(2).id.into(), Said::new("a test", "試験"), UnixSeconds::EPOCH);
        for act in [Act::Swap, Act::Confirm, Act::Unhold] {
            let later = caught(record.clone(), 1, &[(Act::Swap, Some(1)), (act, Some(2))]);
            assert_eq!((seen(&later).0, seen(&later).1), (Some(1), vec![2]), "{act:?}");
        }
    }
}
