//! Where claims come in, and where operators and those who watch are heard.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

#[cfg(feature = "https")]
use crate::service::{Clients, TlsFiles};

/// Where claims come in, and how many are judged.
#[derive(Debug, Args)]
#[command(next_help_heading = "Claims")]
pub(in crate::cli) struct Claims {
    /// The address to take claims at; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8642")]
    pub(in crate::cli) listen: SocketAddr,
    /// Claim files that may wait
    #[arg(long, default_value_t = 256)]
    pub(in crate::cli) queue: usize,
    /// Claim files judged at once (default: one for each core)
    #[arg(long)]
    pub(in crate::cli) judges: Option<usize>,
}

/// Where operators are heard.
#[derive(Debug, Args)]
#[command(next_help_heading = "Operators")]
pub(in crate::cli) struct Operators {
    /// The socket to hear operators at (default: operator.sock in the state directory)
    #[arg(long, value_name = "PATH", env = "WARIFU_CHECKER_SOCKET")]
    pub(in crate::cli) socket: Option<PathBuf>,
    #[cfg(feature = "https")]
    #[command(flatten)]
    over_tcp: OperatorsOverTcp,
}

#[cfg(feature = "https")]
impl Operators {
    /// The address for operators who show a certificate, and the files of that door.
    pub(in crate::cli) fn over_tcp(&self) -> Option<(SocketAddr, TlsFiles)> {
        let OperatorsOverTcp {
            operators_listen: listen,
            operators_certificate: certificate,
            operators_key: key,
            operators_clients: clients,
        } = self.over_tcp.clone();
        let clients = Clients::OnlyKnown(clients?);
        Some((listen?, TlsFiles { certificate: certificate?, key: key?, clients }))
    }
}

/// Operators who are elsewhere: only by TLS, and only with a certificate of their own.
#[cfg(feature = "https")]
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Operators")]
struct OperatorsOverTcp {
    /// Hear operators at this address too, each known by a certificate
    #[arg(
        long,
        value_name = "ADDRESS",
        requires_all = ["operators_certificate", "operators_key", "operators_clients"]
    )]
    operators_listen: Option<SocketAddr>,
    /// The certificate of that door, and those between it and its authority (PEM)
    #[arg(long, value_name = "FILE", requires = "operators_listen")]
    operators_certificate: Option<PathBuf>,
    /// The key of that certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "operators_listen")]
    operators_key: Option<PathBuf>,
    /// Who has a certificate of these authorities is an operator, and nobody else (PEM)
    #[arg(long, value_name = "FILE", requires = "operators_listen")]
    operators_clients: Option<PathBuf>,
}

/// Who looks and commands nothing.
#[derive(Debug, Args)]
#[command(next_help_heading = "Watch")]
pub(in crate::cli) struct Watch {
    /// An address at which everything can be looked at and nothing be commanded: the page, /metrics, /status,
    /// /history.json, /livez, /readyz (default: none)
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) watch_listen: Option<SocketAddr>,
    /// A name by which it is asked for, besides its addresses and localhost; again for each
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) watch_name: Vec<String>,
}

/// TLS before the claims. The files are read again when they change, and on SIGHUP.
#[cfg(feature = "https")]
#[derive(Debug, Args)]
#[command(next_help_heading = "TLS")]
pub(in crate::cli) struct TlsOptions {
    /// Take claims over TLS, by this certificate and those between it and its authority (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Know senders by certificates of these authorities (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_clients: Option<PathBuf>,
    /// Let nobody else in
    #[arg(long, requires = "tls_clients")]
    tls_only_clients: bool,
}

#[cfg(feature = "https")]
impl TlsOptions {
    pub(in crate::cli) fn files(&self) -> Option<TlsFiles> {
        let clients = match &self.tls_clients {
            None => Clients::Unknown,
            Some(authorities) if self.tls_only_clients => Clients::OnlyKnown(authorities.clone()),
            Some(authorities) => Clients::Known(authorities.clone()),
        };
        let (certificate, key) = (self.tls_certificate.clone()?, self.tls_key.clone()?);
        Some(TlsFiles { certificate, key, clients })
    }
}
