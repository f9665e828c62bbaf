//! What a member looks at before it follows a record: a store is trusted to order, and for nothing else.
//!
//! A store that others have taken can withhold, or move an area between what it runs and what it ran. Both
//! are seen here, refused with a reason, and told; the member keeps what it has.

use std::collections::BTreeSet;
use std::fmt;

use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::desired::{Desired, Seen};
use crate::policy::Timing;
use crate::release::{Epoch, Revision};
use crate::time::{Millis, Tick};

/// Why a record is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its epoch is older than one that was seen: from, to.
    WentBack(Epoch, Epoch),
    /// The store shows an older revision than it showed before: from, to.
    StoreWentBack(Revision, Revision),
    /// It says something else of an epoch that was seen.
    Rewritten(Epoch),
    /// This member has not verified what it names.
    NotVerified(Digest),
    /// More exchanges in an hour than the policy has.
    TooManyChanges(usize),
    /// What permissions rest on is not what it was.
    OtherTiming,
}

impl Refusal {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::WentBack(..) => "fleet/epoch-went-back",
            Refusal::StoreWentBack(..) => "fleet/store-went-back",
            Refusal::Rewritten(_) => "fleet/epoch-rewritten",
            Refusal::NotVerified(_) => "fleet/not-verified",
            Refusal::TooManyChanges(_) => "fleet/too-many-changes",
            Refusal::OtherTiming => "fleet/other-timing",
        }
    }
}

impl Speak for Refusal {
    fn say(&self, lang: Lang) -> String {
        match self {
            Refusal::WentBack(from, to) => say!(
                lang,
                "the fleet's record went from epoch {} back to {}; it is not followed",
                "フリートの記録のエポックが {} から {} に戻りました。この記録には従いません",
                from.0,
                to.0
            ),
            Refusal::StoreWentBack(from, to) => say!(
                lang,
                "the fleet's store went from revision {} back to {}; it is not followed",
                "フリートの保管先の版が {} から {} に戻りました。この保管先には従いません",
                from.0,
                to.0
            ),
            Refusal::Rewritten(epoch) => say!(
                lang,
                "the fleet's record says something else of epoch {} than before; it is not followed",
                "フリートの記録のエポック {} の内容が以前と異なります。この記録には従いません",
                epoch.0
            ),
            Refusal::NotVerified(digest) => say!(
                lang,
                "the fleet's record names {}, which this checker has not verified itself",
                "フリートの記録が指す {} は、このチェッカーがまだ自ら検証していません",
                digest.short()
            ),
            Refusal::TooManyChanges(most) => say!(
                lang,
                "the fleet's record changed the release more than {} times within an hour",
                "フリートの記録が 1 時間に {} 回を超えてリリースを切り替えました",
                most
            ),
            Refusal::OtherTiming => say!(
                lang,
                "the fleet's record has another timing than the area was founded with",
                "フリートの記録の時間条件が、このエリアの設立時のものと異なります"
            ),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

const HOUR: Millis = Millis(3_600_000);

/// The exchanges that a member went along with: one for each epoch, at the tick of its first sight.
#[derive(Debug, Clone, Default)]
pub struct Changes(Vec<(Epoch, Tick)>);

impl Changes {
    /// How many there were in the hour before `now`.
    pub fn within_an_hour(&self, now: Tick) -> usize {
        self.0.iter().filter(|(_, at)| now.since(*at) < HOUR).count()
    }

    /// Whether one of `epoch` was counted.
    pub fn has(&self, epoch: Epoch) -> bool {
        self.0.iter().any(|(of, _)| *of == epoch)
    }

    /// Counts one.
    pub fn count(&mut self, epoch: Epoch, now: Tick) {
        self.0.retain(|(_, at)| now.since(*at) < HOUR);
        self.0.push((epoch, now));
    }
}

/// The epoch to which `record` moves an area that `known` did not move to.
pub fn moves(known: Option<&Desired>, record: &Desired) -> Option<Epoch> {
    let to = record.would_stand().or(record.stands())?.epoch;
    let known = known.and_then(|known| Some(known.would_stand().or(known.stands())?.epoch));
    (known.is_none_or(|known| known < to)).then_some(to)
}

/// Whether a member that knows `known` and was founded with `timing` may follow `seen`: every digest that it
/// judges by is in `verified`, and there were not too many changes.
///
/// # Errors
///
/// What is wrong with it.
pub fn may_follow(
    known: Option<&Seen>,
    seen: &Seen,
    timing: Option<&Timing>,
    verified: &BTreeSet<Digest>,
    changes: &Changes,
    now: Tick,
) -> Result<(), Refusal> {
    let record = &seen.record;
    if timing.is_some_and(|timing| *timing != record.policy().terms().timing) {
        return Err(Refusal::OtherTiming);
    }
    if let Some(known) = known {
        contradicts(&known.record, record)?;
    }
    if let Some(digest) = record.judged_by().find(|digest| !verified.contains(digest)) {
        return Err(Refusal::NotVerified(digest));
    }
    // The first record that a member sees is where the area is, and no move of it.
    if let Some(to) = known.and_then(|known| moves(Some(&known.record), record)) {
        let most = record.policy().terms().max_changes_per_hour;
        if !changes.has(to) && changes.within_an_hour(now) >= most {
            return Err(Refusal::TooManyChanges(most));
        }
    }
    Ok(())
}

/// What `record` may not say after `known`.
fn contradicts(known: &Desired, record: &Desired) -> Result<(), Refusal> {
    if record.last() < known.last() {
        return Err(Refusal::WentBack(known.last(), record.last()));
    }
    if let (Some(before), Some(after)) = (known.stands(), record.stands()) {
        if after.epoch < before.epoch {
            return Err(Refusal::WentBack(before.epoch, after.epoch));
        }
        if after.epoch == before.epoch && after.release != before.release {
            return Err(Refusal::Rewritten(after.epoch));
        }
    }
    // What was committed under a number keeps its release and its instant, pending or settled.
    if let (Some(commit), Some(was)) = (known.pending(), known.would_stand()) {
        let other_commit = record.last() == known.last() && record.pending().is_some_and(|now| now != commit);
        let other_release =
            record.stands().is_some_and(|now| now.epoch == was.epoch && now.release != was.release);
        if other_commit || other_release {
            return Err(Refusal::Rewritten(was.epoch));
        }
    }
    Ok(())
}
