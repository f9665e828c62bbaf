//! `POST /check`: a claim file comes in, waits for its turn, is judged by one release and answered.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::sync::oneshot;
use warifu_claims::movement::Institution;
use warifu_claims::{ClaimFile, FILE_LIMIT_BYTES, institution};

use crate::log::now;
use crate::said::Said;
use crate::service::answer::{Summary, answer};
use crate::service::http_service::Service;
use crate::service::queue::Full;
use crate::service::reply::{error, refuse_too_large};

/// Claim files in memory together, waiting and being judged. Eight of the largest; senders of more are told
/// to come again.
const BODIES_LIMIT_BYTES: usize = 8 * FILE_LIMIT_BYTES;

/// A sender gets this long for a file: 64 MiB over a line of 10 Mbit/s.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

pub(super) async fn check(State(service): State<Arc<Service>>, request: Request) -> Response {
    // By this, and not by when its turn comes, it is told which release judges it.
    let received = now();
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length > FILE_LIMIT_BYTES) {
        return refuse_too_large();
    }
    let Some(reserved) = Reserved::new(&service, length.unwrap_or(FILE_LIMIT_BYTES)) else {
        return service.turn_away("too many claim files are being received", "受信中のファイルが多すぎます");
    };
    let bytes =
        match tokio::time::timeout(BODY_TIMEOUT, to_bytes(request.into_body(), FILE_LIMIT_BYTES)).await {
            Ok(Ok(bytes)) => bytes,
            // Without a length only the limit ends a body early; with one, the line broke.
            Ok(Err(_)) if length.is_none() => return refuse_too_large(),
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
    let named = institution(&bytes);
    let from = Institution::of(named);
    let permit = match service.queue.enter(named.unwrap_or_default()).await {
        Ok(permit) => permit,
        Err(Full) => return service.turn_away("the queue is full", "待ち行列が一杯です"),
    };
    let (sender, receiver) = oneshot::channel();
    let judging = Arc::clone(&service);
    tokio::task::spawn_blocking(move || {
        if sender.is_closed() {
            // Nobody waits for the answer any more; somebody else does.
            return;
        }
        // Read once; everything about this file is of this release.
        let Some(active) = judging.swapper.judging(received) else {
            let _ = sender.send(None);
            return;
        };
        let file = ClaimFile::read(&bytes);
        let answer = answer(&file, &active.snapshot, &active.receipt);
        judging.checked.fetch_add(1, Ordering::Relaxed);
        judging.claims.fetch_add(answer.tally.claims, Ordering::Relaxed);
        let _ = sender.send(Some((answer.lines, answer.summary)));
        // The watch and the ring come after the answer: the sender does not wait for them, the next file
        // does.
        judging.swapper.observe(&active, &file, from, now());
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
    headers.insert("warifu-release", HeaderValue::from(summary.receipt.release));
    response
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
