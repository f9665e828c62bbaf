//! What all requests share: the swapper, the queue, the ring of recent files, and what is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::log::{Log, now};
use crate::said::Said;
use crate::service::queue::FairQueue;
use crate::service::reply::error;
use crate::service::status::{OnTrial, Queue, Requests, Status};
use crate::state::Recent;
use crate::swap::Swapper;

/// What a sender who was turned away is told to wait.
const RETRY_AFTER_SECONDS: &str = "5";

/// The service.
#[derive(Debug)]
pub struct Service {
    pub(super) swapper: Arc<Swapper>,
    pub(super) queue: Arc<FairQueue>,
    pub(super) recent: Arc<Recent>,
    pub(super) log: Log,
    pub(super) bodies: AtomicUsize,
    pub(super) checked: AtomicU64,
    pub(super) claims: AtomicU64,
    turned_away: AtomicU64,
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

    /// What was seen of a release on trial, with all its codes.
    pub(super) fn on_trial(&self) -> OnTrial {
        let active = self.swapper.active();
        let watch = active.and_then(|active| active.watched(&self.swapper.gates().probation));
        let decisions = self.swapper.record().decisions().to_vec();
        OnTrial { replay: self.swapper.replayed(), watch, decisions }
    }

    pub(super) fn turn_away(&self, en: &str, ja: &str) -> Response {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        let mut response = error(StatusCode::SERVICE_UNAVAILABLE, Said::new(en, ja));
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
        response
    }
}
