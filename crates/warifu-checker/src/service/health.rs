//! `/livez`, `/readyz` and the short `/status`: what balancers and senders may know, without load, reasons
//! or decisions.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::UnixSeconds;

use crate::log::now;
use crate::service::http_service::Service;
use crate::service::status::state_of;
use crate::state::Id;
use crate::swap::NotReady;

/// What judges claims, for whoever sends them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// Whether claims are taken.
    pub ready: bool,
    /// Whether the checker ends.
    pub draining: bool,
    /// `none`, `probation` or `confirmed`.
    pub state: String,
    /// What judges.
    pub running: Option<Judging>,
    /// The channel's metadata has expired: nothing new is taken.
    pub stale: bool,
    /// What judges was withdrawn, and there is nothing to go back to.
    pub withdrawn: bool,
    /// Why the area that this checker belongs to lets it judge nothing now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_ready: Option<NotReady>,
    /// When this was said.
    pub at: UnixSeconds,
}

/// A release by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Judging {
    /// Its number, and SHA-256 of its manifest.
    #[serde(flatten)]
    pub id: Id,
    /// What it is, for people.
    pub title: String,
    /// Since when.
    pub since: UnixSeconds,
}

impl Service {
    /// What anybody may know.
    pub fn health(&self) -> Health {
        let met = self.swapper.met().transpose();
        let not_ready = met.as_ref().err().cloned();
        // Just after an instant the pointer may not have moved yet.
        let active = met.ok().flatten().or_else(|| self.swapper.active());
        let draining = self.draining.load(Ordering::Relaxed);
        Health {
            ready: active.is_some() && !draining && not_ready.is_none(),
            draining,
            state: state_of(&self.swapper).to_owned(),
            running: active.map(|active| Judging {
                id: active.id.into(),
                title: active.title.clone(),
                since: active.since,
            }),
            stale: self.swapper.is_stale(),
            withdrawn: self.swapper.runs_withdrawn().is_some(),
            not_ready,
            at: now(),
        }
    }
}

pub(super) async fn health(State(service): State<Arc<Service>>) -> Json<Health> {
    Json(service.health())
}

/// The process answers.
pub(super) async fn livez() -> StatusCode {
    StatusCode::OK
}

/// Claims are taken: a release runs, and the checker does not end.
pub(super) async fn readyz(State(service): State<Arc<Service>>) -> (StatusCode, Json<Health>) {
    let health = service.health();
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health))
}
