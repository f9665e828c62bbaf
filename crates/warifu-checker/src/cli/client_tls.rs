//! A checker on another machine: TLS to its operators' door, with a certificate of one's own.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::said::Said;

/// Certificates and keys are some kilobytes.
const FILE_BYTES: u64 = 1 << 20;

/// The way to a checker.
#[derive(Debug, Clone)]
pub(super) struct OverTls {
    url: String,
    /// As in the URL, with the port.
    host: String,
    name: ServerName<'static>,
    config: Arc<ClientConfig>,
}

impl OverTls {
    /// To `url`, as whoever has the `certificate` and its `key`; the checker's is of `authority`.
    ///
    /// # Errors
    /// Which of them is of no use, and why.
    pub(super) fn to(url: &str, certificate: &Path, key: &Path, authority: &Path) -> Result<OverTls, Said> {
        let host = url.strip_prefix("https://").map(|host| host.trim_end_matches('/'));
        let host = host.filter(|host| !host.contains('/')).ok_or_else(|| not_a_url(url))?;
        let (bare, _) = host.rsplit_once(':').ok_or_else(|| not_a_url(url))?;
        let bare = bare.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).map_err(|_| not_a_url(url))?;
        let mut authorities = RootCertStore::empty();
        for certificate in certificates(authority)? {
            authorities.add(certificate).map_err(|error| of_no_use(authority, &error))?;
        }
        let chain = certificates(certificate)?;
        let key_bytes = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| of_no_use(key, &error))?;
        let config = ClientConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| of_no_use(authority, &error))?
            .with_root_certificates(authorities)
            .with_client_auth_cert(chain, key_bytes)
            .map_err(|error| of_no_use(certificate, &error))?;
        Ok(OverTls { url: url.to_owned(), host: host.to_owned(), name, config: Arc::new(config) })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// A connection to it.
    pub(super) async fn connect(&self) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(&self.host).await?;
        TlsConnector::from(Arc::clone(&self.config)).connect(self.name.clone(), stream).await
    }
}

fn not_a_url(url: &str) -> Said {
    Said::new(
        format!("{url} is not https://HOST:PORT"),
        format!("{url} は https://ホスト:ポート の形ではありません"),
    )
}

fn read(path: &Path) -> Result<Vec<u8>, Said> {
    warifu_files::read(path, FILE_BYTES).map_err(|error| Said::of(&error))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Said> {
    let bytes = read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    found.map_err(|error| of_no_use(path, &error))
}

/// The library speaks English only.
fn of_no_use(path: &Path, error: &dyn std::error::Error) -> Said {
    let path = path.display();
    Said::new(
        format!(
            "{path} is of no use for TLS ({error}); see that it is a certificate or a private key in PEM"
        ),
        format!(
            "{path} は TLS に使えません。PEM 形式の正しい証明書または秘密鍵か確認してください（詳細: {error}）"
        ),
    )
}
