//! `POST /check`: a claim file comes in, waits for its turn, is judged by one release and answered.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::sync::oneshot;
use warifu_claims::movement::Institution;
use warifu_claims::{ClaimFile, institution};
use warifu_judging::{Summary, answer};

use crate::log::now;
use crate::said::Said;
use crate::service::budget::Share;
use crate::service::http_service::Service;
use crate::service::metrics::Ending;
use crate::service::queue::{Came, Permit, Whose};
use crate::service::receive::{Received, Receiving};
use crate::service::reply::{ServiceError, error};
use crate::service::sender::Sender;
use crate::service::unread::Unread;
use crate::swap::{Active, NotReady};

pub(super) async fn check(State(service): State<Arc<Service>>, request: Request) -> Response {
    let began = Instant::now();
    // The door says who it is; whoever comes by none is nobody in particular.
    let sender = request.extensions().get().copied();
    let sender = sender.unwrap_or_else(|| Sender::at(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
    let mut coming = match Receiving::begin(request, service.arrived.share(sender), service.limits()) {
        Ok(coming) => coming,
        Err(why) => return service.refuse_received(why).await,
    };
    // Whoever is not let in is told so by the first record, before the rest of the file comes.
    if let Err(why) = coming.first_record().await {
        return service.refuse_coming(coming, why).await;
    }
    let whose = Whose { sender, institution: institution(coming.bytes()).unwrap_or_default().into() };
    let mut came = Came { since: service.waiting.since(&whose, began), bytes: coming.expected_bytes() };
    if service.queue.would_enter(&whose, came).is_err() {
        coming.discard();
        return service.refuse_full(&whose, came).await;
    }
    if !service.unread.has_room(sender) {
        coming.discard();
        return service.refuse_unread().await;
    }
    if let Err(why) = coming.all_of_it().await {
        return service.refuse_coming(coming, why).await;
    }
    let received = match coming.whole() {
        Ok(received) => received,
        Err(why) => return service.refuse_received(why).await,
    };
    // Of a member of a fleet the moment at which it is received says which release judges it, and it keeps
    // that until it is answered.
    let met = match service.swapper.met().transpose() {
        Ok(met) => met,
        Err(why) => {
            drop(received);
            return service.refuse_not_ready(why).await;
        }
    };
    let arrived = Instant::now();
    came.bytes = received.bytes.len();
    let Ok(permit) = service.queue.enter(whose.clone(), came).await else {
        drop(received);
        return service.refuse_full(&whose, came).await;
    };
    if came.since < began {
        service.waiting.forget(&whose);
    }
    // Many may have been let in before the first of them left its answer lying.
    if !service.unread.has_room(sender) {
        drop((received, permit));
        return service.refuse_unread().await;
    }
    service.measured.waiting.took(arrived.elapsed());
    let (told, answered) = oneshot::channel();
    let judging = Arc::clone(&service);
    tokio::task::spawn_blocking(move || judging.judge((received, met), sender, permit, told));
    match answered.await {
        Ok(Some(answered)) => {
            service.measured.whole.took(began.elapsed());
            answered
        }
        Ok(None) => {
            let (en, ja) = ("no release is active yet", "稼働中のリリースがまだありません");
            service.turn_away(Ending::NoRelease, en, ja).await
        }
        Err(_) => {
            service.measured.ended(Ending::Failed);
            error(
                StatusCode::INTERNAL_SERVER_ERROR,
                Said::new("this file could not be judged", "このファイルを点検できませんでした"),
            )
        }
    }
}

impl Service {
    /// Judges what was received and tells the answer; none while no release is active.
    fn judge(
        &self,
        (received, met): (Received, Option<Arc<Active>>),
        sender: Sender,
        permit: Permit,
        told: oneshot::Sender<Option<Response>>,
    ) {
        if told.is_closed() {
            // Nobody waits for the answer any more; somebody else does.
            return;
        }
        let Received { bytes, share, at } = received;
        // Read once; everything about this file is of this release.
        let Some(active) = met.or_else(|| self.swapper.judging(at)) else {
            let _ = told.send(None);
            return;
        };
        let began = Instant::now();
        let from = Institution::of(institution(&bytes));
        let file = ClaimFile::read(&bytes);
        let answer = answer(&file, &active.snapshot, &active.receipt);
        self.checked.fetch_add(1, Ordering::Relaxed);
        self.pace.answered(Instant::now());
        self.claims.fetch_add(answer.tally.claims, Ordering::Relaxed);
        let items = answer.tally.items;
        self.measured.judging.took(began.elapsed());
        self.measured.ended(Ending::Judged);
        self.swapper.history().counted().take(active.id.release, &answer.tally, &answer.findings);
        let _ = told.send(Some(respond(answer.lines, &answer.summary, self.unread.share(sender))));
        drop(answer.findings);
        // The watch and the ring come after the answer: the sender does not wait for them, the next file
        // does, but for no disk.
        if self.swapper.observe(&active, &file, from, now()) {
            let swapper = Arc::clone(&self.swapper);
            tokio::task::spawn_blocking(move || swapper.settle(now()));
        }
        drop(file);
        if items > 0 && self.recent.takes(bytes.len()) {
            let kept = self.recent.take(bytes.into());
            kept.into_iter().for_each(|file| self.keeper.keep(file));
        }
        drop((permit, share));
    }

    async fn refuse_full(self: &Arc<Self>, whose: &Whose, came: Came) -> Response {
        self.waiting.note(whose, came.since, Instant::now());
        self.turn_away(Ending::QueueFull, "the queue is full", "待ち行列が一杯です").await
    }

    async fn refuse_not_ready(self: &Arc<Self>, why: NotReady) -> Response {
        self.turn_away_for(Ending::NotReady, ServiceError { error: why.why, code: Some(why.code) }).await
    }

    async fn refuse_unread(self: &Arc<Self>) -> Response {
        self.turn_away(
            Ending::NotTaken,
            "too many answers were not taken yet",
            "受け取られていない結果が多すぎます",
        )
        .await
    }
}

fn respond(lines: Vec<u8>, summary: &Summary, share: Share) -> Response {
    let mut response = Response::new(Body::new(Unread::new(lines, share)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert("warifu-release", HeaderValue::from(summary.receipt.release));
    response
}
