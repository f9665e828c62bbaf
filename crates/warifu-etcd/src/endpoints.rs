//! The nodes of etcd, of which one is asked at a time. One that does not answer costs its time limit once;
//! another is asked then, first from then on.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use etcd_client::{Channel, Client, ConnectOptions, KvClient, LeaseClient, WatchClient};
use hyper_util::rt::TokioIo;
use tokio::sync::{OnceCell, watch};
use tonic::transport::{Endpoint, Uri};
use tonic::{Code, Status};
use warifu_values::text::{shown, without_secrets};

use crate::connector::{Connector, client_config};
use crate::settings::{Login, Settings};
use crate::store_error::{StoreError, Unreached};

/// An answer of etcd in bytes: 20,000 announcements of three kilobytes.
const ANSWER: usize = 64 << 20;

/// What a watch brings at once, in bytes; etcd breaks up what is more than some two megabytes.
const NOTICES: usize = 16 << 20;

/// A password is hashed by etcd for so long that a login may take longer than any other answer.
const LOGIN: Duration = Duration::from_secs(5);

/// A node pings no oftener than etcd lets it (`--grpc-keepalive-min-time`, 5 s): a watch whose node was cut
/// off without a word ends by it.
const PING: Duration = Duration::from_secs(6);

/// What asks one endpoint.
#[derive(Clone)]
pub(crate) struct Clients {
    pub(crate) kv: KvClient,
    pub(crate) lease: LeaseClient,
    pub(crate) watch: WatchClient,
}

/// The nodes.
#[derive(Clone)]
pub(crate) struct Endpoints(Arc<Nodes>);

struct Nodes {
    slots: Vec<Slot>,
    login: Option<Login>,
    timeout: Duration,
    /// Which of them is asked first.
    first: watch::Sender<usize>,
}

struct Slot {
    url: String,
    endpoint: Endpoint,
    connector: Connector,
    /// Replaced when it proved dead, so that nobody waits for an old connection.
    clients: Mutex<Arc<OnceCell<Clients>>>,
}

/// An answer.
pub(crate) struct Answered<T> {
    pub(crate) answer: T,
    /// Whether the same may have been carried out before, by an endpoint that then fell silent.
    pub(crate) in_doubt: bool,
}

/// Why one endpoint did not answer.
enum Failed {
    /// Another may.
    Here(Unreached),
    /// So would each other.
    Everywhere(StoreError),
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.slots.iter().map(|slot| &slot.url)).finish()
    }
}

impl Endpoints {
    pub(crate) fn new(settings: &Settings) -> Result<Endpoints, StoreError> {
        let tls = settings.tls.as_ref().map(client_config).transpose()?;
        let slot = |url: &String| {
            let not_a_url = || StoreError::Settings(shown(&without_secrets(url)));
            let uri: Uri = url.parse().map_err(|_| not_a_url())?;
            let scheme = if tls.is_some() { "https" } else { "http" };
            let is_bare = uri.path().trim_matches('/').is_empty() && uri.query().is_none();
            let is_host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
            if uri.scheme_str() != Some(scheme) || !is_bare || !is_host {
                return Err(not_a_url());
            }
            let endpoint = Endpoint::from(uri)
                .connect_timeout(settings.timeout)
                .http2_keep_alive_interval(PING)
                .keep_alive_timeout(settings.timeout);
            let (url, connector) = (url.clone(), Connector::new(tls.clone()));
            Ok(Slot { url, endpoint, connector, clients: Mutex::default() })
        };
        let slots = settings.endpoints.iter().map(slot).collect::<Result<Vec<_>, _>>()?;
        if slots.is_empty() || settings.timeout.is_zero() {
            return Err(StoreError::Settings(format!("{} × {:?}", slots.len(), settings.timeout)));
        }
        // Members that all begin with the first node would make it answer all of them.
        let first = RandomState::new().build_hasher().finish() as usize % slots.len();
        let (first, _) = watch::channel(first);
        let (login, timeout) = (settings.login.clone(), settings.timeout);
        Ok(Endpoints(Arc::new(Nodes { slots, login, timeout, first })))
    }

    /// Tells when another endpoint is asked first.
    pub(crate) fn changes(&self) -> watch::Receiver<usize> {
        self.0.first.subscribe()
    }

    /// Asks one endpoint after the other, each once, until one answers; `key` is what is asked about.
    pub(crate) async fn ask<T, F>(
        &self,
        key: &str,
        question: impl Fn(Clients) -> F,
    ) -> Result<Answered<T>, StoreError>
    where
        F: Future<Output = Result<T, etcd_client::Error>>,
    {
        let Nodes { slots, login, timeout, first } = &*self.0;
        let begin = *first.borrow();
        let mut endpoints = Vec::new();
        let mut in_doubt = false;
        for at in (0..slots.len()).map(|step| (begin + step) % slots.len()) {
            let slot = &slots[at];
            match slot.ask(key, login.as_ref(), *timeout, &question).await {
                Ok(answer) => return Ok(Answered { answer, in_doubt }),
                Err(Failed::Everywhere(error)) => return Err(error),
                Err(Failed::Here(why)) => {
                    let was_sent = matches!(why, Unreached::Silent(_) | Unreached::Failed(_));
                    in_doubt |= was_sent;
                    endpoints.push((slot.url.clone(), why));
                    // Another call may have gone on already.
                    first.send_if_modified(|first| {
                        let is_first = *first == at && slots.len() > 1;
                        if is_first {
                            *first = (at + 1) % slots.len();
                        }
                        is_first
                    });
                }
            }
        }
        Err(StoreError::Unreachable { endpoints })
    }
}

impl Slot {
    async fn ask<T, F>(
        &self,
        key: &str,
        login: Option<&Login>,
        timeout: Duration,
        question: impl Fn(Clients) -> F,
    ) -> Result<T, Failed>
    where
        F: Future<Output = Result<T, etcd_client::Error>>,
    {
        let cell = Arc::clone(&self.clients.lock().unwrap_or_else(PoisonError::into_inner));
        let asked = async { question(self.clients(&cell, login).await?).await };
        let failed = match tokio::time::timeout(timeout, asked).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => self.failed(key, &error),
            Err(_) => Failed::Here(Unreached::Silent(timeout)),
        };
        if matches!(failed, Failed::Here(_)) {
            self.let_go(&cell);
        }
        Err(failed)
    }

    async fn clients(
        &self,
        cell: &Arc<OnceCell<Clients>>,
        login: Option<&Login>,
    ) -> Result<Clients, etcd_client::Error> {
        let connect = |login: Option<Login>| {
            let connector = self.connector.clone();
            let connect = move |uri: Uri| {
                let connector = connector.clone();
                async move { connector.connect(uri).await.map(TokioIo::new) }
            };
            let channel = self.endpoint.connect_with_connector_lazy(tower::service_fn(connect));
            let options = ConnectOptions::new().with_require_leader(true);
            let options = match login {
                None => options,
                Some(Login { user, password }) => {
                    options.with_user(user, password).with_auto_token_refresh(true)
                }
            };
            async move {
                let client = Client::from_channel(Channel::Tonic(channel), Some(options)).await?;
                let kv = client.kv_client().max_decoding_message_size(ANSWER);
                let watch = client.watch_client().max_decoding_message_size(NOTICES);
                Ok::<_, etcd_client::Error>(Clients { kv, lease: client.lease_client(), watch })
            }
        };
        let Some(login) = login else {
            return cell.get_or_try_init(|| connect(None)).await.cloned();
        };
        if let Some(clients) = cell.get() {
            return Ok(clients.clone());
        }
        // It goes on when this call is over, so that a slow login is not begun anew for ever.
        let connecting = tokio::time::timeout(LOGIN, connect(Some(login.clone())));
        let cell = Arc::clone(cell);
        let logging_in = tokio::spawn(async move {
            let clients = cell.get_or_try_init(|| async {
                connecting.await.unwrap_or_else(|_| Err(Status::deadline_exceeded("login").into()))
            });
            clients.await.cloned()
        });
        logging_in.await.unwrap_or_else(|error| Err(Status::internal(error.to_string()).into()))
    }

    /// The next call connects anew.
    fn let_go(&self, dead: &Arc<OnceCell<Clients>>) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if dead.initialized() && Arc::ptr_eq(&clients, dead) {
            *clients = Arc::default();
        }
    }

    fn failed(&self, key: &str, error: &etcd_client::Error) -> Failed {
        let endpoint = || self.url.clone();
        let here = |words: &str| {
            let words = || Unreached::Failed(shown(words));
            Failed::Here(self.connector.fault().unwrap_or_else(words))
        };
        let status = match error {
            etcd_client::Error::GRpcStatus(status) => status,
            etcd_client::Error::LeaseKeepAliveError(_) => return Failed::Everywhere(StoreError::LeaseGone),
            other => return here(&other.to_string()),
        };
        let says = |words: &str| status.message().contains(words);
        Failed::Everywhere(match status.code() {
            Code::PermissionDenied => StoreError::Denied { key: key.to_owned(), endpoint: endpoint() },
            Code::Unauthenticated => StoreError::Login { endpoint: endpoint() },
            Code::InvalidArgument if says("authentication failed") || says("user name is empty") => {
                StoreError::Login { endpoint: endpoint() }
            }
            Code::NotFound if says("lease not found") => StoreError::LeaseGone,
            Code::ResourceExhausted if says("space exceeded") => StoreError::Full { endpoint: endpoint() },
            Code::Unavailable if says("no leader") => return Failed::Here(Unreached::NoLeader),
            _ => return here(status.message()),
        })
    }
}
