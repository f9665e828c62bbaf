//! What the checker remembers over a restart: one small file that changes as a whole.

use serde::{Deserialize, Serialize};
use warifu_trust::{ReleaseRef, UnixSeconds};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::said::Said;
use crate::state::installed::{Id, Installed};
use crate::state::reason::Reason;
use crate::state::running::Running;
use crate::trial::Replayed;

/// So many held releases, and so many decisions, are kept.
const MOST: usize = 16;

/// A release that is not taken again; a newer one that is confirmed ends that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Which one.
    #[serde(flatten)]
    pub id: Id,
    /// Why.
    pub why: Said,
    /// Since when.
    pub at: UnixSeconds,
}

/// How far a release came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RefusedFor {
    /// The data: exit status 1.
    Data,
    /// Trust: exit status 3.
    Trust,
}

/// A release that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        Said::new(
            "it is not taken again; publish a newer one, which ends that once it is confirmed",
            "このリリースは再び受け入れません。訂正した新しいリリースを公開してください（確定すると保留は解除されます）",
        )
    }
}

impl Refused {
    /// What to do, for people.
    pub fn next_step(&self) -> Said {
        match self.refused_for {
            RefusedFor::Data => Said::new(
                "what runs, if anything does, goes on; publish a corrected release, or try this one again: \
                 warifu-checker swap",
                "稼働中のリリースがあれば、それで点検を続けます。訂正したリリースを公開するか、warifu-checker swap で再試行してください",
            ),
            RefusedFor::Trust => Said::new(
                "what runs, if anything does, goes on; tell the release manager, and it is looked at again \
                 by itself",
                "稼働中のリリースがあれば、それで点検を続けます。リリース管理者に連絡してください（自動で再確認します）",
            ),
        }
    }
}

/// A release that judged here and whose content is damaged: nothing else is compared with it, so no other is
/// taken until it is there again or an operator gives it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Which one.
    #[serde(flatten)]
    pub installed: Installed,
    /// What is wrong with its content.
    pub why: Said,
}

/// What an operator may decide that no gate does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// A release on probation counts as confirmed.
    Confirmed,
    /// A lost release is not waited for.
    GivenUp,
}

/// What an operator decided, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What.
    pub decided: Decided,
    /// Of which release.
    pub release: u64,
    /// Why, in the operator's words.
    pub reason: Reason,
    /// When.
    pub at: UnixSeconds,
}

impl Speak for Decision {
    fn say(&self, lang: Lang) -> String {
        let Decision { decided, release, reason, at } = self;
        let reason = reason.as_str();
        match decided {
            Decided::Confirmed => say!(
                lang,
                "an operator confirmed release {release} at {at}: {reason}",
                "運用者がリリース {release} を確定しました（{at}）: {reason}"
            ),
            Decided::GivenUp => say!(
                lang,
                "an operator gave up release {release}, which was lost, at {at}: {reason}",
                "運用者が、失われたリリース {release} の復旧を断念しました（{at}）: {reason}"
            ),
        }
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
    /// How often a start found this release still on probation: one that takes the checker down with it must
    /// not be tried for ever.
    pub interrupted: Option<(Id, u32)>,
    /// What operators decided, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    decisions: Vec<Decision>,
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
            decisions: Vec::new(),
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
        self.running = running;
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

    /// The newest release that is held.
    pub fn newest_held(&self) -> Option<u64> {
        self.held.iter().map(|held| held.id.release).max()
    }

    /// Holds `id`; keeps the list short.
    pub fn hold(&mut self, id: ReleaseRef, why: Said, at: UnixSeconds) {
        self.held.retain(|held| ReleaseRef::from(held.id) != id);
        self.held.push(Held { id: id.into(), why, at });
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
