//! The members' door: where members ask each other, with a dead store to stay in service, and always for what
//! the timekeeper's clock shows. One question, and an answer that is small.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Empty, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;
use warifu_fleet::answer::Answer;
use warifu_fleet::clock::RoundTrip;
use warifu_fleet::member::{BootId, MemberName};
use warifu_fleet::time::FleetInstant;

use crate::fleet::published::Published;
use crate::fleet::ticks::Ticks;

/// A record is at most 1 MiB, and JSON in JSON takes no more than twice that.
const ANSWER_BYTES: usize = 2 << 20;

/// The head of a question is one line and few headers.
const HEAD_BYTES: usize = 8 << 10;

/// So many members ask at once; a large area has few voters, and asks those alone.
const CONNECTIONS: usize = 1024;

/// Who connects and asks nothing is let go after this.
const IDLE: Duration = Duration::from_secs(30);

/// The one question, before the name of the area.
const PATH: &str = "/fleet/";

/// What a member says when it is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Told {
    /// Of which area.
    pub(super) area: String,
    /// Who it is.
    pub(super) name: MemberName,
    /// Since which start.
    pub(super) boot: BootId,
    /// What its clock shows.
    pub(super) clock: FleetInstant,
    /// What it knows, and promises.
    pub(super) answer: Answer,
}

/// What is told now.
fn told(published: &Published, name: &MemberName) -> Told {
    let (view, ticks) = (published.view.load(), published.ticks);
    let now = ticks.now();
    let answer = view.node.answer(view.time.reading(&ticks, now));
    let (area, name) = (published.area.clone(), name.clone());
    Told { area, name, boot: ticks.boot, clock: ticks.clock_at(now), answer }
}

/// How members know each other.
#[derive(Clone)]
pub(super) enum Ways {
    /// Nobody is known: for tests, and for networks that members alone can reach.
    Plain,
    /// By certificates, both sides.
    #[cfg(feature = "https")]
    Tls(Arc<OverTls>),
}

#[cfg(feature = "https")]
pub(super) use over_tls::OverTls;

/// TLS on both sides of the door.
#[cfg(feature = "https")]
mod over_tls {
    use std::sync::Arc;

    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    use crate::fleet::config::DoorFiles;
    use crate::said::Said;
    use crate::service::{Clients, Tls, TlsFiles};

    /// Certificates and keys are some kilobytes.
    const FILE_BYTES: u64 = 1 << 20;

    /// Who comes shows a certificate of the members' authority; so does who is asked.
    pub(in crate::fleet) struct OverTls {
        pub(super) comes: Arc<Tls>,
        pub(super) asks: TlsConnector,
    }

    impl OverTls {
        /// By these files.
        ///
        /// # Errors
        /// Which of them is of no use.
        pub(in crate::fleet) fn read(files: &DoorFiles) -> Result<OverTls, Said> {
            let DoorFiles { certificate, key, authorities } = files.clone();
            let bytes = |path| warifu_files::read(path, FILE_BYTES).map_err(|error| Said::of(&error));
            let certificates = |path| -> Result<Vec<CertificateDer<'static>>, Said> {
                let bytes = bytes(path)?;
                let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
                read.map_err(|error| of_no_use(&error))
            };
            let mut believed = RootCertStore::empty();
            for authority in certificates(&authorities)? {
                believed.add(authority).map_err(|error| of_no_use(&error))?;
            }
            let own = PrivateKeyDer::from_pem_slice(&bytes(&key)?).map_err(|error| of_no_use(&error))?;
            let config = ClientConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(|error| of_no_use(&error))?
                .with_root_certificates(believed)
                .with_client_auth_cert(certificates(&certificate)?, own)
                .map_err(|error| of_no_use(&error))?;
            let clients = Clients::OnlyKnown(authorities);
            let comes = Tls::load(TlsFiles { certificate, key, clients })?;
            Ok(OverTls { comes, asks: TlsConnector::from(Arc::new(config)) })
        }
    }

    /// The library speaks English only.
    fn of_no_use(error: &(dyn std::error::Error + 'static)) -> Said {
        Said::about(
            "the members' door: a certificate or key is of no use",
            "メンバー間通信の証明書または鍵を使えません",
            error,
        )
    }
}

/// Answers who comes to `listener`, as long as it is polled.
pub(super) async fn answer_at(
    listener: TcpListener,
    ways: Ways,
    published: Arc<Published>,
    name: MemberName,
) {
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(seat) = Arc::clone(&seats).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // No descriptor is free: whoever waits is taken when one is.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (published, name, ways) = (Arc::clone(&published), name.clone(), ways.clone());
        tokio::spawn(async move {
            let _nagle = stream.set_nodelay(true);
            match ways {
                Ways::Plain => answer(stream, published, name).await,
                #[cfg(feature = "https")]
                Ways::Tls(tls) => {
                    if let Ok(Ok((stream, _))) = timeout(IDLE, tls.comes.greet(stream)).await {
                        answer(stream, published, name).await;
                    }
                }
            }
            drop(seat);
        });
    }
}

async fn answer<S>(stream: S, published: Arc<Published>, name: MemberName)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let answers = service_fn(move |request: Request<Incoming>| {
        let area = request.uri().path().strip_prefix(PATH).map(ToOwned::to_owned);
        let is_asked = request.method() == Method::GET && area == Some(escaped(&published.area));
        let told = is_asked.then(|| serde_json::to_vec(&told(&published, &name)).ok()).flatten();
        async move {
            let mut response = Response::new(Full::new(Bytes::new()));
            match told {
                Some(bytes) => *response.body_mut() = Full::new(bytes.into()),
                None => *response.status_mut() = StatusCode::NOT_FOUND,
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut serves = http1::Builder::new();
    serves.timer(TokioTimer::new()).header_read_timeout(IDLE).max_buf_size(HEAD_BYTES);
    let _ended = serves.serve_connection(TokioIo::new(stream), answers).await;
}

/// The name of an area as a path has it: each byte that could be something else in hex.
fn escaped(area: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    let escape = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    area.bytes().map(escape).collect()
}

type Line = Arc<Mutex<Option<SendRequest<Empty<Bytes>>>>>;

/// The lines to other members, kept between questions.
pub(super) struct Lines {
    ways: Ways,
    area: String,
    lines: Mutex<BTreeMap<String, Line>>,
}

impl Lines {
    pub(super) fn new(ways: Ways, area: &str) -> Lines {
        Lines { ways, area: area.to_owned(), lines: Mutex::default() }
    }

    /// Asks `name` at `address`, for at most `longest`: what it told, and when that was asked and answered.
    /// Who answers as another, or of another area, is not believed.
    pub(super) async fn ask(
        &self,
        name: &MemberName,
        address: &str,
        ticks: &Ticks,
        longest: Duration,
    ) -> Option<(Told, RoundTrip)> {
        let line = Arc::clone(self.lines.lock().await.entry(address.to_owned()).or_default());
        let asked = timeout(longest, async {
            let mut line = line.lock().await;
            if line.as_ref().is_none_or(SendRequest::is_closed) {
                *line = Some(self.connect(address).await.ok()?);
            }
            let sends = line.as_mut()?;
            let request = Request::get(format!("{PATH}{}", escaped(&self.area)));
            let request = request.header(header::HOST, address).body(Empty::new()).ok()?;
            let sent = ticks.now();
            // Whoever gives up meanwhile leaves the line: an answer that is still to come would be taken for
            // the next one.
            let taken = sends.send_request(request).await;
            let received = ticks.now();
            let response = taken.inspect_err(|_| *line = None).ok()?;
            let body = Limited::new(response.into_body(), ANSWER_BYTES).collect().await.ok()?;
            let told: Told = serde_json::from_slice(&body.to_bytes()).ok()?;
            let trip = RoundTrip { sent, received, theirs: told.clock };
            Some((told, trip))
        });
        let answered = asked.await.ok().flatten();
        if answered.is_none() {
            self.lines.lock().await.remove(address);
        }
        answered.filter(|(told, _)| told.area == self.area && told.name == *name)
    }

    async fn connect(&self, address: &str) -> io::Result<SendRequest<Empty<Bytes>>> {
        let stream = TcpStream::connect(address).await?;
        let _nagle = stream.set_nodelay(true);
        match &self.ways {
            Ways::Plain => begin(stream).await,
            #[cfg(feature = "https")]
            Ways::Tls(tls) => {
                let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
                let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
                let name = tokio_rustls::rustls::pki_types::ServerName::try_from(host);
                begin(tls.asks.connect(name.map_err(io::Error::other)?, stream).await?).await
            }
        }
    }
}

async fn begin<S>(stream: S) -> io::Result<SendRequest<Empty<Bytes>>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sends, line) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    tokio::spawn(line);
    Ok(sends)
}

/// Where members are heard.
///
/// # Errors
/// The address cannot be had.
pub(super) fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
