//! The HTTP side: claims in, findings out, and the few commands of an operator.
//!
//! ```text
//! POST /check              a UKE file; answers JSON lines        200, 400, 408, 413, 503
//! GET  /status             what runs, what was refused and why   200
//! POST /swap[?release=N]   look at the channel now               200, 403, 409, 503
//! POST /fall-back          return to the previous release        200, 403, 409
//! GET  /healthz            a release runs                        200, 503
//! ```
//! `/swap` and `/fall-back` are for this machine only: they answer 403 to any other, to what a proxy passes on, and
//! to pages in a browser.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use warifu_claims::{FILE_LIMIT_BYTES, institution};

use crate::answer::{Summary, answer};
use crate::log::{Log, now};
use crate::queue::{FairQueue, Full};
use crate::recent::Recent;
use crate::said::Said;
use crate::status::{Queue, Requests, Status};
use crate::swap::{NothingBefore, Outcome, Swapper};

/// Claim files in memory together, waiting and being judged. Eight of the largest; senders of more are told to
/// come again.
const BODIES_LIMIT_BYTES: usize = 8 * FILE_LIMIT_BYTES;

/// A sender gets this long for a file: 64 MiB over a line of 10 Mbit/s.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// What a sender who was turned away is told to wait.
const RETRY_AFTER_SECONDS: &str = "5";

/// The service.
#[derive(Debug)]
pub struct Service {
    swapper: Arc<Swapper>,
    queue: Arc<FairQueue>,
    recent: Arc<Recent>,
    log: Log,
    bodies: AtomicUsize,
    checked: AtomicU64,
    claims: AtomicU64,
    turned_away: AtomicU64,
}

/// An error as the service answers it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ServiceError {
    /// Why.
    pub error: Said,
}

/// What `POST /fall-back` answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct FellBack {
    /// The release that runs now.
    pub release: u64,
}

impl Service {
    /// Answers from `swapper`'s active release.
    pub fn new(swapper: Arc<Swapper>, queue: Arc<FairQueue>, recent: Arc<Recent>, log: Log) -> Arc<Self> {
        Arc::new(Service {
            swapper,
            queue,
            recent,
            log,
            bodies: AtomicUsize::new(0),
            checked: AtomicU64::new(0),
            claims: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
        })
    }

    /// The routes. Serve them with the peer's address: without it, `/swap` and `/fall-back` answer nobody.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/check", post(check))
            .route("/status", get(status))
            .route("/swap", post(swap))
            .route("/fall-back", post(fall_back))
            .route("/healthz", get(healthz))
            .with_state(self)
    }

    /// What the service says of itself.
    pub fn status(&self) -> Status {
        let (judging, waiting) = self.queue.load();
        let requests = Requests {
            checked: self.checked.load(Ordering::Relaxed),
            claims: self.claims.load(Ordering::Relaxed),
            turned_away: self.turned_away.load(Ordering::Relaxed),
        };
        let queue = Queue { judging, waiting, capacity: self.queue.capacity() };
        Status::of(&self.swapper, requests, queue, now())
    }

    fn turn_away(&self, en: &str, ja: &str) -> Response {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        let mut response = error(StatusCode::SERVICE_UNAVAILABLE, Said::new(en, ja));
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
        response
    }
}

fn error(status: StatusCode, error: Said) -> Response {
    (status, Json(ServiceError { error })).into_response()
}

fn too_large() -> Response {
    error(
        StatusCode::PAYLOAD_TOO_LARGE,
        Said::new(
            format!("a claim file may have {FILE_LIMIT_BYTES} bytes"),
            format!("請求ファイルの上限は {FILE_LIMIT_BYTES} バイトです"),
        ),
    )
}

/// Bytes of memory promised to a body; given back when dropped.
struct Reserved {
    service: Arc<Service>,
    bytes: usize,
}

impl Reserved {
    fn new(service: &Arc<Service>, bytes: usize) -> Option<Self> {
        let add = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= BODIES_LIMIT_BYTES);
        let reserved = service.bodies.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok();
        reserved.then(|| Reserved { service: Arc::clone(service), bytes })
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.service.bodies.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

async fn check(State(service): State<Arc<Service>>, request: Request) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length > FILE_LIMIT_BYTES) {
        return too_large();
    }
    let Some(reserved) = Reserved::new(&service, length.unwrap_or(FILE_LIMIT_BYTES)) else {
        return service.turn_away("too many claim files are being received", "受信中のファイルが多すぎます");
    };
    let bytes =
        match tokio::time::timeout(BODY_TIMEOUT, to_bytes(request.into_body(), FILE_LIMIT_BYTES)).await {
            Ok(Ok(bytes)) => bytes,
            // Without a length only the limit ends a body early; with one, the line broke.
            Ok(Err(_)) if length.is_none() => return too_large(),
            Ok(Err(_)) => {
                return error(
                    StatusCode::BAD_REQUEST,
                    Said::new("the body ended early", "本文が途中で切れました"),
                );
            }
            Err(_) => {
                return error(
                    StatusCode::REQUEST_TIMEOUT,
                    Said::new("the body came too slowly", "受信が遅すぎます"),
                );
            }
        };
    let institution = institution(&bytes).unwrap_or_default();
    let permit = match service.queue.enter(institution).await {
        Ok(permit) => permit,
        Err(Full) => return service.turn_away("the queue is full", "待ち行列が一杯です"),
    };
    let (sender, receiver) = oneshot::channel();
    let judging = Arc::clone(&service);
    tokio::task::spawn_blocking(move || {
        // Read once; everything about this file is of this release.
        let Some(active) = judging.swapper.active() else {
            let _ = sender.send(None);
            return;
        };
        let answer = answer(&bytes, &active.snapshot, active.id);
        judging.checked.fetch_add(1, Ordering::Relaxed);
        judging.claims.fetch_add(answer.tally.claims, Ordering::Relaxed);
        let _ = sender.send(Some((answer.lines, answer.summary)));
        // The watch and the ring come after the answer: the sender does not wait for them, the next file does.
        judging.swapper.observe(&active, &bytes, answer.tally, &answer.findings, now());
        if answer.tally.items > 0
            && let Err(error) = judging.recent.keep(bytes.to_vec().into())
        {
            judging.log.event(&Said::about(
                "a claim file could not be kept for replay",
                "再点検用のファイルを保存できません",
                &error,
            ));
        }
        drop((permit, reserved));
    });
    match receiver.await {
        Ok(Some((lines, summary))) => respond(lines, &summary),
        Ok(None) => service.turn_away("no release is active yet", "稼働中のリリースがまだありません"),
        Err(_) => error(
            StatusCode::INTERNAL_SERVER_ERROR,
            Said::new("this file could not be judged", "このファイルを点検できませんでした"),
        ),
    }
}

fn respond(lines: Vec<u8>, summary: &Summary) -> Response {
    let mut response = Response::new(Body::from(lines));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert("warifu-release", HeaderValue::from(summary.release));
    response
}

async fn status(State(service): State<Arc<Service>>) -> Json<Status> {
    Json(service.status())
}

async fn healthz(State(service): State<Arc<Service>>) -> StatusCode {
    if service.swapper.active().is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

fn is_this_machine(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let on_behalf = ["origin", "forwarded", "x-forwarded-for", "via"];
    peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback())
        && !on_behalf.iter().any(|name| request.headers().contains_key(*name))
}

fn forbidden() -> Response {
    error(StatusCode::FORBIDDEN, Said::new("only from this machine", "この操作は同じ装置からのみ可能です"))
}

#[derive(Deserialize)]
struct Wanted {
    release: Option<u64>,
}

async fn swap(
    State(service): State<Arc<Service>>,
    Query(Wanted { release }): Query<Wanted>,
    request: Request,
) -> Response {
    if !is_this_machine(&request) {
        return forbidden();
    }
    let swapper = Arc::clone(&service.swapper);
    let polled = tokio::task::spawn_blocking(move || swapper.poll(now(), Some(release.unwrap_or(0)))).await;
    let outcome = polled.unwrap_or_else(|_| Outcome::Unavailable {
        why: Said::new("the candidate could not be built", "候補を作成できませんでした"),
    });
    let status = match outcome.exit_status() {
        0 => StatusCode::OK,
        2 if matches!(outcome, Outcome::Unavailable { .. }) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::CONFLICT,
    };
    (status, Json(outcome)).into_response()
}

async fn fall_back(State(service): State<Arc<Service>>, request: Request) -> Response {
    if !is_this_machine(&request) {
        return forbidden();
    }
    let swapper = Arc::clone(&service.swapper);
    let why = Said::new("an operator fell back", "運用者の操作");
    let fell = tokio::task::spawn_blocking(move || swapper.fall_back(why, None, now())).await;
    match fell {
        Ok(Ok(release)) => Json(FellBack { release }).into_response(),
        Ok(Err(NothingBefore)) | Err(_) => error(
            StatusCode::CONFLICT,
            Said::new(
                "there is no confirmed release before this one",
                "戻せる確定済みのリリースがありません",
            ),
        ),
    }
}
