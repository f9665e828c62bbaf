//! The doors: one for claims, one for operators. Connections come in within limits, are served, are cut when
//! something takes too long, and are let go at the end.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::log::{Event, Log};
use crate::said::Said;
use crate::service::activity::Activity;
use crate::service::budget::Budget;
use crate::service::connection::{Served, Speaks, Who, serve};
use crate::service::http_service::Service;
use crate::service::limits::Limits;
use crate::service::operator_named::Operator;
use crate::service::routes::{for_claims, for_operators, for_watchers};
use crate::service::seats::{Place, Seats};
use crate::service::sender::Sender;
use crate::service::socket::{OperatorSocket, SocketError};
#[cfg(feature = "https")]
use crate::service::tls::{Shown, Tls};

/// Operators at once. Beyond that the one that is silent for longest gives way.
const OPERATORS: usize = 64;

/// Connections of operators elsewhere from one address.
const OPERATORS_OF_ADDRESS: usize = 16;

/// Connections at once of those who watch, and from one address.
const WATCHERS: usize = 64;
const WATCHERS_OF_ADDRESS: usize = 16;

/// What the system holds of an answer that is not taken: without this up to some megabytes for each
/// connection, which nothing here would count.
const HELD_BY_THE_SYSTEM_BYTES: usize = 128 << 10;

/// A disk that took no socket is asked again after this.
const UNTIL_THE_DISK_MAY_TAKE_IT: Duration = Duration::from_secs(2);

/// Where nobody is silent, somebody may be after this.
const UNTIL_SOMEBODY_IS_SILENT: Duration = Duration::from_millis(200);

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
    async fn then_serve(self, stream: TcpStream, sender: Sender, place: Place, served: Served) {
        #[cfg(feature = "https")]
        if let Some(tls) = self.tls {
            // Apart: whoever comes without TLS has no room for it.
            return Box::pin(greet_then_serve(tls, stream, sender, place, served)).await;
        }
        serve(stream, Speaks::Http1, Who::from(sender), place, served).await;
    }
}

/// Greets who came, and serves it.
#[cfg(feature = "https")]
async fn greet_then_serve(tls: Arc<Tls>, stream: TcpStream, sender: Sender, place: Place, served: Served) {
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
    serve(stream, speaks, who, place, served).await;
}

/// Lets `service` be looked at by `door`, within the limits of claims, as long as this is awaited. Nothing
/// that comes by it commands anything, and whoever fills it keeps no claim out.
///
/// # Errors
/// The door cannot be used.
pub async fn watched_at(door: Door, service: Arc<Service>) -> io::Result<()> {
    let (_ends_with_this, ends) = watch::channel(false);
    let served = Served { router: for_watchers(Arc::clone(&service), &door.names), service, ends };
    let seats = Seats::of(WATCHERS, WATCHERS_OF_ADDRESS);
    let listener = Listens::Elsewhere(TcpListener::from_std(door.listener)?, door.greeting, None);
    take_seated(listener, seats, served).await;
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
                    let limits = served.service.limits();
                    let activity = Activity::opened(limits, limits.idle_ms, Instant::now());
                    let place = Place { share, activity };
                    connections.spawn(greeting.clone().then_serve(stream, sender, place, served.clone()));
                }
                Err(error) => after(&error).await,
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Where people come in.
enum Listens {
    /// By the socket of this machine.
    Here(UnixListener),
    /// Over TCP, as `Sender`, or by the address.
    Elsewhere(TcpListener, Greeting, Option<Sender>),
}

/// Who came in there.
enum Came {
    Here(UnixStream),
    Elsewhere(TcpStream, SocketAddr),
}

impl Listens {
    async fn accept(&self) -> io::Result<Came> {
        match self {
            Listens::Here(listener) => listener.accept().await.map(|(stream, _)| Came::Here(stream)),
            Listens::Elsewhere(listener, ..) => {
                listener.accept().await.map(|(stream, peer)| Came::Elsewhere(stream, peer))
            }
        }
    }
}

/// Takes connections of people, who find a place as long as anybody is silent.
async fn take_seated(listens: Listens, mut seats: Seats, served: Served) {
    let mut ends = served.ends.clone();
    loop {
        let has_room = seats.has_room();
        let came = tokio::select! {
            _ = ends.changed() => break,
            // What a connection took is given back when it ends, not when the next one comes.
            () = seats.one_gone() => continue,
            () = sleep(UNTIL_SOMEBODY_IS_SILENT), if !has_room => continue,
            accepted = listens.accept(), if has_room => match accepted {
                Ok(came) => came,
                Err(error) => {
                    after(&error).await;
                    continue;
                }
            },
        };
        let limits = served.service.limits();
        let sender = match &came {
            Came::Here(_) => Sender::Operator,
            Came::Elsewhere(_, peer) => Sender::at(peer.ip()),
        };
        let Some(place) = seats.place(sender, limits).await else {
            served.service.cut.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        let served = served.clone();
        match (came, &listens) {
            (Came::Here(stream), _) => {
                let who = Who { sender, operator: Operator::at(&stream) };
                seats.take(sender, place, |place| serve(stream, Speaks::Http1, who, place, served));
            }
            (Came::Elsewhere(stream, _), Listens::Elsewhere(_, greeting, known)) => {
                let _ = stream.set_nodelay(true);
                let (greeting, known) = (greeting.clone(), known.unwrap_or(sender));
                seats.take(sender, place, |place| greeting.then_serve(stream, known, place, served));
            }
            (Came::Elsewhere(..), Listens::Here(_)) => {}
        }
    }
    drop(listens);
    while seats.is_anybody_here() {
        seats.one_gone().await;
    }
}

/// Takes commands here and elsewhere. Whoever fills the door over TCP keeps nobody of this machine out.
async fn take_commands(
    listener: Option<UnixListener>,
    elsewhere: Option<(TcpListener, Greeting)>,
    served: Served,
) {
    let here = async {
        if let Some(listener) = listener {
            take_seated(Listens::Here(listener), Seats::of(OPERATORS, OPERATORS), served.clone()).await;
        }
    };
    let elsewhere = async {
        if let Some((listener, greeting)) = elsewhere {
            let listens = Listens::Elsewhere(listener, greeting, Some(Sender::Operator));
            take_seated(listens, Seats::of(OPERATORS, OPERATORS_OF_ADDRESS), served.clone()).await;
        }
    };
    tokio::join!(here, elsewhere);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes of what such a function gives.
    fn bytes_of<A, B, C, D, E, F>(_: fn(A, B, C, D, E) -> F) -> usize {
        size_of::<F>()
    }

    /// Ten thousand at once are nothing unusual: what TLS needs, who comes without it has no room for.
    #[test]
    fn a_connection_without_tls_takes_no_room_for_it() {
        let bytes = bytes_of(Greeting::then_serve);
        assert!(bytes <= 2 << 10, "{bytes}");
    }
}
