//! Connections to etcd: TCP, and TLS by rustls with Graviola where there is an `https://`.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use tonic::transport::Uri;
use warifu_values::text::shown;

use crate::settings::Tls;
use crate::store_error::{StoreError, Unreached};

/// etcd's own port.
const PORT: u16 = 2379;

/// A connection, encrypted or not.
pub(crate) trait Both: AsyncRead + AsyncWrite {}

impl<T: AsyncRead + AsyncWrite> Both for T {}

/// Whether a node accepts who came it says only after that one holds the connection for made; it then begins
/// to speak. So its first bytes are waited for, but not from one that wants to be spoken to first.
const GREETING: Duration = Duration::from_millis(200);

/// A connection over TLS of which the first bytes were read.
struct Greeted {
    stream: TlsStream<TcpStream>,
    first: Vec<u8>,
}

impl AsyncRead for Greeted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.first.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let most = self.first.len().min(buffer.remaining());
        buffer.put_slice(&self.first[..most]);
        self.first.drain(..most);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// What connects to one endpoint, and why it could not the last time.
#[derive(Clone)]
pub(crate) struct Connector {
    tls: Option<Arc<ClientConfig>>,
    fault: Arc<Mutex<Option<Unreached>>>,
}

/// What `tls` comes to.
pub(crate) fn client_config(tls: &Tls) -> Result<Arc<ClientConfig>, StoreError> {
    let of_no_use = |error: &dyn std::error::Error| StoreError::Tls(shown(&error.to_string()));
    let certificates = |pem: &[u8]| {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        found.map_err(|error| of_no_use(&error))
    };
    let mut authorities = RootCertStore::empty();
    for authority in certificates(&tls.authorities)? {
        authorities.add(authority).map_err(|error| of_no_use(&error))?;
    }
    if authorities.is_empty() {
        return Err(StoreError::Tls("no authority".to_owned()));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| of_no_use(&error))?
        .with_root_certificates(authorities);
    let mut config = match &tls.identity {
        None => config.with_no_client_auth(),
        Some(identity) => {
            let key = PrivateKeyDer::from_pem_slice(&identity.key).map_err(|error| of_no_use(&error))?;
            config
                .with_client_auth_cert(certificates(&identity.certificate)?, key)
                .map_err(|error| of_no_use(&error))?
        }
    };
    // gRPC is HTTP/2, and newer nodes refuse who does not say so.
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Arc::new(config))
}

impl Connector {
    pub(crate) fn new(tls: Option<Arc<ClientConfig>>) -> Connector {
        Connector { tls, fault: Arc::default() }
    }

    /// Why there is no connection, if the last try failed.
    pub(crate) fn fault(&self) -> Option<Unreached> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A connection to `uri`.
    pub(crate) async fn connect(self, uri: Uri) -> io::Result<Pin<Box<dyn Both + Send>>> {
        let connected = self.try_connect(&uri).await;
        let fault = connected.as_ref().err().map(|error| match tls_error(error) {
            Some(error) => Unreached::NotTrusted(shown(&error.to_string())),
            None => Unreached::NoConnection(shown(&error.to_string())),
        });
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
        connected
    }

    async fn try_connect(&self, uri: &Uri) -> io::Result<Pin<Box<dyn Both + Send>>> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(PORT))).await?;
        // Questions are small, and each is waited for.
        stream.set_nodelay(true)?;
        let Some(config) = &self.tls else { return Ok(Box::pin(stream)) };
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let mut stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
        let mut first = vec![0; 512];
        let read = tokio::time::timeout(GREETING, stream.read(&mut first)).await;
        first.truncate(match read {
            Ok(Ok(0)) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => read?,
            Err(_) => 0,
        });
        Ok(Box::pin(Greeted { stream, first }))
    }
}

fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    let inner = error.get_ref()?;
    inner.downcast_ref().or_else(|| inner.source()?.downcast_ref())
}
