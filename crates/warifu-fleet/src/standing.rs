//! Whether a member judges, by which epoch, and if not, why.

use std::collections::BTreeSet;
use std::fmt;

use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::clock::Reading;
use crate::desired::{Desired, Stands};
use crate::outcome::Outcome;
use crate::release::Epoch;

/// What a claim meets that is received now. The claim keeps it until it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is judged by this.
    Ready(Stands),
    /// It is sent to another member.
    NotReady(NotReady),
}

/// Why a member is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    /// It has no record of its area.
    KnowsNothing,
    /// Its area has other members.
    NotAMember,
    /// The area has no release yet.
    NothingStands,
    /// Neither the store nor a majority of the voters has spoken to it lately.
    CutOff,
    /// The instant of a commit is near, and the member cannot tell on which side of it a claim falls.
    ClockUnsure(Epoch),
    /// The instant has come, and the member does not know whether a majority armed.
    OutcomeUnknown(Epoch),
    /// What judges is not in its memory.
    NotHeld(Digest),
}

impl NotReady {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            NotReady::KnowsNothing => "fleet/knows-nothing",
            NotReady::NotAMember => "fleet/not-a-member",
            NotReady::NothingStands => "fleet/nothing-stands",
            NotReady::CutOff => "fleet/cut-off",
            NotReady::ClockUnsure(_) => "fleet/clock-unsure",
            NotReady::OutcomeUnknown(_) => "fleet/outcome-unknown",
            NotReady::NotHeld(_) => "fleet/not-held",
        }
    }
}

impl Speak for NotReady {
    fn say(&self, lang: Lang) -> String {
        match self {
            NotReady::KnowsNothing => say!(
                lang,
                "this checker has not heard from its fleet yet",
                "このチェッカーはフリートからまだ何も受け取っていません"
            ),
            NotReady::NotAMember => say!(
                lang,
                "this checker is no member of its area any more",
                "このチェッカーはエリアのメンバーではなくなりました"
            ),
            NotReady::NothingStands => say!(
                lang,
                "the area has no release to judge by yet",
                "このエリアでは審査に使うリリースがまだ決まっていません"
            ),
            NotReady::CutOff => say!(
                lang,
                "neither the fleet's store nor most of its members can be reached",
                "フリートの保管先にも過半数のメンバーにも連絡が取れません"
            ),
            NotReady::ClockUnsure(epoch) => say!(
                lang,
                "the clock is too unsure for the instant of epoch {}",
                "エポック {} への切替時刻に対して時計の誤差が大きすぎます",
                epoch.0
            ),
            NotReady::OutcomeUnknown(epoch) => say!(
                lang,
                "it is not known whether epoch {} began",
                "エポック {} が始まったかどうか分かりません",
                epoch.0
            ),
            NotReady::NotHeld(digest) => {
                say!(lang, "release {} is not loaded", "リリース {} が読み込まれていません", digest.short())
            }
        }
    }
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

/// What judges by `record` a claim that is received at `reading`, given what is known of the pending commit,
/// and whether it is in memory. Permission is another matter.
pub fn judges_by(
    record: &Desired,
    outcome: Option<Outcome>,
    reading: Option<Reading>,
    held: &BTreeSet<Digest>,
) -> Standing {
    let stands = match by_instant(record, outcome, reading) {
        Ok(stands) => stands,
        Err(unsure) => return Standing::NotReady(unsure),
    };
    match stands {
        None => Standing::NotReady(NotReady::NothingStands),
        Some(stands) if !held.contains(&stands.release.digest) => {
            Standing::NotReady(NotReady::NotHeld(stands.release.digest))
        }
        Some(stands) => Standing::Ready(stands),
    }
}

fn by_instant(
    record: &Desired,
    outcome: Option<Outcome>,
    reading: Option<Reading>,
) -> Result<Option<Stands>, NotReady> {
    let (Some(commit), Some(new)) = (record.pending(), record.would_stand()) else {
        return Ok(record.stands());
    };
    if outcome == Some(Outcome::Void) {
        return Ok(record.stands());
    }
    // Without a reading nothing is known of the instant, not even that it is far ahead.
    let reading = reading.ok_or(NotReady::ClockUnsure(new.epoch))?;
    let sure = reading.error <= record.policy().terms().timing.max_clock_error;
    let has_come = reading.instant >= commit.instant;
    let is_near = reading.latest() >= commit.instant && reading.earliest() < commit.instant;
    match (has_come, outcome) {
        _ if is_near && !sure => Err(NotReady::ClockUnsure(new.epoch)),
        (false, _) => Ok(record.stands()),
        (true, Some(_)) => Ok(Some(new)),
        (true, None) => Err(NotReady::OutcomeUnknown(new.epoch)),
    }
}
