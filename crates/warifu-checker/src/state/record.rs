//! What the checker remembers over a restart: one small file that changes as a whole.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::cause::Cause;
use crate::said::Said;
use crate::state::damage::{Damage, DamagedPart};
use crate::state::decision::Decision;
use crate::state::frozen::Frozen;
use crate::state::installed::{Id, Installed};
use crate::state::running::Running;
use crate::trial::Replayed;

/// So many held releases, and so many decisions, are kept.
const MOST: usize = 16;

/// A release that is not taken again; a newer one that is confirmed ends that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// Which one.
    #[serde(flatten)]
    pub id: Id,
    /// Why.
    pub why: Said,
    /// Since when.
    pub at: UnixSeconds,
    /// Whether it can be taken again by an operator's word, or was withdrawn.
    #[serde(default, skip_serializing_if = "HeldFor::is_here")]
    pub held_for: HeldFor,
}

/// Whose word a hold stands on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HeldFor {
    /// What was seen or decided here: an operator may lift it.
    #[default]
    Here,
    /// One organisation withdrew it: nobody here lifts that.
    Withdrawn,
}

impl HeldFor {
    fn is_here(&self) -> bool {
        *self == HeldFor::Here
    }

    /// Of which kind it is.
    pub fn cause(self) -> Cause {
        match self {
            HeldFor::Here => Cause::Held,
            HeldFor::Withdrawn => Cause::Withdrawn,
        }
    }
}

/// How far a release came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Bytes came from the channel.
    Fetched,
    /// Signatures, order and freshness hold.
    Opened,
    /// Every byte has the digest both signed.
    Verified,
    /// The data is valid and the replay shows no fault of a master.
    Cleared,
    /// It judges claims.
    Active,
    /// It ended probation.
    Confirmed,
}

/// What a refusal was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RefusedFor {
    /// The data: exit status 1.
    Data,
    /// Trust: exit status 3.
    Trust,
}

/// A release that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refused {
    /// Which one, as far as that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The last step it reached.
    pub reached: Option<Step>,
    /// What about.
    pub refused_for: RefusedFor,
    /// Why.
    pub why: Said,
    /// When.
    pub at: UnixSeconds,
}

impl Held {
    /// What to do, for people.
    pub fn next_step(&self) -> Said {
        self.held_for.cause().next_step(Some(self.id.release))
    }
}

impl Refused {
    /// What to do, for people.
    pub fn next_step(&self) -> Said {
        self.cause().next_step(self.id.map(|id| id.release))
    }

    /// Which release, where one is known, before what is said of it.
    pub fn named(&self) -> Said {
        match self.id {
            Some(Id { release, .. }) => {
                Said::new(format!("release {release}: "), format!("リリース {release}: "))
            }
            None => Said::new("", ""),
        }
    }

    /// Of which kind it is.
    pub fn cause(&self) -> Cause {
        match self.refused_for {
            RefusedFor::Data => Cause::Data,
            RefusedFor::Trust => Cause::Trust,
        }
    }
}

/// A release that judged here and whose content is damaged: nothing else is compared with it, so no other is
/// taken until it is there again or an operator gives it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lost {
    /// Which one.
    #[serde(flatten)]
    pub installed: Installed,
    /// What is wrong with its content.
    pub why: Said,
}

impl Lost {
    /// What follows when it is given up while `runs` judges.
    pub fn given_up(&self, runs: Option<u64>) -> Said {
        let release = self.installed.id.release;
        let (en, ja) = match runs {
            Some(runs) => (
                format!("release {runs} goes on, and the next release is compared with that one"),
                format!("リリース {runs} の使用を続け、次のリリースはこれと比較します"),
            ),
            None => {
                let Said { en, ja } = nothing_to_compare_with();
                (en, ja)
            }
        };
        Said::new(
            format!(
                "release {release} is not fetched again or gone back to any more; {en}; this cannot be undone"
            ),
            format!("リリース {release} は再取得せず、切戻し先にもなりません。{ja}。取り消しはできません"),
        )
    }
}

/// What follows where nothing judges, nor is waited for.
fn nothing_to_compare_with() -> Said {
    Said::new(
        "nothing judges, and the next release is taken as a first one: compared with nothing, without \
         probation",
        "点検に使えるリリースがなく、次のリリースを初回として（比較も観察期間もなしで）受け入れます",
    )
}

/// That this record was put together from other witnesses, or is older than they are: nothing new is taken
/// until an operator has looked at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuilt {
    /// What was wrong, and by what witness this one says what ran.
    pub why: Said,
    /// When.
    pub at: UnixSeconds,
    /// What of it is not sure.
    #[serde(default)]
    pub of: Doubted,
}

/// What of a record is not sure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubted {
    /// All: both copies were damaged or gone.
    #[default]
    Gone,
    /// What came after it was written.
    Older,
}

impl Rebuilt {
    /// As damage, while `runs` judges.
    pub fn damage(&self, runs: Option<u64>) -> Damage {
        let mending = match self.of {
            Doubted::Gone if runs.is_none() => {
                let Said { en, ja } = nothing_to_compare_with();
                Said::new(format!("goes on so: {en}"), ja).then(&Said::new(
                    "nothing older is taken than what is still known to have judged here; what is damaged \
                     stays in damaged/",
                    "ここで稼働したと分かる最新のリリースより古いものは受け入れません。壊れたものは damaged/ に残します",
                ))
            }
            Doubted::Gone => Said::new(
                "goes on with what runs now as the confirmed release; what was decided before is forgotten, \
                 and what the log of acts or the history tells to have fallen back, been held or been frozen \
                 stays so; there is no release to fall back to until the next one judges; what is damaged \
                 stays in damaged/",
                "現在の稼働リリースを確定済みとして続けます。以前の判断の記録は失われます。操作記録か履歴で切戻し・保留・凍結と\
                 分かるものはそのままです。次のリリースを取り込むまで切戻し先はありません。壊れたものは damaged/ に残します",
            ),
            Doubted::Older => Said::new(
                "goes on with what runs now; what was decided since that copy was written is forgotten, and \
                 what the log of acts or the history tells to have fallen back, been held or been frozen \
                 counts; what is damaged stays in damaged/",
                "現在の稼働リリースで続けます。この写しより後の判断の記録は失われますが、操作記録か履歴で切戻し・保留・凍結と\
                 分かるものは有効です。壊れたものは damaged/ に残します",
            ),
        };
        Damage { part: DamagedPart::Record, why: self.why.clone(), mending }
    }
}

/// The record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The form of this file.
    pub(super) schema: u32,
    #[serde(flatten)]
    running: Running,
    /// What judged here before its content was damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lost: Option<Lost>,
    held: Vec<Held>,
    /// What was refused last.
    pub refused: Option<Refused>,
    /// The last replay, briefly.
    pub replay: Option<Replayed>,
    /// How often a start after a crash found this release on probation, or one after whatever end found it
    /// being given to a program: one that takes the checker down with it must not be tried for ever.
    pub interrupted: Option<(Id, u32)>,
    /// What an attached program is just being given, or was only just now: what an end meanwhile is put down
    /// to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tried: Option<Id>,
    /// What operators decided, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    decisions: Vec<Decision>,
    /// The newest release that ever judged here: nothing older is taken, whatever else forgets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    newest: Option<u64>,
    /// Nothing is activated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frozen: Option<Frozen>,
    /// This record is not sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rebuilt: Option<Rebuilt>,
    /// Confirmed releases that ran before the one that a fall back returns to, and are still on disk whole,
    /// the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Installed>,
    /// When the checker was ended as it should be; none while it runs, and after a crash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<UnixSeconds>,
}

impl Default for Record {
    fn default() -> Self {
        Record {
            schema: Record::SCHEMA,
            running: Running::Nothing,
            lost: None,
            held: Vec::new(),
            refused: None,
            replay: None,
            interrupted: None,
            tried: None,
            decisions: Vec::new(),
            newest: None,
            frozen: None,
            rebuilt: None,
            earlier: Vec::new(),
            ended: None,
        }
    }
}

impl Record {
    /// The form written here.
    pub const SCHEMA: u32 = 1;

    /// What runs.
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// From now on `running` runs. A confirmed release ends what held older ones; one on probation does not
    /// yet, since what is before it may have to take its place.
    pub fn runs(&mut self, running: Running) {
        if let Running::Confirmed { release, .. } = &running {
            self.held.retain(|held| held.id.release >= release.id.release);
        }
        if let Some(release) = running.release() {
            self.forbid_before(release.id.release);
        }
        let before = std::mem::replace(&mut self.running, running);
        self.earlier.extend(before.into_confirmed());
        let runs = self.running.release().map(|release| release.id.release);
        let kept: Vec<Id> = self.running.kept().collect();
        self.earlier.retain(|earlier| Some(earlier.id.release) < runs && !kept.contains(&earlier.id));
        self.earlier.sort_by_key(|earlier| Reverse(earlier.id.release));
        self.earlier.dedup_by_key(|earlier| earlier.id);
    }

    /// What runs proved itself, or an operator says so.
    pub fn confirms(&mut self) {
        self.runs(self.running.clone().confirmed());
        (self.interrupted, self.tried) = (None, None);
    }

    /// What an attached program was being given when this was written.
    pub fn tried(&self) -> Option<Id> {
        self.tried
    }

    /// An attached program is given `tried` from now on, or nothing any more. It ends by itself when that one
    /// is held, or proved itself.
    pub fn tries(&mut self, tried: Option<Id>) {
        self.tried = tried;
    }

    /// The program works for a while with what it was given last: what ends this from now on has nothing to
    /// do with that. How often it had is forgotten where nothing more is to be proven, as of a first release.
    pub fn settles(&mut self) {
        let tried = self.tried.take();
        if let Running::Confirmed { release, .. } = &self.running
            && tried == Some(release.id)
        {
            self.interrupted.take_if(|(id, _)| *id == release.id);
        }
    }

    /// What an attached program may have been given, although it is not to be used.
    pub fn not_to_be_used(&self) -> impl Iterator<Item = Id> {
        let interrupted = self.interrupted.map(|(id, _)| id);
        self.tried.into_iter().chain(interrupted).chain(self.held.iter().map(|held| held.id))
    }

    /// Confirmed releases before the one that a fall back returns to, the newest first.
    pub fn earlier(&self) -> &[Installed] {
        &self.earlier
    }

    /// No more than `most` of them are kept.
    pub fn keeps_earlier(&mut self, most: usize) {
        self.earlier.truncate(most);
    }

    /// What can be gone back to, the newest first: confirmed, not held, and kept.
    pub fn to_go_back_to(&self) -> impl Iterator<Item = &Installed> {
        let before = self.running.previous().into_iter().chain(&self.earlier);
        before.filter(|installed| self.held(installed.id.into()).is_none())
    }

    /// Nothing older than `release` is taken from now on.
    pub fn forbid_before(&mut self, release: u64) {
        self.newest = self.newest.max(Some(release));
    }

    /// The newest release that ever judged here, as far as this knows.
    pub(super) fn newest(&self) -> Option<u64> {
        self.newest
    }

    /// The release that a new one must be newer than, besides what runs: the newest that is held, and what
    /// is older than the newest that ever judged here.
    pub fn floor(&self) -> Option<u64> {
        let held = self.held.iter().map(|held| held.id.release).max();
        held.max(self.newest.and_then(|newest| newest.checked_sub(1)))
    }

    /// Why nothing is activated, where an operator froze that.
    pub fn frozen(&self) -> Option<&Frozen> {
        self.frozen.as_ref()
    }

    /// Nothing is activated, or again.
    pub fn freezes(&mut self, frozen: Option<Frozen>) {
        self.frozen = frozen;
    }

    /// What this record was put together from, where it is not sure.
    pub fn rebuilt(&self) -> Option<&Rebuilt> {
        self.rebuilt.as_ref()
    }

    /// This record was put together so, or an operator has looked at it.
    pub fn doubts(&mut self, rebuilt: Option<Rebuilt>) {
        self.rebuilt = rebuilt;
    }

    /// The checker ends as it should.
    pub fn ends(&mut self, at: UnixSeconds) {
        self.ended = Some(at);
    }

    /// The checker starts: whether it ended as it should before.
    pub fn starts(&mut self) -> bool {
        self.ended.take().is_some()
    }

    /// The release that judged here and is damaged: until it is there again, or given up, nothing else is
    /// taken.
    pub fn lost(&self) -> Option<&Lost> {
        self.lost.as_ref()
    }

    /// `lost` judged here, and its content is damaged; none any more when it is there again.
    pub fn loses(&mut self, lost: Option<Lost>) {
        self.lost = lost;
    }

    /// What operators decided, the newest last.
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// Keeps what an operator decided; keeps the list short.
    pub fn decide(&mut self, decision: Decision) {
        self.decisions.push(decision);
        if self.decisions.len() > MOST {
            self.decisions.remove(0);
        }
    }

    /// What is not taken again: no release that is older than a confirmed one that runs.
    pub fn all_held(&self) -> &[Held] {
        &self.held
    }

    /// Why `id` is held, if it is.
    pub fn held(&self, id: ReleaseRef) -> Option<&Held> {
        self.held.iter().find(|held| ReleaseRef::from(held.id) == id)
    }

    /// Of what is held here, what `withdrawn` says of is held for that and nothing else from now on. Whether
    /// that is news.
    pub fn withdraws(&mut self, withdrawn: impl Fn(ReleaseRef) -> Option<Said>) -> bool {
        let mut is_news = false;
        for held in self.held.iter_mut().filter(|held| held.held_for.is_here()) {
            if let Some(why) = withdrawn(held.id.into()) {
                (held.held_for, held.why, is_news) = (HeldFor::Withdrawn, why, true);
            }
        }
        is_news
    }

    /// Lifts the hold of release `release`; whether it was held.
    pub fn unhold(&mut self, release: u64) -> bool {
        let before = self.held.len();
        self.held.retain(|held| held.id.release != release);
        if self.interrupted.is_some_and(|(id, _)| id.release == release) {
            self.interrupted = None;
        }
        self.held.len() != before
    }

    /// Holds `id`; keeps the list short.
    pub fn hold(&mut self, id: ReleaseRef, why: Said, at: UnixSeconds) {
        self.tried.take_if(|tried| ReleaseRef::from(*tried) == id);
        self.held.retain(|held| ReleaseRef::from(held.id) != id);
        self.held.push(Held { id: id.into(), why, at, held_for: HeldFor::Here });
        if self.held.len() > MOST {
            self.held.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use warifu_values::digest::Digest;

    /// A record as it stands on disk, with this of what runs.
    fn on_disk(running: &str) -> String {
        format!(r#"{{"schema":1,{running},"held":[],"refused":null,"replay":null,"interrupted":null}}"#)
    }

    fn installed(release: u64) -> String {
        let manifest = Digest::of(b"");
        format!(
            r#"{{"release":{release},"manifest":"{manifest}","title":"t","since":"2026-04-01T00:00:00Z"}}"#
        )
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let (one, two) = (installed(1), installed(2));
        for (running, phase, previous) in [
            ("null", "null", "null"),
            (&*one, "\"confirmed\"", "null"),
            (&*two, "\"confirmed\"", &*one),
            (&*two, "\"probation\"", &*one),
        ] {
            let text = on_disk(&format!(r#""running":{running},"phase":{phase},"previous":{previous}"#));
            let record: Record = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&record).unwrap(), text);
        }
    }

    #[test]
    fn a_phase_is_of_a_release_and_a_watch_against_another() {
        let (one, two) = (installed(1), installed(2));
        for (running, phase, previous) in [
            ("null", "\"confirmed\"", "null"),
            ("null", "null", &*one),
            (&*two, "null", &*one),
            (&*two, "\"probation\"", "null"),
        ] {
            let text = on_disk(&format!(r#""running":{running},"phase":{phase},"previous":{previous}"#));
            assert!(serde_json::from_str::<Record>(&text).is_err(), "{text}");
        }
    }
}
