//! One request and its answer, over as many connections as it takes: resumed after a cut, tried again after
//! a drop, bounded in size and in waiting.

use std::io::Read as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use ureq::http::{HeaderMap, Method, Request, Response, header};
use warifu_trust::ChannelPath;

use super::fault::{Fault, NoAnswer, Unusable, WaitedFor};
use super::pause::Attempts;
use super::settings::{Login, Tells};
use super::{Network, Patience, Place, TryingAgain};
use crate::look::Look;

/// What a server says besides its status when it refuses is not read further.
const REFUSAL_BYTES: u64 = 65_536;

/// So many times a place may say that a file lies elsewhere.
const REDIRECTS: usize = 5;

/// An attempt that brought this much was worth its while, although it was cut.
const WORTH_BYTES: usize = 16_384;

/// How many connections are kept for the next question.
const CONNECTIONS: usize = 1 + crate::ahead::OTHERS;

/// A client of one place.
pub(super) struct Client {
    agent: ureq::Agent,
    patience: Patience,
    /// Whether the place ever answered.
    met: AtomicBool,
    place: String,
    tells: Option<Tells>,
    /// Whether it was told that it does not answer.
    told: AtomicBool,
}

/// A request, made anew for each attempt: a signature of S3 holds for minutes only.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<&'a [u8]>,
}

impl Ask<'_> {
    pub(super) fn get(url: String, headers: Vec<(&'static str, String)>) -> Self {
        Ask { method: Method::GET, url, headers, body: None }
    }
}

/// How far an answer is waited for.
#[derive(Clone, Copy)]
pub(super) struct Bounds<'a> {
    pub(super) limit_bytes: u64,
    /// What it is a part of.
    pub(super) look: &'a Look,
    /// Whether who asks can do without it: then a server that fails is not asked again, and a busy one or one
    /// that drops it not for long.
    spare: bool,
}

impl<'a> Bounds<'a> {
    /// For an answer that is needed.
    pub(super) fn of(limit_bytes: u64, look: &'a Look) -> Self {
        Bounds { limit_bytes, look, spare: false }
    }

    /// For the file at `path`.
    pub(super) fn of_file(path: &ChannelPath, limit_bytes: u64, look: &'a Look) -> Self {
        Bounds { limit_bytes, look, spare: path.is_spare() }
    }
}

/// A whole answer.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    /// What is to be said of a status that no rule of the asker's expects.
    pub(super) fn unexpected(&self) -> Fault {
        match self.status {
            status @ (401 | 403) => Fault::Forbidden { status },
            status => Fault::Status { status },
        }
    }
}

/// Why there is no whole answer.
#[derive(Debug)]
pub(super) enum Undone {
    /// It is longer than the limit.
    TooLong,
    Fault(Fault),
}

impl From<Fault> for Undone {
    fn from(fault: Fault) -> Self {
        Undone::Fault(fault)
    }
}

/// How one attempt ended without a whole answer.
enum Stop {
    /// No other attempt would do better.
    Final(Undone),
    /// The connection was cut, was too slow, or the server is busy; it may have asked for a pause.
    Drop { fault: Fault, asked: Option<Duration> },
}

/// What of an answer is in hand, and by what its rest is asked for.
#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    /// `ETag` or date; without one, the rest might be of another file.
    validator: Option<String>,
    /// How long the whole is, once the server said so.
    total: Option<u64>,
    /// The most that was ever kept after an attempt.
    most: usize,
}

impl Held {
    /// Where the rest begins that is to be asked for, and by what; `None` when all is.
    fn rest(&self) -> Option<(u64, &str)> {
        let validator = self.validator.as_deref().filter(|_| !self.bytes.is_empty())?;
        Some((self.bytes.len() as u64, validator))
    }

    /// Keeps what an attempt brought if its rest can be asked for: how many bytes that is more than ever.
    fn keep(&mut self) -> usize {
        if self.validator.is_none() {
            self.bytes.clear();
        }
        let more = self.bytes.len().saturating_sub(self.most);
        self.most += more;
        more
    }
}

impl Client {
    /// For `place`, by the settings of `network`.
    pub(super) fn new(network: &Network, place: &Place) -> Result<Self, Unusable> {
        let secure = place.scheme == "https";
        let patience = network.patience.clone();
        let proxy = if secure { &network.secure_proxy } else { &network.proxy };
        let builder = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("warifu/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            // They are followed here: what comes along with them is bounded as all else is.
            .max_redirects(0)
            // As many as read at once: each of them finds its own again.
            .max_idle_connections_per_host(CONNECTIONS)
            .timeout_resolve(Some(patience.connect))
            .timeout_connect(Some(patience.connect))
            .timeout_recv_response(Some(patience.read))
            .timeout_per_read(Some(patience.read))
            .timeout_per_write(Some(patience.read))
            .proxy(proxy.as_deref().map(|proxy| through(proxy, network.no_proxy.as_deref())).transpose()?);
        #[cfg(feature = "https")]
        let builder = if secure { builder.tls_config(super::tls::config(network)?) } else { builder };
        let agent = ureq::Agent::new_with_config(builder.build());
        let (place, tells) = (place.to_string(), network.tells.clone());
        Ok(Client { agent, patience, met: AtomicBool::default(), place, tells, told: AtomicBool::default() })
    }

    /// The answer to what `ask` makes, as far as `bounds` go.
    pub(super) fn send<'a>(&self, ask: impl Fn() -> Ask<'a>, bounds: Bounds<'_>) -> Result<Reply, Undone> {
        let met = self.met.load(Ordering::Relaxed);
        let spare;
        let patience = if bounds.spare {
            spare = self.patience.with_what_is_spare(bounds.limit_bytes);
            &spare
        } else {
            &self.patience
        };
        let mut attempts = Attempts::begin(patience, met);
        let mut held = Held::default();
        loop {
            self.goes_on(bounds.look)?;
            match self.attempt(ask(), &mut held, bounds, attempts.left()) {
                Ok(reply) => {
                    self.told.store(false, Ordering::Relaxed);
                    return Ok(reply);
                }
                Err(Stop::Final(undone)) => return Err(undone),
                Err(Stop::Drop { fault, asked }) => {
                    // One that drips is there, and yet it would take for ever.
                    let slow = matches!(fault, Fault::Slow);
                    // What is thrown away, or was in hand before, brings nobody to an end.
                    if held.keep() >= WORTH_BYTES && !slow {
                        attempts.advanced();
                    }
                    attempts.wait(fault, asked, bounds.look, |fault, within| self.tell(fault, within))?;
                }
            }
        }
    }

    /// Tells who waits that it does not answer.
    fn tell(&self, fault: &Fault, within: Duration) {
        if let Some(tells) = &self.tells
            && !self.told.swap(true, Ordering::Relaxed)
        {
            tells(&TryingAgain { place: &self.place, fault, within });
        }
    }

    /// Whether somebody still waits, and the look does not take too long.
    fn goes_on(&self, look: &Look) -> Result<(), Fault> {
        let Patience { look: longest, lowest_bytes_per_second, .. } = self.patience;
        let ends = look.is_over() || look.is_late(longest, lowest_bytes_per_second);
        if ends { Err(Fault::Slow) } else { Ok(()) }
    }

    /// One attempt at it, for as long as is `left`.
    fn attempt(
        &self,
        ask: Ask<'_>,
        held: &mut Held,
        bounds: Bounds<'_>,
        left: Duration,
    ) -> Result<Reply, Stop> {
        let limit_bytes = bounds.limit_bytes;
        let head = ask.method == Method::HEAD;
        let from = held.rest().map(|(from, _)| from);
        let response = self.followed(ask, held.rest(), bounds, left)?;
        self.met.store(true, Ordering::Relaxed);
        let status = response.status().as_u16();
        // A busy server is given its pause also before what can be done without: the whole weighs more.
        let busy = matches!(status, 408 | 425 | 429 | 503);
        let failed = matches!(status, 500 | 502 | 504);
        if busy || failed && !bounds.spare {
            let asked = text(response.headers(), "retry-after").and_then(|value| value.parse().ok());
            let asked = asked.map(Duration::from_secs);
            return Err(Stop::Drop { fault: Fault::Status { status }, asked });
        }
        if status >= 300 {
            return Ok(self.refusal(response, bounds));
        }
        let length = text(response.headers(), "content-length").and_then(|value| value.parse::<u64>().ok());
        match (status, from) {
            (206, None) => {
                let what = "a part, although all was asked for".to_owned();
                return Err(Stop::Final(Fault::Strange { what }.into()));
            }
            (206, Some(from)) => {
                let part = Part::of(response.headers())
                    .filter(|part| part.from == from && held.total.is_none_or(|total| part.total == total));
                let Some(part) = part else {
                    // From the beginning, then.
                    held.validator = None;
                    let what = "another part than was asked for".to_owned();
                    return Err(Stop::Drop { fault: Fault::Strange { what }, asked: None });
                };
                held.total = Some(part.total);
            }
            _ => {
                held.bytes.clear();
                held.validator = validator(response.headers());
                held.total = length.filter(|_| !head);
            }
        }
        let rest = limit_bytes.saturating_sub(held.bytes.len() as u64);
        let long = length.is_some_and(|length| length > rest);
        if !head && (long || held.total.is_some_and(|total| total > limit_bytes)) {
            return Err(Stop::Final(Undone::TooLong));
        }
        let (parts, body) = response.into_parts();
        self.receive(body, &mut held.bytes, bounds)?;
        let came = held.bytes.len() as u64;
        if let Some(total) = held.total.filter(|total| *total != came) {
            if came > total {
                held.validator = None;
            }
            let what = format!("{came} bytes of {total}");
            return Err(Stop::Drop { fault: Fault::Strange { what }, asked: None });
        }
        // A last part makes a whole.
        let status = if status == 206 { 200 } else { status };
        Ok(Reply { status, headers: parts.headers, body: std::mem::take(&mut held.bytes) })
    }

    /// What is answered to `ask`, or to the `rest` of it: there, or where the place says it lies.
    fn followed(
        &self,
        mut ask: Ask<'_>,
        rest: Option<(u64, &str)>,
        bounds: Bounds<'_>,
        left: Duration,
    ) -> Result<Response<ureq::Body>, Stop> {
        let began = Instant::now();
        for _ in 0..=REDIRECTS {
            let mut request = Request::builder().method(ask.method.clone()).uri(&ask.url);
            for (name, value) in &ask.headers {
                request = request.header(*name, value);
            }
            if let Some((from, validator)) = rest {
                request = request.header(header::RANGE, format!("bytes={from}-"));
                request = request.header(header::IF_RANGE, validator);
            }
            let left = left.saturating_sub(began.elapsed());
            let sent = match ask.body {
                Some(body) => request.body(body).map_err(ureq::Error::from).and_then(|it| self.run(it, left)),
                None => request.body(()).map_err(ureq::Error::from).and_then(|it| self.run(it, left)),
            };
            let response = sent.map_err(stopped)?;
            let elsewhere = elsewhere(&ask, &response);
            let Some(url) = elsewhere else { return Ok(response) };
            self.refusal(response, bounds);
            self.goes_on(bounds.look).map_err(|fault| Stop::Final(fault.into()))?;
            ask.url = url;
            // What one server is told about who asks is not for another.
            ask.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        }
        let what = format!("more than {REDIRECTS} redirects");
        Err(Stop::Final(Fault::Strange { what }.into()))
    }

    /// An answer that brings no content. Its words are read as all else is, so that the connection serves the
    /// next question; where they come too slowly, it does not.
    fn refusal(&self, response: Response<ureq::Body>, bounds: Bounds<'_>) -> Reply {
        let (parts, body) = response.into_parts();
        let mut words = Vec::new();
        // Whole or not: what was decided stands in the head.
        let _read = self.receive(body, &mut words, Bounds { limit_bytes: REFUSAL_BYTES, ..bounds });
        Reply { status: parts.status.as_u16(), headers: parts.headers, body: words }
    }

    fn run<B: ureq::AsSendBody>(
        &self,
        request: Request<B>,
        left: Duration,
    ) -> Result<Response<ureq::Body>, ureq::Error> {
        self.agent.run(self.agent.configure_request(request).timeout_global(Some(left)).build())
    }

    /// Reads `body` to its end, to the limit, or until it comes too slowly.
    fn receive(&self, body: ureq::Body, into: &mut Vec<u8>, bounds: Bounds<'_>) -> Result<(), Stop> {
        let mut reader = body.into_reader();
        let mut chunk = [0; 65_536];
        let (mut began, mut came) = (Instant::now(), 0_u64);
        loop {
            let read = match reader.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let why = match ureq::Error::from(error) {
                        ureq::Error::Timeout(_) => NoAnswer::Silent(WaitedFor::Rest),
                        ureq::Error::Io(error) => NoAnswer::System(error),
                        error => NoAnswer::Library(error.to_string()),
                    };
                    return Err(Stop::Drop { fault: Fault::NoAnswer { why }, asked: None });
                }
            };
            bounds.look.came(read);
            self.goes_on(bounds.look).map_err(|fault| Stop::Final(fault.into()))?;
            if (into.len() + read) as u64 > bounds.limit_bytes {
                return Err(Stop::Final(Undone::TooLong));
            }
            into.extend_from_slice(&chunk[..read]);
            came += read as u64;
            let elapsed = began.elapsed();
            if elapsed >= self.patience.read {
                if (came as f64) < self.patience.lowest_bytes_per_second as f64 * elapsed.as_secs_f64() {
                    return Err(Stop::Drop { fault: Fault::Slow, asked: None });
                }
                (began, came) = (Instant::now(), 0);
            }
        }
    }
}

/// What is sent so that `network`'s login or token is recognised; never in the clear over a network.
pub(super) fn authorization(network: &Network, place: &Place) -> Result<Option<String>, Unusable> {
    let header = match (&network.token, &network.login) {
        (Some(token), _) => format!("Bearer {token}"),
        (None, Some(login)) => basic(login),
        (None, None) => return Ok(None),
    };
    if place.scheme != "https" && !place.is_loopback() {
        return Err(Unusable("credentials go over https only".into()));
    }
    Ok(Some(header))
}

/// A login as HTTP's basic authentication has it.
pub(super) fn basic(login: &Login) -> String {
    let pair = format!("{}:{}", login.name, login.secret);
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// What the rest of this very file can be asked for by.
fn validator(headers: &HeaderMap) -> Option<String> {
    let etag = text(headers, "etag").filter(|etag| !etag.starts_with("W/"));
    etag.or_else(|| text(headers, "last-modified")).map(str::to_owned)
}

/// Which part came, of how much.
struct Part {
    from: u64,
    total: u64,
}

impl Part {
    fn of(headers: &HeaderMap) -> Option<Part> {
        let (range, total) = text(headers, "content-range")?.strip_prefix("bytes ")?.split_once('/')?;
        let (from, last) = range.split_once('-')?;
        let (from, last): (u64, u64) = (from.parse().ok()?, last.parse().ok()?);
        let total = total.parse().ok()?;
        (from <= last && last < total).then_some(Part { from, total })
    }
}

/// Where `response` says that what `ask` reads lies.
fn elsewhere(ask: &Ask<'_>, response: &Response<ureq::Body>) -> Option<String> {
    let leads = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let reads = matches!(ask.method, Method::GET | Method::HEAD);
    let location = text(response.headers(), "location").filter(|_| leads && reads)?;
    let location = location.split('#').next().unwrap_or_default();
    if location.starts_with("https://") || location.starts_with("http://") {
        return Some(location.to_owned());
    }
    let (scheme, rest) = ask.url.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.split('?').next().unwrap_or_default();
    Some(match location {
        "" => return None,
        other if other.starts_with("//") => format!("{scheme}:{other}"),
        whole if whole.starts_with('/') => format!("{scheme}://{authority}{whole}"),
        beside => {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{scheme}://{authority}{folder}/{beside}")
        }
    })
}

/// Why no answer began, and whether another attempt may do better.
fn stopped(error: ureq::Error) -> Stop {
    let settled = |fault| Stop::Final(Undone::Fault(fault));
    match error {
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            settled(Fault::Tls { why: error.to_string() })
        }
        #[cfg(feature = "https")]
        error @ (ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_)) => {
            settled(Fault::Tls { why: error.to_string() })
        }
        error @ (ureq::Error::Http(_) | ureq::Error::BadUri(_)) => {
            settled(Fault::Strange { what: error.to_string() })
        }
        error => {
            let why = match error {
                // The resolver's errors have no kind.
                ureq::Error::Io(error) if error.to_string().contains("lookup address information") => {
                    NoAnswer::NoHost
                }
                ureq::Error::Io(error) => NoAnswer::System(error),
                ureq::Error::Timeout(at) => NoAnswer::Silent(match at {
                    ureq::Timeout::Resolve => WaitedFor::Name,
                    ureq::Timeout::Connect => WaitedFor::Connection,
                    _ => WaitedFor::Answer,
                }),
                ureq::Error::HostNotFound => NoAnswer::NoHost,
                error => NoAnswer::Library(error.to_string()),
            };
            Stop::Drop { fault: Fault::NoAnswer { why }, asked: None }
        }
    }
}

/// The proxy at this URL, for all but what `no_proxy` lists. The URL may hold a password, so it is not told.
fn through(proxy: &str, no_proxy: Option<&str>) -> Result<ureq::Proxy, Unusable> {
    let wrong = || Unusable("the URL of the proxy".into());
    let read = ureq::Proxy::new(proxy).map_err(|_| wrong())?;
    let mut builder = ureq::Proxy::builder(read.protocol()).host(read.host()).port(read.port());
    if let Some(name) = read.username() {
        builder = builder.username(name);
    }
    if let Some(password) = read.password() {
        builder = builder.password(password);
    }
    for host in no_proxy.unwrap_or_default().split(',').map(str::trim).filter(|host| !host.is_empty()) {
        builder = builder.no_proxy(host);
    }
    builder.build().map_err(|_| wrong())
}
