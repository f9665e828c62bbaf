//! TLS before the claims: who the checker is, and by a certificate of their own, who senders are.
//! Certificates are read again when their files change, without a restart; what cannot be read leaves those
//! that there are.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{self as tls, RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;
use warifu_trust::UnixSeconds;
use warifu_values::digest::Digest;

use crate::cause::Amiss;
use crate::log::now;
use crate::said::Said;
use crate::service::certificate::{holds, subject_of};
use crate::service::certificates::{InUse, Whose, amiss, not_in_place_of};

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
pub(crate) struct Shown {
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
    /// Whoever asks for them reads no disk.
    certificates: ArcSwap<Vec<InUse>>,
}

/// Files that are of use for TLS, read and not used yet.
#[derive(Debug)]
pub struct ReadTls {
    files: TlsFiles,
    versions: Versions,
    usable: Usable,
}

/// What was made of the files.
#[derive(Debug)]
struct Usable {
    config: Arc<ServerConfig>,
    certificates: Vec<InUse>,
}

impl TlsFiles {
    /// Each of them.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
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

    fn usable(&self) -> Result<Usable, Said> {
        let provider = Arc::new(rustls_graviola::default_provider());
        let chain = certificates(&self.certificate)?;
        let mut in_use = in_use(Whose::Own, &self.certificate, &chain);
        let key =
            PrivateKeyDer::from_pem_slice(&read(&self.key)?).map_err(|error| not_pem(&self.key, &error))?;
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(&self.certificate, &error))?;
        let builder = match &self.clients {
            Clients::Unknown => builder.with_no_client_auth(),
            Clients::Known(path) => builder.with_client_cert_verifier(
                verifier(path, &provider, &mut in_use)?
                    .allow_unauthenticated()
                    .build()
                    .map_err(|error| wrong(path, &error))?,
            ),
            Clients::OnlyKnown(path) => builder.with_client_cert_verifier(
                verifier(path, &provider, &mut in_use)?.build().map_err(|error| wrong(path, &error))?,
            ),
        };
        let mut config =
            builder.with_single_cert(chain, key).map_err(|error| not_a_pair(&self.certificate, &error))?;
        config.alpn_protocols = vec![HTTP2_BY_NAME.to_vec(), b"http/1.1".to_vec()];
        Ok(Usable { config: Arc::new(config), certificates: in_use })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Said> {
    warifu_files::read(path, FILE_BYTES).map_err(|error| Said::of(&error))
}

/// `path` is of no use, because of `en` and `ja`.
fn of_no_use(path: &Path, en: &str, ja: &str) -> Said {
    let path = path.display();
    Said::new(format!("{path} is of no use for TLS: {en}"), format!("{path} は TLS に使えません: {ja}"))
}

/// It could not be used. The library speaks English only: what it says is for who reads that.
fn wrong(path: &Path, error: &dyn Error) -> Said {
    of_no_use(path, &error.to_string(), "証明書の内容に誤りがあります")
}

fn not_pem(path: &Path, error: &pem::Error) -> Said {
    match error {
        pem::Error::NoItemsFound => {
            of_no_use(path, "there is no private key in it", "秘密鍵が入っていません")
        }
        error => of_no_use(path, &error.to_string(), "PEM 形式として読めません"),
    }
}

/// What is wrong with a certificate and its key together.
fn not_a_pair(path: &Path, error: &tls::Error) -> Said {
    match error {
        tls::Error::InconsistentKeys(_) => {
            of_no_use(path, "the key is not that of the certificate", "秘密鍵が証明書のものではありません")
        }
        tls::Error::InvalidCertificate(_) => wrong(path, error),
        error => of_no_use(path, &error.to_string(), "この種類の秘密鍵は使えません"),
    }
}

/// When each of `found` in the file at `path` holds.
fn in_use(whose: Whose, path: &Path, found: &[CertificateDer<'_>]) -> Vec<InUse> {
    let each = found.iter().zip(1..).filter_map(|(it, position)| {
        let (from, until) = holds(it)?;
        Some(InUse { whose, file: path.to_owned(), position, from, until })
    });
    each.collect()
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Said> {
    let bytes = read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let found = found.map_err(|error| not_pem(path, &error))?;
    if found.is_empty() {
        return Err(of_no_use(path, "there is no certificate in it", "証明書が入っていません"));
    }
    Ok(found)
}

fn verifier(
    path: &Path,
    provider: &Arc<CryptoProvider>,
    in_use_too: &mut Vec<InUse>,
) -> Result<tokio_rustls::rustls::server::ClientCertVerifierBuilder, Said> {
    let mut authorities = RootCertStore::empty();
    let found = certificates(path)?;
    in_use_too.extend(in_use(Whose::Authority, path, &found));
    for certificate in found {
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
        let usable = files.usable()?;
        Ok(ReadTls { files, versions, usable })
    }

    /// TLS that begins with them.
    #[must_use]
    pub fn into_tls(self) -> Arc<Tls> {
        let ReadTls { files, versions, usable: Usable { config, certificates } } = self;
        let (config, certificates) = (ArcSwap::new(config), ArcSwap::from_pointee(certificates));
        Arc::new(Tls { config, read: Mutex::new((files, versions)), certificates })
    }

    /// What is amiss `now` with its certificates, the gravest first.
    pub fn amiss(&self, now: UnixSeconds) -> Vec<Amiss> {
        amiss(&self.usable.certificates, now)
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
    /// Which of them is of no use, or does not hold as what was read before does; that goes on, and they are
    /// read again the next time.
    pub fn reload(&self, when: Reload) -> Result<bool, Said> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let (files, before) = &*read;
        let versions = files.versions();
        if when == Reload::IfChanged && *before == versions {
            return Ok(false);
        }
        let usable = files.usable()?;
        self.takes(&usable)?;
        self.go_by(usable);
        read.1 = versions;
        Ok(true)
    }

    /// Whether it is right to go on with these files.
    ///
    /// # Errors
    /// Their certificate does not hold, and that which there is does, or lasts longer.
    pub fn may_go_on_with(&self, read: &ReadTls) -> Result<(), Said> {
        self.takes(&read.usable)
    }

    fn takes(&self, usable: &Usable) -> Result<(), Said> {
        not_in_place_of(&usable.certificates, &self.certificates(), now()).map_or(Ok(()), Err)
    }

    /// Goes on with these files.
    pub fn go_on_with(&self, ReadTls { files, versions, usable }: ReadTls) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        self.go_by(usable);
        *read = (files, versions);
    }

    fn go_by(&self, Usable { config, certificates }: Usable) {
        self.config.store(config);
        self.certificates.store(Arc::new(certificates));
    }

    /// Whether nobody comes in without a certificate.
    pub(super) fn lets_in_only_known(&self) -> bool {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(read.0.clients, Clients::OnlyKnown(_))
    }

    /// The certificates that are used: the own, and those of authorities of who comes.
    pub(super) fn certificates(&self) -> Arc<Vec<InUse>> {
        self.certificates.load_full()
    }

    /// Greets a sender: the connection, and what it showed.
    ///
    /// # Errors
    /// It does not speak TLS, or shows no certificate that it must show.
    pub(crate) async fn greet(&self, stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, Shown)> {
        let stream = TlsAcceptor::from(self.config.load_full()).accept(stream).await?;
        let greeted = stream.get_ref().1;
        let certificate = greeted.peer_certificates().and_then(|chain| chain.first());
        let subject = certificate.and_then(|certificate| subject_of(certificate));
        let certificate = certificate.map(|certificate| Digest::of(certificate));
        let speaks_http2 = greeted.alpn_protocol() == Some(HTTP2_BY_NAME);
        Ok((stream, Shown { certificate, subject, speaks_http2 }))
    }
}
