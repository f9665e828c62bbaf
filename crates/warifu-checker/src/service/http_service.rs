//! What all requests share: the swapper, the queue, the ring of recent files, the limits, and what is
//! counted.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use arc_swap::ArcSwap;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use warifu_trust::UnixSeconds;

use crate::cause::Amiss;
use crate::history::History;
use crate::log::{Event, Log, now};
use crate::page::{InLine, Load, Quantile, Seen, TurnedAway};
use crate::said::Said;
use crate::service::again::Again;
use crate::service::budget::Budget;
#[cfg(feature = "https")]
use crate::service::certificates::{InUse, amiss};
use crate::service::keeper::Keeper;
use crate::service::lately::Lately;
use crate::service::limits::Limits;
use crate::service::metrics::{AtMost, Ending, Measured};
use crate::service::pace::{Pace, SLICE_SECONDS};
use crate::service::queue::FairQueue;
use crate::service::refusals::Refusals;
use crate::service::reply::{ServiceError, refused};
use crate::service::status::{ClaimsDoor, Doors, OnTrial, Queue, Requests, Status};
#[cfg(feature = "https")]
use crate::service::tls::Tls;
use crate::service::turned_away;
use crate::state::Recent;
use crate::swap::Swapper;

/// Institutions of which the page tells how many files wait.
const LINES_SHOWN: usize = 20;

/// Parts of the answers of which the page tells how long they took.
const SHARES: [f64; 4] = [0.5, 0.9, 0.99, 0.999];

/// The service.
#[derive(Debug)]
pub struct Service {
    pub(super) swapper: Arc<Swapper>,
    pub(super) queue: Arc<FairQueue>,
    pub(super) recent: Arc<Recent>,
    pub(super) keeper: Keeper,
    limits: ArcSwap<Limits>,
    /// Connections at once.
    pub(super) connections: Arc<Budget>,
    /// Bytes of claim files that arrived and are not judged yet.
    pub(super) arrived: Arc<Budget>,
    /// Bytes of answers that were not taken yet.
    pub(super) unread: Arc<Budget>,
    refusals: ArcSwap<Refusals>,
    /// Why the configuration that was read last is not in force, or not all of it.
    not_in_force: Mutex<Option<Said>>,
    /// The configuration file that it was started with, as it is typed.
    config: OnceLock<String>,
    /// Whether it ends.
    pub(super) draining: AtomicBool,
    pub(super) checked: AtomicU64,
    pub(super) claims: AtomicU64,
    turned_away: AtomicU64,
    /// When who is turned away comes again.
    again: Again,
    /// Who was, and has not had its turn.
    pub(super) waiting: turned_away::TurnedAway,
    pub(super) pace: Pace,
    pub(super) measured: Measured,
    pub(super) started: UnixSeconds,
    /// TLS at each door that has it, by what the door is for.
    #[cfg(feature = "https")]
    certificates: Mutex<Vec<(&'static str, Arc<Tls>)>>,
    /// What is shown to those who watch.
    pub(super) watched: Arc<Lately>,
    /// Connections that were cut because something took too long, or not let in.
    pub(super) cut: AtomicU64,
}

impl Service {
    /// Answers from `swapper`'s active release.
    ///
    /// # Errors
    /// The system has no thread for what is kept on disk.
    pub fn new(
        swapper: Arc<Swapper>,
        queue: Arc<FairQueue>,
        recent: Arc<Recent>,
        limits: Limits,
        log: Log,
    ) -> io::Result<Arc<Self>> {
        let ring = Arc::clone(&recent);
        let gathers = Arc::clone(&swapper);
        let gather = move || {
            let history = gathers.history();
            history.gather(now(), &gathers.in_use());
            if let Err(error) = history.write() {
                log.event(Event::HistoryNotWritten, &Said::of(&error));
            }
        };
        let keeper = Keeper::start(move |file| ring.write(&file), gather, log)?;
        Ok(Arc::new(Service {
            swapper,
            queue,
            recent,
            keeper,
            limits: ArcSwap::from_pointee(limits),
            connections: Budget::new(limits.connections, limits.connections_of_sender),
            arrived: Budget::new(limits.arrived_bytes, limits.arrived_bytes_of_sender),
            unread: Budget::new(limits.unread_bytes, limits.unread_bytes_of_sender),
            refusals: ArcSwap::from_pointee(Refusals::by(&limits)),
            not_in_force: Mutex::default(),
            config: OnceLock::new(),
            draining: AtomicBool::new(false),
            checked: AtomicU64::new(0),
            claims: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
            again: Again::default(),
            waiting: turned_away::TurnedAway::default(),
            pace: Pace::from(Instant::now()),
            measured: Measured::default(),
            started: now(),
            #[cfg(feature = "https")]
            certificates: Mutex::default(),
            watched: Lately::of_watchers(),
            cut: AtomicU64::new(0),
        }))
    }

    /// The certificates of `tls`, at the door for `whom`, are told of from now on.
    #[cfg(feature = "https")]
    pub fn tells_of(&self, whom: &'static str, tls: &Arc<Tls>) {
        self.certificates.lock().unwrap_or_else(PoisonError::into_inner).push((whom, Arc::clone(tls)));
    }

    /// Until when each certificate holds: for whom its door is, its file and its place in that, from 1.
    #[cfg(feature = "https")]
    pub(super) fn certificates_expire(&self) -> Vec<([String; 3], i64)> {
        let doors = self.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        let of_door = |(whom, tls): &(&'static str, Arc<Tls>)| {
            let labels = |InUse { file, position, until, .. }: &InUse| {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                ([(*whom).to_owned(), name, position.to_string()], until.seconds())
            };
            tls.certificates().iter().map(labels).collect::<Vec<_>>()
        };
        doors.iter().flat_map(of_door).collect()
    }

    /// What is amiss with any of them now, the gravest first; of a file that several doors go by once.
    #[cfg(feature = "https")]
    pub fn certificates_amiss(&self) -> Vec<Amiss> {
        let doors = self.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        let all = doors.iter().flat_map(|(_, tls)| tls.certificates().to_vec());
        let mut different: Vec<InUse> = Vec::new();
        for certificate in all {
            if !different.contains(&certificate) {
                different.push(certificate);
            }
        }
        amiss(&different, now())
    }

    /// There are none.
    #[cfg(not(feature = "https"))]
    pub fn certificates_amiss(&self) -> Vec<Amiss> {
        Vec::new()
    }

    /// There are none.
    #[cfg(not(feature = "https"))]
    pub(super) fn certificates_expire(&self) -> Vec<([String; 3], i64)> {
        Vec::new()
    }

    /// What the service says of itself.
    pub fn status(&self) -> Status {
        let requests = Requests {
            checked: self.checked.load(Ordering::Relaxed),
            claims: self.claims.load(Ordering::Relaxed),
            turned_away: self.turned_away.load(Ordering::Relaxed),
        };
        let is_draining = self.draining.load(Ordering::Relaxed);
        let doors = Doors { is_draining, of_claims: Some(self.claims_door()) };
        let status = Status::of(&self.swapper, requests, self.queue_now(), doors, now());
        let configuration = self.not_in_force.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let certificates = self.certificates_amiss();
        Status { configuration, configuration_file: self.config.get().cloned(), certificates, ..status }
    }

    /// The queue now.
    pub(super) fn queue_now(&self) -> Queue {
        let (judging, waiting) = self.queue.load();
        Queue { judging, waiting, capacity: self.queue.capacity() }
    }

    /// The door of claims now.
    pub(super) fn claims_door(&self) -> ClaimsDoor {
        ClaimsDoor {
            connections: self.connections.used(),
            connections_cut: self.cut.load(Ordering::Relaxed),
            arrived_bytes: self.arrived.used(),
            unread_bytes: self.unread.used(),
            not_kept: self.keeper.dropped(),
            limits: self.limits(),
        }
    }

    /// What senders may take now: taken once for each request or connection.
    pub(super) fn limits(&self) -> Limits {
        **self.limits.load()
    }

    /// These limits from now on; what began goes on by those that it began with.
    pub fn limit(&self, limits: Limits) {
        self.connections.resize(limits.connections, limits.connections_of_sender);
        self.arrived.resize(limits.arrived_bytes, limits.arrived_bytes_of_sender);
        self.unread.resize(limits.unread_bytes, limits.unread_bytes_of_sender);
        self.refusals.store(Arc::new(Refusals::by(&limits)));
        self.limits.store(Arc::new(limits));
    }

    /// Files judged since the start, and those that are being judged.
    pub fn progress(&self) -> (u64, usize) {
        (self.checked.load(Ordering::Relaxed), self.queue.load().0)
    }

    /// Whether an attached program is just being seen to.
    pub fn sees_to_program(&self) -> bool {
        self.swapper.is_seen_to()
    }

    /// It was started with this configuration file, as a shell reads its name: what advises to look at it
    /// says so.
    pub fn was_configured_by(&self, file: String) {
        self.config.get_or_init(|| file);
    }

    /// Tells in the status why the configuration that was read last is not in force, or that it is.
    pub fn tell_not_in_force(&self, why: Option<Said>) {
        *self.not_in_force.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// What was judged and found over time until now, and what became of releases.
    pub fn history(&self) -> History {
        let history = self.swapper.history();
        history.gather(now(), &self.swapper.in_use());
        history.history()
    }

    /// Nothing more is judged: what waits for the disk is written now, whoever else holds the service.
    pub fn end(&self) {
        self.keeper.end();
    }

    /// How often something was made to be shown to those who watch.
    pub fn made_for_watchers(&self) -> u64 {
        self.watched.count()
    }

    /// Everything that the operators' page shows.
    pub(super) fn seen(&self) -> Seen {
        let in_line = |(institution, waiting): (Box<[u8]>, usize)| InLine {
            institution: String::from_utf8(institution.into()).ok().filter(|code| !code.is_empty()),
            waiting,
        };
        let load = Load {
            slices: self.pace.slices(Instant::now()),
            slice_seconds: SLICE_SECONDS,
            turned_away: self.turned_away_for(),
            lines: self.queue.longest_lines(LINES_SHOWN).into_iter().map(in_line).collect(),
            latency: SHARES.iter().filter_map(|share| self.took(*share)).collect(),
        };
        Seen { status: self.status(), on_trial: self.on_trial(), load, history: self.history() }
    }

    /// What so much of the answers took at most.
    fn took(&self, share: f64) -> Option<Quantile> {
        let seconds = match self.measured.whole.at_most(share)? {
            AtMost::Bound(bound) => Some(bound.as_secs_f64()),
            AtMost::Longer => None,
        };
        Some(Quantile { of: share, seconds })
    }

    /// Who was not answered, by reason.
    fn turned_away_for(&self) -> Vec<TurnedAway> {
        let files = |ending: &Ending| self.measured.count(*ending);
        let all = Ending::ALL.iter().filter(|ending| **ending != Ending::Judged);
        all.map(|ending| TurnedAway { why: ending.said(), files: files(ending) }).collect()
    }

    /// What was seen of a release on trial, with all its codes.
    pub(super) fn on_trial(&self) -> OnTrial {
        let active = self.swapper.active();
        let watch = active.and_then(|active| active.watched(&self.swapper.gates().probation));
        let decisions = self.swapper.record().decisions().to_vec();
        OnTrial { replay: self.swapper.replayed(), watch, decisions }
    }

    /// Tells a sender to come again later: at once, or after a moment when many are told so.
    pub(super) async fn turn_away(&self, ending: Ending, en: &str, ja: &str) -> Response {
        self.turn_away_for(ending, ServiceError { error: Said::new(en, ja), code: None }).await
    }

    /// The same for a reason that has a code.
    pub(super) async fn turn_away_for(&self, ending: Ending, why: ServiceError) -> Response {
        self.measured.ended(ending);
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        self.pace.turned_away(Instant::now());
        let wait = self.refusals.load().wait(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let mut response = refused(StatusCode::SERVICE_UNAVAILABLE, why);
        let again = self.again.seconds(Instant::now(), self.checked.load(Ordering::Relaxed));
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(again));
        response
    }
}
