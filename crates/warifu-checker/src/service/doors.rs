//! The doors: one for claims, one for operators. Connections come in within limits, are served, are cut when
//! something takes too long, and are let go at the end.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::Service as _;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, sleep_until, timeout};
use warifu_trust::UnixSeconds;

use crate::log::{Event, Log, now};
use crate::said::Said;
use crate::service::activity::{Activity, Answering, Overdue, Watched};
use crate::service::budget::{Budget, Share};
use crate::service::head::{head_bytes, too_long};
use crate::service::http_service::Service;
use crate::service::limits::Limits;
use crate::service::operator_named::Operator;
use crate::service::routes::{for_claims, for_operators, for_watchers};
use crate::service::sender::Sender;
use crate::service::socket::{OperatorSocket, SocketError};
#[cfg(feature = "https")]
use crate::service::tls::{Shown, Tls};

/// Operators at once. More are a mistake, and wait before the door until somebody has gone.
const OPERATORS: usize = 64;

/// Connections of operators elsewhere from one address: who is silent there keeps others in.
const OPERATORS_OF_ADDRESS: usize = 16;

/// Connections at once of those who watch, and from one address.
const WATCHERS: usize = 64;
const WATCHERS_OF_ADDRESS: usize = 16;

/// What the system holds of an answer that is not taken: without this up to some megabytes for each
/// connection, which nothing here would count.
const HELD_BY_THE_SYSTEM_BYTES: usize = 128 << 10;

/// What a connection of HTTP/2 takes, which carries many requests at once ([`Limits::connections`]).
#[cfg(feature = "https")]
mod http2 {
    /// Requests at once.
    pub(super) const REQUESTS: u32 = 32;
    /// The head of each, unpacked; less where the limit is less.
    pub(super) const HEAD_BYTES: u32 = 16 << 10;
    /// Written ahead for each.
    pub(super) const AHEAD_BYTES: usize = 16 << 10;
    /// Read ahead of all of them together.
    pub(super) const READ_BYTES: u32 = 256 << 10;
}

/// hyper wants as much at least; what goes beyond the limit is refused when it is read.
const LEAST_HEAD_BYTES: usize = 8 << 10;

/// A disk that took no socket is asked again after this.
const UNTIL_THE_DISK_MAY_TAKE_IT: Duration = Duration::from_secs(2);

/// When the system has no handle for a connection, one may be free after this.
const UNTIL_A_HANDLE_IS_FREE: Duration = Duration::from_millis(100);

/// Where claims come in.
#[derive(Debug)]
pub struct Door {
    listener: std::net::TcpListener,
    greeting: Greeting,
    names: Vec<String>,
}

impl Door {
    /// Takes `address` before anything else is done.
    ///
    /// # Errors
    /// The address is in use, or not one of this machine.
    pub fn open(address: SocketAddr) -> io::Result<Door> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        // Connections have what their listener has.
        rustix::net::sockopt::set_socket_send_buffer_size(&listener, HELD_BY_THE_SYSTEM_BYTES)?;
        Ok(Door { listener, greeting: Greeting::default(), names: Vec::new() })
    }

    /// Only over TLS.
    #[cfg(feature = "https")]
    #[must_use]
    pub fn behind(self, tls: Arc<Tls>) -> Door {
        Door { greeting: Greeting { tls: Some(tls) }, ..self }
    }

    /// Those who watch call it so too; by its addresses and `localhost` it is called in any case.
    #[must_use]
    pub fn called(self, names: Vec<String>) -> Door {
        Door { names, ..self }
    }

    /// The address, with the port that was taken.
    ///
    /// # Errors
    /// The system's.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Where operators are heard.
#[derive(Debug)]
pub struct OperatorDoors {
    socket: AtSocket,
    over_tcp: Option<RemoteOperators>,
}

/// The operators' socket.
#[derive(Debug)]
enum AtSocket {
    Heard(OperatorSocket),
    /// As soon as the disk takes it.
    Later(PathBuf, Log),
}

impl From<OperatorSocket> for OperatorDoors {
    fn from(socket: OperatorSocket) -> Self {
        OperatorDoors { socket: AtSocket::Heard(socket), over_tcp: None }
    }
}

impl OperatorDoors {
    /// At the socket `path`. Where the disk takes none, that is told, claims are judged all the same, and
    /// operators are heard as soon as it does.
    ///
    /// # Errors
    /// [`SocketError`]: what somebody has to change.
    pub fn at(path: PathBuf, log: Log) -> Result<OperatorDoors, SocketError> {
        let error = match OperatorSocket::bind(&path) {
            Ok(socket) => return Ok(socket.into()),
            Err(error) => error,
        };
        let Some(cause) = error.of_disk() else { return Err(error) };
        log.event(Event::OperatorsUnheard, &Said::of(&error).then(&cause.next_step(None)));
        Ok(OperatorDoors { socket: AtSocket::Later(path, log), over_tcp: None })
    }

    /// Those who are elsewhere are heard too.
    #[must_use]
    pub fn and(self, over_tcp: Option<RemoteOperators>) -> Self {
        OperatorDoors { over_tcp, ..self }
    }

    /// The address for operators who are elsewhere, where there is one.
    pub fn address_elsewhere(&self) -> Option<io::Result<SocketAddr>> {
        self.over_tcp.as_ref().map(|RemoteOperators(door)| door.address())
    }
}

/// A door for operators who are elsewhere. There is none without TLS that lets in nobody unknown.
#[derive(Debug)]
pub struct RemoteOperators(Door);

impl RemoteOperators {
    /// At the door that was opened for them, by TLS that knows everybody.
    ///
    /// # Errors
    /// The TLS lets in who shows no certificate.
    #[cfg(feature = "https")]
    pub fn behind(door: Door, tls: Arc<Tls>) -> Result<RemoteOperators, Said> {
        if tls.lets_in_only_known() {
            return Ok(RemoteOperators(door.behind(tls)));
        }
        Err(Said::new(
            "operators are heard over TCP by their certificates only: name their authorities",
            "TCP での運用操作には操作者の証明書が必要です。認証局を指定してください",
        ))
    }
}

/// What a connection is served by.
struct Served {
    router: Router,
    service: Arc<Service>,
    ends: watch::Receiver<bool>,
}

impl Clone for Served {
    fn clone(&self) -> Self {
        Served { router: self.router.clone(), service: Arc::clone(&self.service), ends: self.ends.clone() }
    }
}

/// Serves `service` until `end`, at the door of claims where there is one. Then it says that it is not ready,
/// takes nothing new, and lets what is in flight finish within the limits; operators are heard to the last.
///
/// # Errors
/// A door cannot be used.
pub async fn serve_until(
    door: impl Into<Option<Door>>,
    operators: impl Into<OperatorDoors>,
    service: Arc<Service>,
    end: impl Future<Output = ()>,
) -> io::Result<()> {
    let (end_operators, operators_end) = watch::channel(false);
    let commands = Served {
        router: for_operators(Arc::clone(&service)),
        service: Arc::clone(&service),
        ends: operators_end,
    };
    let OperatorDoors { socket, over_tcp } = operators.into();
    let hearing = match &socket {
        AtSocket::Heard(socket) => Some(UnixListener::from_std(socket.listener.try_clone()?)?),
        AtSocket::Later(..) => None,
    };
    let elsewhere = match over_tcp.map(|RemoteOperators(door)| door) {
        None => None,
        Some(door) => Some((TcpListener::from_std(door.listener)?, door.greeting)),
    };
    let claims = match door.into() {
        None => None,
        Some(door) => Some(Claims::taken(door, &service)?),
    };
    let later = match &socket {
        AtSocket::Heard(_) => None,
        AtSocket::Later(path, log) => Some(hear_later(path.clone(), *log, commands.clone())),
    };
    let commands = tokio::spawn(async {
        let commands = take_commands(hearing, elsewhere, commands);
        match later {
            None => commands.await,
            Some(later) => _ = tokio::join!(commands, later),
        }
    });

    end.await;
    service.draining.store(true, Ordering::Relaxed);
    let drained = match claims {
        None => Ok(()),
        Some(claims) => claims.drained(service.limits()).await,
    };
    let_go(socket, &end_operators, commands).await;
    drained
}

/// Claims that are taken.
struct Claims {
    taking: JoinHandle<()>,
    end: watch::Sender<bool>,
}

impl Claims {
    /// From now on, at `door`.
    fn taken(door: Door, service: &Arc<Service>) -> io::Result<Claims> {
        let (end, ends) = watch::channel(false);
        let (router, service) = (for_claims(Arc::clone(service)), Arc::clone(service));
        let connections = Arc::clone(&service.connections);
        let room = {
            let service = Arc::clone(&service);
            (connections, move || service.limits().connections)
        };
        let listener = TcpListener::from_std(door.listener)?;
        let served = Served { router, service, ends };
        Ok(Claims { taking: tokio::spawn(take_requests(listener, door.greeting, served, room)), end })
    }

    /// Takes no more, and lets those in flight be answered.
    async fn drained(self, limits: Limits) -> io::Result<()> {
        let Claims { mut taking, end } = self;
        sleep(Duration::from_millis(limits.notice_ms)).await;
        let _ = end.send(true);
        let drained = timeout(Duration::from_millis(limits.drain_ms), &mut taking).await;
        // What took longer than it may is cut.
        taking.abort();
        match drained {
            Ok(Err(broken)) => Err(io::Error::other(broken)),
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }
}

/// Hears operators no longer.
async fn let_go(socket: AtSocket, end: &watch::Sender<bool>, commands: JoinHandle<()>) {
    let _ = end.send(true);
    // The answer to who let it end is on its way.
    let _ = timeout(Duration::from_secs(1), commands).await;
    drop(socket);
}

/// What comes before the first request of a connection.
#[derive(Debug, Clone, Default)]
struct Greeting {
    #[cfg(feature = "https")]
    tls: Option<Arc<Tls>>,
}

impl Greeting {
    /// Serves who came, once it was greeted where the door wants that.
    async fn then_serve(self, stream: TcpStream, sender: Sender, share: Share, served: Served) {
        #[cfg(feature = "https")]
        if let Some(tls) = self.tls {
            let within = Duration::from_millis(served.service.limits().head_ms);
            let mut ends = served.ends.clone();
            let greeted = tokio::select! {
                greeted = timeout(within, tls.greet(stream)) => greeted,
                // Nothing was asked yet: at the end there is nothing to finish.
                _ = ends.wait_for(|ends| *ends) => return,
            };
            let Ok(Ok((stream, shown))) = greeted else {
                served.service.cut.fetch_add(1, Ordering::Relaxed);
                return;
            };
            let Shown { certificate, subject, speaks_http2 } = shown;
            let sender = certificate.map_or(sender, Sender::Certificate);
            let speaks = if speaks_http2 { Speaks::Http2 } else { Speaks::Http1 };
            let who = Who { sender, operator: Operator::with(certificate, subject) };
            return serve(stream, speaks, who, share, served).await;
        }
        serve(stream, Speaks::Http1, Who::from(sender), share, served).await;
    }
}

/// Who is at the other end of a connection.
struct Who {
    sender: Sender,
    /// For the log of acts, where it commands.
    operator: Operator,
}

impl From<Sender> for Who {
    fn from(sender: Sender) -> Who {
        Who { sender, operator: Operator::default() }
    }
}

/// What was agreed on for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaks {
    Http1,
    #[cfg(feature = "https")]
    Http2,
}

impl Speaks {
    /// Whether bytes that come while nothing is in flight are those of a request: with HTTP/2 they may be a
    /// ping, or one that a client answers.
    fn only_requests(self) -> bool {
        match self {
            Speaks::Http1 => true,
            #[cfg(feature = "https")]
            Speaks::Http2 => false,
        }
    }
}

/// Lets `service` be looked at by `door`, within the limits of claims, as long as this is awaited. Nothing
/// that comes by it commands anything, and whoever fills it keeps no claim out.
///
/// # Errors
/// The door cannot be used.
pub async fn watched_at(door: Door, service: Arc<Service>) -> io::Result<()> {
    let (_ends_with_this, ends) = watch::channel(false);
    let served = Served { router: for_watchers(Arc::clone(&service), &door.names), service, ends };
    let room = (Budget::new(WATCHERS, WATCHERS_OF_ADDRESS), || WATCHERS);
    take_requests(TcpListener::from_std(door.listener)?, door.greeting, served, room).await;
    Ok(())
}

/// Takes connections, as many as there is room for.
async fn take_requests(
    listener: TcpListener,
    greeting: Greeting,
    served: Served,
    (budget, most): (Arc<Budget>, impl Fn() -> usize),
) {
    let mut connections = JoinSet::new();
    let mut ends = served.ends.clone();
    loop {
        let has_room = budget.used() < most();
        tokio::select! {
            _ = ends.changed() => break,
            // What a connection took is given back when it ends, not when the next one comes.
            Some(_) = connections.join_next() => {}
            // Who finds no room waits before the door, which costs nothing.
            accepted = listener.accept(), if has_room => match accepted {
                Ok((stream, peer)) => {
                    let sender = Sender::at(peer.ip());
                    let mut share = budget.share(sender);
                    if share.grow(1).is_err() {
                        served.service.cut.fetch_add(1, Ordering::Relaxed);
                        continue;
                    }
                    let _ = stream.set_nodelay(true);
                    connections.spawn(greeting.clone().then_serve(stream, sender, share, served.clone()));
                }
                Err(error) => after(&error).await,
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn take_commands(
    listener: Option<UnixListener>,
    elsewhere: Option<(TcpListener, Greeting)>,
    served: Served,
) {
    let mut connections = JoinSet::new();
    let (budget, mut ends) = (Budget::new(OPERATORS, OPERATORS), served.ends.clone());
    // Whoever fills the door over TCP keeps nobody of this machine out.
    let budget_elsewhere = Budget::new(OPERATORS, OPERATORS_OF_ADDRESS);
    loop {
        let has_room = budget.used() < OPERATORS;
        let has_room_elsewhere = budget_elsewhere.used() < OPERATORS;
        tokio::select! {
            _ = ends.changed() => break,
            Some(_) = connections.join_next() => {}
            accepted = accept_here(listener.as_ref()), if has_room => match accepted {
                Ok(stream) => {
                    let mut share = budget.share(Sender::Operator);
                    if share.grow(1).is_ok() {
                        let operator = Operator::at(&stream);
                        let (speaks, who) = (Speaks::Http1, Who { sender: Sender::Operator, operator });
                        connections.spawn(serve(stream, speaks, who, share, served.clone()));
                    }
                }
                Err(error) => after(&error).await,
            },
            accepted = accept(elsewhere.as_ref()), if has_room_elsewhere => match accepted {
                Ok((stream, peer, greeting)) => {
                    let mut share = budget_elsewhere.share(Sender::at(peer.ip()));
                    if share.grow(1).is_ok() {
                        let _ = stream.set_nodelay(true);
                        let greeted = greeting.then_serve(stream, Sender::Operator, share, served.clone());
                        connections.spawn(greeted);
                    }
                }
                Err(error) => after(&error).await,
            },
        }
    }
    while connections.join_next().await.is_some() {}
}

/// Hears operators at the socket `path` as soon as the disk takes it.
async fn hear_later(path: PathBuf, log: Log, served: Served) {
    let mut ends = served.ends.clone();
    loop {
        tokio::select! {
            _ = ends.wait_for(|ends| *ends) => return,
            () = sleep(UNTIL_THE_DISK_MAY_TAKE_IT) => {}
        }
        let at = path.clone();
        // A panic in there is told by the runtime.
        let bound = tokio::task::spawn_blocking(|| OperatorSocket::bind(at)).await;
        let Ok(Ok(socket)) = bound else { continue };
        let Ok(listener) = socket.listener.try_clone().and_then(UnixListener::from_std) else { continue };
        let name = path.display();
        let heard = Said::new(
            format!("operators are heard at {name}"),
            format!("{name} で運用操作を受け付けています"),
        );
        log.event(Event::OperatorsHeard, &heard);
        return take_commands(Some(listener), None, served).await;
    }
}

/// Who comes by the socket; nobody ever where there is none yet.
async fn accept_here(listener: Option<&UnixListener>) -> io::Result<UnixStream> {
    match listener {
        Some(listener) => listener.accept().await.map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

/// Who comes from elsewhere; nobody ever where there is no such door.
async fn accept(
    elsewhere: Option<&(TcpListener, Greeting)>,
) -> io::Result<(TcpStream, SocketAddr, Greeting)> {
    match elsewhere {
        Some((listener, greeting)) => {
            let (stream, peer) = listener.accept().await?;
            Ok((stream, peer, greeting.clone()))
        }
        None => std::future::pending().await,
    }
}

/// A connection may break before it is taken; anything else, like too many open files, may pass.
async fn after(error: &io::Error) {
    let is_its_own = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    );
    if !is_its_own {
        sleep(UNTIL_A_HANDLE_IS_FREE).await;
    }
}

/// Serves one connection, to its end or until something takes too long.
async fn serve<T>(stream: T, speaks: Speaks, who: Who, _share: Share, served: Served)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Served { router, service, mut ends } = served;
    let limits = service.limits();
    let activity = Activity::opened(limits, Instant::now());
    let router = TowerToHyperService::new(router);
    let of_requests = Arc::clone(&activity);
    let answers = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let in_flight = of_requests.begin();
        request.extensions_mut().insert(who.sender);
        request.extensions_mut().insert(who.operator.clone());
        // Whoever takes the body takes this with it; else it goes with the request.
        request.extensions_mut().insert(Arc::new(of_requests.begin()));
        let version = request.version();
        let is_taken = head_bytes(&request) <= limits.head_bytes;
        let answered = is_taken.then(|| router.call(request.map(Body::new)));
        async move {
            let response = match answered {
                None => too_long(version),
                Some(answered) => {
                    let Ok(response) = answered.await;
                    response
                }
            };
            Ok::<_, Infallible>(response.map(|body| Answering::new(body, in_flight)))
        }
    });
    let tells = speaks.only_requests().then(|| Arc::clone(&activity));
    let io = Watched::new(TokioIo::new(stream), tells);
    let builder = protocol(speaks, &limits);
    let mut connection = pin!(builder.serve_connection(io, answers));
    let mut look = activity.check(Instant::now()).unwrap_or_else(|_| Instant::now());
    let mut is_ending = false;
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = sleep_until(look.into()) => match activity.check(Instant::now()) {
                Ok(later) => look = later,
                Err(overdue) => {
                    if overdue != Overdue::Idle && overdue != Overdue::End {
                        service.cut.fetch_add(1, Ordering::Relaxed);
                    }
                    return;
                }
            },
            _ = ends.changed(), if !is_ending => {
                is_ending = true;
                activity.ends(Instant::now());
                connection.as_mut().graceful_shutdown();
                look = activity.check(Instant::now()).unwrap_or_else(|_| Instant::now());
            }
        }
    }
}

/// Whether `Date` can say this instant: hyper panics on a year that has not four digits, as a machine has it
/// whose clock is broken.
fn can_be_dated(now: UnixSeconds) -> bool {
    now > UnixSeconds::EPOCH && now < UnixSeconds::LAST
}

#[cfg(not(feature = "https"))]
fn protocol(_: Speaks, limits: &Limits) -> hyper::server::conn::http1::Builder {
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.max_buf_size(limits.head_bytes.max(LEAST_HEAD_BYTES)).auto_date_header(can_be_dated(now()));
    builder
}

#[cfg(feature = "https")]
fn protocol(
    speaks: Speaks,
    limits: &Limits,
) -> hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor> {
    let mut builder = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
    let is_dated = can_be_dated(now());
    builder.http1().max_buf_size(limits.head_bytes.max(LEAST_HEAD_BYTES)).auto_date_header(is_dated);
    builder
        .http2()
        .auto_date_header(is_dated)
        .max_concurrent_streams(http2::REQUESTS)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX).min(http2::HEAD_BYTES))
        .max_send_buf_size(http2::AHEAD_BYTES)
        .initial_stream_window_size(http2::READ_BYTES)
        .initial_connection_window_size(http2::READ_BYTES);
    match speaks {
        Speaks::Http1 => builder.http1_only(),
        Speaks::Http2 => builder.http2_only(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_no_date_can_say_is_not_told() {
        let at = |seconds: i64| can_be_dated(UnixSeconds::new(seconds));
        assert!(at(1_780_000_000));
        // As `log::now` has them: before 1970, and after 9999.
        assert!(!at(-1) && !at(0) && !at(i64::MAX));
    }
}
