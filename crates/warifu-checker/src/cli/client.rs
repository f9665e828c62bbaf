//! The client of a running checker: what `status`, `swap` and what operators decide ask, over the operators'
//! socket.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, header};
use http_body_util::{BodyExt as _, Limited};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;

#[cfg(feature = "https")]
use crate::cli::client_tls::OverTls;
use crate::said::Said;
use crate::service::{FellBack, ServiceError, Status};
use crate::state::{Decision, Forgotten, Reason};
use crate::swap::Outcome;
use crate::trial::Replayed;

/// Taking a release includes the replay of large claim files. One that is busy with it still says that it
/// lives.
const PATIENCE: Duration = Duration::from_secs(300);

/// Whoever only looks waits for no disk, no channel and no program: a checker that keeps silent for so long
/// hangs.
const LOOKING: Duration = Duration::from_secs(20);

/// A status with many codes that turned.
const ANSWER_BYTES: usize = 64 << 20;

/// Asks a checker over its operators' socket.
#[derive(Debug, Clone)]
pub struct Client {
    way: Way,
    looking: Duration,
}

/// How it is reached.
#[derive(Debug, Clone)]
enum Way {
    Socket(PathBuf),
    #[cfg(feature = "https")]
    OverTls(OverTls),
}

/// The checker did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientError {
    /// It does not answer, or not as a checker does: exit status 2.
    Unreachable(Said),
    /// It says no: exit status 1.
    Refused(Said),
}

/// Whatever kept an answer from coming.
type NoAnswer = Box<dyn std::error::Error + Send + Sync>;

impl Client {
    /// Of the checker that hears operators at `socket`
    /// ([`crate::service::OperatorSocket::in_state`]).
    pub fn at(socket: impl Into<PathBuf>) -> Self {
        Client { way: Way::Socket(socket.into()), looking: LOOKING }
    }

    /// The same, whose looks wait for so long at most.
    #[must_use]
    pub fn looking_within(self, looking: Duration) -> Self {
        Client { looking, ..self }
    }

    /// Of a checker on another machine.
    #[cfg(feature = "https")]
    pub(super) fn over_tls(over_tls: OverTls) -> Self {
        Client { way: Way::OverTls(over_tls), looking: LOOKING }
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`].
    pub fn status(&self) -> Result<Status, ClientError> {
        self.ask(Method::GET, "/status", String::new())
    }

    /// Lets it look at the channel now; it takes `release` or nothing, when one is named.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn swap(&self, release: Option<u64>) -> Result<Outcome, ClientError> {
        let query = release.map(|release| format!("?release={release}")).unwrap_or_default();
        self.ask(Method::POST, &format!("/swap{query}"), String::new())
    }

    /// Lets it fall back.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn fall_back(&self) -> Result<FellBack, ClientError> {
        self.ask(Method::POST, "/fall-back", String::new())
    }

    /// Lets it fall back to `release`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn fall_back_to(&self, release: u64) -> Result<FellBack, ClientError> {
        self.ask(Method::POST, &format!("/fall-back?release={release}"), String::new())
    }

    /// Lets it confirm `release`, which is on probation.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn confirm(&self, release: u64, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("/confirm", Some(release), reason)
    }

    /// Lets it give up `release`, which is lost.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn give_up(&self, release: u64, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("/give-up", Some(release), reason)
    }

    /// Lets it take the held `release` again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn unhold(&self, release: u64, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("/unhold", Some(release), reason)
    }

    /// Lets it activate nothing.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn freeze(&self, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("/freeze", None, reason)
    }

    /// Lets it activate releases again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn thaw(&self, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("/thaw", None, reason)
    }

    /// Lets it mend what is damaged.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn repair(&self, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("/repair", None, reason)
    }

    /// Lets it judge the kept claim files again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn replay(&self) -> Result<Replayed, ClientError> {
        self.ask(Method::POST, "/replay", String::new())
    }

    /// Lets it delete the kept claim files.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn forget_claims(&self) -> Result<Forgotten, ClientError> {
        self.ask(Method::POST, "/forget-claims", String::new())
    }

    fn decide(&self, what: &str, release: Option<u64>, reason: &Reason) -> Result<Decision, ClientError> {
        let decide = json!({ "release": release, "reason": reason });
        self.ask(Method::POST, what, decide.to_string())
    }

    /// What `GET` or `POST` of `path` answers, as it comes.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`].
    pub fn text(&self, method: Method, path: &str, body: String) -> Result<String, ClientError> {
        let answer = self.answer(method, path, body);
        let text = answer.and_then(|bytes| Ok(String::from_utf8(bytes.to_vec())?));
        text.map_err(|error| self.unreachable(&*error))
    }

    fn ask<T: DeserializeOwned>(&self, method: Method, path: &str, body: String) -> Result<T, ClientError> {
        let text = self.text(method, path, body)?;
        match serde_json::from_str(&text) {
            Ok(value) => Ok(value),
            Err(error) => match serde_json::from_str::<ServiceError>(&text) {
                Ok(ServiceError { error, .. }) => Err(ClientError::Refused(error)),
                Err(_) => Err(self.unreachable(&error)),
            },
        }
    }

    fn unreachable(&self, error: &(dyn std::error::Error + 'static)) -> ClientError {
        let socket = match &self.way {
            Way::Socket(socket) => socket.display().to_string(),
            #[cfg(feature = "https")]
            Way::OverTls(over_tls) => over_tls.url().to_owned(),
        };
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        let (en, ja) = match (&self.way, kind) {
            (Way::Socket(_), Some(io::ErrorKind::PermissionDenied)) => (
                format!("this account may not command the checker at {socket}: do it as root (sudo)"),
                format!(
                    "この利用者は {socket} のチェッカーを操作できません。root として（sudo を付けて）実行してください"
                ),
            ),
            (Way::Socket(_), Some(io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)) => (
                format!(
                    "no checker runs at {socket}; see why (systemctl status warifu-checker, journalctl -u \
                     warifu-checker) and start it, or name the state folder of the one that runs (--state)"
                ),
                format!(
                    "{socket} で稼働中のチェッカーがありません。systemctl status warifu-checker と \
                     journalctl -u warifu-checker で原因を確認して起動してください。別の場所で稼働中なら、その状態フォルダーを \
                     --state で指定してください"
                ),
            ),
            (_, Some(io::ErrorKind::TimedOut)) => (
                format!(
                    "the checker at {socket} is there and does not answer: it hangs, or the machine is too \
                     busy (uptime, dmesg -T, journalctl -u warifu-checker); where claims are not answered \
                     either, restart it: systemctl restart warifu-checker; what was commanded may still take \
                     place when it goes on: see status"
                ),
                format!(
                    "{socket} のチェッカーは起動していますが、応答しません（停止状態か、機械の過負荷）。uptime、dmesg -T、\
                     journalctl -u warifu-checker を確認し、請求にも応答しない場合は systemctl restart warifu-checker \
                     で再起動してください。指示した操作は、応答が戻ると実行されることがあります（status で確認）"
                ),
            ),
            _ => (
                format!(
                    "no checker answers at {socket}; see whether one runs (warifu-checker serve, its log) \
                     and whether this is the socket in its state folder"
                ),
                format!(
                    "{socket} のチェッカーから応答がありません。起動しているか（warifu-checker serve とそのログ）、\
                     状態フォルダーのソケットかを確認してください"
                ),
            ),
        };
        ClientError::Unreachable(Said::about(&en, &ja, error))
    }

    /// What one request is answered. As long as what was commanded is not, it is asked whether the checker
    /// still answers anybody: one that hangs is told as that, and not after minutes.
    fn answer(&self, method: Method, path: &str, body: String) -> Result<Bytes, NoAnswer> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let is_look = method == Method::GET;
        runtime.block_on(async {
            let asked = self.asked(method, path, body);
            if is_look {
                return within(self.looking, asked).await;
            }
            tokio::select! {
                answer = within(PATIENCE, asked) => answer,
                hangs = self.hangs() => Err(hangs),
            }
        })
    }

    /// Ends when the checker answers nobody.
    async fn hangs(&self) -> NoAnswer {
        loop {
            tokio::time::sleep(self.looking).await;
            let alive = self.asked(Method::GET, "/livez", String::new());
            if let Err(error) = within(self.looking, alive).await {
                return error;
            }
        }
    }

    /// One request on a connection of its own.
    async fn asked(&self, method: Method, path: &str, body: String) -> Result<Bytes, NoAnswer> {
        let host = match &self.way {
            Way::Socket(_) => "localhost",
            #[cfg(feature = "https")]
            Way::OverTls(over_tls) => over_tls.host(),
        };
        let request =
            Request::builder().method(method).uri(path).header(header::HOST, host).body(Body::from(body))?;
        match &self.way {
            Way::Socket(socket) => ask_on(connected(socket).await?, request).await,
            #[cfg(feature = "https")]
            Way::OverTls(over_tls) => ask_on(over_tls.connect().await?, request).await,
        }
    }
}

/// What `asked` comes to, when it comes in time.
async fn within(
    patience: Duration,
    asked: impl Future<Output = Result<Bytes, NoAnswer>>,
) -> Result<Bytes, NoAnswer> {
    let answer = tokio::time::timeout(patience, asked).await;
    answer.unwrap_or_else(|late| Err(io::Error::new(io::ErrorKind::TimedOut, late).into()))
}

/// A line to `socket`. So many may wait there that no more are let in for a moment: that is waited for.
async fn connected(socket: &Path) -> io::Result<UnixStream> {
    loop {
        match UnixStream::connect(socket).await {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            done => return done,
        }
    }
}

/// What the line says, where it is that which broke: hyper puts words of its own around it.
fn of_line(error: hyper::Error) -> NoAnswer {
    let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<io::Error>());
    match cause.map(|cause| (cause.raw_os_error(), cause.kind())) {
        Some((Some(code), _)) => io::Error::from_raw_os_error(code).into(),
        Some((None, kind)) => io::Error::new(kind, cause.map(ToString::to_string).unwrap_or_default()).into(),
        None if error.is_incomplete_message() => io::Error::from(io::ErrorKind::ConnectionReset).into(),
        None => error.into(),
    }
}

/// Asks on a connection, which ends with the runtime.
async fn ask_on<T>(stream: T, request: Request<Body>) -> Result<Bytes, NoAnswer>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let greeted = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut asking, connection) = greeted.map_err(of_line)?;
    drop(tokio::spawn(connection));
    let response = asking.send_request(request).await.map_err(of_line)?;
    Ok(Limited::new(response.into_body(), ANSWER_BYTES).collect().await?.to_bytes())
}
