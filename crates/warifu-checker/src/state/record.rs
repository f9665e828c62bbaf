//! What the checker remembers over a restart: one small file that changes as a whole.

use serde::{Deserialize, Serialize};
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::said::Said;
use crate::state::installed::Id;
use crate::state::running::Running;
use crate::trial::Replayed;

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

/// The record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The form of this file.
    pub(super) schema: u32,
    #[serde(flatten)]
    running: Running,
    held: Vec<Held>,
    /// What was refused last.
    pub refused: Option<Refused>,
    /// The last replay, briefly.
    pub replay: Option<Replayed>,
    /// How often a start found this release still on probation: one that takes the checker down with it must
    /// not be tried for ever.
    pub interrupted: Option<(Id, u32)>,
}

impl Default for Record {
    fn default() -> Self {
        Record {
            schema: Record::SCHEMA,
            running: Running::Nothing,
            held: Vec::new(),
            refused: None,
            replay: None,
            interrupted: None,
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
        const MOST: usize = 16;
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
