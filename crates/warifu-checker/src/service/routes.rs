//! The routes.
//!
//! ```text
//! POST /check              a UKE file; answers JSON lines        200, 400, 408, 413, 500, 503
//! GET  /status             what runs, what was refused and why   200
//! GET  /report[.json]      what was seen of a release on trial   200
//! POST /swap[?release=N]   look at the channel now               200, 403, 409, 503
//! POST /fall-back          return to the previous release        200, 403, 409, 500
//! POST /confirm            {"release", "reason"}: end probation  200, 400, 403, 409, 500
//! POST /give-up            {"release", "reason"}: it is lost     200, 400, 403, 409, 500
//! POST /unhold             {"release", "reason"}: take it again  200, 400, 403, 409, 500
//! POST /freeze, /thaw      {"reason"}: activate nothing, again   200, 400, 403, 409, 500
//! POST /repair             {"reason"}: mend what is damaged      200, 400, 403, 409, 500
//! POST /replay             judge the kept claim files again      200, 403, 409, 500
//! POST /forget-claims      delete the kept claim files           200, 403, 409, 500
//! GET  /healthz            a release runs                        200, 503
//! ```
//! What is posted but for `/check` is for this machine only: it answers 403 to any other, to what a proxy
//! passes on, and to pages in a browser.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use tokio::net::TcpListener;

use crate::service::check_claims::check;
use crate::service::http_service::Service;
use crate::service::operator::{
    confirm, fall_back, forget_claims, freeze, give_up, repair, replay, swap, thaw, unhold,
};
use crate::service::status::{OnTrial, Status};
use crate::trial::page;

/// Serves `service` until `end`, then lets requests in flight finish.
///
/// # Errors
/// The listener fails.
pub async fn serve_until(
    listener: TcpListener,
    service: Arc<Service>,
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let routes = service.router().into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, routes).with_graceful_shutdown(end).await
}

impl Service {
    /// The routes. Serve them with the peer's address: without it, operators are answered nothing.
    fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/check", post(check))
            .route("/status", get(status))
            .route("/report", get(report))
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
            .route("/healthz", get(healthz))
            .with_state(self)
    }
}

async fn status(State(service): State<Arc<Service>>) -> Json<Status> {
    Json(service.status())
}

async fn report(State(service): State<Arc<Service>>) -> Html<String> {
    let OnTrial { replay, watch, decisions } = service.on_trial();
    Html(page(replay.as_ref(), watch.as_ref(), &decisions))
}

async fn report_json(State(service): State<Arc<Service>>) -> Json<OnTrial> {
    Json(service.on_trial())
}

async fn healthz(State(service): State<Arc<Service>>) -> StatusCode {
    if service.swapper.active().is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
