//! TLS before the claims: who the checker is, and by a certificate of their own, who senders are.
//! Certificates are read again when their files change, without a restart; what cannot be read leaves those
//! that there are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;
use warifu_trust::UnixSeconds;
use warifu_values::digest::Digest;

use crate::said::Said;
use crate::service::certificate::{not_after, subject_of};

/// Certificates and a key are some kilobytes; those of all authorities that sign for terminals some more.
const FILE_BYTES: u64 = 4 << 20;

/// HTTP/2, as TLS calls it.
const HTTP2_BY_NAME: &[u8] = b"h2";

/// Whether senders show who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clients {
    /// Nobody is asked.
    Unknown,
    /// Who shows a certificate of these authorities is known by it.
    Known(PathBuf),
    /// Nobody else is let in.
    OnlyKnown(PathBuf),
}

/// The files, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The checker's certificate and those between it and its authority.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Who senders are.
    pub clients: Clients,
}

/// What the files are now, to see that they changed.
type Versions = Vec<Option<(SystemTime, u64)>>;

/// What a sender showed when it was greeted.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// The certificate that it is known by.
    pub(super) certificate: Option<Digest>,
    /// The names in it, for people: `CN=…`.
    pub(super) subject: Option<String>,
    /// HTTP/2 was agreed on.
    pub(super) speaks_http2: bool,
}

/// When the files are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// When they are others than those that are used.
    IfChanged,
    /// In any case.
    Asked,
}

/// TLS, as the files were when they were read last.
#[derive(Debug)]
pub struct Tls {
    config: ArcSwap<ServerConfig>,
    read: Mutex<(TlsFiles, Versions)>,
}

/// Files that are of use for TLS, read and not used yet.
#[derive(Debug)]
pub struct ReadTls {
    files: TlsFiles,
    versions: Versions,
    config: Arc<ServerConfig>,
}

impl TlsFiles {
    fn paths(&self) -> impl Iterator<Item = &Path> {
        let clients = match &self.clients {
            Clients::Unknown => None,
            Clients::Known(path) | Clients::OnlyKnown(path) => Some(&**path),
        };
        [&*self.certificate, &*self.key].into_iter().chain(clients)
    }

    fn versions(&self) -> Versions {
        let version = |path: &Path| {
            let there = fs::metadata(path).ok()?;
            Some((there.modified().ok()?, there.len()))
        };
        self.paths().map(version).collect()
    }

    fn config(&self) -> Result<Arc<ServerConfig>, Said> {
        let provider = Arc::new(rustls_graviola::default_provider());
        let chain = certificates(&self.certificate)?;
        let key =
            PrivateKeyDer::from_pem_slice(&read(&self.key)?).map_err(|error| wrong(&self.key, &error))?;
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(&self.certificate, &error))?;
        let builder = match &self.clients {
            Clients::Unknown => builder.with_no_client_auth(),
            Clients::Known(path) => builder.with_client_cert_verifier(
                verifier(path, &provider)?
                    .allow_unauthenticated()
                    .build()
                    .map_err(|error| wrong(path, &error))?,
            ),
            Clients::OnlyKnown(path) => builder.with_client_cert_verifier(
                verifier(path, &provider)?.build().map_err(|error| wrong(path, &error))?,
            ),
        };
        let mut config =
            builder.with_single_cert(chain, key).map_err(|error| wrong(&self.certificate, &error))?;
        config.alpn_protocols = vec![HTTP2_BY_NAME.to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Said> {
    warifu_files::read(path, FILE_BYTES).map_err(|error| Said::of(&error))
}

fn wrong(path: &Path, error: &dyn std::error::Error) -> Said {
    let path = path.display();
    Said::about(&format!("{path} is of no use for TLS"), &format!("{path} は TLS に使えません"), error)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Said> {
    let bytes = read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let found = found.map_err(|error| wrong(path, &error))?;
    if found.is_empty() {
        return Err(wrong(path, &io::Error::new(io::ErrorKind::InvalidData, "no certificate in it")));
    }
    Ok(found)
}

fn verifier(
    path: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<tokio_rustls::rustls::server::ClientCertVerifierBuilder, Said> {
    let mut authorities = RootCertStore::empty();
    for certificate in certificates(path)? {
        authorities.add(certificate).map_err(|error| wrong(path, &error))?;
    }
    Ok(WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), Arc::clone(provider)))
}

impl ReadTls {
    /// Reads `files`.
    ///
    /// # Errors
    /// Which of them is of no use, and why.
    pub fn read(files: TlsFiles) -> Result<ReadTls, Said> {
        let versions = files.versions();
        let config = files.config()?;
        Ok(ReadTls { files, versions, config })
    }

    /// TLS that begins with them.
    #[must_use]
    pub fn into_tls(self) -> Arc<Tls> {
        let ReadTls { files, versions, config } = self;
        Arc::new(Tls { config: ArcSwap::new(config), read: Mutex::new((files, versions)) })
    }
}

impl Tls {
    /// By `files`.
    ///
    /// # Errors
    /// Which of them is of no use, and why.
    pub fn load(files: TlsFiles) -> Result<Arc<Tls>, Said> {
        ReadTls::read(files).map(ReadTls::into_tls)
    }

    /// Reads the files again, if that is necessary; whether they were. Connections that there are go on.
    ///
    /// # Errors
    /// Which of them is of no use; what was read before goes on, and they are read again the next time.
    pub fn reload(&self, when: Reload) -> Result<bool, Said> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let (files, before) = &*read;
        let versions = files.versions();
        if when == Reload::IfChanged && *before == versions {
            return Ok(false);
        }
        self.config.store(files.config()?);
        read.1 = versions;
        Ok(true)
    }

    /// Goes on with these files.
    pub fn go_on_with(&self, ReadTls { files, versions, config }: ReadTls) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        self.config.store(config);
        *read = (files, versions);
    }

    /// Whether nobody comes in without a certificate.
    pub(super) fn lets_in_only_known(&self) -> bool {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(read.0.clients, Clients::OnlyKnown(_))
    }

    /// Until when each certificate that is used holds: of the checker and of the authorities of senders, by
    /// file and by its place in that, from 1.
    pub(super) fn expire(&self) -> Vec<(String, usize, UnixSeconds)> {
        let files = self.read.lock().unwrap_or_else(PoisonError::into_inner).0.clone();
        let authorities = match &files.clients {
            Clients::Unknown => None,
            Clients::Known(path) | Clients::OnlyKnown(path) => Some(path),
        };
        let of = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let found = certificates(path).unwrap_or_default();
            let expire = found
                .into_iter()
                .enumerate()
                .filter_map(move |(at, certificate)| Some((name.clone(), at + 1, not_after(&certificate)?)));
            expire.collect::<Vec<_>>()
        };
        [&files.certificate].into_iter().chain(authorities).flat_map(of).collect()
    }

    /// Greets a sender: the connection, and what it showed.
    ///
    /// # Errors
    /// It does not speak TLS, or shows no certificate that it must show.
    pub(super) async fn greet(&self, stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, Shown)> {
        let stream = TlsAcceptor::from(self.config.load_full()).accept(stream).await?;
        let greeted = stream.get_ref().1;
        let certificate = greeted.peer_certificates().and_then(|chain| chain.first());
        let subject = certificate.and_then(|certificate| subject_of(certificate));
        let certificate = certificate.map(|certificate| Digest::of(certificate));
        let speaks_http2 = greeted.alpn_protocol() == Some(HTTP2_BY_NAME);
        Ok((stream, Shown { certificate, subject, speaks_http2 }))
    }
}
