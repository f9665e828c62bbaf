//! All that the checker says of itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::UnixSeconds;

use crate::cause::Amiss;
use crate::history::HistoryAct;
use crate::said::Said;
use crate::service::status::fleet::InFleet;
use crate::service::status::parts::{Doors, Next, OfClaims, Queue, Requests, Watch};
use crate::state::{Damage, Decision, Frozen, Held, Installed, Lost, Phase, Refused};
use crate::swap::{Attached, LastPoll, Swapper};

/// Everything `GET /status` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Status {
    /// `none`, `probation` or `confirmed`.
    pub state: String,
    /// What runs.
    pub running: Option<Installed>,
    /// Why what runs is not to be used: one organisation withdrew it, and there is nothing to go back to.
    #[serde(default)]
    pub withdrawn: Option<Said>,
    /// The newest release that can be gone back to by its number, where what runs is not to be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_back: Option<u64>,
    /// Nothing is activated, because an operator says so.
    #[serde(default)]
    pub frozen: Option<Frozen>,
    /// What is damaged on this disk: nothing new is taken until it is mended.
    #[serde(default)]
    pub damaged: Vec<Damage>,
    /// Why what is recorded is not on disk as it should be.
    #[serde(default)]
    pub not_written: Option<Amiss>,
    /// Why the room for the next record is not kept, where this one is on disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_reserve: Option<Amiss>,
    /// What judges next, and when.
    #[serde(default)]
    pub next: Option<Next>,
    /// The watch, on probation.
    pub watch: Option<Watch>,
    /// The confirmed release before, which can be fallen back to.
    pub previous: Option<Installed>,
    /// Confirmed ones before that, which can be fallen back to by their numbers; the newest first.
    #[serde(default)]
    pub earlier: Vec<Installed>,
    /// The program that uses the releases, where one is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attached: Option<Attached>,
    /// The area that it moves with, where it is a member of a fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fleet: Option<InFleet>,
    /// What judged here and is damaged: nothing else is taken until it is there again, or given up.
    #[serde(default)]
    pub lost: Option<Lost>,
    /// What is not taken again.
    pub held: Vec<Held>,
    /// How what judges came to judge, where that was a fall back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fell_back: Option<HistoryAct>,
    /// What was refused last.
    pub refused: Option<Refused>,
    /// The channel's metadata has expired: nothing new is taken.
    pub stale: bool,
    /// What operators decided, the newest last.
    #[serde(default)]
    pub decisions: Vec<Decision>,
    /// The last look at the channel.
    pub last_poll: Option<LastPoll>,
    /// What comes of claims, where they come.
    #[serde(flatten)]
    pub of_claims: Option<OfClaims>,
    /// The doors now.
    #[serde(default)]
    pub doors: Doors,
    /// Why the configuration that was read last is not in force, or not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Said>,
    /// The configuration file that it was started with, as it is typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_file: Option<String>,
    /// Certificates of the doors that do not hold, or not for long.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Amiss>,
    /// When this was said.
    pub at: UnixSeconds,
}

impl Status {
    /// Of `swapper`; what only the service knows comes in.
    pub fn of(swapper: &Swapper, requests: Requests, queue: Queue, doors: Doors, at: UnixSeconds) -> Self {
        let record = swapper.record();
        let active = swapper.active();
        let watch = active.as_ref().and_then(|active| {
            let seen = active.watched(&swapper.gates().probation)?.brief();
            Some(Watch { against: active.compared_with()?.id.release, seen })
        });
        let attached = swapper.attached();
        let kept_claims = swapper.kept_claims();
        let of_claims = attached.is_none().then_some(OfClaims {
            kept_claims,
            replay: record.replay.clone(),
            requests,
            queue,
        });
        let door = doors.of_claims.filter(|_| attached.is_none());
        let withdrawn = swapper.runs_withdrawn();
        Status {
            state: state_of(swapper).to_owned(),
            running: record.running().release().cloned(),
            way_back: withdrawn.as_ref().and_then(|_| swapper.can_go_back_to()),
            withdrawn,
            frozen: record.frozen().cloned(),
            damaged: swapper.damages(),
            not_written: swapper.not_written(),
            no_reserve: swapper.no_reserve(),
            next: Next::of(swapper.coming(), active.as_ref().map(|active| active.id.release)),
            watch,
            previous: record.running().previous().cloned(),
            earlier: record.earlier().to_vec(),
            attached,
            fleet: InFleet::of(swapper),
            lost: record.lost().cloned(),
            held: swapper.held(),
            fell_back: swapper.history().last_fall_back().filter(|back| {
                back.release.is_some() && back.release == active.as_ref().map(|active| active.id.release)
            }),
            decisions: record.decisions().to_vec(),
            refused: record.refused,
            stale: swapper.is_stale(),
            last_poll: swapper.last_poll(),
            of_claims,
            doors: Doors { of_claims: door, ..doors },
            configuration: None,
            configuration_file: None,
            certificates: Vec::new(),
            at,
        }
    }
}

/// In a word, how far what judges has proven itself.
pub(in crate::service) fn state_of(swapper: &Swapper) -> &'static str {
    match swapper.active().map(|active| active.phase()) {
        None => "none",
        Some(Phase::Confirmed) if swapper.is_settling() => "probation",
        Some(Phase::Probation) => "probation",
        Some(Phase::Confirmed) => "confirmed",
    }
}
