//! Parts of what the checker says of itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_claims::movement::Report;
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::said::Said;
use crate::service::limits::Limits;
use crate::state::{Decision, KeptNow};
use crate::swap::Coming;
use crate::trial::Replayed;

/// The watch on a release on probation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Watch {
    /// The release it is compared with.
    pub against: u64,
    /// What was seen so far, what is missing before it is confirmed, and the first codes that turned.
    pub seen: Report,
}

/// What `GET /report.json` says: the last replay and the watch on probation, with all their codes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OnTrial {
    /// The last replay.
    pub replay: Option<Replayed>,
    /// What was seen so far on probation.
    pub watch: Option<Report>,
    /// What operators decided, the newest last.
    #[serde(default)]
    pub decisions: Vec<Decision>,
}

/// Requests since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Requests {
    /// Claim files answered.
    pub checked: u64,
    /// Claims in them.
    pub claims: u64,
    /// Files sent away with a 503: the queue was full, too many were being received, or no release ran yet.
    pub turned_away: u64,
}

/// The queue now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Queue {
    /// Files being judged.
    pub judging: usize,
    /// Files waiting.
    pub waiting: usize,
    /// How many may wait.
    pub capacity: usize,
}

/// What judges next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Next {
    /// Which release: it is cleared.
    pub release: u64,
    /// From when.
    pub at: UnixSeconds,
    /// Why not at its instant: what goes on until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Said>,
}

impl Next {
    /// What waits, while `running` judges.
    pub(super) fn of(coming: Option<Coming>, running: Option<u64>) -> Option<Next> {
        let Coming { release, at, why } = coming?;
        // It may have come since.
        running.is_none_or(|running| release > running).then_some(Next { release, at, why })
    }
}

impl Speak for Next {
    fn say(&self, lang: Lang) -> String {
        let (release, at) = (self.release, self.at.said(lang));
        match self.why.as_ref().map(|why| why.say(lang)) {
            None => say!(
                lang,
                "next: release {release} at {at}, the instant that both signed",
                "次: リリース {release}（{at}、両団体が署名した切替日時）"
            ),
            Some(why) => say!(
                lang,
                "next: release {release} at {at}: {why}; an emergency would not wait",
                "次: リリース {release}（{at}、{why}。緊急リリースは待ちません）"
            ),
        }
    }
}

/// The doors now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Doors {
    /// The checker ends: what is in flight is still answered.
    #[serde(default)]
    pub is_draining: bool,
    /// What comes by that of claims; nothing where a program is attached.
    #[serde(flatten)]
    pub of_claims: Option<ClaimsDoor>,
}

/// What comes by the door of claims, and what it holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ClaimsDoor {
    /// Connections at which claims come.
    pub connections: usize,
    /// Since the start, connections that were cut because something took too long, or not let in.
    #[serde(default)]
    pub connections_cut: u64,
    /// Bytes of claim files that arrived and are not judged yet.
    #[serde(default)]
    pub arrived_bytes: usize,
    /// Bytes of answers that were not taken yet.
    #[serde(default)]
    pub unread_bytes: usize,
    /// Since the start, claim files for replay that the disk was too slow to keep.
    #[serde(default)]
    pub not_kept: u64,
    /// What each may be.
    pub limits: Limits,
}

/// What comes of claims; nothing of it where a program is attached, since none come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OfClaims {
    /// The claim files that are kept to be replayed.
    #[serde(default)]
    pub kept_claims: KeptNow,
    /// The last replay before activation, briefly.
    pub replay: Option<Replayed>,
    /// Requests since the start.
    pub requests: Requests,
    /// The queue now.
    pub queue: Queue,
}
