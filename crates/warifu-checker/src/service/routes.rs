//! Which request leads where, by the door that it came through.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use crate::history::History;
use crate::page::{self, Buttons};
use crate::service::check_claims::check;
use crate::service::health::{health, livez, readyz};
use crate::service::http_service::Service;
use crate::service::metrics::CONTENT_TYPE;
use crate::service::operator::{
    confirm, fall_back, forget_claims, freeze, give_up, repair, replay, swap, thaw, unhold,
};
use crate::service::reply::not_gathered;
use crate::service::same_site::only_own;
use crate::service::status::{OnTrial, Status};

/// At the door of claims. Nothing here changes anything, or tells of load, reasons and decisions.
pub(super) fn for_claims(service: Arc<Service>) -> Router {
    Router::new()
        .route("/check", post(check))
        .route("/status", get(health))
        .merge(for_balancers())
        .with_state(service)
}

/// At the operators' door.
pub(super) fn for_operators(service: Arc<Service>) -> Router {
    let commands = looks()
        .route("/report.json", get(report_json))
        .route("/swap", post(swap))
        .route("/fall-back", post(fall_back))
        .route("/confirm", post(confirm))
        .route("/give-up", post(give_up))
        .route("/unhold", post(unhold))
        .route("/freeze", post(freeze))
        .route("/thaw", post(thaw))
        .route("/repair", post(repair))
        .route("/replay", post(replay))
        .route("/forget-claims", post(forget_claims))
        .merge(for_balancers())
        .with_state(Arc::clone(&service));
    let seen = move || service.seen();
    let page = page::routes(seen, Buttons::Leading(commands.clone()));
    commands.merge(page).layer(from_fn(only_own))
}

/// At the door of those who watch: everything that can be looked at, and no command.
pub(super) fn for_watchers(service: Arc<Service>) -> Router {
    let looks = looks().merge(for_balancers()).with_state(Arc::clone(&service));
    looks.merge(page::routes(move || service.seen(), Buttons::Hidden))
}

/// What operators and those who watch may look at.
fn looks() -> Router<Arc<Service>> {
    Router::new()
        .route("/status", get(status))
        .route("/history.json", get(history))
        .route("/metrics", get(metrics))
}

fn for_balancers() -> Router<Arc<Service>> {
    Router::new().route("/livez", get(livez)).route("/readyz", get(readyz))
}

/// What is gathered of `service` where no claim waits for it.
async fn gathered<T: Send + 'static>(
    State(service): State<Arc<Service>>,
    gather: fn(&Service) -> T,
) -> Result<T, Response> {
    tokio::task::spawn_blocking(move || gather(&service)).await.map_err(|_| not_gathered())
}

async fn status(service: State<Arc<Service>>) -> Result<Json<Status>, Response> {
    gathered(service, Service::status).await.map(Json)
}

async fn report_json(service: State<Arc<Service>>) -> Result<Json<OnTrial>, Response> {
    gathered(service, Service::on_trial).await.map(Json)
}

async fn history(service: State<Arc<Service>>) -> Result<Json<History>, Response> {
    gathered(service, Service::history).await.map(Json)
}

async fn metrics(service: State<Arc<Service>>) -> Result<impl IntoResponse, Response> {
    let metrics = gathered(service, Service::metrics).await?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics))
}
