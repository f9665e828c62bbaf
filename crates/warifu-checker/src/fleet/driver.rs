//! What a member does with releases: it makes ready what its area names, and lets the pointer follow an
//! instant that has passed.

use std::collections::BTreeMap;
use std::sync::Arc;

use warifu_fleet::desired::{Desired, Next};
use warifu_fleet::release::Release;
use warifu_fleet::report::Stage;
use warifu_fleet::standing::Standing;
use warifu_fleet::time::{Millis, Tick};
use warifu_trust::ReleaseRef;
use warifu_values::digest::Digest;

use crate::fleet::member::{Member, Refused};
use crate::log::{Event, now};
use crate::said::Said;
use crate::state::RefusedFor;
use crate::swap::Outcome;

/// What could not be made ready is tried again after this, each time after twice as long.
const FIRST_PAUSE: Millis = Millis(1_000);

/// The longest pause.
const LONGEST_PAUSE: Millis = Millis(30_000);

/// The driver: one at a time, on a thread that may wait.
pub(super) struct Driver {
    member: Arc<Member>,
    /// When what could not be made ready is tried again, and the pause after that.
    again: BTreeMap<Digest, (Tick, Millis)>,
    was_ready: Option<bool>,
}

impl Driver {
    pub(super) fn of(member: Arc<Member>) -> Driver {
        Driver { member, again: BTreeMap::new(), was_ready: None }
    }

    /// Does what there is to do. Whether anything was done.
    pub(super) fn drive(&mut self) -> bool {
        self.tell();
        if self.follow() {
            return true;
        }
        let Some(shown) = self.member.newest_shown() else { return false };
        let wanted: Vec<_> = wanted(&shown).collect();
        wanted.into_iter().any(|(release, how)| self.make_ready(release, how, &shown))
    }

    /// Tells when it begins to judge, and when it ends to.
    fn tell(&mut self) {
        let not_ready = self.member.swapper.not_ready();
        let is_ready = not_ready.is_none();
        if self.was_ready.replace(is_ready) == Some(is_ready) {
            return;
        }
        let judges = || Said::new("this checker judges by its area", "エリアに従って点検しています");
        let (event, said) = match not_ready {
            None => (Event::FleetReady, judges()),
            Some(why) => (Event::FleetNotReady, why.why),
        };
        self.member.log.event(event, &said);
    }

    /// The pointer follows what judges already.
    fn follow(&mut self) -> bool {
        let Standing::Ready(stands) = self.member.standing() else { return false };
        let cause = self.member.record().map(|record| record.cause().clone());
        let (by, why) = cause.map(|cause| (cause.by, cause.why)).unwrap_or_default();
        let epoch = stands.epoch.0;
        let said = Said::new(
            format!("the area moved, epoch {epoch} ({by}: {why})"),
            format!("エリア全体の切替、エポック {epoch}（{by}: {why}）"),
        );
        let moved = self.member.swapper.follow_area(stands.release.digest, &said, now());
        if moved {
            self.member.change(|_| ());
        }
        moved
    }

    fn make_ready(&mut self, release: Release, how: Wanted, record: &Desired) -> bool {
        let swapper = &self.member.swapper;
        let memory = swapper.in_memory();
        if memory.has(&release.digest) {
            self.again.remove(&release.digest);
            return false;
        }
        // A newer one that is ready would have to give way, and is what the area prepares next.
        if how == Wanted::Proposed && memory.ready.is_some_and(|ready| ready.id.release > release.number) {
            return false;
        }
        // It lies behind what runs, and must not take the place of what comes next.
        let runs = memory.runs.map(|(id, _)| id.release);
        if how == Wanted::Before && runs.is_none_or(|runs| runs <= release.number) {
            return false;
        }
        let at = self.member.now();
        if self.again.get(&release.digest).is_some_and(|(until, _)| at < *until) {
            return false;
        }
        let id = ReleaseRef { release: release.number, manifest: release.digest };
        if how == Wanted::Proposed && swapper.record().held(id).is_some() {
            let said = Said::new(
                format!("the area proposes release {} again", release.number),
                format!("エリアがリリース {} を再び提案しました", release.number),
            );
            swapper.let_again(id, said, now());
        }
        let outcome = swapper.make_ready(id, now());
        let failed_before = self.again.contains_key(&release.digest);
        let refused = outcome.as_ref().and_then(|outcome| refused(release.digest, outcome, failed_before));
        match outcome {
            None => _ = self.again.remove(&release.digest),
            Some(_) => {
                let (_, pause) = self.again.get(&release.digest).copied().unwrap_or((at, FIRST_PAUSE));
                let longer = Millis(pause.0.saturating_mul(2)).min(LONGEST_PAUSE);
                self.again.insert(release.digest, (self.member.now() + pause, longer));
            }
        }
        if record.next() == Next::Preparing(release) {
            self.member.refuses(refused);
        }
        self.member.change(|_| ());
        true
    }
}

/// How urgent a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// It judges, or is committed.
    Judges,
    /// It may be committed.
    Proposed,
    /// The area may fall back to it.
    Before,
}

/// What an area needs in memory, what is most urgent first.
fn wanted(record: &Desired) -> impl Iterator<Item = (Release, Wanted)> {
    let judges = [record.stands(), record.would_stand()].into_iter().flatten().map(|stands| stands.release);
    let proposed = match record.next() {
        Next::Preparing(release) => Some((release, Wanted::Proposed)),
        Next::Nothing | Next::Committed(_) | Next::Armed(_) => None,
    };
    let before = record.before().map(|before| (before, Wanted::Before));
    judges.map(|release| (release, Wanted::Judges)).chain(proposed).chain(before)
}

/// Why a release cannot be made ready here. What is only not to be had is told when it `failed_before`, too:
/// a channel may have it a moment later.
fn refused(digest: Digest, outcome: &Outcome, failed_before: bool) -> Option<Refused> {
    let of = |stage, code: &str, why: &Said| {
        Some(Refused { digest, stage, code: code.to_owned(), detail: why.en.clone() })
    };
    match outcome {
        Outcome::Refused(refused) => match refused.refused_for {
            RefusedFor::Data => of(Stage::Cleared, "refused-data", &refused.why),
            RefusedFor::Trust => of(Stage::Verified, "refused-trust", &refused.why),
        },
        Outcome::Held { cause, why, .. } => of(Stage::Cleared, cause.label(), why),
        Outcome::Unavailable { cause, why } if failed_before => of(Stage::Fetched, cause.label(), why),
        _ => None,
    }
}
